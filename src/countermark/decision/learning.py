"""Weights of evidence learned from labels.

Three steps, each pulled towards what is believed without labels. (1) Each rule alone gets a
likelihood ratio (measuring.py). (2) Because rules overlap, a logistic regression with those ratios
as prior means shares the bits out between rules and plain facts; coefficients of rules are never
negative, so that one more finding never lowers a risk. Rules that only evaluate are fitted after
the others have had their say, so that the acting ones do without them. (3) What the other listings
of a seller say is learned on bits fitted without that seller, and so is the calibration.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa

from countermark.decision.evidence import Rows, rows_of
from countermark.decision.labels import Labelled, labelled_of, steady_weights
from countermark.decision.learned import Learned, floor_rate, weights_of
from countermark.decision.measuring import Beliefs, Measures, measures_of
from countermark.decision.seller_learning import Seen, cross_fitted
from countermark.decision.stages import Stage, fit_stage
from countermark.decision.standing import ACTING, snapshot_standings
from countermark.decision.terms import LISTING_TERMS, listing_columns
from countermark.decision.weights import Weights, question_of
from countermark.domain.decisions import BASE_RATE, PRIOR_BITS, QUESTIONS
from countermark.domain.rules import Rule

_UNKNOWN_PRIOR: Final = "weak"


@dataclass(frozen=True, slots=True, kw_only=True)
class LearningSettings:
    """How much labels must say before they are believed.

    Attributes:
        strength: an author's prior counts for this many labelled findings of its rule.
        rule_spread: spread in bits around a rule's own ratio within which overlap may move it.
        term_spread: spread in bits of each step between bins of a plain fact.
        base_rate: share of listings naming a mark that are counterfeit, where no label says so.
        folds: parts with disjoint sellers for everything that is cross-fitted.
        seed: which sellers go into which part.
    """

    strength: float = 10.0
    rule_spread: float = 2.0
    term_spread: float = 1.0
    base_rate: float = BASE_RATE
    folds: int = 5
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse settings with which nothing can be learned."""
        if self.folds < 2 or not 0 < self.base_rate < 1:
            raise ValueError(f"{self.folds} folds, base rate {self.base_rate} cannot be learned with")
        if min(self.strength, self.rule_spread, self.term_spread) <= 0:
            raise ValueError("strength and spreads must be over 0")


def learn(
    findings: pa.Table,
    named: pa.Table,
    labels: pa.Table,
    *,
    rules: Sequence[Rule],
    settings: LearningSettings | None = None,
) -> Weights:
    """The weights that labels teach; without labels those of `prior_weights`.

    Args:
        findings, named: of one scan; schemas `FINDINGS` and `NAMED`.
        labels: schema `domain.decisions.LABELS`. Those of listings that name no mark and have no
            finding teach only the floor risk.
        rules: those of the snapshot.

    Raises:
        ValueError: a label that the schema does not know.
    """
    settings = settings or LearningSettings()
    rows = rows_of(findings, named)
    every = labelled_of(labels, rows)
    labelled = every.take(every.row >= 0)
    prior_bits = _prior_bits(rows, rules)
    learned = {
        question: _learned(rows, named, labelled, question, prior_bits, settings)
        for question in QUESTIONS
    }
    return weights_of(rows, learned, rules=rules, floor=floor_rate(every))


def _prior_bits(rows: Rows, rules: Sequence[Rule]) -> np.ndarray:
    """Bits of each rule that fired by its author's word; a rule no longer known counts as weak."""
    priors = {rule.id: rule.prior for rule in rules}
    names = [priors.get(key.rule, _UNKNOWN_PRIOR) for key in rows.fired.keys]
    return np.array([PRIOR_BITS[name] for name in names])


def _learned(
    rows: Rows,
    named: pa.Table,
    labelled: Labelled,
    question: str,
    prior_bits: np.ndarray,
    settings: LearningSettings,
) -> Learned:
    """What the labels say of one question."""
    asked = np.array([question_of(key.claim) == question for key in rows.fired.keys], bool)
    beliefs = Beliefs(
        base_rate=settings.base_rate, strength=settings.strength, bits=prior_bits
    )
    columns = listing_columns(rows, named) if question == "counterfeit" else {}
    lesson = _Lesson(
        rows=rows, columns=columns, question=question, asked=asked, beliefs=beliefs, settings=settings
    )
    stage, measures = lesson.stage(labelled)
    weight = steady_weights(labelled, lesson.evidence(labelled.row))
    fold = _folds(rows, labelled, settings)
    stages = {
        int(number): lesson.stage(labelled.take(fold != number))[0] for number in np.unique(fold)
    }
    seen = Seen(
        rows=rows, columns=columns, labelled=labelled, target=labelled.is_so(question),
        weight=weight, fold=fold, stages=stages,
    )  # fmt: skip
    with_sellers = question == "counterfeit"
    fitted = cross_fitted(seen, with_sellers=with_sellers, spread=settings.term_spread)
    return Learned(
        stage=stage, measures=measures, asked=asked, fitted=fitted, labelled=len(labelled),
        positive=int(labelled.is_so(question).sum()),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lesson:
    """Everything that fitting one question on some labels needs."""

    rows: Rows
    columns: Mapping[str, np.ndarray]
    question: str
    asked: np.ndarray
    beliefs: Beliefs
    settings: LearningSettings

    def evidence(self, at: np.ndarray) -> np.ndarray:
        """Prior bits of the rows `at`, by which samples are usually drawn."""
        fired = self.rows.fired
        bits = fired.of_key(np.where(self.asked, self.beliefs.bits, 0.0))
        return np.bincount(fired.row, weights=bits, minlength=len(self.rows))[at]

    def stage(self, labelled: Labelled) -> tuple[Stage, Measures]:
        """Base, rules and facts fitted on some labels."""
        measures = measures_of(
            self.rows, labelled, self.question, asked=self.asked, beliefs=self.beliefs
        )
        weight = steady_weights(labelled, self.evidence(labelled.row))
        acting = snapshot_standings(self.rows.fired).of_key == ACTING
        settings = replace(self.settings)
        stage = fit_stage(
            self.rows,
            self.columns,
            labelled.row,
            target=labelled.is_so(self.question),
            weight=weight,
            believed=_Believed(
                single=np.maximum(measures.single, 0.0),
                asked=self.asked,
                acting=acting,
                settings=settings,
            ),
        )
        return stage, measures


def _folds(rows: Rows, labelled: Labelled, settings: LearningSettings) -> np.ndarray:
    """The fold of each label; those of one seller share a fold."""
    raise NotImplementedError
