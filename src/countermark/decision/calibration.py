"""From summed bits to a probability that means what it says, and how far it is from that.

Two maps are tried on cross-fitted bits, that is on listings whose seller was not learned from:
*Platt*, a straight line in bits with two numbers, pulled towards the identity; and *isotonic*, a
rising broken line through shrunken shares of equal-mass bins (pool adjacent violators). The broken
line is taken only with enough labels of both kinds, and only if its cross-fitted logarithmic loss
is lower by more than one standard error of the difference; a straight line is easier to explain.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import msgspec
import numpy as np

from countermark.decision.fitting import Outcomes, Prior, fit_bits, probability

_MICRO: Final = 1_000_000
ENOUGH: Final = 200
"""Labels of each kind below which the isotonic map is not tried."""
_BINS: Final = 40
_STEEPNESS: Final = 0.5
_SHIFT: Final = 2.0
_LEAST_SLOPE: Final = 0.05


class Calibration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A rising map from summed bits to calibrated log-odds.

    Attributes:
        kind: identity: nothing was measured.
        slope_micro, shift_micro: of the Platt line, calibrated = slope * bits + shift.
        from_micro, to_micro: knots of the isotonic line, in bits; level beyond the ends.
    """

    kind: Literal["identity", "platt", "isotonic"] = "identity"
    slope_micro: int = _MICRO
    shift_micro: int = 0
    from_micro: tuple[int, ...] = ()
    to_micro: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a map that falls anywhere."""
        falls = any(np.diff(self.from_micro) <= 0) or any(np.diff(self.to_micro) < 0)
        if self.slope_micro <= 0 or falls or len(self.from_micro) != len(self.to_micro):
            raise ValueError(f"a {self.kind} calibration must rise")
        if self.kind == "isotonic" and not self.from_micro:
            raise ValueError("an isotonic calibration needs a knot")

    def probability(self, bits: np.ndarray) -> np.ndarray:
        """Calibrated probabilities, 0 to 1."""
        if self.kind == "isotonic":
            knots = np.array(self.from_micro) / _MICRO, np.array(self.to_micro) / _MICRO
            return probability(np.interp(bits, *knots))
        return probability(self.slope_micro / _MICRO * bits + self.shift_micro / _MICRO)


def platt(bits: np.ndarray, outcomes: Outcomes) -> Calibration:
    """The best straight line, pulled towards leaving the bits as they are.

    Args:
        outcomes: `offset` is not read.
    """
    design = np.column_stack([bits, np.ones(len(bits))])
    prior = Prior(
        mean=np.array([1.0, 0.0]),
        spread=np.array([_STEEPNESS, _SHIFT]),
        floor=np.array([_LEAST_SLOPE, -np.inf]),
    )
    plain = Outcomes(target=outcomes.target, weight=outcomes.weight, offset=np.zeros(len(bits)))
    slope, shift = fit_bits(design, plain, prior)
    return Calibration(
        kind="platt", slope_micro=round(slope * _MICRO), shift_micro=round(shift * _MICRO)
    )


def isotonic(bits: np.ndarray, outcomes: Outcomes) -> Calibration:
    """The rising broken line through equal-mass bins.

    A share is (positives + 1/2) / (labels + 1) of its block, so that no block says 0 or 1.
    """
    blocks: list[_Block] = []
    for part in mass_bins(bits, outcomes.weight, _BINS):
        weight = outcomes.weight[part]
        mass, middle = (
            float(weight.sum()),
            round(float(np.average(bits[part], weights=weight)) * _MICRO),
        )
        block = _Block(mass, float(weight @ outcomes.target[part]), middle, middle)
        while blocks and blocks[-1].share >= block.share:
            last = blocks.pop()
            positives = last.positives + block.positives
            block = _Block(last.mass + block.mass, positives, last.first, block.last)
        blocks.append(block)
    knots = {place: block.bits_micro for block in blocks for place in (block.first, block.last)}
    return Calibration(kind="isotonic", from_micro=tuple(knots), to_micro=tuple(knots.values()))


class _Block(NamedTuple):
    """Bins next to each other with one share; the line is level between its first and last bin."""

    mass: float
    positives: float
    first: int
    last: int

    @property
    def share(self) -> float:
        return (self.positives + 0.5) / (self.mass + 1.0)

    @property
    def bits_micro(self) -> int:
        return round(float(np.log2(self.share / (1 - self.share))) * _MICRO)


def mass_bins(values: np.ndarray, weight: np.ndarray, bins: int) -> list[np.ndarray]:
    """Positions of the values in at most `bins` bins of equal mass; equal values share a bin."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    passed = np.cumsum(weight[order])
    if not len(order) or passed[-1] <= 0:
        return []
    cuts = np.searchsorted(passed, passed[-1] * np.arange(1, bins) / bins, "right")
    starts = np.unique(np.searchsorted(ordered, ordered[np.minimum(cuts, len(order) - 1)]))
    parts = np.split(order, starts[starts > 0])
    return [part for part in parts if weight[part].sum() > 0]


def calibration_error(
    predicted: np.ndarray, outcome: np.ndarray, weight: np.ndarray, *, bins: int = 15
) -> float:
    """Expected calibration error, 0 to 1: mean gap of predicted and true share, equal-mass bins."""
    parts = mass_bins(predicted, weight, bins)
    gaps = [abs(float(weight[part] @ (predicted[part] - outcome[part]))) for part in parts]
    return float(sum(gaps) / weight.sum()) if parts else 0.0


def calibrated(
    bits: np.ndarray, outcomes: Outcomes, fold: np.ndarray
) -> tuple[Calibration, np.ndarray]:
    """The better map for cross-fitted bits, and the probabilities by it, cross-fitted themselves.

    Args:
        bits: of each label, learned without its fold.
        fold: int fold of each label; a seller is in one fold.
    """
    maps = [platt]
    positives = int((outcomes.target > 0.5).sum())
    if min(positives, len(bits) - positives) >= ENOUGH:
        maps.append(isotonic)
    predicted = [_cross_fitted(fit, bits, outcomes, fold) for fit in maps]
    best = 0
    if len(maps) > 1:
        losses = [_losses(each, outcomes.target) for each in predicted]
        gain = (losses[0] - losses[1]) * outcomes.weight
        best = int(gain.sum() > gain.std() * np.sqrt(len(gain)))
    return maps[best](bits, outcomes), predicted[best]


def _cross_fitted(
    fit: object, bits: np.ndarray, outcomes: Outcomes, fold: np.ndarray
) -> np.ndarray:
    predicted = np.zeros(len(bits))
    for number in np.unique(fold):
        held = fold == number
        fitted = fit(bits[~held], outcomes.take(~held))  # type: ignore[operator]
        predicted[held] = fitted.probability(bits[held])
    return predicted


def _losses(predicted: np.ndarray, target: np.ndarray) -> np.ndarray:
    safe = np.clip(predicted, 1e-9, 1 - 1e-9)
    return np.asarray(-(target * np.log2(safe) + (1 - target) * np.log2(1 - safe)))
