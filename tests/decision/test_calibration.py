"""Calibration: probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from countermark.decision.calibration import (
    Calibration,
    calibrated,
    calibration_error,
    isotonic,
    mass_bins,
    platt,
)
from countermark.decision.fitting import Outcomes, probability


def problem(size: int, seed: int, *, curve: bool) -> tuple[np.ndarray, Outcomes, np.ndarray]:
    """Overconfident bits, or bits whose truth is a curve, with outcomes and folds."""
    dice = np.random.default_rng(seed)
    bits = dice.normal(-1.0, 4.0, size)
    truth = np.where(bits > 2, 1.0, -4.0) if curve else 0.5 * bits - 1.0
    target = (dice.random(size) < probability(truth)).astype(float)
    ones = np.ones(size)
    fold = dice.integers(0, 5, size)
    return bits, Outcomes(target=target, weight=ones, offset=0 * ones), fold


@pytest.mark.parametrize("curve", [False, True])
def test_a_calibrated_risk_is_within_two_points_on_listings_it_never_saw(*, curve: bool) -> None:
    seen, known, fold = problem(6000, 1, curve=curve)
    calibration, predicted = calibrated(seen, known, fold)
    bits, outcomes, _ = problem(60_000, 2, curve=curve)
    fresh = calibration_error(calibration.probability(bits), outcomes.target, outcomes.weight)
    assert fresh <= 0.02
    assert calibration_error(predicted, known.target, known.weight) <= 0.02
    raw = calibration_error(probability(bits), outcomes.target, outcomes.weight)
    assert raw > 0.05


@pytest.mark.parametrize(("curve", "kind"), [(False, "platt"), (True, "isotonic")])
def test_the_broken_line_is_taken_only_where_a_straight_one_is_clearly_worse(
    *, curve: bool, kind: str
) -> None:
    assert calibrated(*problem(6000, 1, curve=curve))[0].kind == kind


def test_few_labels_move_the_bits_little() -> None:
    bits, outcomes, _ = problem(4, 3, curve=False)
    found = platt(bits, outcomes)
    assert abs(found.slope_micro - 1e6) < 6e5
    assert Calibration().probability(np.array([0.0]))[0] == 0.5


@pytest.mark.parametrize("seed", range(5))
def test_more_bits_never_mean_less_risk(seed: int) -> None:
    bits, outcomes, _ = problem(800, seed, curve=bool(seed % 2))
    grid = np.linspace(-30, 30, 500)
    for fit in (platt, isotonic):
        assert (np.diff(fit(bits, outcomes).probability(grid)) >= 0).all()


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "platt", "slope_micro": 0},
        {"kind": "isotonic"},
        {"kind": "isotonic", "from_micro": (1, 1), "to_micro": (0, 1)},
        {"kind": "isotonic", "from_micro": (0, 1), "to_micro": (1, 0)},
        {"kind": "isotonic", "from_micro": (0, 1), "to_micro": (1,)},
    ],
)
def test_a_map_that_does_not_rise_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="calibration"):
        Calibration(**wrong)  # type: ignore[arg-type]


def test_equal_values_share_a_bin() -> None:
    values = np.array([0.0] * 90 + [1.0] * 10)
    assert [len(part) for part in mass_bins(values, np.ones(100), 10)] == [90, 10]


def test_the_error_of_a_constant_is_its_distance_from_the_share() -> None:
    outcome = np.array([1.0, 0.0, 0.0, 0.0])
    assert calibration_error(np.full(4, 0.5), outcome, np.ones(4)) == pytest.approx(0.25)
