"""Members of the alliance, and the keys by which their machines speak for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from countermark.domain.access import MemberKind, Scope

MAX_KEY_DAYS: Final = 90
KEY_PREFIX: Final = "cm_"
_SECRET_CHARACTERS: Final = 43  # 32 bytes in base64url


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An organisation in the alliance.

    Attributes:
        name: as people call it, 1 to 200 characters.
        venues: of a marketplace, the venues that it runs, as packs name them; else empty.
        active: whether anything may be done in its name.
        revision: 0 before it is stored.
    """

    ref: str
    kind: MemberKind
    name: str
    venues: tuple[str, ...] = ()
    active: bool = True
    created_at: datetime
    revision: int = 0

    def __post_init__(self) -> None:
        """Refuse what no member can be."""
        if self.kind not in tuple(MemberKind):
            raise ValueError(
                f"{self.kind!r} is no kind of member; kinds are {', '.join(MemberKind)}"
            )
        if not self.name.strip() or len(self.name) > 200:
            raise ValueError(f"a member's name has 1 to 200 characters, not {len(self.name)}")
        if bool(self.venues) != (self.kind == MemberKind.MARKETPLACE):
            raise ValueError(f"member {self.name!r}: a marketplace, and nobody else, runs venues")
        if len(set(self.venues)) < len(self.venues):
            raise ValueError(f"member {self.name!r}: a venue is named twice")
        for venue in self.venues:
            if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,99}", venue):
                raise ValueError(f"{venue!r} is no name of a venue")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key of a member's machine. The secret is shown once and never kept.

    Attributes:
        name: what it is for, at most 200 characters.
        digest: of the whole key text, see `key_digest`.
        hint: its first characters, by which people tell keys apart.
        expires_at: at most `MAX_KEY_DAYS` after it was issued.
    """

    ref: str
    member: str
    name: str
    scopes: frozenset[Scope]
    digest: str
    hint: str
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse a key that opens nothing, or lives too long."""
        if len(self.name) > 200:
            raise ValueError(f"a key's name has at most 200 characters, not {len(self.name)}")
        unknown = sorted(set(self.scopes) - set(Scope))
        if unknown or not self.scopes:
            said = f"{', '.join(unknown)} unknown" if unknown else "none given"
            raise ValueError(f"scopes of a key: {said}; scopes are {', '.join(Scope)}")
        days = (self.expires_at - self.issued_at).total_seconds() / 86_400
        if not 0 < days <= MAX_KEY_DAYS:
            raise ValueError(f"a key that lives {days:g} days; at most {MAX_KEY_DAYS}")

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at `now`."""
        return self.revoked_at is None and self.issued_at <= now < self.expires_at


def key_digest(key: str) -> str:
    """The SHA-256 of a key; its 256 random bits cannot be guessed from it."""
    return sha256(key.encode()).hexdigest()


def looks_like_a_key(text: str) -> bool:
    """Whether a text has the form of our keys, so that nothing else is looked up."""
    return len(text) == len(KEY_PREFIX) + _SECRET_CHARACTERS and text.startswith(KEY_PREFIX)
