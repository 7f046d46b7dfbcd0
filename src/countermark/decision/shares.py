"""Shares with two intervals: one for independent listings, one for sellers drawn as a whole."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countermark.decision.intervals import wilson


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Some listings out of others.

    Attributes:
        successes, trials: counts.
        low, high: two-sided 95 % Wilson interval, as if listings were independent.
        seller_low, seller_high: 95 % interval of a bootstrap over sellers, whose listings are
            mostly right or wrong together; (0, 1) without trials.
    """

    successes: int
    trials: int
    low: float
    high: float
    seller_low: float
    seller_high: float

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None without trials."""
        return self.successes / self.trials if self.trials else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters:
    """Listings by seller, and how often each seller is drawn in each resample.

    Attributes:
        code: int64 seller of each listing, from 0 without gaps.
        draws: uint8 (resamples, sellers), independent Poisson draws of mean 1, which stand for
            drawing sellers with replacement (Hanley and MacGibbon 2006).
    """

    code: np.ndarray
    draws: np.ndarray

    @classmethod
    def of(cls, code: np.ndarray, *, resamples: int, seed: int) -> Clusters:
        """Clusters of listings whose `code` is any number of their seller."""
        _, dense = np.unique(code, return_inverse=True)
        size = int(dense.max(initial=-1)) + 1
        dice = np.random.default_rng(seed)
        draws = np.stack([dice.poisson(1.0, size).astype(np.uint8) for _ in range(resamples)])
        return cls(code=dense, draws=draws)

    def share(self, successes: np.ndarray, trials: np.ndarray) -> Share:
        """The share of `trials` (bool) that are `successes` (bool) too."""
        both = successes & trials
        k, n = int(both.sum()), int(trials.sum())
        low, high = wilson(k, n)
        seller_low, seller_high = self._interval(both, trials) if n else (0.0, 1.0)
        return Share(
            successes=k,
            trials=n,
            low=low,
            high=high,
            seller_low=seller_low,
            seller_high=seller_high,
        )

    def _interval(self, both: np.ndarray, trials: np.ndarray) -> tuple[float, float]:
        size = self.draws.shape[1]
        n = np.bincount(self.code[trials], minlength=size)
        concerned = np.flatnonzero(n)
        k = np.bincount(self.code[both], minlength=size)[concerned]
        drawn = self.draws[:, concerned].astype(np.float32)
        tried = drawn @ n[concerned].astype(np.float32)
        right = drawn @ k.astype(np.float32)
        shares = right[tried > 0] / tried[tried > 0]
        if not len(shares):
            return 0.0, 1.0
        low, high = np.quantile(shares, [0.025, 0.975])
        return float(low), float(high)
