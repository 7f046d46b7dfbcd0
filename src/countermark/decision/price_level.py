"""What a venue's own prices say where no genuine price band exists in the listing's currency.

Every named model has a typical genuine price in some currency. The ratio of what is asked to that price differs
between currencies and conditions by a factor that all listings of the venue share; its median over them is the
*level*. A listing far under the level of its currency and condition is cheap by the venue's own measure. This is
evidence for weighing, learned from labels like any other; it is never a ground by itself, and no exchange rate
is assumed.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

LEAST: Final = 12
"""Listings below which a currency and condition have no level."""


def level_shares(named: pa.Table) -> np.ndarray:
    """float64 for each listing of `NAMED`: asked price of one piece / what the venue's level expects; NaN unknown."""
    price, reference = _floats(named, "price_minor"), _floats(named, "reference_minor")
    pieces = np.maximum(_floats(named, "pack_size"), 1)
    group = _groups(named)
    ratio = np.divide(
        price / pieces,
        reference,
        out=np.full(len(price), np.nan),
        where=(reference > 0) & (price > 0) & (group >= 0),
    )
    known = np.flatnonzero(~np.isnan(ratio))
    order = known[np.lexsort((ratio[known], group[known]))]
    first = (
        np.flatnonzero(np.r_[True, group[order][1:] != group[order][:-1]])
        if len(order)
        else np.zeros(0, np.int64)
    )
    size = np.diff(np.r_[first, len(order)])
    middle = ratio[order[first + size // 2]] if len(order) else np.zeros(0)
    level = np.repeat(np.where(size >= LEAST, middle, np.nan), size)
    shares = np.full(len(price), np.nan)
    shares[order] = ratio[order] / level
    return shares


def _floats(named: pa.Table, name: str) -> np.ndarray:
    column = named.column(name).cast(pa.float64()).fill_null(0)
    return column.to_numpy()


def _groups(named: pa.Table) -> np.ndarray:
    """A number for each pair of currency, reference currency and condition; -1 where the currency is not given."""
    parts = [
        named.column("currency"),
        named.column("reference_currency"),
        named.column("condition").cast(pa.string()),
    ]
    key = pc.binary_join_element_wise(*parts, "/", null_handling="emit_null").combine_chunks()
    codes = key.dictionary_encode()
    return codes.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
