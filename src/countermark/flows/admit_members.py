"""Members joining, and the keys of their machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from countermark.domain.access import MemberKind, Scope
from countermark.domain.commitments import NOTHING, commitment
from countermark.domain.events import Event, EventType, instant
from countermark.domain.members import KEY_PREFIX, MAX_KEY_DAYS, ApiKey, Member, key_digest
from countermark.errors import NotFound, NotPossible, UsageError
from countermark.ports import Chance, Keeping, Records, Unit

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
            venues=tuple(sorted(set(venues))),
            created_at=now,
        )
    except ValueError as fault:
        raise UsageError(
            str(fault), hint="countermark member add --help says what is needed"
        ) from None
    with keeping.records.writing() as unit:
        unit.members.add(member)
        _tell(unit, "member.joined", member, at=now, chance=keeping.chance)
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
            expires_at=now + _life(days),
        )
    except ValueError as fault:
        raise UsageError(
            str(fault), hint="countermark key issue --help says what is needed"
        ) from None
    with keeping.records.writing() as unit:
        unit.members.get(member)
        unit.members.add_key(key)
        _tell(unit, "key.issued", key, at=now, chance=keeping.chance)
    return key, text


def revoke_key(hint: str, *, member: str, keeping: Keeping) -> ApiKey:
    """The key that begins so, or is the whole text, opening nothing from now on. Raises NotFound, NotPossible."""
    now, begins = keeping.clock.now(), hint[:_HINT_CHARACTERS]  # no error tells more of a key
    with keeping.records.writing() as unit:
        found = [key for key in unit.members.keys_of(member) if _is_meant(key, hint)]
        if len(found) != 1:
            raise NotFound(
                f"{len(found)} keys begin with {begins!r}",
                hint="countermark key list shows how each begins",
            )
        if found[0].revoked_at is not None:
            raise NotPossible(f"key {begins} was revoked before", hint="nothing is left to do")
        revoked = replace(found[0], revoked_at=now)
        unit.members.save_key(revoked)
        _tell(unit, "key.revoked", revoked, at=now, chance=keeping.chance)
    return revoked


def _life(days: int) -> timedelta:
    if not 0 < days <= MAX_KEY_DAYS:  # before it overflows
        raise ValueError(f"a key that lives {days} days; at most {MAX_KEY_DAYS}")
    return timedelta(days=days)


def _is_meant(key: ApiKey, text: str) -> bool:
    """Whether a key is the one that a person names by its beginning or by all of it."""
    return bool(text) and (key.hint.startswith(text) or key.digest == key_digest(text))


def _tell(
    unit: Unit, kind: EventType, thing: Member | ApiKey, *, at: datetime, chance: Chance
) -> None:
    event = Event(
        type=kind,
        at=instant(at),
        actor=SYSTEM,
        member=thing.ref if isinstance(thing, Member) else thing.member,
        subject=thing.ref,
        before=NOTHING,
        after=commitment(chance.nonces(1)[0], msgspec.json.encode(thing, order="sorted")),
    )
    unit.journal.append([event])


def member_named(name: str, records: Records) -> Member:
    """The member of this name or reference. Raises NotFound."""
    with records.reading() as unit:
        for member in unit.members.all():
            if name in (member.name, member.ref):
                return member
    raise NotFound(f"there is no member {name!r}", hint="countermark member list shows all members")
