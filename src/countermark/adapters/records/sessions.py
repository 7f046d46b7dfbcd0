"""Sessions and attempts in their tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from countermark.adapters.records.people_tables import ATTEMPTS, SESSIONS
from countermark.domain.access import Purpose
from countermark.domain.sessions import Session, SignInAttempt

_RUNNING = SESSIONS.c.ended_at.is_(None)


@dataclass(frozen=True, slots=True)
class SqlSessions:
    """A `ports.Sessions`."""

    connection: Connection

    def add(self, session: Session) -> None:
        """See the port."""
        self.connection.execute(insert(SESSIONS), asdict(session))

    def by_digest(self, digest: str) -> Session | None:
        """See the port."""
        query = select(SESSIONS).where(SESSIONS.c.digest == digest)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else _session(row)

    def of_person(self, person: str) -> Sequence[Session]:
        """See the port."""
        query = select(SESSIONS).where(SESSIONS.c.person == person, _RUNNING)
        rows = self.connection.execute(query.order_by(SESSIONS.c.ref.desc()))
        return [_session(row) for row in rows.mappings()]

    def seen(self, session: Session) -> None:
        """See the port."""
        one = update(SESSIONS).where(SESSIONS.c.ref == session.ref, _RUNNING)
        when = {"begun_at": session.begun_at, "last_seen_at": session.last_seen_at}
        self.connection.execute(one.values(when))

    def end(self, ref: str, at: datetime) -> bool:
        """See the port."""
        one = update(SESSIONS).where(SESSIONS.c.ref == ref, _RUNNING)
        return self.connection.execute(one.values(ended_at=at)).rowcount == 1

    def end_all(self, person: str, at: datetime, *, but: str = "") -> int:
        """See the port."""
        self.connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.person == person))
        those = update(SESSIONS).where(SESSIONS.c.person == person, SESSIONS.c.ref != but, _RUNNING)
        return self.connection.execute(those.values(ended_at=at)).rowcount

    def begin(self, attempt: SignInAttempt) -> None:
        """See the port."""
        self.connection.execute(insert(ATTEMPTS), asdict(attempt))

    def take(self, digest: str) -> SignInAttempt | None:
        """See the port."""
        taken = delete(ATTEMPTS).where(ATTEMPTS.c.digest == digest).returning(*ATTEMPTS.c)
        row = self.connection.execute(taken).mappings().one_or_none()
        return None if row is None else _attempt(row)

    def forget(self, before: datetime) -> None:
        """See the port."""
        self.connection.execute(delete(SESSIONS).where(SESSIONS.c.last_seen_at < before))
        self.connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.begun_at < before))


def _session(row: RowMapping) -> Session:
    return Session(**{**row, "purpose": Purpose(row["purpose"])})


def _attempt(row: RowMapping) -> SignInAttempt:
    purpose = None if row["purpose"] is None else Purpose(row["purpose"])
    return SignInAttempt(**{**row, "purpose": purpose})
