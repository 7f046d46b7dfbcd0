"""Who speaks: API keys looked up, and remembered for a moment."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import date

from countermark.domain.access import Action, Actor, Denied, Kind, Purpose, Thing, decide
from countermark.domain.members import ApiKey, Member, key_digest, looks_like_a_key
from countermark.errors import NotAllowed
from countermark.ports import Clock, Records

REMEMBERED_S = 1.0
"""A key that was revoked elsewhere opens nothing after this; one that was revoked here, at once."""

MOST_REMEMBERED = 10_000


class Unknown(NotAllowed):
    """Nobody whom we know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A machine that speaks for a member."""

    key: ApiKey
    member: Member

    def may(self, action: Action, kind: Kind, on: date) -> None:
        """Raises NotAllowed where the policy of access does not let it do that with its member's things."""
        actor = Actor(
            id=self.key.ref,
            member=self.member.ref,
            kind=self.member.kind,
            scopes=self.key.scopes,
            disabled=not self.member.active,
        )
        thing = Thing(kind=kind, owner=self.member.ref)
        answer = decide(actor, action, thing, purpose=Purpose.OPERATION, on=on)
        if isinstance(answer, Denied):
            raise NotAllowed(
                f"key {self.key.hint}… may not {action} a {kind}: {answer.reason}",
                hint="countermark key issue makes a key with other scopes",
            )


@dataclass(slots=True)
class Admission:
    """The keys of the last moment, by digest."""

    records: Records
    clock: Clock
    _known: OrderedDict[str, tuple[float, Caller]] = field(default_factory=OrderedDict)

    async def caller(self, authorization: str | None, action: Action, kind: Kind) -> Caller:
        """Who sends this header, and may do that with its member's things of that kind.

        Raises:
            Unknown: no key, none of ours, or one that opens nothing any more.
            NotAllowed: the key does not open that.
        """
        digest = _digest_in(authorization)
        found = self._known.get(digest)
        if found is None or time.monotonic() - found[0] > REMEMBERED_S:
            found = (time.monotonic(), await asyncio.to_thread(self._look_up, digest))
            self._known[digest] = found
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        now, caller = self.clock.now(), found[1]
        if not caller.key.is_good(now):
            raise _refused()
        caller.may(action, kind, now.date())
        return caller

    def forget(self, digest: str) -> None:
        """Look a key up anew when it comes next."""
        self._known.pop(digest, None)

    def _look_up(self, digest: str) -> Caller:
        with self.records.reading() as unit:
            key = unit.members.key_of(digest)
            if key is None:
                raise _refused()
            member = unit.members.get(key.member)
        if not member.active:
            raise _refused()
        return Caller(key=key, member=member)


def _digest_in(authorization: str | None) -> str:
    kind, _, key = (authorization or "").partition(" ")
    if kind.lower() != "bearer" or not looks_like_a_key(key):
        raise _refused()
    return key_digest(key)


def _refused() -> Unknown:
    return Unknown(
        "no key that opens anything",
        hint="send the header Authorization: Bearer cm_... with a key that has not expired",
    )
