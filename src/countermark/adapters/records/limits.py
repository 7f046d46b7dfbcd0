"""Tallies and salts in their tables, which hold for all processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from countermark.adapters.records.people_tables import LIMITS, SALTS
from countermark.domain.limits import Tally


@dataclass(frozen=True, slots=True)
class SqlLimits:
    """A `ports.Limits`."""

    connection: Connection

    def hold(self, name: str, now: datetime) -> Tally:
        """See the port."""
        self._if_missing(LIMITS, {"name": name, "count": 0, "at": now})
        query = select(LIMITS.c.count, LIMITS.c.at).where(LIMITS.c.name == name)
        return Tally(**self.connection.execute(query.with_for_update()).mappings().one())

    def find(self, name: str) -> Tally | None:
        """See the port."""
        query = select(LIMITS.c.count, LIMITS.c.at).where(LIMITS.c.name == name)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else Tally(**row)

    def keep(self, name: str, tally: Tally) -> None:
        """See the port."""
        values = {"count": tally.count, "at": tally.at}
        self.connection.execute(update(LIMITS).where(LIMITS.c.name == name).values(values))

    def drop(self, name: str) -> None:
        """See the port."""
        self.connection.execute(delete(LIMITS).where(LIMITS.c.name == name))

    def salt(self, day: date, fresh: bytes) -> bytes:
        """See the port."""
        self._if_missing(SALTS, {"day": day.isoformat(), "salt": fresh})
        query = select(SALTS.c.salt).where(SALTS.c.day == day.isoformat())
        return self.connection.execute(query).scalar_one()

    def forget(self, before: datetime, prefix: str) -> None:
        """See the port."""
        old = (LIMITS.c.at < before, LIMITS.c.name.startswith(prefix, autoescape=True))
        self.connection.execute(delete(LIMITS).where(*old))
        self.connection.execute(delete(SALTS).where(SALTS.c.day < before.date().isoformat()))

    def _if_missing(self, table: Table, row: dict[str, Any]) -> None:
        """Insert `row` unless its key is there; on PostgreSQL this waits for who inserts the same."""
        dialects = {"sqlite": sqlite, "postgresql": postgresql}
        insert = dialects[self.connection.dialect.name].insert
        self.connection.execute(insert(table).values(row).on_conflict_do_nothing())
