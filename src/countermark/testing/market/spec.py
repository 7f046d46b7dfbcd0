"""What a simulated market is asked to be: its size and days, its kinds of sellers and listings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

VENUE: Final = "simulated-market"

CLAIM_OF: Final[Mapping[str, str]] = {
    "plain": "none",
    "everyday": "none",
    "accessory": "none",
    "genuine": "none",
    "clearance": "none",
    "used": "none",
    "dupe": "none",
    "wanted": "none",
    "repair": "none",
    "about": "none",
    "box": "none",
    "misuse": "misuse_of_mark",
    "grey": "grey_market",
    "replica": "declared_replica",
    "fake": "counterfeit",
}
"""The true claim by kind of listing; the keys are all the kinds.

plain: unbranded goods. everyday: the same, with a word in the title that is also a mark.
accessory: made to fit goods of a brand. genuine, clearance, used: the brand's own goods. dupe: a
lawful imitation that says so. wanted, repair, about, box: the brand is named but none of its
goods is sold. misuse: unbranded goods with a brand as a search word. grey: genuine goods from
another territory. replica: an imitation that says so. fake: a counterfeit.
"""

KINDS: Final = tuple(CLAIM_OF)
BRANDED: Final = frozenset(KINDS) - {"plain", "everyday"}

MIX: Final[Mapping[str, tuple[float, Mapping[str, float]]]] = {
    "plain_shop": (
        0.440,
        {"plain": 0.875, "everyday": 0.068, "accessory": 0.030, "misuse": 0.010, "genuine": 0.017},
    ),
    "accessory_maker": (0.100, {"accessory": 0.78, "plain": 0.22}),
    "honest_shop": (
        0.137,
        {"genuine": 0.58, "clearance": 0.21, "plain": 0.17, "used": 0.02, "about": 0.02},
    ),
    "authorised_store": (0.046, {"genuine": 0.76, "clearance": 0.24}),
    "second_hand": (
        0.090,
        {
            "used": 0.80,
            "plain": 0.10,
            "genuine": 0.02,
            "box": 0.02,
            "wanted": 0.02,
            "repair": 0.02,
            "about": 0.02,
        },
    ),
    "grey_importer": (0.024, {"grey": 0.84, "genuine": 0.10, "plain": 0.06}),
    "legal_dupe": (0.018, {"dupe": 0.84, "plain": 0.16}),
    "replica_seller": (0.014, {"replica": 0.80, "fake": 0.08, "plain": 0.12}),
    "opportunist": (0.046, {"fake": 0.34, "used": 0.16, "plain": 0.38, "genuine": 0.12}),
    "ring": (
        0.085,
        {"fake": 0.63, "replica": 0.045, "plain": 0.265, "misuse": 0.03, "genuine": 0.03},
    ),
}
"""By kind of seller: its share of all listings, and the shares of kinds within them."""

SELLER_KINDS: Final = tuple(MIX)

STAGES: Final = ("sellers", "rings", "entities", "listings", "edits", "labels")
"""What draws its own random numbers; the place in this tuple is part of the seed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketSpec:
    """What to simulate.

    Attributes:
        listings: how many first sightings, at least 1.
        seed: equal seeds give equal markets; at least 0.
        starts_on: first day of sightings; the default is the first day of the starter packs' bands.
        days: length of the period.
        enforced_on: from this day on, sellers of counterfeits evade more and say less.
    """

    listings: int
    seed: int
    starts_on: date = date(2026, 11, 1)
    days: int = 180
    enforced_on: date = date(2027, 2, 15)

    def __post_init__(self) -> None:
        if self.listings < 1 or self.seed < 0 or self.days < 1:
            raise ValueError(f"no market has {self.listings} listings, seed {self.seed}")

    @property
    def enforced_after(self) -> int:
        """Days from the start of the period to the enforcement."""
        return (self.enforced_on - self.starts_on).days

    @property
    def ends_on(self) -> date:
        """The last day of sightings."""
        return self.starts_on + timedelta(days=self.days - 1)

    def seeds(self, stage: str, number: int = 0) -> tuple[int, int, int]:
        """The seeds of one stage, or of its part `number`; distinct for each."""
        return self.seed, STAGES.index(stage), number
