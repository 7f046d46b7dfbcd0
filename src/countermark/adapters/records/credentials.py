"""What people show to sign in, in tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from countermark.adapters.records.people_tables import (
    IDENTITIES,
    ONE_TIME_SECRETS,
    PASSKEYS,
    PASSWORDS,
)
from countermark.domain.credentials import OneTimeSecret, OpenIdentity, Passkey
from countermark.domain.people import Person
from countermark.errors import Conflict


@dataclass(frozen=True, slots=True)
class SqlCredentials:
    """A `ports.Credentials`."""

    connection: Connection

    def password_of(self, person: str) -> str | None:
        """See the port."""
        query = select(PASSWORDS.c.hashed).where(PASSWORDS.c.person == person)
        return self.connection.execute(query).scalar_one_or_none()

    def keep_password(self, person: Person, hashed: str, at: datetime) -> None:
        """See the port."""
        row = {"person": person.ref, "member": person.member, "hashed": hashed, "changed_at": at}
        self._replace(PASSWORDS, row)

    def one_time_of(self, person: str) -> OneTimeSecret | None:
        """See the port."""
        query = select(ONE_TIME_SECRETS).where(ONE_TIME_SECRETS.c.person == person)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else OneTimeSecret(**row)

    def keep_one_time(self, secret: OneTimeSecret) -> None:
        """See the port."""
        self._replace(ONE_TIME_SECRETS, asdict(secret))

    def take_step(self, person: str, step: int) -> bool:
        """See the port."""
        unused = (ONE_TIME_SECRETS.c.person == person, ONE_TIME_SECRETS.c.last_step < step)
        taken = update(ONE_TIME_SECRETS).where(*unused).values(last_step=step)
        return self.connection.execute(taken).rowcount == 1

    def add_passkey(self, passkey: Passkey) -> None:
        """See the port."""
        self._insert(PASSKEYS, asdict(passkey), "this passkey is there already")

    def passkey(self, credential: bytes) -> Passkey | None:
        """See the port."""
        query = select(PASSKEYS).where(PASSKEYS.c.credential == credential)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else Passkey(**row)

    def passkeys_of(self, person: str) -> Sequence[Passkey]:
        """See the port."""
        query = select(PASSKEYS).where(PASSKEYS.c.person == person).order_by(PASSKEYS.c.ref)
        return [Passkey(**row) for row in self.connection.execute(query).mappings()]

    def use_passkey(self, passkey: Passkey, sign_count: int, at: datetime) -> bool:
        """See the port."""
        same = (PASSKEYS.c.ref == passkey.ref, PASSKEYS.c.sign_count == passkey.sign_count)
        used = update(PASSKEYS).where(*same).values(sign_count=sign_count, used_at=at)
        return self.connection.execute(used).rowcount == 1

    def remove_passkey(self, ref: str) -> None:
        """See the port."""
        self.connection.execute(delete(PASSKEYS).where(PASSKEYS.c.ref == ref))

    def link(self, person: Person, identity: OpenIdentity, at: datetime) -> None:
        """See the port."""
        owner = {"person": person.ref, "member": person.member, "added_at": at}
        self._insert(IDENTITIES, asdict(identity) | owner, "this identity is somebody's already")

    def person_of(self, identity: OpenIdentity) -> str | None:
        """See the port."""
        same = (IDENTITIES.c.issuer == identity.issuer, IDENTITIES.c.subject == identity.subject)
        return self.connection.execute(
            select(IDENTITIES.c.person).where(*same)
        ).scalar_one_or_none()

    def _insert(self, table: Table, row: dict[str, Any], otherwise: str) -> None:
        try:
            with self.connection.begin_nested():
                self.connection.execute(insert(table), row)
        except IntegrityError:
            raise Conflict(otherwise, hint="use another one, or sign in with it") from None

    def _replace(self, table: Table, row: dict[str, Any]) -> None:
        """The row in the place of the person's earlier one; callers hold the person."""
        self.connection.execute(delete(table).where(table.c.person == row["person"]))
        self.connection.execute(insert(table), row)
