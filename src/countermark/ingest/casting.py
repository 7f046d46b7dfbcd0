"""Columns cast to the type of a listing's, with the values that cannot be used named."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

EMPTY = pa.scalar("", pa.string())
"""The empty text; Arrow takes a tenth of a millisecond to find the type of a plain Python value."""


def without(bad: pa.Array, column: pa.Array) -> pa.Array:
    """The column with nulls where `bad` holds."""
    return pc.if_else(bad, pa.scalar(None, column.type), column)


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
        given = without(pc.equal(pc.utf8_trim_whitespace(given), EMPTY), given)
    try:
        return cast(given), []
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        pass  # some value cannot be used: which, is found out below
    values, bad = [], np.zeros(len(given), bool)
    for k in range(len(given)):
        try:
            values.append(cast(given.slice(k, 1))[0].as_py())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, OverflowError):
            values.append(None)
            bad[k] = True
    return pa.array(values, type_), [Fault(name, bad, given, reason)]
