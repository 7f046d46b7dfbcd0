"""What listings usually ask, held against the genuine price of new goods.

A price band in the listing's own currency and condition is often missing. A genuine price in some
currency is known far more often, and how asking prices in a currency usually compare with it can
be counted for each condition: the ratio of the two is an exchange rate and a usual discount in
one. A listing far under the usual ratio is cheap for its market. This is weak evidence, learned
like any other; rules never convert money.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.evidence import encoded

_MICRO: Final = 1_000_000
_LEAST: Final = 30
"""Listings of two currencies and a condition below which they have no usual ratio."""


def usual_prices(named: pa.Table) -> Mapping[str, int]:
    """By "currency/reference currency/condition" the usual log2 of asking over genuine price.

    The usual one is the median over all such listings, in millionths; a condition is its code.
    """
    ratio = _log_ratio(named)
    code, groups = encoded(pa.chunked_array([_groups(named)]))
    known = ~np.isnan(ratio) & (code >= 0)
    usual = {}
    for number, group in enumerate(groups.to_pylist()):
        mine = ratio[known & (code == number)]
        if len(mine) >= _LEAST:
            usual[str(group)] = round(float(np.median(mine)) * _MICRO)
    return usual


def usual_share(named: pa.Table, at: np.ndarray, usual: Mapping[str, int]) -> np.ndarray:
    """Price of one piece / what is usually asked for such goods, for the rows `at`; NaN unknown."""
    if not usual or not named.num_rows:
        return np.full(len(at), np.nan)
    place = pc.index_in(_groups(named), value_set=pa.array(list(usual), pa.string()))
    place = place.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    expected = np.append(np.array(list(usual.values())) / _MICRO, np.nan)[place]
    share = np.exp2(_log_ratio(named) - expected)
    return np.where(at >= 0, share[at], np.nan)


def _groups(named: pa.Table) -> pa.Array:
    """Currencies and condition of each row, "EUR/USD/0", null where a currency is not known."""
    names = ("currency", "reference_currency", "condition")
    parts = [named.column(name).combine_chunks().cast(pa.string()) for name in names]
    return pc.binary_join_element_wise(*parts, "/")


def _log_ratio(named: pa.Table) -> np.ndarray:
    """log2 of the price of one piece over the genuine price, in minor units; NaN where unknown."""
    price, reference, pieces = (
        named.column(name).cast(pa.float64()).fill_null(np.nan).to_numpy()
        for name in ("price_minor", "reference_minor", "pack_size")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(price / np.maximum(pieces, 1) / reference)
    return np.where(np.isfinite(ratio), ratio, np.nan)
