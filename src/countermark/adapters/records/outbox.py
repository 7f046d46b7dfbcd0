"""Messages to others, in the table that their cause was written beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from countermark.adapters.records.tables import OUTBOX
from countermark.ports import Message

_MESSAGE = ("ref", "member", "topic", "body", "due_at", "tries")
_COLUMNS = [OUTBOX.c[name] for name in _MESSAGE]


@dataclass(frozen=True, slots=True)
class SqlOutbox:
    """A `ports.Outbox`."""

    connection: Connection

    def put(self, messages: Sequence[Message]) -> None:
        """See the port."""
        if messages:
            rows = [asdict(message) | {"reason": ""} for message in messages]
            self.connection.execute(insert(OUTBOX), rows)

    def take(self, now: datetime, until: datetime, limit: int) -> Sequence[Message]:
        """See the port."""
        query = select(*_COLUMNS).where(OUTBOX.c.due_at <= now).order_by(OUTBOX.c.due_at)
        rows = self.connection.execute(query.limit(limit).with_for_update(skip_locked=True))
        found = [Message(**row) for row in rows.mappings()]
        lease = update(OUTBOX).where(OUTBOX.c.ref.in_([message.ref for message in found]))
        self.connection.execute(lease.values(due_at=until, tries=OUTBOX.c.tries + 1))
        return found

    def sent(self, ref: str) -> None:
        """See the port."""
        self.connection.execute(delete(OUTBOX).where(OUTBOX.c.ref == ref))

    def again(self, ref: str, due_at: datetime | None, reason: str) -> None:
        """See the port."""
        one = update(OUTBOX).where(OUTBOX.c.ref == ref)
        self.connection.execute(one.values(due_at=due_at, reason=reason[:500]))

    def set_aside(self) -> Sequence[tuple[Message, str]]:
        """See the port."""
        query = select(*_COLUMNS, OUTBOX.c.reason).where(OUTBOX.c.due_at.is_(None))
        rows = [
            dict(row) for row in self.connection.execute(query.order_by(OUTBOX.c.ref)).mappings()
        ]
        reasons = [row.pop("reason") for row in rows]
        return [(Message(**row), reason) for row, reason in zip(rows, reasons, strict=True)]
