"""Bringing a database to the newest form."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from countermark.adapters.records.faults import place_of
from countermark.adapters.records.postgresql import MIGRATING, grant
from countermark.errors import RecordsError

_FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine, *, role: str | None = None) -> None:
    """Apply every migration that is missing, all in one transaction; then let `role` (of PostgreSQL) use the tables.

    Several processes may do it at once: SQLite's transaction, or a lock of PostgreSQL's, lets them in one by one.

    Raises:
        RecordsError: the database was made by a newer version.
    """
    config = _config()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        if not is_newest(connection):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        if role is not None:
            grant(connection, role)


def is_newest(connection: Connection) -> bool:
    """Whether the database has the form that this version knows; False where a migration is missing.

    Raises:
        RecordsError: it was made by a newer version.
    """
    script = ScriptDirectory.from_config(_config())
    now = MigrationContext.configure(connection).get_current_revision()
    if now is not None and all(each.revision != now for each in script.walk_revisions()):
        raise RecordsError(
            f"the records at {place_of(connection.engine.url)} are of revision {now}, which this version does not know",
            hint="use the version of Countermark that last opened them, or a newer one",
        )
    return now == script.get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config
