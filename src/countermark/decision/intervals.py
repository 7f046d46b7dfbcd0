"""Intervals of shares, for counts that may be fractions (effective numbers of labels)."""

from __future__ import annotations

from typing import Final

import numpy as np

_Z95: Final = 1.959963984540054


def lower_bound(successes: np.ndarray, trials: np.ndarray, *, level: float = 0.95) -> np.ndarray:
    """One-sided Clopper-Pearson lower bound of a share, 0 where there are no successes.

    Fractional counts use the beta quantile that the exact bound is made of (Korn and Graubard
    1998).
    """
    from scipy.special import betaincinv

    k, n = np.asarray(successes, float), np.asarray(trials, float)
    some = k > 1e-12
    bound = betaincinv(np.where(some, k, 1.0), np.maximum(n - k, 0) + 1.0, 1 - level)
    return np.where(some, bound, 0.0)


def wilson(successes: float, trials: float) -> tuple[float, float]:
    """Two-sided 95 % Wilson interval of a share; (0, 1) without trials."""
    if trials <= 0:
        return 0.0, 1.0
    share, z2 = successes / trials, _Z95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = (
        _Z95
        / (1 + z2 / trials)
        * np.sqrt(max(share * (1 - share), 0.0) / trials + z2 / (4 * trials**2))
    )
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
