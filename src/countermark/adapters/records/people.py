"""People and invitations in their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from countermark.adapters.records.people_tables import INVITATIONS, PERSONS
from countermark.domain.access import Role
from countermark.domain.people import Invitation, Person
from countermark.errors import Conflict, NotFound

_UNUSED = (INVITATIONS.c.accepted_at.is_(None), INVITATIONS.c.withdrawn_at.is_(None))


@dataclass(frozen=True, slots=True)
class SqlPeople:
    """A `ports.People`."""

    connection: Connection

    def add(self, person: Person) -> Person:
        """See the port."""
        stored = replace(person, revision=1)
        try:
            with self.connection.begin_nested():
                self.connection.execute(insert(PERSONS), _row(stored))
        except IntegrityError:
            raise Conflict(
                "a person with this e-mail is there already",
                hint="a person acts for one member; use another address",
            ) from None
        return stored

    def get(self, ref: str) -> Person:
        """See the port."""
        return self._found(ref, select(PERSONS).where(PERSONS.c.ref == ref))

    def hold(self, ref: str) -> Person:
        """See the port."""
        return self._found(ref, select(PERSONS).where(PERSONS.c.ref == ref).with_for_update())

    def by_email(self, email: str) -> Person | None:
        """See the port."""
        query = select(PERSONS).where(PERSONS.c.email == email)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else _person(row)

    def of_member(self, member: str) -> Sequence[Person]:
        """See the port."""
        query = select(PERSONS).where(PERSONS.c.member == member)
        rows = self.connection.execute(query.order_by(PERSONS.c.name, PERSONS.c.ref))
        return [_person(row) for row in rows.mappings()]

    def save(self, person: Person) -> Person:
        """See the port."""
        saved = replace(person, revision=person.revision + 1)
        at = (PERSONS.c.ref == person.ref, PERSONS.c.revision == person.revision)
        changed = self.connection.execute(update(PERSONS).where(*at).values(_row(saved))).rowcount
        if changed == 0:
            raise Conflict(
                f"person {person.ref} changed since revision {person.revision} was read",
                hint="read the person again and repeat the change",
            )
        return saved

    def invite(self, invitation: Invitation) -> None:
        """See the port."""
        same = (INVITATIONS.c.member == invitation.member, INVITATIONS.c.email == invitation.email)
        earlier = update(INVITATIONS).where(*same, *_UNUSED)
        self.connection.execute(earlier.values(withdrawn_at=invitation.invited_at))
        row = asdict(invitation) | {"roles": sorted(invitation.roles)}
        self.connection.execute(insert(INVITATIONS), row)

    def invitation(self, digest: str) -> Invitation | None:
        """See the port."""
        query = select(INVITATIONS).where(INVITATIONS.c.digest == digest)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else _invitation(row)

    def invitations_of(self, member: str) -> Sequence[Invitation]:
        """See the port."""
        query = select(INVITATIONS).where(INVITATIONS.c.member == member)
        rows = self.connection.execute(query.order_by(INVITATIONS.c.ref.desc()))
        return [_invitation(row) for row in rows.mappings()]

    def accept(self, ref: str, at: datetime) -> bool:
        """See the port."""
        one = update(INVITATIONS).where(INVITATIONS.c.ref == ref, *_UNUSED)
        return self.connection.execute(one.values(accepted_at=at)).rowcount == 1

    def withdraw(self, ref: str, at: datetime) -> bool:
        """See the port."""
        one = update(INVITATIONS).where(INVITATIONS.c.ref == ref, *_UNUSED)
        return self.connection.execute(one.values(withdrawn_at=at)).rowcount == 1

    def _found(self, ref: str, query: Select[Any]) -> Person:
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"there is no person {ref!r}", hint="copy the reference from the list")
        return _person(row)


def _row(person: Person) -> dict[str, Any]:
    return asdict(person) | {"roles": sorted(person.roles)}


def _person(row: Mapping[Any, Any]) -> Person:
    return Person(**{**row, "roles": frozenset(map(Role, row["roles"]))})


def _invitation(row: Mapping[Any, Any]) -> Invitation:
    return Invitation(**{**row, "roles": frozenset(map(Role, row["roles"]))})
