"""Bits summed: what the evidence says of every listing, before any policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from countermark.decision.evidence import Rows, rows_of
from countermark.decision.fitting import probability
from countermark.decision.others import has_others, seller_bins
from countermark.decision.standing import ACTING, WATCHED, snapshot_standings
from countermark.decision.terms import listing_bins, summed_bits
from countermark.decision.weights import Round, Weights, prior_weight, question_of
from countermark.domain.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Evidence of every row, in bits.

    Attributes:
        counterfeit: log-odds of a counterfeit from all that may act.
        seller: what the seller's other listings add to it.
        with_others: bool, something is known of these; else the first round says the last word.
        weights: the evidence was weighed by.
        key_bits: bits of each rule in `Fired.keys`, in the last round.
        standing: of each rule there.
        bins: of each row, by name of a term of the listing or of its seller.
    """

    rows: Rows
    counterfeit: np.ndarray
    seller: np.ndarray
    with_others: np.ndarray
    weights: Weights
    key_bits: np.ndarray
    standing: np.ndarray
    bins: Mapping[str, np.ndarray]

    def round_of(self, row: int) -> Round:
        """The round that says the last word of a row."""
        return self.weights.rounds[-1 if self.with_others[row] else 0]

    def acting(self, question: str) -> np.ndarray:
        """Log-odds of what a question asks, from all that may act."""
        if question == "counterfeit":
            return self.counterfeit
        base = self.weights.questions[question].base
        return base + _sum(self.rows, self.key_bits, question, self.standing == ACTING)

    def watched(self, question: str) -> np.ndarray:
        """The same with the rules that only evaluate."""
        more = _sum(self.rows, self.key_bits, question, self.standing == WATCHED)
        return self.acting(question) + more

    def facts(self) -> Iterator[tuple[str, np.ndarray]]:
        """The name of each listing term and its float32 bits of every row."""
        first, last = (each.terms for each in (self.weights.rounds[0], self.weights.rounds[-1]))
        if not self.with_others.any():
            yield from ((each.name, each.bits_of(self.bins[each.name])) for each in first)
            return
        for alone, beside in zip(first, last, strict=True):
            bins = self.bins[beside.name]
            bits = np.where(self.with_others, beside.bits_of(bins), alone.bits_of(bins))
            yield beside.name, bits


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
    own, key_bits = _alone(rows, weights.rounds[0], bins, rules=rules, standing=standing)
    if not (rows.seller >= 0).any():  # later rounds would say nothing of anybody
        last = weights.rounds[-1]
        unknown = {
            term.name: np.full(len(rows), len(term.bits_micro) - 1, np.int8)
            for term in last.seller_terms
        }
        return Scores(
            rows=rows, counterfeit=own, seller=np.zeros(len(rows)), with_others=np.zeros(len(rows), bool), weights=weights,
            key_bits=key_bits_of(rows, last, rules), standing=standing, bins={**bins, **unknown},
        )  # fmt: skip
    alone = own
    bits = own
    for each in weights.rounds[len(weights.rounds) > 1 :]:
        own, key_bits = _alone(rows, each, bins, rules=rules, standing=standing)
        others = seller_bins(rows, probability(bits), each.seller_terms, role=bins["role"])
        seller, known = summed_bits(each.seller_terms, others, len(rows)), has_others(others)
        bits = np.where(known, own + seller, alone)
    return Scores(
        rows=rows, counterfeit=bits, seller=seller, with_others=known, weights=weights,
        key_bits=key_bits, standing=standing, bins={**bins, **others},
    )  # fmt: skip


def _alone(
    rows: Rows,
    weighed: Round,
    bins: Mapping[str, np.ndarray],
    *,
    rules: Sequence[Rule],
    standing: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Log-odds of every row from the listing itself in one round, and the bits of each rule."""
    key_bits = key_bits_of(rows, weighed, rules)
    own = weighed.base + summed_bits(weighed.terms, bins, len(rows))
    return own + _sum(rows, key_bits, "counterfeit", standing == ACTING), key_bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One scan with its evidence weighed as the snapshot grants it, whatever a policy would say.

    Attributes:
        named: of the scan, schema `NAMED`.
    """

    rows: Rows
    named: pa.Table
    scores: Scores


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
    return Weighed(rows=rows, named=named, scores=scores)


def key_bits_of(rows: Rows, weighed: Round, rules: Sequence[Rule]) -> np.ndarray:
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
