"""What the gate did lately: shares that breakers and caps are held against, as a run's are against all its listings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

BUCKETS: Final = 20
BUCKET_LISTINGS: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Some listings counted.

    Attributes:
        listings: judged.
        acted: held or removed without a person.
        fired: by rule id the listings that it fired for.
    """

    listings: int = 0
    acted: int = 0
    fired: Mapping[str, int]

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            listings=self.listings + other.listings,
            acted=self.acted + other.acted,
            fired=Counter(self.fired) + Counter(other.fired),
        )


NONE: Final = Tally(fired={})


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The last `BUCKETS` * `BUCKET_LISTINGS` listings, or somewhat more.

    Attributes:
        full: buckets that are full, the oldest first.
        filling: the newest.
        total: all of them.
    """

    full: tuple[Tally, ...] = ()
    filling: Tally = NONE
    total: Tally = NONE

    def after(self, tally: Tally) -> Window:
        """The window once some more listings were judged."""
        filling = self.filling + tally
        if filling.listings < BUCKET_LISTINGS:
            return replace(self, filling=filling, total=self.total + tally)
        full = (*self.full, filling)[-BUCKETS:]
        return Window(full=full, filling=NONE, total=sum(full, NONE))
