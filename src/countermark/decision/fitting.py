"""Logistic regression in bits, pulled towards prior means and kept above floors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

_LN2: Final = float(np.log(2.0))
_MOST_STEPS: Final = 100
_FLAT: Final = 1e-9
_STILL: Final = 1e-11


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
    distance from the prior mean in spreads, by projected Newton steps (Bertsekas 1982). The
    problem is strictly convex, so the answer does not depend on where the search begins.

    Args:
        design: (n, k) SciPy sparse matrix or array.
    """
    found: np.ndarray = np.maximum(prior.mean, prior.floor)
    if not len(found):
        return found
    for _ in range(_MOST_STEPS):
        slope, curve = _slopes(found, design, outcomes, prior)
        free = np.flatnonzero((found > prior.floor) | (slope < 0))
        if not len(free) or np.abs(slope[free]).max() < _FLAT:
            break
        step = np.zeros(len(found))
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], -slope[free])
        moved = _moved(found, step, slope, design=design, outcomes=outcomes, prior=prior)
        if np.abs(moved - found).max() < _STILL:
            break
        found = moved
    return found


def _slopes(
    at: np.ndarray, design: Any, outcomes: Outcomes, prior: Prior
) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and Hessian of the loss."""
    likely = probability(outcomes.offset + design @ at)
    error = outcomes.weight * (likely - outcomes.target) * _LN2
    slope = design.T @ error + (at - prior.mean) / prior.spread**2
    heavy = outcomes.weight * likely * (1 - likely) * _LN2**2
    if isinstance(design, np.ndarray):
        curve = design.T @ (design * heavy[:, None])
    else:
        curve = (design.T @ design.multiply(heavy[:, None])).toarray()
    return slope, curve + np.diag(1 / prior.spread**2)


def _moved(
    at: np.ndarray,
    step: np.ndarray,
    slope: np.ndarray,
    *,
    design: Any,
    outcomes: Outcomes,
    prior: Prior,
) -> np.ndarray:
    """The first of ever shorter steps that lowers the loss enough (Armijo)."""

    def loss(coefficients: np.ndarray) -> float:
        bits = (outcomes.offset + design @ coefficients) * _LN2
        far = (coefficients - prior.mean) / prior.spread
        likelihood = outcomes.weight @ (np.logaddexp(0, bits) - outcomes.target * bits)
        return float(likelihood + far @ far / 2)

    before = loss(at)
    # Close to the end the loss no longer tells two points apart; the step is right all the same.
    slack = 1e-12 * (1.0 + abs(before))
    for halvings in range(40):
        there: np.ndarray = np.maximum(at + step / 2**halvings, prior.floor)
        if loss(there) <= before + slack + 1e-4 * float(slope @ (there - at)):
            return there
    return at


def probability(bits: np.ndarray) -> np.ndarray:
    """Probabilities of log-odds in bits."""
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(bits, -60, 60))))
