"""Listings of sellers and accounts of rings: heavy-tailed counts that reach an exact sum."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]

MEAN_LISTINGS: Final = {
    "plain_shop": 30,
    "accessory_maker": 60,
    "honest_shop": 40,
    "authorised_store": 80,
    "second_hand": 5,
    "grey_importer": 25,
    "legal_dupe": 40,
    "replica_seller": 15,
    "opportunist": 6,
    "ring": 10,
}
"""Listings of one account on average, by kind of seller."""

RING_ACCOUNTS: Final = (2, 300)
"""Smallest and largest ring, in accounts."""

_TAIL: Final = 1.3
_RING_TAIL: Final = 1.0


def seller_sizes(total: int, mean: float, rng: np.random.Generator) -> Counts:
    """Listings of each seller: at least 1 each, `total` together, Pareto-tailed around `mean`."""
    smallest, largest = max(1.0, mean * (_TAIL - 1) / _TAIL), max(1.0, min(15 * mean, total / 3))
    return _summing_to(total, smallest, largest, _TAIL, rng)


def ring_sizes(accounts: int, rng: np.random.Generator) -> Counts:
    """Accounts of each ring: from 2 to 300 each, `accounts` together if there are at least 2."""
    low, high = RING_ACCOUNTS
    sizes = _summing_to(accounts, low, max(low, min(high, accounts / 8)), _RING_TAIL, rng)
    if len(sizes) > 1 and sizes[-1] < low:
        # One account alone is no ring; it joins the smallest of the others.
        sizes, left = sizes[:-1], sizes[-1]
        sizes[int(np.argmin(sizes))] += left
    return sizes


def _summing_to(
    total: int, smallest: float, largest: float, tail: float, rng: np.random.Generator
) -> Counts:
    """Whole numbers that sum to `total`; only the last may be smaller than `smallest`."""
    found: list[Counts] = []
    missing = total
    while missing > 0:
        drawn = smallest * (1.0 - rng.random(1 + int(missing / smallest / 2))) ** (-1.0 / tail)
        sizes = np.minimum(drawn, largest).astype(np.int64)
        upto = np.cumsum(sizes)
        sizes = sizes[: int(np.searchsorted(upto, missing)) + 1]
        found.append(sizes)
        missing -= int(sizes.sum())
    whole = np.concatenate(found) if found else np.zeros(0, np.int64)
    if missing < 0:
        whole[-1] += missing
    return whole
