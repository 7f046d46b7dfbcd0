"""Members, listings, decisions, cases and events in a database, SQLite or PostgreSQL."""

from countermark.adapters.records.database import open_records

__all__ = ["open_records"]
