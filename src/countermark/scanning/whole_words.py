"""What the search for words found, as places: one compiled pass instead of one a column."""

from __future__ import annotations

import numpy as np
from numba import njit

from countermark.features.matching import ATTACHED, GLUED, Found


@njit(cache=True, nogil=True)
def whole_words(found: Found, set_of_entry: np.ndarray, field: int, any_part: int) -> np.ndarray:
    """The columns of `Places`, int32 (8, n), of the whole words among what was found in one text.

    Of the set `any_part` parts of words count too: a number stands beside its unit without a space.
    """
    out, n = np.empty((8, len(found.row)), np.int32), 0
    for k in range(len(found.row)):
        what = set_of_entry[found.entry[k]]
        out[0, n], out[1, n], out[2, n], out[3, n] = (
            found.row[k],
            field,
            found.token[k],
            found.token_end[k],
        )
        out[4, n], out[5, n], out[6, n], out[7, n] = (
            found.start[k],
            found.end[k],
            what,
            found.flags[k],
        )
        n += found.flags[k] & (ATTACHED | GLUED) == 0 or what == any_part
    return out[:, :n]
