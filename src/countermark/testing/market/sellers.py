"""One account at a time: what the writing of its listings needs to know."""

from __future__ import annotations

from math import isnan
from typing import NamedTuple

from countermark.testing.market.places import PLACES
from countermark.testing.market.population import Ints, Population
from countermark.testing.market.spec import SELLER_KINDS


class Seller(NamedTuple):
    """One account, for writing its listings. Days count from the first day of the period."""

    number: int
    kind: str
    ring: int
    place: int
    currency: str
    size: int
    opened: int
    starts: int
    ends: int
    rating: float | None
    voice: int
    brands: tuple[int, ...]
    train: bool

    @property
    def seller_id(self) -> str:
        """Its id on the venue."""
        return f"S{self.number:07d}"

    @property
    def language(self) -> str:
        """The language it writes, ISO 639-1."""
        return PLACES[self.place].language

    @property
    def country(self) -> str:
        """The country it offers in, ISO 3166-1."""
        return PLACES[self.place].country


def sellers_of(population: Population, rows: Ints) -> list[Seller]:
    """The accounts at `rows`, in that order."""
    ratings = population.ratings[rows].tolist()
    columns = [
        population.ids[rows].tolist(),
        [SELLER_KINDS[kind] for kind in population.kinds[rows].tolist()],
        population.rings[rows].tolist(),
        population.places[rows].tolist(),
        _currencies(population, rows),
        population.sizes[rows].tolist(),
        population.opened[rows].tolist(),
        population.starts[rows].tolist(),
        population.ends[rows].tolist(),
        [None if isnan(rating) else rating for rating in ratings],
        population.voices[rows].tolist(),
        [tuple(brands) for brands in population.brands[rows].tolist()],
        population.train[rows].tolist(),
    ]
    return [Seller(*fields) for fields in zip(*columns, strict=True)]


def _currencies(population: Population, rows: Ints) -> list[str]:
    dollars = population.dollars[rows].tolist()
    places = population.places[rows].tolist()
    return [
        "USD" if asks else PLACES[place].currency
        for asks, place in zip(dollars, places, strict=True)
    ]
