"""Where the simulated sellers are: markets by language, their currencies and rounded prices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from countermark.domain.currencies import decimals


class Place(NamedTuple):
    """A country where listings are offered: ISO 3166-1 country, ISO 639-1 language, currency."""

    country: str
    language: str
    currency: str


WEIGHTS: Final[Mapping[Place, float]] = {
    Place("US", "en", "USD"): 17.0,
    Place("GB", "en", "GBP"): 6.0,
    Place("CA", "en", "USD"): 2.0,
    Place("AU", "en", "USD"): 2.0,
    Place("IE", "en", "EUR"): 1.0,
    Place("SG", "en", "USD"): 1.0,
    Place("CN", "zh", "CNY"): 17.0,
    Place("ES", "es", "EUR"): 5.0,
    Place("MX", "es", "USD"): 3.0,
    Place("DE", "de", "EUR"): 7.0,
    Place("AT", "de", "EUR"): 1.0,
    Place("FR", "fr", "EUR"): 6.0,
    Place("BE", "fr", "EUR"): 1.0,
    Place("RU", "ru", "RUB"): 6.0,
    Place("IT", "it", "EUR"): 5.0,
    Place("BR", "pt", "BRL"): 3.5,
    Place("PT", "pt", "EUR"): 1.5,
    Place("JP", "ja", "JPY"): 4.0,
    Place("KR", "ko", "KRW"): 3.0,
    Place("TR", "tr", "TRY"): 2.0,
    Place("AE", "ar", "AED"): 1.2,
    Place("SA", "ar", "USD"): 0.8,
    Place("ID", "id", "IDR"): 1.5,
    Place("VN", "vi", "VND"): 1.0,
    Place("TH", "th", "THB"): 1.0,
}
"""Shares of listings by place."""

PLACES: Final = tuple(WEIGHTS)

PER_USD: Final[Mapping[str, float]] = {
    "USD": 1.0,
    "EUR": 0.92,
    "CNY": 7.2,
    "GBP": 0.79,
    "JPY": 150.0,
    "KRW": 1370.0,
    "RUB": 95.0,
    "BRL": 5.6,
    "TRY": 38.0,
    "IDR": 16200.0,
    "VND": 25200.0,
    "THB": 35.0,
    "AED": 3.67,
}
"""Units of a currency for one US dollar, fixed for the whole simulation."""

ABROAD_SHARE: Final = 0.3
"""How many sellers of a place with a rarer currency ask US dollars all the same."""

_STEPS: Final[Mapping[str, tuple[float, ...]]] = {
    "JPY": (10, 100),
    "KRW": (100, 1000),
    "IDR": (500, 1000),
    "VND": (1000, 10000),
    "RUB": (10, 50),
    "TRY": (1, 5),
    "THB": (1, 10),
}
"""Steps of usual prices, in whole units: for cheap goods and for the others."""


def rounded_minor(amount: float, currency: str, ending: float) -> int:
    """A price near `amount` as shops write it, in minor units, at least the smallest step.

    Args:
        amount: in whole units of `currency`.
        ending: in [0, 1): which of the usual endings (.00, .99, .90, .50) it gets.
    """
    scale: int = 10 ** decimals(currency)
    if currency in _STEPS:
        small, large = _STEPS[currency]
        step = small if amount < 60 * small else large
        return max(1, round(amount / step)) * int(step) * scale
    if amount < 3:
        return max(10, round(amount * 20) * 5)
    whole = int(amount)
    if amount >= 300 and ending < 0.7:
        return (whole // 5 * 5 - (1 if ending < 0.3 else 0)) * scale
    return whole * scale + (0, 99, 90, 50, 95)[int(ending * 5)]
