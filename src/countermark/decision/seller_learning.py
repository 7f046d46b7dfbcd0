"""What is learned from listings whose seller was not learned from: seller evidence, calibration.

The sellers are cut into folds. The bits of a fold's listings come from a stage fitted on the other
folds; on these bits, and not on bits that have seen their own seller's labels, the evidence of the
seller's other listings is computed and learned, and every probability is calibrated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow.compute as pc

from countermark.decision.calibration import Calibration, calibrated, calibration_error
from countermark.decision.designs import TermBlock, centred, joined, term_block, term_columns
from countermark.decision.fitting import Outcomes, fit_bits
from countermark.decision.labels import Labelled
from countermark.decision.stages import Lesson, fit_stage, own_bits
from countermark.decision.terms import (
    SELLER_TERMS,
    Term,
    prior_term,
    seller_columns,
    term_bits,
    term_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossFitted:
    """What was learned beside the stage.

    Attributes:
        seller_terms: bits of the seller's other listings; the priors where none were asked.
        calibration: of a listing.
        error: cross-fitted expected calibration error, 0 to 1.
        probability: of each label, by what was learned without its seller.
    """

    seller_terms: tuple[Term, ...]
    calibration: Calibration
    error: float
    probability: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """Bits of listings by stages that have not seen their seller.

    Attributes:
        bits: of each label.
        columns: seller facts of each label.
    """

    bits: np.ndarray
    columns: Mapping[str, np.ndarray]


def cross_fit(lesson: Lesson, labelled: Labelled) -> CrossFitted:
    """Seller evidence and calibration of one question; seller evidence for counterfeits only."""
    fold = folds_of(lesson, labelled)
    held = _held(lesson, labelled, fold)
    outcomes = Outcomes(
        target=labelled.is_so(lesson.question),
        weight=lesson.weights(labelled),
        offset=held.bits,
    )
    terms, seller = tuple(prior_term(kind) for kind in SELLER_TERMS), np.zeros(len(labelled))
    if lesson.question == "counterfeit":
        terms, seller = _seller_terms(held.columns, outcomes, fold, lesson.settings.term_spread)
    calibration, predicted = calibrated(held.bits + seller, outcomes, fold)
    return CrossFitted(
        seller_terms=terms, calibration=calibration, probability=predicted,
        error=calibration_error(predicted, outcomes.target, outcomes.weight),
    )  # fmt: skip


def folds_of(lesson: Lesson, labelled: Labelled) -> np.ndarray:
    """The fold of each label: those of one seller share one, sellers fall into folds by chance."""
    rows = lesson.rows
    seller = rows.seller[labelled.row]
    ids = rows.sellers.take(np.unique(seller[seller >= 0]))
    rank = np.full(len(rows.sellers) + 1, -1)
    rank[np.unique(seller[seller >= 0])] = pc.rank(ids).to_numpy().astype(np.int64) - 1
    alone = np.flatnonzero(seller < 0)
    group = rank[seller]
    group[alone] = len(ids) + np.arange(len(alone))
    chance = np.random.default_rng(lesson.settings.seed).permutation(len(ids) + len(alone))
    return np.asarray(chance[group] % lesson.settings.folds)


def _held(lesson: Lesson, labelled: Labelled, fold: np.ndarray) -> _Held:
    bits = np.zeros(len(labelled))
    columns = {kind.name: np.full(len(labelled), np.nan) for kind in SELLER_TERMS}
    role = lesson.columns.get("role", np.zeros(len(lesson.rows), np.int64))
    for number in np.unique(fold):
        mine = np.flatnonzero(fold == number)
        stage = fit_stage(lesson, labelled.take(fold != number))
        own, at = own_bits(lesson, stage), labelled.row[mine]
        bits[mine] = own.total[at]
        for name, column in seller_columns(lesson.rows, own.facts, own.rules, role=role).items():
            columns[name][mine] = column[at]
    return _Held(bits=bits, columns=columns)


def _seller_terms(
    columns: Mapping[str, np.ndarray], outcomes: Outcomes, fold: np.ndarray, spread: float
) -> tuple[tuple[Term, ...], np.ndarray]:
    """The terms fitted on all labels, and each label's bits by terms fitted without its fold."""
    blocks = [term_block(kind, spread=spread, unknown=False) for kind in SELLER_TERMS]
    bits = np.zeros(len(fold))
    for number in np.unique(fold):
        terms = _fit_terms(blocks, columns, outcomes, np.flatnonzero(fold != number))
        found = sum(term_bits(terms, columns).values(), np.zeros(len(fold)))
        bits = np.where(fold == number, found, bits)
    return _fit_terms(blocks, columns, outcomes, np.arange(len(fold))), bits


def _fit_terms(
    blocks: list[TermBlock], columns: Mapping[str, np.ndarray], outcomes: Outcomes, at: np.ndarray
) -> tuple[Term, ...]:
    """Terms fitted on the labels `at`; a listing without others gets exactly 0 bits.

    The bits of `naming` are moved so that their mean is 0, into the first term, which is known
    whenever it is.
    """
    design = term_columns(blocks, columns, at)
    prior = joined([block.prior for block in blocks])
    found = fit_bits(design, outcomes.take(at), prior)
    bits, start = [], 0
    for block in blocks:
        width = block.steps.shape[1]
        bits.append(block.steps @ found[start : start + width])
        start += width
    last = blocks[-1]
    width = last.steps.shape[1]
    bins = last.bins(columns[last.kind.name][at])
    mass = np.bincount(bins, weights=outcomes.weight[at], minlength=len(last.steps))
    mass[-1] = 0.0
    bits[-1], middle = centred(last, found[-width:], mass)
    bits[0][:-1] += middle
    return tuple(term_of(block.kind, each) for block, each in zip(blocks, bits, strict=True))
