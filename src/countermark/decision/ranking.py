"""How good an order of listings is: the precision among the first that hold a share of what is sought."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

RECALLS: Final = (0.5, 0.7, 0.8, 0.9, 0.95)
"""Shares of all counterfeits at which the precision of an order is told."""


def precision_at_recall(score: np.ndarray, so: np.ndarray) -> Mapping[float, float]:
    """Precision among the highest scores that together hold each of `RECALLS`; empty if nothing is so.

    Equal scores are taken together: an order that cannot tell listings apart gains nothing by it.

    Args:
        score: of each listing, larger first; NaN comes last.
        so: bool, the listing is what is sought.
    """
    total = int(so.sum())
    if not total:
        return {}
    given = np.where(np.isnan(score), -np.inf, score)
    order = np.argsort(-given, kind="stable")
    found, ordered = np.cumsum(so[order]), given[order]
    told = {}
    for recall in RECALLS:
        first = int(np.searchsorted(found, recall * total - 1e-9))
        last = int(np.searchsorted(-ordered, -ordered[first], side="right")) - 1
        told[recall] = float(found[last] / (last + 1))
    return told
