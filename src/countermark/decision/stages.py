"""One question fitted on some labels: a base, bits of rules, of plain facts and of other listings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from countermark.decision.designs import (
    TermBlock,
    joined,
    rule_columns,
    seller_terms_of,
    term_block,
    term_columns,
    terms_of,
)
from countermark.decision.evidence import Rows
from countermark.decision.fitting import Outcomes, Prior, fit_bits
from countermark.decision.labels import Labelled, steady_weights
from countermark.decision.measuring import Beliefs, Measures, measures_of
from countermark.decision.others import SELLER_TERMS
from countermark.decision.scoring import sum_of_pairs
from countermark.decision.terms import (
    LISTING_TERMS,
    Term,
    TermKind,
    prior_term,
    summed_bits,
)
from countermark.decision.weights import bits_of_odds
from countermark.domain.decisions import BASE_RATE

_BASE_SPREAD = 3.0
Bins = Mapping[str, np.ndarray]


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
        bins: of plain facts, `terms.listing_bins`; empty: none are asked.
        asked, acting: bool of each rule in `Fired.keys`: whether it answers the question, and
            whether the snapshot lets it act.
        prior_bits: of each rule, its author's.
    """

    question: str
    rows: Rows
    bins: Bins
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
        seller_terms: of the other listings of the seller; empty where nothing is known of them.
    """

    base: float
    key_bits: np.ndarray
    terms: tuple[Term, ...]
    seller_terms: tuple[Term, ...]


def bits_by(lesson: Lesson, stage: Stage, others: Bins) -> np.ndarray:
    """Log-odds of every row by a stage; `others` are the seller terms' bins that it was fitted with."""
    rules = sum_of_pairs(lesson.rows, stage.key_bits, lesson.asked & lesson.acting)
    terms, bins = (*stage.terms, *stage.seller_terms), {**lesson.bins, **others}
    return stage.base + rules + summed_bits(terms, bins, len(lesson.rows))


def fit_stage(
    lesson: Lesson, labelled: Labelled, others: Bins, *, before: Stage | None = None
) -> Stage:
    """Base, rules and facts that explain some labels best.

    A rule that fired for none of them keeps the bits of `before`, or else its author's. Rules that may not act are fitted
    on what is left when all else has had its say.

    Args:
        others: bins of the seller terms of every row; empty: nothing is known of other listings.
        before: the first round, for a later one.
    """
    if before is not None and not len(labelled):
        return replace(before, seller_terms=tuple(prior_term(kind) for kind in SELLER_TERMS))
    at, spread = labelled.row, lesson.settings.rule_spread
    single = np.maximum(lesson.measures(labelled).single, 0.0)
    seen = _seen(lesson, at)
    facts = _blocks(lesson, LISTING_TERMS, lesson.bins, unknown=True)
    sellers = _blocks(lesson, SELLER_TERMS, others, unknown=False)
    target, weight = labelled.is_so(lesson.question), lesson.weights(labelled)
    acting = np.flatnonzero(seen & lesson.acting)
    design = _design(lesson, at, acting, facts, weight=weight)
    design = _beside(design, term_columns(sellers, others, at))
    priors = [_base_prior(lesson, before), _rule_prior(single[acting], spread)]
    priors += [block.prior for block in (*facts, *sellers)]
    nothing = np.zeros(len(at))
    found = fit_bits(design, Outcomes(target=target, weight=weight, offset=nothing), joined(priors))
    key_bits = np.where(lesson.asked, lesson.prior_bits if before is None else before.key_bits, 0.0)
    key_bits[acting] = found[1 : 1 + len(acting)]
    watched = np.flatnonzero(seen & ~lesson.acting)
    rest = Outcomes(target=target, weight=weight, offset=design @ found)
    watched_prior = _rule_prior(single[watched], spread)
    key_bits[watched] = fit_bits(rule_columns(lesson.rows, at, watched), rest, watched_prior)
    bits = np.split(found, [1 + len(acting), len(found) - sum(each.width for each in sellers)])
    terms, moved = terms_of(facts, bits[1], _masses(lesson.rows, facts, lesson.bins, at, weight))
    seller_terms = seller_terms_of(
        sellers, bits[2], _masses(lesson.rows, sellers, others, at, weight)
    )
    return Stage(
        base=float(found[0]) + moved, key_bits=key_bits, terms=terms, seller_terms=seller_terms
    )


def _blocks(
    lesson: Lesson, kinds: Sequence[TermKind], bins: Bins, *, unknown: bool
) -> list[TermBlock]:
    """The columns of those facts that are asked."""
    spread = lesson.settings.term_spread
    return [term_block(k, spread=spread, unknown=unknown) for k in kinds if k.name in bins]


def _beside(design: Any, more: np.ndarray) -> Any:
    from scipy import sparse

    return sparse.hstack([design, more], format="csr") if more.shape[1] else design


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
    facts, named = term_columns(blocks, lesson.bins, at), lesson.rows.named[at] >= 0
    if weight[named].sum() > 0:
        facts[~named] = np.average(facts[named], axis=0, weights=weight[named])
    return sparse.hstack([*parts, facts], format="csr")


def _base_prior(lesson: Lesson, before: Stage | None) -> Prior:
    base = bits_of_odds(lesson.settings.base_rate) if before is None else before.base
    return Prior(mean=np.array([base]), spread=np.array([_BASE_SPREAD]), floor=np.array([-np.inf]))


def _rule_prior(single: np.ndarray, spread: float) -> Prior:
    return Prior(mean=single, spread=np.full(len(single), spread), floor=np.zeros(len(single)))


def _masses(
    rows: Rows, blocks: Sequence[TermBlock], bins: Bins, at: np.ndarray, weight: np.ndarray
) -> list[np.ndarray]:
    """Of each fact the mass of labelled listings that name a mark, in each of its bins."""
    named = at[rows.named[at] >= 0], weight[rows.named[at] >= 0]
    return [
        np.bincount(bins[b.kind.name][named[0]], weights=named[1], minlength=len(b.steps))
        for b in blocks
    ]
