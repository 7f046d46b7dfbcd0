"""The risk of an account from the listings that it shows."""

from __future__ import annotations

from typing import Final

import numpy as np

from countermark.decision.evidence import Rows
from countermark.decision.weights import bits_of_odds

DEALING_SHARE: Final = 0.25
"""Share of its listings that an account dealing in counterfeits is assumed to have of them."""

LIKENESS: Final = 0.1
"""Correlation of the evidence of listings of one account: a hundred like listings say about as
much as nine independent ones."""

_LEAST, _MOST = -3.0, 10.0


def account_bits(rows: Rows, own: np.ndarray, base: float) -> np.ndarray:
    """Log-odds that each seller of `Rows.sellers` deals in counterfeits, in bits.

    An account either deals, and then each of its listings is counterfeit with probability
    `DEALING_SHARE`, or does not. Each listing adds log2(1 - d + d * 2 ** evidence), and the sum of
    n listings is divided by the design effect 1 + LIKENESS * (n - 1). More evidence for any
    listing never lowers it.

    Args:
        own: log-odds of each row from its own evidence, in bits.
        base: log-odds of a listing without evidence.
    """
    known = rows.seller >= 0
    evidence = np.exp2(np.clip(own[known] - base, _LEAST, _MOST))
    each = np.log2(1 - DEALING_SHARE + DEALING_SHARE * evidence)
    size = len(rows.sellers)
    total = np.bincount(rows.seller[known], weights=each, minlength=size)
    count = np.bincount(rows.seller[known], minlength=size)
    share = 1 / (1 + 2.0**-base)
    start = bits_of_odds(min(share / DEALING_SHARE, 0.5))
    return start + total / (1 + LIKENESS * np.maximum(count - 1, 0))
