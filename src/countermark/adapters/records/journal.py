"""Events in their table, which the database itself keeps from being changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select

from countermark.adapters.records.tables import EVENTS
from countermark.domain.events import Event, event_bytes


@dataclass(frozen=True, slots=True)
class SqlJournal:
    """A `ports.Journal`."""

    connection: Connection

    def append(self, events: Sequence[Event]) -> None:
        """See the port."""
        if events:
            rows = [{"member": each.member, "body": event_bytes(each)} for each in events]
            self.connection.execute(insert(EVENTS), rows)

    def after(self, number: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """See the port."""
        query = select(EVENTS.c.number, EVENTS.c.body).where(EVENTS.c.number > number)
        rows = self.connection.execute(query.order_by(EVENTS.c.number).limit(limit))
        return [(row.number, row.body) for row in rows]
