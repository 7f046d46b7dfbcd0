"""Passwords as Argon2id hashes."""

from __future__ import annotations

import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# OWASP's recommendation: 19 MiB, two passes, one lane.
MEMORY_KIB: Final = 19 * 1024
PASSES: Final = 2
_LONGEST: Final = 1_000  # characters that are looked at: nobody makes us hash a book


class Argon2Hasher:
    """A `ports.PasswordHasher`. Passwords are compared in NFKC, so that keyboards may differ."""

    def __init__(self, *, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._nobodys = self._hasher.hash("the password of nobody")

    def hashed(self, password: str) -> str:
        """See the port."""
        return self._hasher.hash(_normal(password))

    def matches(self, hashed: str | None, password: str) -> bool:
        """See the port. Without a hash, that of nobody is worked on, so that time does not tell who exists."""
        try:
            self._hasher.verify(hashed or self._nobodys, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None and len(password) <= _LONGEST

    def is_dated(self, hashed: str) -> bool:
        """See the port."""
        return self._hasher.check_needs_rehash(hashed)


def _normal(password: str) -> bytes:
    text = unicodedata.normalize("NFKC", password[:_LONGEST])
    return text.encode(errors="surrogatepass")
