"""The clock of this machine and its source of chance."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from countermark.domain.commitments import NONCE_BYTES

_TIME_BITS = 48
_CHANCE_BYTES = 10


@dataclass(frozen=True, slots=True)
class SystemClock:
    """A `ports.Clock`."""

    def now(self) -> datetime:
        """See the port."""
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SystemChance:
    """A `ports.Chance`. A reference is 48 bits of milliseconds, then 80 of chance, rising within one call."""

    def refs(self, count: int) -> Sequence[str]:
        """See the port."""
        now = f"{time.time_ns() // 1_000_000 % (1 << _TIME_BITS):012x}"
        data = secrets.token_bytes(_CHANCE_BYTES * count).hex()
        size = 2 * _CHANCE_BYTES
        return sorted(now + data[k : k + size] for k in range(0, len(data), size))

    def nonces(self, count: int) -> Sequence[bytes]:
        """See the port."""
        data = secrets.token_bytes(NONCE_BYTES * count)
        return [data[k : k + NONCE_BYTES] for k in range(0, len(data), NONCE_BYTES)]

    def secret(self) -> str:
        """See the port."""
        return secrets.token_urlsafe(32)
