"""What a policy lets follow from the evidence, claim by claim, before any cap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from countermark.decision.evidence import Rows
from countermark.decision.policy import Policy
from countermark.decision.scoring import Scores, sum_of_pairs
from countermark.decision.standing import ACTING, NOTHING
from countermark.decision.terms import MICRO
from countermark.decision.weights import Weights, question_of
from countermark.domain.tables import ACTIONS, CLAIMS

ALLOW, EVALUATE, REVIEW, HOLD, REMOVE = range(len(ACTIONS))
"""Positions in `ACTIONS`."""

SHOWN_BITS: Final = 0.5
"""A fact or other listings of the seller are a ground of a review from this many bits on."""

FIRM_BITS: Final = 1.0
"""A rule that is worth less than this, taken alone, holds or removes nothing."""

_PLAIN: Final = CLAIMS.index("suspected_counterfeit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """What may follow for every row; parallel arrays.

    Attributes:
        level: int8, position in `ACTIONS`.
        may_hold: bool, `hold` would be allowed too; what is not removed falls back on it.
        claim: int8, position in `CLAIMS` of the claim that it follows from, -1 for none.
        risk: float64, probability in percent that the listing is what the claim's question asks.
        bits: float64, the same before calibration, by which surplus is ordered.
        counterfeit: float64, risk in percent that the listing is counterfeit.
    """

    level: np.ndarray
    may_hold: np.ndarray
    claim: np.ndarray
    risk: np.ndarray
    bits: np.ndarray
    counterfeit: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ruling:
    """Everything that judging one claim needs."""

    rows: Rows
    scores: Scores
    weights: Weights
    policy: Policy
    standing: np.ndarray

    def risk(self, bits: np.ndarray, question: str) -> np.ndarray:
        return 100.0 * self.weights.questions[question].calibration.probability(bits)

    def keys(self, claim: str, least: int) -> np.ndarray:
        """Of each rule whether it claims that, and its standing is `least` or better."""
        mine = np.array([key.claim == claim for key in self.rows.fired.keys], bool)
        return mine & (self.standing >= least)

    def having(self, keys: np.ndarray) -> np.ndarray:
        """Of each row whether one of these rules fired for it."""
        return sum_of_pairs(self.rows, np.ones(len(keys)), keys) > 0


def levels_of(
    rows: Rows, scores: Scores, *, weights: Weights, policy: Policy, standing: np.ndarray
) -> Levels:
    """The severest action that any claim allows, with the claim of most bits among equals.

    `hold` and `remove` need a rule of their claim that may act, whose ground may be told and which
    alone is worth `FIRM_BITS`;
    `review` needs a rule that may act or, for counterfeits, a plain fact or other listings of the
    seller that weigh at least `SHOWN_BITS`; `evaluate` needs nothing but the risk.
    """
    ruling = _Ruling(rows=rows, scores=scores, weights=weights, policy=policy, standing=standing)
    size = len(rows)
    counterfeit = ruling.risk(scores.counterfeit, "counterfeit")
    level, may_hold = np.zeros(size, np.int8), np.zeros(size, bool)
    claim, best = np.full(size, -1, np.int8), np.full(size, -1.0)
    risk, bits = counterfeit.copy(), scores.counterfeit.copy()
    for number, name in enumerate(CLAIMS):
        at = _concerned(ruling, name)
        question = question_of(name)
        own = (
            counterfeit[at]
            if question == "counterfeit"
            else ruling.risk(scores.acting(question)[at], question)
        )
        found, hold = _level(ruling, name, at, own)
        ground = sum_of_pairs(rows, scores.key_bits, ruling.keys(name, ACTING))[at]
        better = (found > level[at]) | ((found == level[at]) & (ground > best[at]))
        won = at[better]
        level[won], may_hold[won], best[won] = found[better], hold[better], ground[better]
        claim[won] = np.where((found > ALLOW) | (ground > 0), number, -1)[better]
        risk[won], bits[won] = own[better], scores.acting(question)[won]
    return Levels(
        level=level, may_hold=may_hold, claim=claim, risk=risk, bits=bits, counterfeit=counterfeit
    )


def _concerned(ruling: _Ruling, claim: str) -> np.ndarray:
    """Rows that a claim may be made of: every row for a suspicion, else those with a finding."""
    if claim == CLAIMS[_PLAIN]:
        return np.arange(len(ruling.rows))
    return np.flatnonzero(ruling.having(ruling.keys(claim, NOTHING + 1)))


def _level(
    ruling: _Ruling, claim: str, at: np.ndarray, risk: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The severest action allowed for one claim, and whether `hold` is."""
    thresholds = getattr(ruling.policy.claims, claim)
    question = question_of(claim)
    watched = ruling.scores.watched(question)[at]
    allowed = {
        REVIEW: _over(risk, thresholds.review_at) & _may_review(ruling, claim)[at],
        HOLD: _over(risk, thresholds.hold_at) & _may_act(ruling, claim, "hold")[at],
        REMOVE: _over(risk, thresholds.remove_at) & _may_act(ruling, claim, "remove")[at],
    }
    level = np.where(_over(ruling.risk(watched, question), thresholds.evaluate_at), EVALUATE, ALLOW)
    for action, mask in allowed.items():
        level = np.where(mask, action, level)
    return level.astype(np.int8), allowed[HOLD]


def _over(risk: np.ndarray, threshold: object) -> np.ndarray:
    """Whether a risk reaches a threshold; never where there is none."""
    return risk >= float(str(threshold)) if threshold is not None else np.zeros(len(risk), bool)


def _may_review(ruling: _Ruling, claim: str) -> np.ndarray:
    has_rule = ruling.having(ruling.keys(claim, ACTING))
    if claim != CLAIMS[_PLAIN]:
        return has_rule
    shown = ruling.scores.seller >= SHOWN_BITS
    for _, bits in ruling.scores.facts():
        shown |= bits >= SHOWN_BITS
    other = ruling.having(ruling.keys("declared_replica", ACTING))
    return np.asarray(has_rule | (shown & ~other))


def _may_act(ruling: _Ruling, claim: str, action: str) -> np.ndarray:
    """Whether a rule of the claim may act, may be told, and is sure enough where that is asked."""
    keys = ruling.keys(claim, ACTING) & (_alone(ruling) >= FIRM_BITS)
    keys &= np.array([key.disclosable for key in ruling.rows.fired.keys], bool)
    if ruling.policy.learned_only:
        keys &= _lower_bounds(ruling) >= float(getattr(ruling.policy.precision_target, action) or 1)
    return ruling.having(keys)


def _alone(ruling: _Ruling) -> np.ndarray:
    """What each rule is worth without others beside it, in bits."""
    known, bits = ruling.weights.by_rule, ruling.scores.key_bits
    keys = [(key.rule, key.rev) for key in ruling.rows.fired.keys]
    alone = [known[key].single_micro / MICRO if key in known else 0.0 for key in keys]
    return np.maximum(alone, bits) if keys else bits


def _lower_bounds(ruling: _Ruling) -> np.ndarray:
    known = ruling.weights.by_rule
    keys: Sequence[tuple[str, int]] = [(key.rule, key.rev) for key in ruling.rows.fired.keys]
    return np.array([known[key].lower if key in known else 0.0 for key in keys])
