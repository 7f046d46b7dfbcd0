"""Messages to others, in the table that their cause was written beside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from countermark.adapters.records.rows import clean
from countermark.adapters.records.tables import OUTBOX
from countermark.adapters.records.walls import only_own, own
from countermark.ports import Message

_MESSAGE = ("ref", "member", "topic", "body", "due_at", "tries")
_COLUMNS = [OUTBOX.c[name] for name in _MESSAGE]
_REASON = 500


@dataclass(frozen=True, slots=True)
class SqlOutbox:
    """A `ports.Outbox`."""

    connection: Connection
    member: str | None

    def put(self, messages: Sequence[Message]) -> None:
        """See the port."""
        only_own(self.member, (message.member for message in messages))
        if messages:
            rows = [asdict(message) | {"reason": ""} for message in messages]
            self.connection.execute(insert(OUTBOX), rows)

    def take(self, now: datetime, until: datetime, limit: int) -> Sequence[Message]:
        """See the port. Nobody else takes at the same time, for there is one writer."""
        query = select(*_COLUMNS).where(OUTBOX.c.due_at <= now, own(OUTBOX.c.member, self.member))
        oldest = query.order_by(OUTBOX.c.due_at, OUTBOX.c.ref).limit(limit)
        found = [Message(**row) for row in self.connection.execute(oldest).mappings()]
        if found:
            lease = update(OUTBOX).where(OUTBOX.c.ref == bindparam("taken"))
            self.connection.execute(
                lease.values(due_at=until, tries=OUTBOX.c.tries + 1),
                [{"taken": message.ref} for message in found],
            )
        return found

    def sent(self, ref: str) -> None:
        """See the port."""
        one = (OUTBOX.c.ref == ref, own(OUTBOX.c.member, self.member))
        self.connection.execute(delete(OUTBOX).where(*one))

    def again(self, ref: str, due_at: datetime | None, reason: str) -> None:
        """See the port. Of a reason the beginning is kept."""
        told = clean(reason.replace("\0", " ")[:_REASON], "the reason", _REASON)
        one = (OUTBOX.c.ref == ref, own(OUTBOX.c.member, self.member))
        self.connection.execute(update(OUTBOX).where(*one).values(due_at=due_at, reason=told))

    def set_aside(self) -> Sequence[tuple[Message, str]]:
        """See the port."""
        query = select(*_COLUMNS, OUTBOX.c.reason).where(
            OUTBOX.c.due_at.is_(None), own(OUTBOX.c.member, self.member)
        )
        rows = self.connection.execute(query.order_by(OUTBOX.c.ref)).mappings()
        return [(Message(**{name: row[name] for name in _MESSAGE}), row["reason"]) for row in rows]
