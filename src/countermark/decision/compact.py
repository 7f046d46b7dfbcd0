"""Tables of many parts on end, small enough to weigh ten million listings in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa

FEW: Final = (
    *("mark", "how", "named_in", "role", "maker", "currency", "reference_currency"),
    *("rule", "status", "claim"),
)
"""Columns of text that take few different values."""


class _Codes:
    """One column as codes of its values in the order of their first appearance."""

    def __init__(self) -> None:
        self._place: dict[str, int] = {}
        self._parts: list[pa.Array] = []

    def add(self, column: pa.ChunkedArray) -> None:
        """Put the texts of a part behind those of the parts before."""
        for chunk in column.chunks:
            part = chunk.dictionary_encode()
            place = self._place
            known = [place.setdefault(value, len(place)) for value in part.dictionary.to_pylist()]
            code = part.indices.fill_null(-1).to_numpy(zero_copy_only=False)
            self._parts.append(np.append(np.array(known, np.int32), np.int32(-1))[code])

    def joined(self) -> pa.ChunkedArray:
        """All texts as a dictionary that every chunk shares."""
        values = pa.array(list(self._place), pa.string())
        small = pa.int16() if len(values) < np.iinfo(np.int16).max else pa.int32()
        arrays = [
            pa.DictionaryArray.from_arrays(pa.array(code, small, mask=code < 0), values)
            for code in self._parts
        ]
        return pa.chunked_array(arrays, pa.dictionary(small, pa.string()))


def compact(parts: Iterable[pa.Table], columns: Sequence[str]) -> pa.Table:
    """The parts on end; texts of few values as dictionaries, which `evidence.words` reads alike.

    Args:
        columns: of every part, in the order of the table.
    """
    codes = {name: _Codes() for name in columns if name in FEW}
    rest: list[pa.Table] = []
    for part in parts:
        for name, kept in codes.items():
            kept.add(part.column(name))
        rest.append(part.select([name for name in columns if name not in FEW]))
    plain = pa.concat_tables(rest)
    return pa.table({n: codes[n].joined() if n in codes else plain[n] for n in columns})
