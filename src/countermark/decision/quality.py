"""Decisions held against the truth of a known market: precision, recall, calibration, misses.

A counterfeit is a listing that is counterfeit or a declared replica; it is *found* when it is
reviewed, held or removed under a claim that says so. A review for misuse of a mark or grey-market
goods neither finds nor wrongs a counterfeit; those claims have figures of their own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.account_quality import AccountQuality, account_quality
from countermark.decision.calibration import calibration_error
from countermark.decision.distinct import encoded
from countermark.decision.evidence import numbers, words
from countermark.decision.quality_page import LET_THROUGH, Mistake, Quality
from countermark.decision.ranking import precision_at_recall
from countermark.decision.shares import Clusters, Share
from countermark.domain.decisions import QUESTION_OF_CLAIM, QUESTION_OF_TRUTH, QUESTIONS, TRUTHS
from countermark.domain.tables import ACTIONS, CLAIMS

__all__ = ["GROUPS", "Mistake", "Quality", "QualitySettings", "quality_of"]

GROUPS: Final = ("language", "evasion", "seller_kind", "kind")
"""Columns of a truth table by which figures are given, where it has them."""

_EVALUATE, _REVIEW, _HOLD = (ACTIONS.index(name) for name in ("evaluate", "review", "hold"))


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySettings:
    """How decisions are measured.

    Attributes:
        risk_at: risk in percent from which on a listing counts as found by its risk alone.
        resamples, seed: of the bootstrap over sellers.
        worst: how many misses and false alarms are listed.
        bins: equal-mass bins of the calibration error.
    """

    risk_at: float = 50.0
    resamples: int = 200
    seed: int = 0
    worst: int = 20
    bins: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """Every listing of the truth table with what was decided; parallel arrays.

    Attributes:
        truth: position in `TRUTHS`. level: position in `ACTIONS`. claim: in `CLAIMS`, or -1.
        risk: percent. rank: the challenger's, NaN without one. decided: whether it has a decision.
        so, found: it is counterfeit; it was found to be.
    """

    table: pa.Table
    truth: np.ndarray
    level: np.ndarray
    claim: np.ndarray
    risk: np.ndarray
    rank: np.ndarray
    decided: np.ndarray
    so: np.ndarray
    found: np.ndarray


def quality_of(
    decisions: pa.Table,
    truth: pa.Table,
    *,
    floor_risk: float,
    sellers: pa.Table | None = None,
    settings: QualitySettings | None = None,
) -> Quality:
    """How good decisions are against a truth table.

    Args:
        decisions: schema `DECISIONS`; those of listings that the truth table lacks are left out.
        truth: schema `domain.decisions.TRUTH`, only the first two columns required.
        floor_risk: risk in percent of a listing without a decision, `Weights.floor_risk`.
        sellers: schema `SELLERS`; None, or a truth without sellers: accounts are not measured.

    Raises:
        ValueError: a truth that the schema does not know.
    """
    settings = settings or QualitySettings()
    judged = _judged(decisions, truth, floor_risk)
    clusters = _clusters(judged, settings)
    risk, weight = judged.risk / 100, np.ones(truth.num_rows)
    error = calibration_error(risk, judged.so, weight, bins=settings.bins)
    some = judged.decided
    decided = calibration_error(risk[some], judged.so[some], weight[some], bins=settings.bins)
    return Quality(
        listings=truth.num_rows,
        counterfeits=int(judged.so.sum()),
        shares=dict(_shares(judged, clusters, settings.risk_at)),
        groups={
            name: _group(judged, clusters, name) for name in GROUPS if name in truth.schema.names
        },
        error=error,
        error_decided=decided,
        orders=_orders(judged),
        accounts=_accounts(sellers, truth),
        confusion=_confusion(judged),
        misses=_mistakes(judged, judged.so & ~judged.found, settings.worst, highest=False),
        false_alarms=_mistakes(judged, _wronged(judged), settings.worst, highest=True),
    )


def _orders(judged: _Judged) -> Mapping[str, Mapping[float, float]]:
    """How good the order by risk is, and the challenger's where there is one."""
    scores = {"risk": judged.risk, "challenger": judged.rank}
    return {
        name: precision_at_recall(score, judged.so)
        for name, score in scores.items()
        if not np.isnan(score).all()
    }


def _accounts(sellers: pa.Table | None, truth: pa.Table) -> AccountQuality | None:
    if sellers is None or "seller_id" not in truth.schema.names:
        return None
    return account_quality(sellers, truth)


def _judged(decisions: pa.Table, truth: pa.Table, floor_risk: float) -> _Judged:
    everywhere = np.arange(truth.num_rows)
    codes = words(truth.column("claim"), everywhere, TRUTHS)
    if (codes < 0).any():
        strange = truth.column("claim")[int(np.argmin(codes))].as_py()
        raise ValueError(f"a listing is {strange!r}, which is none of {TRUTHS}")
    ids = pc.index_in(truth.column("listing_id"), value_set=decisions.column("listing_id"))
    at = ids.fill_null(-1).to_numpy().astype(np.int64)
    risk = numbers(decisions.column("risk"), at)
    level = np.maximum(words(decisions.column("action"), at, ACTIONS), 0)
    claim = words(decisions.column("claim"), at, CLAIMS)
    asks = np.array([QUESTION_OF_CLAIM[name] == "counterfeit" for name in CLAIMS] + [False])
    so = np.array([QUESTION_OF_TRUTH.get(name) == "counterfeit" for name in TRUTHS])
    return _Judged(
        table=truth, truth=codes, level=level, claim=claim,
        risk=np.where(np.isnan(risk), floor_risk, risk), decided=at >= 0,
        rank=numbers(decisions.column("rank"), at),
        so=so[codes], found=(level >= _REVIEW) & asks[claim],
    )  # fmt: skip


def _clusters(judged: _Judged, settings: QualitySettings) -> Clusters:
    """Listings by seller; one without a seller is its own."""
    size = judged.table.num_rows
    if "seller_id" not in judged.table.schema.names:
        return Clusters.of(np.arange(size), resamples=settings.resamples, seed=settings.seed)
    seller, _ = encoded(judged.table.column("seller_id"))
    alone = seller.max(initial=0) + 1 + np.arange(size)
    codes = np.where(seller >= 0, seller, alone)
    return Clusters.of(codes, resamples=settings.resamples, seed=settings.seed)


def _shares(judged: _Judged, clusters: Clusters, risk_at: float) -> Iterator[tuple[str, Share]]:
    over, so = judged.risk >= risk_at, judged.so
    asks_so = judged.found
    held, removed = judged.level >= _HOLD, judged.level > _HOLD
    yield "precision", clusters.share(so, asks_so)
    yield "recall", clusters.share(asks_so, so)
    yield f"precision at risk {risk_at:g}", clusters.share(so, over)
    yield f"recall at risk {risk_at:g}", clusters.share(over, so)
    yield "held or removed: precision", clusters.share(so, held & asks_so)
    yield "held or removed: recall", clusters.share(held & asks_so, so)
    yield "removed: precision", clusters.share(so, removed & asks_so)
    for question in QUESTIONS[1:]:
        is_so, acted = _of_question(judged, question)
        yield f"{question}: precision", clusters.share(is_so, acted)
        yield f"{question}: recall", clusters.share(acted, is_so)
        _, noted = _of_question(judged, question, least=_EVALUATE)
        yield f"{question}: precision with what is only noted", clusters.share(is_so, noted)
        yield f"{question}: recall with what is only noted", clusters.share(noted, is_so)
    for number, name in enumerate(TRUTHS):
        mine = judged.truth == number
        if QUESTION_OF_TRUTH.get(name) == "counterfeit":
            yield f"{name}: recall", clusters.share(asks_so, mine)
    yield "innocent listings held or removed", clusters.share(held, judged.truth == 0)


def _of_question(
    judged: _Judged, question: str, *, least: int = _REVIEW
) -> tuple[np.ndarray, np.ndarray]:
    """Whether each listing is what a question asks, and whether at least `least` followed from that claim."""
    so = np.array([QUESTION_OF_TRUTH.get(name) == question for name in TRUTHS])[judged.truth]
    asks = np.array([QUESTION_OF_CLAIM[name] == question for name in CLAIMS] + [False])
    return so, (judged.level >= least) & asks[judged.claim]


def _group(judged: _Judged, clusters: Clusters, name: str) -> Mapping[str, Mapping[str, Share]]:
    """Recall and precision of found counterfeits for each value of a column, by value."""
    codes, values = encoded(judged.table.column(name))
    labels = [value or "none" for value in [*values.to_pylist(), None]]
    codes = np.where(codes >= 0, codes, len(values))
    groups = {}
    for label in sorted(set(labels)):
        mine = np.isin(codes, [k for k, each in enumerate(labels) if each == label])
        recall = clusters.share(judged.found, judged.so & mine)
        precision = clusters.share(judged.so, judged.found & mine)
        if recall.trials or precision.trials:
            groups[label] = {"recall": recall, "precision": precision}
    return groups


def _confusion(judged: _Judged) -> Mapping[str, Mapping[str, int]]:
    acted = np.where(judged.level >= _REVIEW, judged.claim, -1)
    columns = (*CLAIMS, LET_THROUGH)
    counts = np.zeros((len(TRUTHS), len(columns)), np.int64)
    np.add.at(counts, (judged.truth, acted), 1)
    return {
        truth: dict(zip(columns, row, strict=True))
        for truth, row in zip(TRUTHS, counts.tolist(), strict=True)
    }


def _wronged(judged: _Judged) -> np.ndarray:
    """Listings held or removed that are not what the claim says."""
    right = np.zeros(len(judged.truth), bool)
    for question in QUESTIONS:
        so, acted = _of_question(judged, question)
        right |= so & acted
    return (judged.level >= _HOLD) & ~right


def _mistakes(
    judged: _Judged, wrong: np.ndarray, most: int, *, highest: bool
) -> tuple[Mistake, ...]:
    at = np.flatnonzero(wrong)
    risk = judged.risk[at]
    at = at[np.argsort(-risk if highest else risk, kind="stable")[:most]]
    names = [name for name in ("seller_id", *GROUPS) if name in judged.table.schema.names]
    rows = judged.table.select(["listing_id", *names]).take(pa.array(at)).to_pylist()
    return tuple(
        Mistake(
            listing_id=row["listing_id"],
            risk=float(judged.risk[place]),
            action=ACTIONS[judged.level[place]],
            truth=TRUTHS[judged.truth[place]],
            about={name: row[name] for name in names},
        )
        for place, row in zip(at.tolist(), rows, strict=True)
    )
