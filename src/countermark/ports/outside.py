"""Time and chance: what no function may make up by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """The moment it is, in UTC."""


class Chance(Protocol):
    """Where references and nonces come from."""

    def refs(self, count: int) -> Sequence[str]:
        """References that nobody has used: 32 hex digits, rising with time, so that tables grow at their end."""

    def nonces(self, count: int) -> Sequence[bytes]:
        """Random bytes that nobody can guess, 16 each."""

    def secret(self) -> str:
        """43 random characters of base64url: 256 bits."""
