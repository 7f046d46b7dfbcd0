"""Bits summed: what the evidence says of every listing, before any policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from countermark.decision.evidence import Rows
from countermark.decision.standing import ACTING, WATCHED
from countermark.decision.terms import fact_bits, listing_columns, seller_columns, term_bits
from countermark.decision.weights import Weights, prior_weight, question_of
from countermark.domain.decisions import QUESTIONS
from countermark.domain.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Evidence of every row, in bits.

    Attributes:
        own: log-odds of a counterfeit from the listing itself and rules that may act.
        seller: what the seller's other listings add.
        acting: by question, log-odds from all that may act.
        watched: by question, the same with the rules that only evaluate.
        facts: by name of a listing term, its bits, float32.
        key_bits: bits of each rule in `Fired.keys`.
    """

    own: np.ndarray
    seller: np.ndarray
    acting: Mapping[str, np.ndarray]
    watched: Mapping[str, np.ndarray]
    facts: Mapping[str, np.ndarray]
    key_bits: np.ndarray


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
    key_bits = key_bits_of(rows, weights, rules)
    base = weights.questions["counterfeit"].base
    columns = listing_columns(rows, named, weights.usual)
    facts = fact_bits(rows, weights.terms, columns)
    sums = {q: _sums(rows, key_bits, q, standing) for q in QUESTIONS}
    plain, fired = sum(facts.values(), np.zeros(len(rows))), sums["counterfeit"][0]
    others = term_bits(
        weights.seller_terms, seller_columns(rows, plain, fired, role=columns["role"])
    )
    own, seller = base + plain + fired, sum(others.values(), np.zeros(len(rows)))
    acting = {q: weights.questions[q].base + sums[q][0] for q in QUESTIONS[1:]}
    acting["counterfeit"] = own + seller
    watched = {q: acting[q] + sums[q][1] for q in QUESTIONS}
    return Scores(
        own=own, seller=seller, acting=acting, watched=watched, facts=facts, key_bits=key_bits
    )


def key_bits_of(rows: Rows, weights: Weights, rules: Sequence[Rule]) -> np.ndarray:
    """Bits of each rule that fired: learned, or by its author's prior.

    Raises:
        ValueError: a rule fired that is neither in the weights nor in `rules`.
    """
    by_id = {rule.id: rule for rule in rules}
    bits = []
    for key in rows.fired.keys:
        known = weights.by_rule.get((key.rule, key.rev))
        if known is None and key.rule not in by_id:
            raise ValueError(f"rule {key.rule} rev {key.rev} fired and is not among the rules")
        bits.append((known or prior_weight(by_id[key.rule])).bits)
    return np.array(bits)


def sum_of_pairs(rows: Rows, bits: np.ndarray, keys: np.ndarray) -> np.ndarray:
    """For each row the sum of the bits of those of its rules that `keys` (bool) selects."""
    if not len(rows.fired.keys):
        return np.zeros(len(rows))
    chosen = keys[rows.fired.key]
    pairs = bits[rows.fired.key[chosen]]
    return np.bincount(rows.fired.row[chosen], weights=pairs, minlength=len(rows))


def _sums(
    rows: Rows, bits: np.ndarray, question: str, standing: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bits of the acting and of the watched rules of one question."""
    asked = np.array([question_of(key.claim) == question for key in rows.fired.keys], bool)
    return (
        sum_of_pairs(rows, bits, asked & (standing == ACTING)),
        sum_of_pairs(rows, bits, asked & (standing == WATCHED)),
    )
