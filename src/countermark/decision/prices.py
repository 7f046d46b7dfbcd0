"""What listings usually ask, held against the genuine price of new goods.

A price band in the listing's own currency and condition is often missing. A genuine price in some
currency is known far more often, and how asking prices in a currency usually compare with it can
be counted for each condition: the ratio of the two is an exchange rate and a usual discount in
one. A listing far under the usual ratio is cheap for its market. This is weak evidence, learned
like any other; rules never convert money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from countermark.decision.distinct import encoded
from countermark.domain.tables import CONDITIONS

_MICRO: Final = 1_000_000
_CONDITIONS: Final = len(CONDITIONS) + 1
_LEAST: Final = 30
"""Listings of two currencies and a condition below which they have no usual ratio."""


def usual_prices(named: pa.Table) -> Mapping[str, int]:
    """By "currency/reference currency/condition" the usual log2 of asking over genuine price.

    The usual one is the median over all such listings, in millionths; a condition is its code.
    """
    ratio, groups = _log_ratio(named), _groups(named)
    known = ~np.isnan(ratio) & (groups.code >= 0)
    usual = {}
    for number in np.unique(groups.code[known]).tolist():
        mine = ratio[known & (groups.code == number)]
        if len(mine) >= _LEAST:
            usual[groups.name(number)] = round(float(np.median(mine)) * _MICRO)
    return dict(sorted(usual.items()))


def usual_share(named: pa.Table, at: np.ndarray, usual: Mapping[str, int]) -> np.ndarray:
    """Price of one piece / what is usually asked for such goods, for the rows `at`; NaN unknown."""
    if not usual or not named.num_rows:
        return np.full(len(at), np.nan)
    groups = _groups(named)
    log_usual = [usual.get(groups.name(number), np.nan) for number in range(groups.total)]
    share = _log_ratio(named)
    share -= np.array([*log_usual, np.nan])[groups.code] / _MICRO
    share = np.exp2(share, out=share)[at]
    share[at < 0] = np.nan
    return share


class _Groups(NamedTuple):
    """Currencies and condition of each row as one code, -1 where a currency is not known."""

    code: np.ndarray
    currencies: Sequence[str]
    references: Sequence[str]

    @property
    def total(self) -> int:
        """How many codes there may be."""
        return len(self.currencies) * len(self.references) * _CONDITIONS

    def name(self, code: int) -> str:
        """The group of a code, "EUR/USD/0"."""
        pair, condition = divmod(code, _CONDITIONS)
        currency, reference = divmod(pair, len(self.references))
        return f"{self.currencies[currency]}/{self.references[reference]}/{condition - 1}"


def _groups(named: pa.Table) -> _Groups:
    currency, currencies = encoded(named.column("currency"))
    reference, references = encoded(named.column("reference_currency"))
    code = currency * len(references) + reference
    code *= _CONDITIONS
    code += named.column("condition").to_numpy() + 1
    code[(currency < 0) | (reference < 0)] = -1
    return _Groups(code, currencies.to_pylist(), references.to_pylist())


def _log_ratio(named: pa.Table) -> np.ndarray:
    """log2 of the price of one piece over the genuine price, in minor units; NaN where unknown."""
    price, reference, pieces = (
        named.column(name).cast(pa.float64()).fill_null(np.nan).to_numpy()
        for name in ("price_minor", "reference_minor", "pack_size")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.log2(price / np.maximum(pieces, 1) / reference)
    return np.where(np.isfinite(ratio), ratio, np.nan)
