"""Asking prices: what genuine goods cost, and how each kind of listing departs from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from countermark.domain.currencies import decimals
from countermark.testing.market.catalogue import Band, Goods
from countermark.testing.market.dice import Dice
from countermark.testing.market.places import PER_USD, rounded_minor

_NEAR_GENUINE: Final = 0.12
"""Counterfeits that ask what genuine goods cost."""
_BOOK_USD: Final = (8.0, 40.0)
_MISTAKEN: Final = 0.004
"""Honest prices that are a placeholder or the start of an auction."""

UNDER_BAND: Final[Mapping[str, float]] = {"genuine": 0.025, "clearance": 0.10}
"""Honest offers of new goods under the lowest price that packs know: models run out, and bands grow old."""

_OF_TYPICAL: Final[Mapping[str, tuple[float, float, float]]] = {
    "grey": (0.65, 0.80, 0.90),
    "fake": (0.08, 0.24, 0.75),
    "replica": (0.04, 0.12, 0.40),
    "dupe": (0.05, 0.15, 0.45),
    "misuse": (0.03, 0.12, 0.50),
    "repair": (0.03, 0.08, 0.20),
    "box": (0.02, 0.04, 0.12),
    "wanted": (0.20, 0.50, 0.80),
}
"""Lowest, usual and highest share of the typical genuine price, by kind of listing."""

_OF_NEW: Final[Mapping[str, tuple[float, float, float]]] = {
    "open_box": (0.60, 0.80, 0.95),
    "refurbished": (0.45, 0.65, 0.85),
    "used": (0.18, 0.42, 0.80),
    "for_parts": (0.05, 0.15, 0.35),
}


def asking_price(kind: str, goods: Goods, condition: str, *, currency: str, dice: Dice) -> float:
    """The price of one offer of goods of a brand, in whole units of `currency`."""
    band, unit = _band(goods, "new", currency)
    low, typical, high = (price * unit for price in (band.low, band.typical, band.high))
    if kind == "about":
        return plain_price(*_BOOK_USD, currency, dice)
    if kind in _OF_TYPICAL:
        return _of_typical(kind, low, typical, dice)
    if dice.chance(_MISTAKEN):
        return dice.pick((1.0, 1.0, 9.99)) * PER_USD[currency]
    if kind == "clearance":
        return low + (typical - low) * 0.45 * dice.share() ** 2
    if kind == "genuine" and condition == "new":
        return dice.bell(low + 0.2 * (typical - low), typical, typical + 0.7 * (high - typical))
    return _second_hand(goods, condition, typical, currency, dice)


def lowest_genuine(goods: Goods, condition: str, currency: str) -> float:
    """The lowest price at which the genuine goods are sold, in whole units of `currency`."""
    band, unit = _band(goods, "used" if condition == "used" else "new", currency)
    return band.low * unit


def under_band(lowest: float, dice: Dice) -> float:
    """An honest price under the `lowest` known one, seldom under its half."""
    return lowest * dice.bell(0.40, 0.80, 1.0)


def typical_minor(goods: Goods, currency: str) -> int:
    """The typical price of the genuine goods when new, in minor units of `currency`."""
    band, unit = _band(goods, "new", currency)
    scale: int = 10 ** decimals(currency)
    return round(band.typical * unit * scale)


def plain_price(low_usd: float, high_usd: float, currency: str, dice: Dice) -> float:
    """The price of something unbranded, in whole units of `currency`."""
    usual = low_usd + 0.35 * (high_usd - low_usd)
    return dice.bell(0.8 * low_usd, usual, 1.15 * high_usd) * PER_USD[currency]


def asked_minor(price: float, currency: str, dice: Dice, *, floor: float = 0.0) -> int:
    """`price` rounded as shops do and not below `floor`, in minor units."""
    rounded = rounded_minor(price, currency, dice.share())
    scale: int = 10 ** decimals(currency)
    return max(rounded, round(floor * scale), 1)


def _of_typical(kind: str, low: float, typical: float, dice: Dice) -> float:
    if kind == "fake" and dice.chance(_NEAR_GENUINE):
        return dice.between(max(low, 0.8 * typical), max(low, 1.05 * typical))
    return typical * dice.bell(*_OF_TYPICAL[kind])


def _second_hand(goods: Goods, condition: str, typical: float, currency: str, dice: Dice) -> float:
    if condition == "used" and ("USD", "used") in goods.bands:
        band, unit = _band(goods, "used", currency)
        return dice.bell(band.low * unit, band.typical * unit, band.high * unit)
    return typical * dice.bell(*_OF_NEW.get(condition, _OF_NEW["used"]))


def _band(goods: Goods, condition: str, currency: str) -> tuple[Band, float]:
    """The band, and what one of its minor units is worth in whole units of `currency`."""
    own = goods.bands.get((currency, condition))
    if own is not None:
        return own, 1 / 10 ** decimals(currency)
    dollars = goods.bands.get(("USD", condition)) or goods.bands["USD", "new"]
    return dollars, PER_USD[currency] / 100
