"""The grounds of decisions: rule ids, the strongest first."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pyarrow as pa

from countermark.decision.acting import EVALUATE, REVIEW, SHOWN_BITS, Levels
from countermark.decision.evidence import Rows
from countermark.decision.scoring import Scores
from countermark.decision.standing import ACTING, WATCHED
from countermark.domain.decisions import LISTING_GROUND, SELLER_GROUND
from countermark.domain.tables import CLAIMS


def grounds_of(rows: Rows, scores: Scores, levels: Levels, standing: np.ndarray) -> pa.ListArray:
    """For each row its grounds.

    Rules that may act come first, those of the decision's claim before others, then by bits. Rules
    that only evaluate are grounds of an evaluation alone. A review may also rest on other listings
    of the seller, and, where no rule may act, on the plain facts that weigh most.
    """
    rules = _rules(rows, scores, levels, standing)
    facts = _facts(rows, scores, levels, standing)
    names = rules[1] + facts[1]
    code = np.concatenate([rules[0], facts[0] + len(rules[1])])
    where = np.concatenate([rules[2], facts[2]])
    order = np.lexsort((code, -np.concatenate([rules[3], facts[3]]), where))
    counts = np.bincount(where, minlength=len(rows))
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    values = pa.array(names, pa.string()).take(pa.array(code[order], pa.int64()))
    return pa.ListArray.from_arrays(pa.array(offsets), values)


_Part = tuple[np.ndarray, list[str], np.ndarray, np.ndarray]
"""Codes of grounds, what the codes mean, the row and the strength of each."""

_OWN_CLAIM, _OTHER_CLAIM, _WATCHED = 3e6, 2e6, -1e6


def _rules(rows: Rows, scores: Scores, levels: Levels, standing: np.ndarray) -> _Part:
    fired = rows.fired
    names = [key.rule for key in fired.keys]
    if not names:
        return np.zeros(0, np.int64), names, np.zeros(0, np.int64), np.zeros(0)
    of_pair = standing[fired.key]
    level = levels.level[fired.row]
    chosen = (of_pair == ACTING) | ((of_pair == WATCHED) & (level == EVALUATE))
    key, row = fired.key[chosen], fired.row[chosen]
    claims = np.array([CLAIMS.index(each.claim) for each in fired.keys])
    own = claims[key] == levels.claim[row]
    strength = scores.key_bits[key] + np.where(own, _OWN_CLAIM, _OTHER_CLAIM)
    return key, names, row, strength + np.where(of_pair[chosen] == ACTING, 0.0, _WATCHED)


def _facts(rows: Rows, scores: Scores, levels: Levels, standing: np.ndarray) -> _Part:
    names = [SELLER_GROUND, *(f"{LISTING_GROUND}{term.name}" for term in scores.weights.terms)]
    review = np.flatnonzero(levels.level == REVIEW)
    review = review[levels.claim[review] == CLAIMS.index("suspected_counterfeit")]
    bare = review[~_has_acting(rows, standing)[review]]
    parts = [(0, review, scores.seller)]
    facts = enumerate(scores.facts(), start=1)
    codes, row, strength = [], [], []
    for code, listings, bits in chain(parts, ((k, bare, bits) for k, (_, bits) in facts)):
        at = listings[bits[listings] >= SHOWN_BITS]
        codes.append(np.full(len(at), code))
        row.append(at)
        strength.append(bits[at])
    return np.concatenate(codes), names, np.concatenate(row), np.concatenate(strength)


def _has_acting(rows: Rows, standing: np.ndarray) -> np.ndarray:
    has = np.zeros(len(rows), bool)
    if len(rows.fired.keys):
        has[rows.fired.row[standing[rows.fired.key] == ACTING]] = True
    return has
