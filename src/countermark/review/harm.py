"""Expected harm of a case: the one number that the queue is ordered by, and what it was made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from countermark.domain.offers import Offer
from countermark.domain.sightings import RISK_MILLI
from countermark.ingest.offers import asked_minor
from countermark.review.scale import scaled

UNKNOWN_PRICE: Final = 50
"""About euros that an offer without a usable price is taken to ask."""

UNKNOWN_STOCK: Final = 1
"""Pieces that an offer which does not say so is taken to have."""

MOST_RISK: Final = 100 * RISK_MILLI
MOST_VALUE: Final = 100_000
MOST_REACH: Final = 1_000
"""Bounds: beyond them a number says more of whoever typed it than of harm. One absurd price must not hide real ones."""

DANGER: Final[Mapping[str, int]] = {
    "health": 10,
    "health.medicine": 20,
    "health.razor": 3,
    "food": 10,
    "baby": 10,
    "auto": 8,
    "auto.brake": 20,
    "auto.wheel": 4,
    "auto.diagnostic": 2,
    "aircraft": 20,
    "beauty": 6,
    "beauty.device": 5,
    "tobacco": 6,
    "toys": 6,
    "toys.card": 1,
    "toys.figure": 2,
    "toys.miniature": 1,
    "electronics": 3,
    "electronics.battery": 8,
    "electronics.charger": 8,
    "electronics.appliance": 5,
    "electronics.game": 1,
    "electronics.film": 1,
    "lighting": 3,
    "tools": 3,
    "sports": 2,
    "pets": 3,
    "parts": 3,
}
"""By category of the alliance how many times worse a fake is for whoever uses it than a fake shirt, which is 1.

The longest that is the category or stands above it counts; what none names is 1. The order follows what customs authorities
and consumer safety offices name first: what is swallowed, put on skin, holds a car or burns.
"""

MOST_HARM: Final = MOST_RISK * MOST_VALUE * MOST_REACH * max(DANGER.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """Factors of an expected harm, each at least 1.

    Attributes:
        risk_milli: see `domain.sightings.Decision`; at most `MOST_RISK`.
        value: price times stock in about euros, see `scale`; at most `MOST_VALUE`.
        reach: pieces sold so far and the next one; at most `MOST_REACH`.
        danger: of the kind of goods, see `DANGER`.
        assumed: which of "price", "stock", "sold" and "category" the offer does not say.
    """

    risk_milli: int
    value: int
    reach: int
    danger: int
    assumed: tuple[str, ...] = ()

    @property
    def number(self) -> int:
        """Their product, 1 to `MOST_HARM`, which eight bytes hold and a float tells apart."""
        return self.risk_milli * self.value * self.reach * self.danger


def harm_of(risk_milli: int, offer: Offer) -> Harm:
    """The expected harm of one offer judged to be that risky; it falls with none of its factors."""
    asked = asked_minor(offer)
    price = UNKNOWN_PRICE if asked is None else scaled(*asked)
    stock = UNKNOWN_STOCK if offer.stock is None else offer.stock
    said = {
        "price": asked,
        "stock": offer.stock,
        "sold": offer.sold,
        "category": offer.category,
    }
    return Harm(
        risk_milli=_within(risk_milli, MOST_RISK),
        # Of what costs less than one or is sold out there may be more tomorrow.
        value=_within(_within(price, MOST_VALUE) * _within(stock, MOST_VALUE), MOST_VALUE),
        reach=_within(1 + (offer.sold or 0), MOST_REACH),
        danger=danger_of(offer.category),
        assumed=tuple(name for name, value in said.items() if value is None),
    )


def danger_of(category: str | None) -> int:
    """How many times worse than a fake shirt, see `DANGER`."""
    name = (category or "").strip().lower()
    while name:
        if name in DANGER:
            return DANGER[name]
        name = name.rpartition(".")[0]
    return 1


def _within(number: int, most: int) -> int:
    return min(max(number, 1), most)
