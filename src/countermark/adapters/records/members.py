"""Members, their venues and keys in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from countermark.adapters.records.rows import clean
from countermark.adapters.records.tables import API_KEYS, MEMBERS, VENUES
from countermark.adapters.records.walls import only_own, own
from countermark.domain.access import MemberKind, Scope
from countermark.domain.members import ApiKey, Member
from countermark.errors import Conflict, NotFound

_NAME = 200


@dataclass(frozen=True, slots=True)
class SqlMembers:
    """A `ports.Members`. Opened for one member it knows no other."""

    connection: Connection
    member: str | None

    def add(self, member: Member) -> None:
        """See the port."""
        only_own(self.member, [member.ref])
        clean(member.name, "the name", _NAME)
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
        found = self._all(ref)
        if not found:
            raise NotFound(
                f"there is no member {ref!r}", hint="countermark member list shows all members"
            )
        return found[0]

    def all(self) -> Sequence[Member]:
        """See the port."""
        return sorted(self._all(None), key=lambda member: member.name)  # databases sort otherwise

    def add_key(self, key: ApiKey) -> None:
        """See the port."""
        only_own(self.member, [key.member])
        clean(key.name, "the name", _NAME)
        self.connection.execute(insert(API_KEYS), _row(key))

    def save_key(self, key: ApiKey) -> None:
        """See the port. Raises NotFound."""
        only_own(self.member, [key.member])
        one = (API_KEYS.c.ref == key.ref, API_KEYS.c.member == key.member)
        if self.connection.execute(update(API_KEYS).where(*one).values(_row(key))).rowcount == 0:
            raise NotFound(f"there is no key {key.ref!r}", hint="copy its reference from the list")

    def key_of(self, digest: str) -> ApiKey | None:
        """See the port."""
        query = select(API_KEYS).where(
            API_KEYS.c.digest == digest, own(API_KEYS.c.member, self.member)
        )
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else _key(dict(row))

    def keys_of(self, member: str) -> Sequence[ApiKey]:
        """See the port."""
        query = select(API_KEYS).where(
            API_KEYS.c.member == member, own(API_KEYS.c.member, self.member)
        )
        newest = query.order_by(API_KEYS.c.issued_at.desc(), API_KEYS.c.ref.desc())
        rows = self.connection.execute(newest).mappings()
        return [_key(dict(row)) for row in rows]

    def _all(self, ref: str | None) -> list[Member]:
        some = select(MEMBERS).where(own(MEMBERS.c.ref, self.member), own(MEMBERS.c.ref, ref))
        run = select(VENUES).where(own(VENUES.c.member, self.member), own(VENUES.c.member, ref))
        venues: dict[str, list[str]] = {}
        for row in self.connection.execute(run.order_by(VENUES.c.venue)).mappings():
            venues.setdefault(row["member"], []).append(row["venue"])
        return [
            Member(
                **{**row, "kind": MemberKind(row["kind"])},
                venues=tuple(sorted(venues.get(row["ref"], ()))),
            )
            for row in self.connection.execute(some).mappings()
        ]


def _row(key: ApiKey) -> dict[str, Any]:
    return asdict(key) | {"scopes": sorted(key.scopes)}


def _key(values: Mapping[str, Any]) -> ApiKey:
    return ApiKey(**{**values, "scopes": frozenset(map(Scope, values["scopes"]))})
