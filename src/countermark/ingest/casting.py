"""Columns cast to the type of a listing's, with the values that cannot be used named."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class Fault(NamedTuple):
    """Values of one column that cannot be used: bool mask over rows, and why."""

    column: str
    bad: np.ndarray
    values: pa.Array
    reason: str


def checked(
    name: str,
    given: pa.Array,
    cast: Callable[[pa.Array], pa.Array],
    reason: str,
    type_: pa.DataType,
) -> tuple[pa.Array, list[Fault]]:
    """The cast column; where the whole cannot be cast, value by value."""
    if pa.types.is_string(given.type):
        given = pc.if_else(pc.equal(pc.utf8_trim_whitespace(given), ""), None, given)
    try:
        return cast(given), []
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass
    values, bad = [], np.zeros(len(given), bool)
    for k in range(len(given)):
        try:
            values.append(cast(given.slice(k, 1))[0].as_py())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OverflowError):
            values.append(None)
            bad[k] = True
    return pa.array(values, type_), [Fault(name, bad, given, reason)]
