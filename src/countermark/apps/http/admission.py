"""Who speaks: API keys looked up, and remembered for a moment."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from countermark.domain.members import ApiKey, Member, Scope, key_digest, looks_like_a_key
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

    def needs(self, scope: Scope) -> None:
        """Raises NotAllowed if the key does not open that."""
        if scope not in self.key.scopes:
            raise NotAllowed(
                f"key {self.key.hint}… has no scope {scope}",
                hint="issue a key with this scope: countermark key issue",
            )


@dataclass(slots=True)
class Admission:
    """The keys of the last moment, by digest."""

    records: Records
    clock: Clock
    _known: OrderedDict[str, tuple[float, Caller]] = field(default_factory=OrderedDict)

    async def caller(self, authorization: str | None) -> Caller:
        """Who sends this header.

        Raises:
            Unknown: no key, none of ours, or one that opens nothing any more.
        """
        digest = _digest_in(authorization)
        found = self._known.get(digest)
        if found is None or time.monotonic() - found[0] > REMEMBERED_S:
            found = (time.monotonic(), await asyncio.to_thread(self._look_up, digest))
            self._known[digest] = found
            while len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        if not found[1].key.is_good(self.clock.now()):
            raise _refused()
        return found[1]

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
