"""Logistic regression in bits, pulled towards prior means and kept above floors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

_LN2: Final = float(np.log(2.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is believed of each coefficient before the data; parallel float64 arrays, in bits.

    Attributes:
        mean, spread: of a normal distribution; spread > 0.
        floor: the least value allowed; -inf: any.
    """

    mean: np.ndarray
    spread: np.ndarray
    floor: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What was observed; parallel float64 arrays.

    Attributes:
        target: 1 where it is so, 0 where not; values between are shares.
        weight: how many observations each counts for, >= 0.
        offset: bits already decided.
    """

    target: np.ndarray
    weight: np.ndarray
    offset: np.ndarray

    def take(self, keep: np.ndarray) -> Outcomes:
        """Those that `keep` (mask or positions) selects."""
        return Outcomes(
            target=self.target[keep], weight=self.weight[keep], offset=self.offset[keep]
        )


def fit_bits(design: Any, outcomes: Outcomes, prior: Prior) -> np.ndarray:
    """The most probable coefficients in bits (maximum a posteriori).

    Minimises the weighted logistic loss of `offset + design @ coefficients` plus half the squared
    distance from the prior mean in spreads, by L-BFGS-B; the problem is convex, so the answer does
    not depend on where the search begins.

    Args:
        design: (n, k) SciPy sparse matrix or array.
    """
    from scipy.optimize import minimize

    def loss(coefficients: np.ndarray) -> tuple[float, np.ndarray]:
        bits = outcomes.offset + design @ coefficients
        far = (coefficients - prior.mean) / prior.spread
        value = outcomes.weight @ (np.logaddexp(0, bits * _LN2) - outcomes.target * bits * _LN2)
        error = outcomes.weight * (probability(bits) - outcomes.target) * _LN2
        return float(value + far @ far / 2), design.T @ error + far / prior.spread

    if not len(prior.mean):
        return np.zeros(0)
    start = np.maximum(prior.mean, prior.floor)
    bounds = [(None if np.isneginf(low) else low, None) for low in prior.floor]
    options = {"maxiter": 2000, "maxfun": 4000, "ftol": 1e-14, "gtol": 1e-9, "maxcor": 20}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
    return np.asarray(found.x)


def probability(bits: np.ndarray) -> np.ndarray:
    """Probabilities of log-odds in bits."""
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(bits, -60, 60))))
