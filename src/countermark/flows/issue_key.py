"""Keys of members' machines: issue, revoke, and let in at a measured pace."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from math import ceil
from typing import Final

import msgspec

from countermark.domain.access import Scope
from countermark.domain.commitments import commitment
from countermark.domain.members import (
    KEY_PREFIX,
    MAX_KEY_DAYS,
    ApiKey,
    key_digest,
    looks_like_a_key,
)
from countermark.errors import NotAllowed, NotFound, NotPossible, TooOften, UsageError
from countermark.flows.identity import ActingPerson, Deed
from countermark.ports import Keeping, Means, Unit

_HINT_CHARACTERS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAsked:
    """What key somebody wants."""

    member: str
    name: str
    scopes: frozenset[Scope]
    days: int = MAX_KEY_DAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A key, and its text, which is shown once and kept nowhere."""

    key: ApiKey
    text: str = field(repr=False)


def issue_key(asked: KeyAsked, *, actor: ActingPerson, keeping: Keeping) -> Issued:
    """A new key of a member.

    Raises:
        NotAllowed: the actor may not "key.issue".
        UsageError: no name, no or unknown scopes, or too many days.
        NotFound: no such member.
        NotPossible: the member is not active.
    """
    actor.check("key.issue", asked.member)
    now, text = keeping.clock.now(), KEY_PREFIX + keeping.chance.secret()
    if not asked.name.strip() or len(asked.name) > 200:
        raise UsageError("a key needs a name of 1 to 200 characters", hint="name what it is for")
    try:
        key = ApiKey(
            ref=keeping.chance.refs(1)[0],
            member=asked.member,
            name=asked.name.strip(),
            scopes=asked.scopes,
            digest=key_digest(text),
            hint=text[:_HINT_CHARACTERS],
            issued_at=now,
            expires_at=now
            + timedelta(days=min(asked.days, MAX_KEY_DAYS + 1)),  # before it overflows
        )
    except ValueError as fault:
        raise UsageError(f"no such key can be issued: {fault}", hint="ask for less") from None
    deed = Deed(actor=actor.ref, member=key.member, subject=key.ref, at=now)
    with keeping.records.writing() as unit:
        if not unit.members.get(key.member).active:
            raise NotPossible(f"member {key.member} is not active", hint="make it active first")
        unit.members.add_key(key)
        unit.journal.append([deed.event("key.issued", after=_of_key(key))])
    return Issued(key=key, text=text)


def revoke_key(ref: str, *, member: str, actor: ActingPerson, keeping: Keeping) -> ApiKey:
    """The key, which opens nothing from now on; revoked again it stays as it was.

    Raises:
        NotAllowed: the actor may not "key.revoke".
        NotFound: the member has no such key.
    """
    actor.check("key.revoke", member)
    now = keeping.clock.now()
    deed = Deed(actor=actor.ref, member=member, subject=ref, at=now)
    with keeping.records.writing() as unit:
        key = next((each for each in unit.members.keys_of(member) if each.ref == ref), None)
        if key is None:
            raise NotFound(f"there is no key {ref!r}", hint="look at the list of keys")
        if key.revoked_at is not None:
            return key
        revoked = replace(key, revoked_at=now)
        unit.members.save_key(revoked)
        event = deed.event("key.revoked", before=_of_key(key), after=_of_key(revoked))
        unit.journal.append([event])
    return revoked


def key_meant(text: str, *, member: str, keeping: Keeping) -> ApiKey:
    """The key of a member that begins so, or is the whole text. Raises NotFound where none or several do."""
    with keeping.records.reading() as unit:
        found = [key for key in unit.members.keys_of(member) if _is_meant(key, text)]
    if len(found) != 1:
        begins = text[:_HINT_CHARACTERS]  # no error tells more of a key
        raise NotFound(
            f"{len(found)} keys begin with {begins!r}",
            hint="countermark key list shows how each begins",
        )
    return found[0]


def _is_meant(key: ApiKey, text: str) -> bool:
    return bool(text) and (key.hint.startswith(text) or key.digest == key_digest(text))


def key_in_use(text: str, *, means: Means) -> ApiKey:
    """The key of a request.

    Raises:
        NotAllowed: there is none that opens anything now.
    """
    if looks_like_a_key(text):
        with means.records.reading() as unit:
            key = unit.members.key_of(key_digest(text))
            good = key is not None and key.is_good(means.clock.now())
            if key is not None and good and unit.members.get(key.member).active:
                return key
    raise NotAllowed("the key opens nothing", hint="an admin of your member can issue another one")


def spend(key: ApiKey, cost: int = 1, *, unit: Unit, means: Means) -> None:
    """Take `cost` from what a key may do, in the transaction of what it does; that is also its last use.

    Raises:
        TooOften: there is not so much; the transaction is undone, which changes nothing of the bucket.
        UsageError: more than the key may ever do at once.
    """
    now, limit = means.clock.now(), means.limits.key
    if cost > limit.burst:
        raise UsageError(f"{cost} at once are more than {limit.burst}", hint="send fewer together")
    charge = limit.charge(unit.limits.hold(_name(key), now), now, cost)
    if charge.wait:
        seconds = ceil(charge.wait.total_seconds())
        raise TooOften(
            f"key {key.hint} is used too often", hint=f"try again in {seconds} s", wait_s=seconds
        )
    unit.limits.keep(_name(key), charge.tally)


def _name(key: ApiKey) -> str:
    return f"key:{key.ref}"


def _of_key(key: ApiKey) -> str:
    """The commitment to a key's state, with the digest of its text as nonce."""
    state = {
        "expires_at": key.expires_at.isoformat(),
        "member": key.member,
        "name": key.name,
        "ref": key.ref,
        "revoked": key.revoked_at is not None,
        "scopes": sorted(key.scopes),
    }
    return commitment(bytes.fromhex(key.digest), msgspec.json.encode(state))
