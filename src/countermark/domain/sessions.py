"""Sessions: how long somebody who signed in is known, and attempts to sign in.

Sessions and attempts are known by a token of 256 random bits that only the browser holds; records keep its SHA-256. What a
ceremony needs besides (challenge, state, nonce, code verifier, the token against forged requests) is derived from the token,
so that whoever steals the records has none of it.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, Literal, get_args

import msgspec

from countermark.domain.access import Purpose

Strength = Literal["password+totp", "passkey", "oidc"]
STRENGTHS: Final[tuple[str, ...]] = get_args(Strength)
Ending = Literal["ended", "idle", "aged", "clock"]

IDLE: Final = timedelta(minutes=30)
LIFETIME: Final = timedelta(hours=12)
SKEW: Final = timedelta(minutes=1)
"""By how much the clocks of two machines may differ."""
SEEN_EVERY: Final = timedelta(minutes=1)
"""How often it is written that a session was seen; a clock that goes back in between by less is not noticed."""

AttemptKind = Literal["password", "passkey", "oidc", "joining", "adding"]
ATTEMPT_FOR: Final = timedelta(minutes=10)
MAX_TRIES: Final = 5
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_HARDLY: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The time during which a browser is known to be a person's.

    Attributes:
        digest: of the token.
        purpose: what the person said they would look at things for.
        strength: how they showed who they are.
        begun_at: moved back when the clock goes back, so that the age stays what it was.
    """

    ref: str
    digest: str
    person: str
    member: str
    purpose: Purpose
    strength: Strength
    begun_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what no session can be."""
        if self.purpose not in tuple(Purpose) or self.strength not in STRENGTHS:
            raise ValueError(f"no session is for {self.purpose!r} by {self.strength!r}")
        if self.last_seen_at < self.begun_at:
            raise ValueError("a session cannot be seen before it begins")

    def ending(self, now: datetime) -> Ending | None:
        """Why the session is over at `now`; None while it is not.

        A clock that went back by more than `SKEW` hides how long the session was idle: then it is over.
        """
        if self.ended_at is not None:
            return "ended"
        if now < self.last_seen_at - SKEW:
            return "clock"
        latest = max(now, self.last_seen_at)
        if latest - self.last_seen_at >= IDLE:
            return "idle"
        return "aged" if latest - self.begun_at >= LIFETIME else None

    def seen(self, now: datetime) -> Session:
        """The session after it was seen at `now`, its age what it was when the clock went back."""
        back = max(self.last_seen_at - now, timedelta(0))
        return replace(self, begun_at=self.begun_at - back, last_seen_at=now)

    def is_due(self, now: datetime) -> bool:
        """Whether it must be written that it was seen."""
        passed = now - self.last_seen_at
        return passed >= SEEN_EVERY or passed < -_HARDLY

    def body(self) -> bytes:
        """The state that commitments are made to, with the digest's bytes as nonce."""
        state = {
            "member": self.member,
            "person": self.person,
            "purpose": self.purpose,
            "ref": self.ref,
            "strength": self.strength,
        }
        return msgspec.json.encode(state)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAttempt:
    """A sign-in, an acceptance or the adding of a credential that has begun and is not done. It is taken once.

    Attributes:
        digest: of its token, which the browser got when it began.
        kind: what must be shown next; of "password" the password was shown and a code is awaited.
        person: whose it is; None while nobody knows.
        tries: codes that were wrong.
    """

    digest: str
    kind: AttemptKind
    person: str | None = None
    purpose: Purpose | None = None
    begun_at: datetime
    tries: int = 0

    def is_good(self, now: datetime) -> bool:
        """Whether it may go on at `now`."""
        return -SKEW <= now - self.begun_at < ATTEMPT_FOR and self.tries < MAX_TRIES


def looks_like_a_token(text: str) -> bool:
    """Whether a text has the form of our tokens, so that nothing else is looked up."""
    return _TOKEN.fullmatch(text) is not None


def token_digest(token: str) -> str:
    """The SHA-256 of a token; its 256 random bits cannot be guessed from it."""
    return sha256(token.encode()).hexdigest()


def derived(token: str, what: str) -> bytes:
    """32 bytes that only the holder of the token can know; independent for each `what`."""
    return hmac.digest(token.encode(), what.encode(), sha256)


def csrf_token(token: str) -> str:
    """What forms of a session carry, so that no other site can send them."""
    return derived(token, "csrf").hex()


def is_csrf_token(given: str, token: str) -> bool:
    """Whether a form is one of the session's own."""
    return hmac.compare_digest(given.encode(), csrf_token(token).encode())
