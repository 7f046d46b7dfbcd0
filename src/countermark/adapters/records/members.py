"""Members, their venues and keys in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from countermark.adapters.records.tables import API_KEYS, MEMBERS, VENUES
from countermark.domain.access import MemberKind, Scope
from countermark.domain.members import ApiKey, Member
from countermark.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class SqlMembers:
    """A `ports.Members`."""

    connection: Connection

    def add(self, member: Member) -> None:
        """See the port."""
        row = asdict(member) | {"revision": 1}
        venues = [{"venue": venue, "member": member.ref} for venue in row.pop("venues")]
        try:
            with self.connection.begin_nested():
                self.connection.execute(insert(MEMBERS), row)
                if venues:
                    self.connection.execute(insert(VENUES), venues)
        except IntegrityError:
            raise Conflict(
                f"a member has the name {member.name!r} or runs one of {', '.join(member.venues) or 'no venue'} already",
                hint="countermark member list shows all members",
            ) from None

    def get(self, ref: str) -> Member:
        """See the port."""
        query = select(MEMBERS).where(MEMBERS.c.ref == ref)
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(
                f"there is no member {ref!r}", hint="countermark member list shows all members"
            )
        venues = select(VENUES.c.venue).where(VENUES.c.member == ref).order_by(VENUES.c.venue)
        return Member(
            **{**row, "kind": MemberKind(row["kind"])},
            venues=tuple(self.connection.execute(venues).scalars()),
        )

    def all(self) -> Sequence[Member]:
        """See the port."""
        refs = self.connection.execute(select(MEMBERS.c.ref).order_by(MEMBERS.c.name)).scalars()
        return [self.get(ref) for ref in refs.all()]

    def add_key(self, key: ApiKey) -> None:
        """See the port."""
        self.connection.execute(insert(API_KEYS), _row(key))

    def save_key(self, key: ApiKey) -> None:
        """See the port."""
        self.connection.execute(update(API_KEYS).where(API_KEYS.c.ref == key.ref).values(_row(key)))

    def key_of(self, digest: str) -> ApiKey | None:
        """See the port."""
        query = select(API_KEYS).where(API_KEYS.c.digest == digest)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else _key(dict(row))

    def keys_of(self, member: str) -> Sequence[ApiKey]:
        """See the port."""
        query = select(API_KEYS).where(API_KEYS.c.member == member).order_by(API_KEYS.c.ref.desc())
        return [_key(dict(row)) for row in self.connection.execute(query).mappings()]


def _row(key: ApiKey) -> dict[str, Any]:
    return asdict(key) | {"scopes": sorted(key.scopes)}


def _key(values: Mapping[str, Any]) -> ApiKey:
    return ApiKey(**{**values, "scopes": frozenset(map(Scope, values["scopes"]))})
