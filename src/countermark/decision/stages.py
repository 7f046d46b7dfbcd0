"""One question fitted on some labels: a base, bits of rules, bits of plain facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from countermark.decision.designs import (
    TermBlock,
    joined,
    rule_columns,
    term_block,
    term_columns,
    terms_of,
)
from countermark.decision.evidence import Rows
from countermark.decision.fitting import Outcomes, Prior, fit_bits
from countermark.decision.labels import Labelled, steady_weights
from countermark.decision.measuring import Beliefs, Measures, measures_of
from countermark.decision.scoring import sum_of_pairs
from countermark.decision.terms import LISTING_TERMS, Term, fact_bits
from countermark.decision.weights import bits_of_odds
from countermark.domain.decisions import BASE_RATE

_BASE_SPREAD = 3.0


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
            raise ValueError(f"{self.folds} folds and base rate {self.base_rate} teach nothing")
        if min(self.strength, self.rule_spread, self.term_spread) <= 0:
            raise ValueError("strength and spreads must be over 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One question and everything it is learned from but the labels.

    Attributes:
        columns: of plain facts, `terms.listing_columns`; empty: none are asked.
        asked, acting: bool of each rule in `Fired.keys`: whether it answers the question, and
            whether the snapshot lets it act.
        prior_bits: of each rule, its author's.
    """

    question: str
    rows: Rows
    columns: Mapping[str, np.ndarray]
    asked: np.ndarray
    acting: np.ndarray
    prior_bits: np.ndarray
    settings: LearningSettings

    def weights(self, labelled: Labelled) -> np.ndarray:
        """How much each label counts, see `labels.steady_weights`."""
        evidence = sum_of_pairs(self.rows, self.prior_bits, self.asked)
        return steady_weights(labelled, evidence[labelled.row])

    def measures(self, labelled: Labelled) -> Measures:
        """What the labels say of each rule alone."""
        beliefs = Beliefs(
            base_rate=self.settings.base_rate,
            strength=self.settings.strength,
            bits=self.prior_bits,
        )
        return measures_of(self.rows, labelled, self.question, asked=self.asked, beliefs=beliefs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What was fitted.

    Attributes:
        base: log-odds without evidence, in bits.
        key_bits: float64 of each rule in `Fired.keys`, >= 0.
        terms: of the plain facts.
    """

    base: float
    key_bits: np.ndarray
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnBits:
    """Evidence of every row from itself, in bits: from plain facts, and from rules that may act."""

    base: float
    facts: np.ndarray
    rules: np.ndarray

    @property
    def total(self) -> np.ndarray:
        """Log-odds of every row."""
        return np.asarray(self.base + self.facts + self.rules)


def own_bits(lesson: Lesson, stage: Stage) -> OwnBits:
    """What a stage says of every row."""
    said = fact_bits(lesson.rows, stage.terms, lesson.columns)
    facts = sum(said.values(), np.zeros(len(lesson.rows)))
    rules = sum_of_pairs(lesson.rows, stage.key_bits, lesson.asked & lesson.acting)
    return OwnBits(base=stage.base, facts=np.asarray(facts), rules=rules)


def fit_stage(lesson: Lesson, labelled: Labelled) -> Stage:
    """Base, rules and facts that explain some labels best.

    A rule that fired for none of them keeps its author's bits. Rules that may not act are fitted
    on what is left when the base, the facts and the acting rules have had their say.
    """
    at, spread = labelled.row, lesson.settings.rule_spread
    single = np.maximum(lesson.measures(labelled).single, 0.0)
    seen = _seen(lesson, at)
    kinds = [kind for kind in LISTING_TERMS if kind.name in lesson.columns]
    blocks = [term_block(kind, spread=lesson.settings.term_spread, unknown=True) for kind in kinds]
    outcomes = Outcomes(
        target=labelled.is_so(lesson.question),
        weight=lesson.weights(labelled),
        offset=np.zeros(len(labelled)),
    )
    acting = np.flatnonzero(seen & lesson.acting)
    design = _design(lesson, at, acting, blocks, weight=outcomes.weight)
    priors = [_base_prior(lesson), _rule_prior(single[acting], spread)]
    found = fit_bits(design, outcomes, joined([*priors, *(block.prior for block in blocks)]))
    key_bits = np.where(lesson.asked, lesson.prior_bits, 0.0)
    key_bits[acting] = found[1 : 1 + len(acting)]
    watched = np.flatnonzero(seen & ~lesson.acting)
    rest = Outcomes(target=outcomes.target, weight=outcomes.weight, offset=design @ found)
    watched_prior = _rule_prior(single[watched], spread)
    key_bits[watched] = fit_bits(rule_columns(lesson.rows, at, watched), rest, watched_prior)
    masses = [_masses(lesson, block, at, outcomes.weight) for block in blocks]
    terms, moved = terms_of(blocks, found[1 + len(acting) :], masses)
    return Stage(base=float(found[0]) + moved, key_bits=key_bits, terms=terms)


def _seen(lesson: Lesson, at: np.ndarray) -> np.ndarray:
    """Of each rule whether it answers the question and fired for a row of `at`."""
    is_labelled = np.zeros(len(lesson.rows), bool)
    is_labelled[at] = True
    fired = lesson.rows.fired
    count = np.bincount(fired.key[is_labelled[fired.row]], minlength=len(fired.keys))
    return lesson.asked & (count > 0)


def _design(
    lesson: Lesson,
    at: np.ndarray,
    keys: np.ndarray,
    blocks: Sequence[TermBlock],
    *,
    weight: np.ndarray,
) -> Any:
    """The columns of the regression. A listing that names no mark has the mean facts of those that do.

    The bits of facts are centred on that mean later, so that in the end such facts say nothing.
    """
    from scipy import sparse

    parts = [np.ones((len(at), 1)), rule_columns(lesson.rows, at, keys)]
    facts, named = term_columns(blocks, lesson.columns, at), lesson.rows.named[at] >= 0
    if weight[named].sum() > 0:
        facts[~named] = np.average(facts[named], axis=0, weights=weight[named])
    return sparse.hstack([*parts, facts], format="csr")


def _base_prior(lesson: Lesson) -> Prior:
    start = np.array([bits_of_odds(lesson.settings.base_rate)])
    return Prior(mean=start, spread=np.array([_BASE_SPREAD]), floor=np.array([-np.inf]))


def _rule_prior(single: np.ndarray, spread: float) -> Prior:
    return Prior(mean=single, spread=np.full(len(single), spread), floor=np.zeros(len(single)))


def _masses(lesson: Lesson, block: TermBlock, at: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Mass of labelled listings that name a mark in each bin of a fact."""
    bins = block.bins(lesson.columns[block.kind.name][at])
    mass = weight * (lesson.rows.named[at] >= 0)
    return np.bincount(bins, weights=mass, minlength=len(block.steps))
