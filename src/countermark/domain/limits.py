"""Limits on how often something may be tried: what a tally becomes, and how long to wait.

A clock that goes back neither frees anybody nor keeps anybody waiting for longer than the limit's own longest wait: the
tally's moment moves back with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_NONE: Final = timedelta(0)
_MICROSECOND: Final = timedelta(microseconds=1)
_TOKEN: Final = 60_000_000
"""A token in the units of a bucket's count, of which `per_minute` come back each microsecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is remembered of earlier tries.

    Attributes:
        count: failures, or what is gone from a bucket in its own units.
        at: when it last changed.
    """

    count: int = 0
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """A try, charged: the tally to keep, and how long to wait if it may not be made now; then it is not counted."""

    tally: Tally
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureLimit:
    """A number of failures that cost nothing, then delays that double up to a longest one. Never for ever.

    Attributes:
        free: failures before the first delay.
        window: after so long without a failure the free ones are forgotten.
        memory: after so long without a failure delays are forgotten.
    """

    free: int = 5
    window: timedelta = timedelta(minutes=15)
    first_delay: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)
    memory: timedelta = timedelta(hours=24)

    def delay(self, count: int) -> timedelta:
        """How long after the last of so many failures nothing may be tried."""
        if count < self.free:
            return _NONE
        doublings = min(count - self.free, 32)
        return min(self.first_delay * 2**doublings, self.longest)

    def charge(self, tally: Tally, now: datetime) -> Charge:
        """A try, counted as a failure until `refund` or `clear` says otherwise, so that many at once count too."""
        tally = replace(tally, at=min(tally.at, now))
        wait = tally.at + self.delay(tally.count) - now
        if wait > _NONE:
            return Charge(tally=tally, wait=wait)
        kept = self.memory if tally.count >= self.free else self.window
        count = 0 if now - tally.at >= kept else tally.count
        return Charge(tally=Tally(count=count + 1, at=now), wait=_NONE)

    def refund(self, tally: Tally, charge: Charge, before: Tally) -> Tally:
        """The tally without a try, which did not fail: as it was before, unless others failed meanwhile.

        It must not only count one less: the try's own moment would begin the delay of earlier failures anew.
        """
        return before if tally == charge.tally else replace(tally, count=max(tally.count - 1, 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketLimit:
    """A bucket of tokens that fills steadily: `burst` at once, `per_minute` in the long run."""

    burst: int
    per_minute: int

    def __post_init__(self) -> None:
        """Refuse a bucket that is never of use."""
        if self.burst < 1 or self.per_minute < 1:
            raise ValueError("a bucket holds and gains at least one token")

    def charge(self, tally: Tally, now: datetime, cost: int = 1) -> Charge:
        """`cost` tokens taken.

        Raises:
            ValueError: more than the bucket can ever hold.
        """
        if not 0 < cost <= self.burst:
            raise ValueError(f"{cost} tokens of a bucket of {self.burst}")
        back = max((now - tally.at) // _MICROSECOND, 0) * self.per_minute
        gone = min(max(tally.count - back, 0), self.burst * _TOKEN)
        over = gone + (cost - self.burst) * _TOKEN
        if over > 0:
            wait = -(-over // self.per_minute) * _MICROSECOND
            return Charge(tally=Tally(count=gone, at=now), wait=wait)
        return Charge(tally=Tally(count=gone + cost * _TOKEN, at=now), wait=_NONE)

    def refund(self, tally: Tally, cost: int = 1) -> Tally:
        """The tally with `cost` tokens put back."""
        return replace(tally, count=max(tally.count - cost * _TOKEN, 0))


def network_of(address: str) -> str:
    """What counts as one network: an IPv4 address, or the /64 of an IPv6 address, whose owner has all of it.

    Anything else, as a server without addresses may give, is one network together.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ip_network((int(parsed), 64), strict=False))
    return str(parsed)
