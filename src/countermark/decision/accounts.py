"""The risk of an account from the risks of the listings that it shows."""

from __future__ import annotations

from typing import Final

import numpy as np

from countermark.decision.evidence import Rows

LIKENESS: Final = 0.3
"""Correlation of the listings of one account: a hundred listings of one risk say about as much as
three independent ones. With it the risks of accounts of simulated markets are calibrated."""

_MOST: Final = 1 - 1e-9


def account_bits(rows: Rows, probability: np.ndarray) -> np.ndarray:
    """Log-odds that each seller of `Rows.sellers` has a counterfeit among its listings, in bits.

    Were its listings independent, none would be counterfeit with probability Π (1 - p). They are
    like each other, so the logarithm of that product is divided by the design effect
    1 + LIKENESS * (n - 1) of n listings (Kish 1965). A higher risk of any listing never lowers it.

    Args:
        probability: that each row is counterfeit, calibrated, 0 to 1.
    """
    known = rows.seller >= 0
    none = -np.log1p(-np.clip(probability[known], 1e-9, _MOST))
    size = len(rows.sellers)
    total = np.bincount(rows.seller[known], weights=none, minlength=size)
    count = np.bincount(rows.seller[known], minlength=size)
    spread = total / (1 + LIKENESS * np.maximum(count - 1, 0))
    return np.asarray(np.log2(np.expm1(np.maximum(spread, 1e-12))))
