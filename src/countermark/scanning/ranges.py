"""The range of goods that a price is held against where no model is known, found in one compiled pass."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit


class Ranges(NamedTuple):
    """The ranges of all marks, and the tree of kinds of goods.

    Attributes:
        keys, products: mark * categories + category, ascending, and the cheapest range of each.
        lowest: of each product, its lowest genuine price.
        parent, for_others: of each category; see `Tree`.
    """

    keys: np.ndarray
    products: np.ndarray
    lowest: np.ndarray
    parent: np.ndarray
    for_others: np.ndarray


@njit(cache=True, nogil=True)
def cheapest_ranges(
    row: np.ndarray, mark: np.ndarray, kinds: np.ndarray, ranges: Ranges
) -> np.ndarray:
    """The mark's cheapest range among the kinds that the row is of, else among those above them; -1 where there is none.

    Goods made for others have no range but their own: a cable costs less than any of the goods above it.

    Args:
        row, mark: of each subject.
        kinds: bool (rows, categories).
    """
    out, keys, size = np.full(len(row), -1, np.int32), ranges.keys, kinds.shape[1]
    level = np.empty(size, np.int64)
    for k in range(len(row)):
        best, count = -1, 0
        for kind in range(size):
            level[count] = kind
            count += kinds[row[k], kind]
        while best < 0 and count > 0:
            left = 0
            for at in range(count):
                kind = level[at]
                key = np.int64(mark[k]) * size + kind
                place = np.searchsorted(keys, key)
                if place < len(keys) and keys[place] == key:
                    found = ranges.products[place]
                    cheaper = best < 0 or ranges.lowest[found] < ranges.lowest[best]
                    level_with = best >= 0 and ranges.lowest[found] == ranges.lowest[best]
                    best = found if cheaper or (level_with and found < best) else best
                if not ranges.for_others[kind] and ranges.parent[kind] >= 0:
                    level[left] = ranges.parent[kind]
                    left += 1
            count = left
        out[k] = best
    return out
