"""Events in their table, which the database itself keeps from being changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from countermark.adapters.records.rows import insert_rows
from countermark.adapters.records.tables import EVENTS
from countermark.adapters.records.walls import only_own, own
from countermark.domain.events import Event, event_bytes


@dataclass(frozen=True, slots=True)
class SqlJournal:
    """A `ports.Journal`."""

    connection: Connection
    member: str | None

    def append(self, events: Sequence[Event]) -> None:
        """See the port."""
        only_own(self.member, (each.member for each in events))
        rows = [(each.member, event_bytes(each)) for each in events]
        insert_rows(self.connection, EVENTS, ("member", "body"), rows)

    def after(self, number: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """See the port."""
        query = select(EVENTS.c.number, EVENTS.c.body).where(
            EVENTS.c.number > number, own(EVENTS.c.member, self.member)
        )
        rows = self.connection.execute(query.order_by(EVENTS.c.number).limit(limit))
        return [(row.number, row.body) for row in rows]
