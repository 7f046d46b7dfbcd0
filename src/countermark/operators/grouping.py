"""Places put together by their owner, by counting: what is in order already is not sorted again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit


class Groups(NamedTuple):
    """Positions by owner: those of owner k are `members[first[k]:first[k + 1]]`, ascending."""

    first: np.ndarray
    members: np.ndarray


@njit(cache=True, nogil=True)
def grouped(owner: np.ndarray, chosen: np.ndarray, size: int) -> Groups:
    """The chosen ones (bool) by their owner, a number below `size`."""
    first = np.zeros(size + 1, np.int64)
    for k in range(len(owner)):
        first[owner[k] + 1] += chosen[k]
    first = np.cumsum(first)
    at, members = first.copy(), np.empty(first[size], np.int64)
    for k in range(len(owner)):
        if chosen[k]:
            members[at[owner[k]]] = k
            at[owner[k]] += 1
    return Groups(first, members)
