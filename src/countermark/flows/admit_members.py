"""Members joining, and the keys of their machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import msgspec

from countermark.domain.access import MemberKind, Scope
from countermark.domain.commitments import NOTHING, commitment
from countermark.domain.events import Event, EventType, instant
from countermark.domain.members import KEY_PREFIX, ApiKey, Member, key_digest
from countermark.errors import NotFound, NotPossible, UsageError
from countermark.ports import Keeping, Records, Unit

SYSTEM = "system"
_HINT_CHARACTERS = 10


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
            venues=tuple(sorted(venues)),
            created_at=now,
        )
    except ValueError as fault:
        raise UsageError(
            str(fault), hint="countermark member add --help says what is needed"
        ) from None
    with keeping.records.writing() as unit:
        unit.members.add(member)
        _tell(unit, "member.joined", member.ref, member, keeping)
    return replace(member, revision=1)


def issue_key(
    member: str,
    *,
    name: str,
    scopes: frozenset[Scope],
    days: int,
    keeping: Keeping,
) -> tuple[ApiKey, str]:
    """A new key of a member, and its text, which nobody can see again. Raises NotFound, UsageError."""
    now, text = keeping.clock.now(), KEY_PREFIX + keeping.chance.secret()
    try:
        key = ApiKey(
            ref=keeping.chance.refs(1)[0],
            member=member,
            name=name,
            scopes=scopes,
            digest=key_digest(text),
            hint=text[:_HINT_CHARACTERS],
            issued_at=now,
            expires_at=now + timedelta(days=days),
        )
    except ValueError as fault:
        raise UsageError(
            str(fault), hint="countermark key issue --help says what is needed"
        ) from None
    with keeping.records.writing() as unit:
        unit.members.get(member)
        unit.members.add_key(key)
        _tell(unit, "key.issued", member, key, keeping)
    return key, text


def revoke_key(hint: str, *, member: str, keeping: Keeping) -> ApiKey:
    """The key that begins so, opening nothing from now on. Raises NotFound, NotPossible."""
    with keeping.records.writing() as unit:
        found = [key for key in unit.members.keys_of(member) if hint and key.hint.startswith(hint)]
        if len(found) != 1:
            raise NotFound(
                f"{len(found)} keys begin with {hint!r}",
                hint="countermark key list shows how each begins",
            )
        if found[0].revoked_at is not None:
            raise NotPossible(f"key {hint} was revoked before", hint="nothing is left to do")
        revoked = replace(found[0], revoked_at=keeping.clock.now())
        unit.members.save_key(revoked)
        _tell(unit, "key.revoked", member, revoked, keeping)
    return revoked


def _tell(
    unit: Unit, kind: EventType, member: str, thing: Member | ApiKey, keeping: Keeping
) -> None:
    state = msgspec.json.encode(thing, order="sorted", enc_hook=sorted)
    event = Event(
        type=kind,
        at=instant(keeping.clock.now()),
        actor=SYSTEM,
        member=member,
        subject=thing.ref,
        before=NOTHING,
        after=commitment(keeping.chance.nonces(1)[0], state),
    )
    unit.journal.append([event])


def member_named(name: str, records: Records) -> Member:
    """The member of this name or reference. Raises NotFound."""
    with records.reading() as unit:
        for member in unit.members.all():
            if name in (member.name, member.ref):
                return member
    raise NotFound(f"there is no member {name!r}", hint="countermark member list shows all members")
