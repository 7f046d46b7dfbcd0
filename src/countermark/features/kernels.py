"""How the loops over text are compiled."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

Loop = TypeVar("Loop", bound=Callable[..., object])
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}


def kernel(loop: Loop) -> Loop:
    """`loop` compiled to borrow the arrays that it is given: it makes none, and returns one to other kernels only.

    So no array's references are counted, which would be an atomic addition for each array at each call: for a short
    text more than the search costs. Whoever calls the outermost kernel holds the arrays meanwhile.
    """
    compiled: Loop = njit(**OPTIONS)(loop)
    return compiled
