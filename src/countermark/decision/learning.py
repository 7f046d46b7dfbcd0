"""Weights of evidence learned from labels.

Three steps, each pulled towards what is believed without labels. (1) Each rule alone gets a
likelihood ratio (measuring.py). (2) Because rules overlap, a logistic regression with those ratios
as prior means shares the bits out between rules, plain facts and what the other listings of the
seller say; coefficients of rules are never negative, so that one more finding never lowers a risk
(stages.py). (3) What other listings say is learned from bits fitted without that seller, and so is
the calibration (seller_learning.py). Labels that are probably mistakes count little (mistakes.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from countermark.decision.evidence import Rows, rows_of
from countermark.decision.labels import Labelled, labelled_of
from countermark.decision.measuring import Measures
from countermark.decision.mistakes import ROUNDS, error_share, rightness, without_mistakes
from countermark.decision.prices import usual_prices
from countermark.decision.stacking import Stacked, stack
from countermark.decision.stages import LearningSettings, Lesson, Stage
from countermark.decision.standing import ACTING, snapshot_standings
from countermark.decision.terms import listing_bins, micro
from countermark.decision.weights import (
    EarlierRound,
    Question,
    RuleWeight,
    Weights,
    prior_weights,
    question_of,
)
from countermark.domain.decisions import FLOOR_RATE, LABEL_CLAIMS, PRIOR_BITS, QUESTIONS
from countermark.domain.rules import Rule

__all__ = ["LearningSettings", "learn"]

_FLOOR_STRENGTH = 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Learned:
    """What labels say of one question."""

    lesson: Lesson
    labelled: Labelled
    measures: Measures
    fitted: Stacked

    @property
    def stage(self) -> Stage:
        """The last round."""
        return self.fitted.stages[-1]

    @property
    def is_taught(self) -> bool:
        """Whether a label says yes, or is about a finding by people who were asked this question.

        Labels that say "none" to other listings may come from people who were never asked this
        question, and so do those that know nothing but counterfeits; they leave it with what its
        authors believe.
        """
        found = int(self.measures.labelled[self.lesson.asked].sum())
        plain = [LABEL_CLAIMS.index(claim) for claim in ("counterfeit", "not_counterfeit")]
        other = (
            self.lesson.question == "counterfeit" or not np.isin(self.labelled.truth, plain).all()
        )
        return (found > 0 and other) or bool(self.labelled.says(self.lesson.question).any())


def learn(
    findings: pa.Table,
    named: pa.Table,
    labels: pa.Table,
    *,
    rules: Sequence[Rule],
    totals: pa.Table | None = None,
    settings: LearningSettings | None = None,
) -> Weights:
    """The weights that labels teach; without labels those of `prior_weights`.

    Args:
        findings, named: of one scan; schemas `FINDINGS` and `NAMED`.
        labels: schema `domain.decisions.LABELS`. Those of listings that name no mark and have no
            finding teach only the floor risk, and only if their sampling probability is known.
        rules: those of the snapshot.
        totals: of the scan, schema `domain.decisions.SELLER_TOTALS`.

    Raises:
        ValueError: a label that the schema does not know.
    """
    settings = settings or LearningSettings()
    start = prior_weights(rules, base_rate=settings.base_rate)
    rows = rows_of(findings, named, totals)
    every, usual = labelled_of(labels, rows), usual_prices(named)
    if not len(every):
        return start
    bins, error = listing_bins(rows, named, start.terms, usual), error_share(labels)
    labelled, learned = every.take(every.row >= 0), {}
    for question in QUESTIONS:
        lesson = _lesson(rows, question, bins, rules=rules, settings=settings)
        mine = labelled.take(labelled.answers(question))
        learned[question] = _learned(lesson, mine, error if question == "counterfeit" else 0.0)
    counterfeit = learned["counterfeit"]
    questions = {name: _question(each) for name, each in learned.items() if each.is_taught}
    weighed = _rule_weights(start, learned)
    return Weights(
        questions={**start.questions, **questions},
        rules=weighed,
        terms=counterfeit.stage.terms,
        seller_terms=counterfeit.stage.seller_terms,
        usual=usual,
        earlier=tuple(
            _earlier(counterfeit.lesson, stage, weighed) for stage in counterfeit.fitted.stages[:-1]
        ),
        floor_micro=micro(_floor_rate(every.take((every.row < 0) & every.drawn), error)),
    )


def _lesson(
    rows: Rows,
    question: str,
    bins: Mapping[str, np.ndarray],
    *,
    rules: Sequence[Rule],
    settings: LearningSettings,
) -> Lesson:
    """What a question is learned from; a rule that is no longer among `rules` counts as weak."""
    priors = {rule.id: rule.prior for rule in rules}
    keys = rows.fired.keys
    return Lesson(
        question=question,
        rows=rows,
        bins=bins if question == "counterfeit" else {},
        asked=np.array([question_of(key.claim) == question for key in keys], bool),
        acting=snapshot_standings(rows.fired).of_key == ACTING,
        prior_bits=np.array([PRIOR_BITS[priors.get(key.rule, "weak")] for key in keys]),
        settings=settings,
    )


def _learned(lesson: Lesson, labelled: Labelled, error: float) -> _Learned:
    """What the labels teach, a share `error` of them being wrong."""
    fitted = stack(lesson, labelled)
    for _ in range(ROUNDS if error > 0 else 0):
        says = labelled.says(lesson.question)
        labelled = replace(labelled, right=rightness(says, fitted.probability, error))
        fitted = stack(lesson, labelled)
    return _Learned(
        lesson=lesson,
        labelled=labelled,
        measures=lesson.measures(labelled),
        fitted=fitted,
    )


def _question(learned: _Learned) -> Question:
    labels = len(learned.labelled)
    return Question(
        base_micro=micro(learned.stage.base),
        calibration=learned.fitted.calibration,
        labelled=labels,
        positive=int(learned.labelled.says(learned.lesson.question).sum()),
        error_micro=micro(learned.fitted.error) if labels else None,
    )


def _rule_weights(start: Weights, learned: Mapping[str, _Learned]) -> tuple[RuleWeight, ...]:
    """The priors with what was learned in their place, and revisions of the past with labels."""
    weights = dict(start.by_rule)
    for each in learned.values():
        keys = each.lesson.rows.fired.keys
        for number in np.flatnonzero(each.lesson.asked).tolist():
            key = keys[number]
            if each.measures.labelled[number] or (key.rule, key.rev) in weights:
                weights[key.rule, key.rev] = _rule_weight(each, number)
    return tuple(weights[key] for key in sorted(weights))


def _rule_weight(learned: _Learned, number: int) -> RuleWeight:
    key, measures = learned.lesson.rows.fired.keys[number], learned.measures
    return RuleWeight(
        rule=key.rule,
        rev=key.rev,
        claim=key.claim,
        bits_micro=max(0, micro(learned.stage.key_bits[number])),
        single_micro=micro(measures.single[number]),
        labelled=int(measures.labelled[number]),
        confirmed=int(measures.confirmed[number]),
        sellers=int(measures.sellers[number]),
        precision_micro=_known(measures.precision[number]),
        lower_micro=micro(measures.lower[number]),
        lift_micro=_known(measures.lift[number]),
        marginal_micro=_known(measures.marginal[number]),
    )


def _earlier(lesson: Lesson, stage: Stage, weighed: Sequence[RuleWeight]) -> EarlierRound:
    """A round before the last; a rule that it did not see has the bits of its author or of the past."""
    keys = zip(lesson.rows.fired.keys, stage.key_bits, lesson.asked, strict=True)
    bits = {(key.rule, key.rev): max(0, micro(found)) for key, found, asked in keys if asked}
    return EarlierRound(
        base=micro(stage.base),
        rules=tuple(bits.get((each.rule, each.rev), each.bits_micro) for each in weighed),
        terms=tuple(term.bits_micro for term in stage.terms),
        seller_terms=tuple(term.bits_micro for term in stage.seller_terms),
    )


def _known(value: float) -> int | None:
    return None if np.isnan(value) else micro(value)


def _floor_rate(unnamed: Labelled, error: float) -> float:
    """Share of listings without mark and finding that are counterfeit; the belief is 100 labels."""
    weight = unnamed.inverse
    effective = weight.sum() ** 2 / (weight @ weight) if len(unnamed) else 0.0
    share = weight @ unnamed.says("counterfeit") / weight.sum() if len(unnamed) else 0.0
    share = without_mistakes(float(share), error)
    return float((effective * share + _FLOOR_STRENGTH * FLOOR_RATE) / (effective + _FLOOR_STRENGTH))
