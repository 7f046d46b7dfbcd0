"""Members joining."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from countermark.domain.access import MemberKind
from countermark.domain.commitments import NOTHING, commitment
from countermark.domain.events import Event, instant
from countermark.domain.members import Member
from countermark.errors import NotFound, UsageError
from countermark.flows.consequences import SYSTEM
from countermark.ports import Keeping, Records


def add_member(
    name: str,
    *,
    kind: MemberKind,
    venues: Sequence[str],
    keeping: Keeping,
) -> Member:
    """The new member, kept. Raises UsageError, Conflict."""
    now = keeping.clock.now()
    try:
        member = Member(
            ref=keeping.chance.refs(1)[0],
            kind=kind,
            name=name,
            venues=tuple(sorted(set(venues))),
            created_at=now,
        )
    except ValueError as fault:
        raise UsageError(
            str(fault), hint="countermark member add --help says what is needed"
        ) from None
    with keeping.records.writing() as unit:
        unit.members.add(member)
        joined = Event(
            type="member.joined",
            at=instant(now),
            actor=SYSTEM,
            member=member.ref,
            subject=member.ref,
            before=NOTHING,
            after=commitment(
                keeping.chance.nonces(1)[0], msgspec.json.encode(member, order="sorted")
            ),
        )
        unit.journal.append([joined])
    return replace(member, revision=1)


def member_named(name: str, records: Records) -> Member:
    """The member of this name or reference. Raises NotFound."""
    with records.reading() as unit:
        for member in unit.members.all():
            if name in (member.name, member.ref):
                return member
    raise NotFound(f"there is no member {name!r}", hint="countermark member list shows all members")
