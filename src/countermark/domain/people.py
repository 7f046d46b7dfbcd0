"""People who act for members, and how they come in: by an invitation that works once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from countermark.domain.access import Role
from countermark.errors import UsageError

INVITED_FOR: Final = timedelta(days=7)
MAX_EMAIL: Final = 254
MAX_NAME: Final = 200

_EMAIL: Final = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}"
)
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")


def folded_email(text: str) -> str:
    """An e-mail address as people are found by it: lower case, ASCII.

    Other scripts are refused: two addresses that look or fold alike would let one person pass for another.

    Raises:
        UsageError: it is none.
    """
    email = text.strip().lower() if text.isascii() else ""
    if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        raise UsageError(
            "what was given is no e-mail address",
            hint="write it like name@example.org, an international domain in its xn-- form",
        )
    return email


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who acts for a member.

    Attributes:
        email: folded; no two persons have the same.
        roles: what they may do is told by these; never empty.
        active: whether they may do anything.
        language: of their pages, like "de" or "zh-Hant-TW".
        nonce: what commitments to this state are made with; another one whenever it changes.
        revision: 0 before they are stored.
    """

    ref: str
    member: str
    name: str
    email: str
    roles: frozenset[Role]
    active: bool = True
    language: str = "en"
    joined_at: datetime
    nonce: bytes
    revision: int = 0

    def __post_init__(self) -> None:
        """Refuse who nobody can be."""
        if not self.name.strip() or len(self.name) > MAX_NAME or not self.name.isprintable():
            raise ValueError(f"a person's name has 1 to {MAX_NAME} printable characters")
        if len(self.email) > MAX_EMAIL or not _EMAIL.fullmatch(self.email):
            raise ValueError("a person's e-mail must be folded")
        if not _LANGUAGE.fullmatch(self.language):
            raise ValueError(f"{self.language!r} is no language")
        check_roles(self.roles)

    def body(self) -> bytes:
        """The state that commitments are made to."""
        state = {
            "active": self.active,
            "email": self.email,
            "language": self.language,
            "member": self.member,
            "name": self.name,
            "ref": self.ref,
            "roles": sorted(self.roles),
        }
        return msgspec.json.encode(state)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A member's word that whoever shows its token may join. The token is sent once and never kept.

    Attributes:
        digest: of the token, see `sessions.token_digest`.
        expires_at: `INVITED_FOR` after it was written.
        accepted_at, withdrawn_at: after either it opens nothing.
    """

    ref: str
    member: str
    email: str
    roles: frozenset[Role]
    digest: str
    invited_by: str
    invited_at: datetime
    expires_at: datetime
    accepted_at: datetime | None = None
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what opens nothing or too long."""
        if not timedelta(0) < self.expires_at - self.invited_at <= INVITED_FOR:
            raise ValueError(f"an invitation lives at most {INVITED_FOR.days} days")
        check_roles(self.roles)

    def is_good(self, now: datetime) -> bool:
        """Whether it opens anything at `now`; not before it was written, so that no clock prolongs it."""
        unused = self.accepted_at is None and self.withdrawn_at is None
        return unused and self.invited_at <= now < self.expires_at

    def body(self) -> bytes:
        """The state that commitments are made to, with the digest's bytes as nonce."""
        state = {
            "email": self.email,
            "member": self.member,
            "ref": self.ref,
            "roles": sorted(self.roles),
        }
        return msgspec.json.encode(state)


def check_roles(roles: frozenset[Role]) -> None:
    """Refuse no roles and unknown ones.

    Raises:
        ValueError: as said.
    """
    unknown = sorted(set(roles) - set(Role))
    if unknown or not roles:
        raise ValueError(f"{unknown} are no roles" if unknown else "a person without a role")
