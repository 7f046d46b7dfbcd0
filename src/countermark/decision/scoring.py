"""Bits summed: what the evidence says of every listing, before any policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from countermark.decision.evidence import Rows, rows_of
from countermark.decision.fitting import probability
from countermark.decision.others import seller_bins
from countermark.decision.standing import ACTING, WATCHED, snapshot_standings
from countermark.decision.terms import Term, listing_bins, summed_bits
from countermark.decision.weights import Round, Weights, prior_weight, question_of, weights_id
from countermark.domain.decisions import QUESTIONS
from countermark.domain.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Evidence of every row, in bits.

    Attributes:
        seller: what the seller's other listings add.
        acting: by question, log-odds from all that may act.
        watched: by question, the same with the rules that only evaluate.
        key_bits: bits of each rule in `Fired.keys`.
        terms: of the listing and of its seller.
        bins: of each row, by name of the term.
    """

    seller: np.ndarray
    acting: Mapping[str, np.ndarray]
    watched: Mapping[str, np.ndarray]
    key_bits: np.ndarray
    terms: Sequence[Term]
    seller_terms: Sequence[Term]
    bins: Mapping[str, np.ndarray]

    def facts(self) -> Iterator[tuple[str, np.ndarray]]:
        """The name of each listing term and its float32 bits of every row."""
        return ((term.name, term.bits_of(self.bins[term.name])) for term in self.terms)


def scores_of(
    rows: Rows, named: pa.Table, *, weights: Weights, rules: Sequence[Rule], standing: np.ndarray
) -> Scores:
    """What the evidence says of every listing.

    Args:
        rules: those of the snapshot; one that the weights do not know counts for its prior.
        standing: of each rule in `Fired.keys`.

    Raises:
        ValueError: a rule fired that is neither in the weights nor in `rules`.
    """
    bins = listing_bins(rows, named, weights.terms, weights.usual)
    likely: np.ndarray | None = None
    for each in weights.rounds:
        key_bits = _key_bits(rows, each, rules)
        own = each.base + summed_bits(each.terms, bins, len(rows))
        own += _sum(rows, key_bits, "counterfeit", standing == ACTING)
        # Where no round came before, others are what they are by themselves.
        likely = probability(own) if likely is None else likely
        others = seller_bins(rows, likely, each.seller_terms, role=bins["role"])
        seller = summed_bits(each.seller_terms, others, len(rows))
        likely = probability(own + seller)
    acting = {
        question: weights.questions[question].base
        + _sum(rows, key_bits, question, standing == ACTING)
        for question in QUESTIONS[1:]
    }
    acting["counterfeit"] = own + seller
    return Scores(
        seller=seller, acting=acting, key_bits=key_bits, terms=weights.terms,
        seller_terms=weights.seller_terms, bins={**bins, **others},
        watched={q: acting[q] + _sum(rows, key_bits, q, standing == WATCHED) for q in QUESTIONS},
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One scan with its evidence weighed as the snapshot grants it, whatever a policy would say.

    Attributes:
        named: of the scan, schema `NAMED`.
        weights: the name of the weights.
    """

    rows: Rows
    named: pa.Table
    scores: Scores
    weights: str


def weighed_of(
    findings: pa.Table,
    named: pa.Table,
    totals: pa.Table | None,
    *,
    weights: Weights,
    rules: Sequence[Rule],
) -> Weighed:
    """A scan weighed; see `decide` for its tables.

    Raises:
        ValueError: a rule fired that is neither in the weights nor in `rules`.
    """
    rows = rows_of(findings, named, totals)
    standing = snapshot_standings(rows.fired).of_key
    scores = scores_of(rows, named, weights=weights, rules=rules, standing=standing)
    return Weighed(rows=rows, named=named, scores=scores, weights=weights_id(weights))


def _key_bits(rows: Rows, weighed: Round, rules: Sequence[Rule]) -> np.ndarray:
    """Bits of each rule that fired: learned, or by its author's prior.

    Raises:
        ValueError: a rule fired that is neither in the weights nor in `rules`.
    """
    by_id, bits = {rule.id: rule for rule in rules}, []
    for key in rows.fired.keys:
        known = weighed.rules.get((key.rule, key.rev))
        if known is None and key.rule not in by_id:
            raise ValueError(f"rule {key.rule} rev {key.rev} fired and is not among the rules")
        bits.append(prior_weight(by_id[key.rule]).bits if known is None else known)
    return np.array(bits)


def sum_of_pairs(rows: Rows, bits: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """For each row the sum of the bits of those of its rules that `keys` (bool) selects."""
    if not len(rows.fired.keys):
        return np.zeros(len(rows))
    chosen = keys[rows.fired.key]
    pairs = bits[rows.fired.key[chosen]]
    return np.bincount(rows.fired.row[chosen], weights=pairs, minlength=len(rows))


def _sum(rows: Rows, bits: np.ndarray, question: str, chosen: np.ndarray) -> np.ndarray:
    """Bits of those rules of one question that are chosen."""
    asked = np.array([question_of(key.claim) == question for key in rows.fired.keys], bool)
    return sum_of_pairs(rows, bits, asked & chosen)
