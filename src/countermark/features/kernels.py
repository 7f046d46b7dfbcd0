"""How the loops over text are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., object])
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, "forceinline": True}


def kernel(loop: Loop) -> Loop:
    """`loop` compiled to borrow the arrays that it is given: it makes none, and returns one to other kernels only.

    No array's references are counted, which would be an atomic addition for each array at each call: for a short
    text more than the search costs. Whoever calls the outermost kernel holds the arrays meanwhile. Kernels become part
    of those that call them, since handing over a dozen arrays costs as much as reading a line.
    """
    compiled: Loop = njit(**OPTIONS)(loop)
    return compiled


ONE, TWO, THREE, FOUR = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
"""Steps of positions in arrays, which are unsigned in the innermost loops.

A signed position may be negative and is then counted from the end: to ask for that at every access takes a third of the
time. Unsigned and signed numbers together would become floating point, hence the names.
"""


@kernel
def signed(position: np.uint64 | int) -> int:
    """A position as plain integers are."""
    return int(np.int64(position))
