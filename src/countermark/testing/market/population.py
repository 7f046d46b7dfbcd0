"""Who sells on the simulated market: every account, and the rings that some belong to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from countermark.testing.market.catalogue import Catalogue
from countermark.testing.market.places import ABROAD_SHARE, PLACES, WEIGHTS
from countermark.testing.market.popularity import popularity
from countermark.testing.market.sizes import MEAN_LISTINGS, ring_sizes, seller_sizes
from countermark.testing.market.spec import MIX, SELLER_KINDS, MarketSpec

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

OWN_BRANDS: Final = 4
_RING_BRANDS: Final = 6
_OWN_WORDS: Final = 0.15
"""How many accounts of a ring do not write like the others."""

_AGE: Final = {"ring": (160, 1.2), "opportunist": (420, 1.2), "replica_seller": (240, 1.1)}
_USUAL_AGE: Final = (650, 1.3)
"""Age of accounts: median in days, and the spread of its logarithm."""

_RATING: Final = {"ring": 0.945, "opportunist": 0.95, "replica_seller": 0.935}
_USUAL_RATING: Final = 0.962


@dataclass(frozen=True, slots=True, kw_only=True)
class Rings:
    """Accounts under one control, a place in each array for a ring."""

    sizes: Ints
    voices: Ints
    brands: Ints
    places: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """All accounts, a place in each array for one.

    Attributes:
        kinds: places in SELLER_KINDS.
        rings: ring number, -1 for none.
        sizes, firsts: how many listings, and the first of its slots; slots run without gaps.
        places: places in PLACES.
        dollars: whether it asks US dollars whatever its place.
        opened: day on which the account was opened, from the first day of the period; mostly < 0.
        starts, ends: first and last day of its listings, 0 <= starts <= ends.
        ratings: share of good ratings; NaN where there are none yet.
        voices: equal numbers write alike.
        brands: what it mostly sells, places in the catalogue, OWN_BRANDS a row.
        train: whether it belongs to the train split; a ring is never divided.
        ids: the number in its seller id, in no order that tells anything.
        ring: the rings.
    """

    kinds: Ints
    rings: Ints
    sizes: Ints
    firsts: Ints
    places: Ints
    dollars: npt.NDArray[np.bool_]
    opened: Ints
    starts: Ints
    ends: Ints
    ratings: Floats
    voices: Ints
    brands: Ints
    train: npt.NDArray[np.bool_]
    ids: Ints
    ring: Rings


def people(spec: MarketSpec, catalogue: Catalogue) -> Population:
    """The population of a market."""
    rng = np.random.default_rng(spec.seeds("sellers"))
    kinds, sizes = _sizes(spec.listings, rng)
    count, shares = len(kinds), popularity(catalogue, spec.seed)
    in_ring = kinds == SELLER_KINDS.index("ring")
    ring = _rings(int(in_ring.sum()), shares, spec)
    rings = np.full(count, -1, np.int64)
    rings[in_ring] = np.repeat(np.arange(len(ring.sizes)), ring.sizes)
    opened = -_drawn_ages(kinds, spec, rng)
    starts, ends = _windows(kinds, opened, spec, rng)
    ratings = _drawn_ratings(kinds, opened, rng)
    places = _of_ring(rng.choice(len(PLACES), count, p=_place_shares()), rings, ring.places, rng)
    return Population(
        kinds=kinds,
        rings=rings,
        sizes=sizes,
        firsts=np.concatenate([[0], np.cumsum(sizes)[:-1]]),
        places=places,
        dollars=_asks_dollars(places, rng),
        opened=opened,
        starts=starts,
        ends=ends,
        ratings=ratings,
        voices=_voices(rings, ring, rng),
        brands=_own_brands(kinds, rings, ring, shares, rng),
        train=_train(rings, ring, rng),
        ids=rng.permutation(count),
        ring=ring,
    )


def _sizes(listings: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Kind and size of every seller; the last kind takes what rounding leaves."""
    whole = sum(share for share, _ in MIX.values())
    bounds = np.round(np.cumsum([share for share, _ in MIX.values()]) / whole * listings)
    totals = np.diff(bounds.astype(np.int64), prepend=0)
    sizes = [
        seller_sizes(int(total), MEAN_LISTINGS[kind], rng)
        for kind, total in zip(SELLER_KINDS, totals, strict=True)
    ]
    kinds = np.repeat(np.arange(len(sizes)), [len(part) for part in sizes])
    return kinds, np.concatenate(sizes)


def _rings(accounts: int, shares: Floats, spec: MarketSpec) -> Rings:
    rng = np.random.default_rng(spec.seeds("rings"))
    sizes = ring_sizes(accounts, rng)
    count = len(sizes)
    return Rings(
        sizes=sizes,
        voices=rng.integers(1, 2**40, count),
        brands=rng.choice(len(shares), (count, _RING_BRANDS), p=shares),
        places=rng.choice(len(PLACES), (count, 3), p=_place_shares()),
    )


def _place_shares() -> Floats:
    weights = np.array([WEIGHTS[place] for place in PLACES])
    shares: Floats = weights / weights.sum()
    return shares


def _drawn_ages(kinds: Ints, spec: MarketSpec, rng: np.random.Generator) -> Ints:
    """Days since each account was opened, on the first day of the period; some open later."""
    medians, spreads = np.array([_AGE.get(kind, _USUAL_AGE) for kind in SELLER_KINDS])[kinds].T
    ages = medians * np.exp(rng.normal(0, 1, len(kinds)) * spreads)
    late = rng.random(len(kinds)) < np.where(kinds == SELLER_KINDS.index("ring"), 0.3, 0.12)
    ages = np.where(late, -rng.random(len(kinds)) * (spec.days - 1), ages)
    return np.minimum(ages, 7000).astype(np.int64)


def _drawn_ratings(kinds: Ints, opened: Ints, rng: np.random.Generator) -> Floats:
    """Shares of good ratings; many young accounts have none yet."""
    usual = np.array([_RATING.get(kind, _USUAL_RATING) for kind in SELLER_KINDS])[kinds]
    ratings: Floats = np.clip(usual + rng.normal(0, 0.03, len(kinds)), 0.55, 1.0).round(3)
    ratings[rng.random(len(kinds)) < np.where(opened > -60, 0.5, 0.03)] = np.nan
    return ratings


def _windows(
    kinds: Ints, opened: Ints, spec: MarketSpec, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """First and last day of each account's listings; accounts of rings come and go."""
    last = spec.days - 1
    starts = np.maximum(opened, 0)
    brief = rng.random(len(kinds)) < np.where(kinds == SELLER_KINDS.index("ring"), 0.6, 0.1)
    spans = rng.integers(15, 91, len(kinds))
    begin = starts + (rng.random(len(kinds)) * np.maximum(last - starts - spans, 0)).astype(int)
    starts = np.where(brief, begin, starts)
    return starts, np.where(brief, np.minimum(begin + spans, last), last)


def _of_ring(own: Ints, rings: Ints, choices: Ints, rng: np.random.Generator) -> Ints:
    """`own`, but one of its ring's `choices` for an account of a ring."""
    rolls = rng.integers(0, 2**31, len(own))
    if not len(choices):
        return own
    chosen = choices[rings, rolls % choices.shape[1]]
    return np.where(rings >= 0, chosen, own)


def _asks_dollars(places: Ints, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    rare = np.array([place.currency not in ("USD", "EUR", "CNY", "GBP") for place in PLACES])
    asks: npt.NDArray[np.bool_] = rare[places] & (rng.random(len(places)) < ABROAD_SHARE)
    return asks


def _voices(rings: Ints, ring: Rings, rng: np.random.Generator) -> Ints:
    own = rng.integers(1, 2**40, len(rings))
    differs = rng.random(len(rings)) < _OWN_WORDS
    if not len(ring.voices):
        return own
    return np.where((rings >= 0) & ~differs, ring.voices[rings], own)


def _own_brands(
    kinds: Ints, rings: Ints, ring: Rings, shares: Floats, rng: np.random.Generator
) -> Ints:
    own = rng.choice(len(shares), (len(kinds), OWN_BRANDS), p=shares)
    first = rng.integers(0, _RING_BRANDS, len(kinds))
    if len(ring.brands):
        turns = (first[:, None] + np.arange(OWN_BRANDS)) % _RING_BRANDS
        own = np.where(rings[:, None] >= 0, ring.brands[rings[:, None], turns], own)
    stores = kinds == SELLER_KINDS.index("authorised_store")
    own[stores] = own[stores][:, :1]
    return own


def _train(rings: Ints, ring: Rings, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Half of the accounts, rings whole: rings of like size are dealt out in pairs."""
    train = rng.random(len(rings)) < 0.5
    if not len(ring.sizes):
        return train
    dealt = np.empty(len(ring.sizes), bool)
    order = np.argsort(ring.sizes, kind="stable")
    flips = rng.random(len(order) // 2 + 1) < 0.5
    dealt[order] = flips[np.arange(len(order)) // 2] ^ (np.arange(len(order)) % 2 == 1)
    chosen: npt.NDArray[np.bool_] = np.where(rings >= 0, dealt[rings], train)
    return chosen
