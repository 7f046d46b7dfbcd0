"""Rounds of weighing learned one after the other, each from listings whose seller was not learned from.

The sellers are cut into folds, and what a round says of a fold's listings comes from a stage fitted
on the other folds. From these, and not from bits that have seen their own seller's labels, the next
round learns what the other listings of a seller mean, and the last one is calibrated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow.compute as pc

from countermark.decision.calibration import Calibration, calibrated, calibration_error
from countermark.decision.evidence import Rows
from countermark.decision.fitting import Outcomes, probability
from countermark.decision.labels import Labelled
from countermark.decision.others import SELLER_TERMS, has_others, seller_bins
from countermark.decision.stages import LearningSettings, Lesson, Stage, bits_by, fit_stage
from countermark.decision.terms import prior_term

ROUNDS: Final = 3
"""Alone, with the others, and with the others as they are with theirs; a fourth tells no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stacked:
    """What was learned.

    Attributes:
        stages: of the rounds, fitted on all labels.
        calibration: of the last round.
        error: cross-fitted expected calibration error, 0 to 1.
        probability: of each label, by what was learned without its seller.
    """

    stages: tuple[Stage, ...]
    calibration: Calibration
    error: float
    probability: np.ndarray


def stack(lesson: Lesson, labelled: Labelled) -> Stacked:
    """One question learned; in a single round where no plain fact is asked."""
    fold = folds_of(lesson.rows, labelled, lesson.settings)
    kinds = [prior_term(kind) for kind in SELLER_TERMS]
    stage, alone = _round(lesson, labelled, fold, {})
    stages, bits = [stage], alone
    for _ in range(1, ROUNDS if lesson.bins else 1):
        others = seller_bins(lesson.rows, probability(bits), kinds, role=lesson.bins["role"])
        known = has_others(others)
        mine = labelled.take(known[labelled.row])
        stage, beside = _round(lesson, mine, fold, others, before=stages[0])
        bits = np.where(known, beside, alone)
        stages.append(stage)
    at = labelled.row
    outcomes = Outcomes(
        target=labelled.is_so(lesson.question), weight=lesson.weights(labelled), offset=bits[at]
    )
    calibration, predicted = calibrated(bits[at], outcomes, fold[at])
    return Stacked(
        stages=tuple(stages), calibration=calibration, probability=predicted,
        error=calibration_error(predicted, outcomes.target, outcomes.weight),
    )  # fmt: skip


def _round(
    lesson: Lesson,
    labelled: Labelled,
    fold: np.ndarray,
    others: Mapping[str, np.ndarray],
    *,
    before: Stage | None = None,
) -> tuple[Stage, np.ndarray]:
    """The stage of some labels, and log-odds of every row by stages that saw no label of its fold."""
    bits = np.zeros(len(fold))
    for number in range(lesson.settings.folds):
        rest = labelled.take(fold[labelled.row] != number)
        stage = fit_stage(lesson, rest, others, before=before)
        bits = np.where(fold == number, bits_by(lesson, stage, others), bits)
    return fit_stage(lesson, labelled, others, before=before), bits


def folds_of(rows: Rows, labelled: Labelled, settings: LearningSettings) -> np.ndarray:
    """The fold of each row: those of one seller share one, labelled sellers fall into them by chance."""
    alone = rows.seller < 0
    places = pc.rank(rows.sellers).to_numpy().astype(np.int64) - 1
    group = np.append(places, 0)[rows.seller]
    group[alone] = len(places) + np.arange(int(alone.sum()))
    taught = np.unique(group[labelled.row])
    chance = np.random.default_rng(settings.seed).permutation(len(taught))
    fold_of = np.arange(len(places) + int(alone.sum())) % settings.folds
    fold_of[taught] = chance % settings.folds
    return fold_of[group]
