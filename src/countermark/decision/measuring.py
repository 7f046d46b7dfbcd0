"""What labels say of each rule alone: likelihood ratio, precision with its bound, lift."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from countermark.decision.evidence import Rows
from countermark.decision.intervals import lower_bound
from countermark.decision.labels import Labelled
from countermark.decision.weights import bits_of_odds


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """Measured of each rule in `Fired.keys`; parallel arrays.

    Attributes:
        labelled, confirmed, sellers: int64 counts, as in `weights.RuleWeight`.
        precision, lift, marginal: float64, NaN where nothing was labelled; of what labels say,
            mistakes included.
        lower: one-sided 95 % lower bound of the precision; 0 where nothing was labelled.
        single: bits of the rule alone, shrunk towards its prior; labels that are probably wrong
            count little.
    """

    labelled: np.ndarray
    confirmed: np.ndarray
    sellers: np.ndarray
    precision: np.ndarray
    lower: np.ndarray
    lift: np.ndarray
    marginal: np.ndarray
    single: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Beliefs:
    """What is believed before any label.

    Attributes:
        base_rate: share of listings that are what is asked.
        strength: how many labelled findings an author's prior counts for.
        bits: prior bits of each rule in `Fired.keys`.
    """

    base_rate: float
    strength: float
    bits: np.ndarray


def measures_of(
    rows: Rows, labelled: Labelled, question: str, *, asked: np.ndarray, beliefs: Beliefs
) -> Measures:
    """What the labels say of each rule.

    The likelihood ratio P(fires | so) / P(fires | not) equals the odds among labelled findings
    over the odds among all labelled listings, which needs no count of quiet listings and is exact
    under any sampling that `Labelled.inverse` describes. An author's prior enters as `strength`
    more labelled findings of the precision that the prior stands for.

    Args:
        labelled: listings that are in `rows`.
        asked: bool of each rule, whether it answers this question.
    """
    so, says = labelled.is_so(question), labelled.says(question)
    rate, said = _rate(so, labelled, beliefs), _rate(says, labelled, beliefs)
    pair, at = _labelled_pairs(rows, labelled, asked)
    key = rows.fired.key[pair]
    size = len(rows.fired.keys)
    weight, worth = labelled.inverse[at], labelled.worth[at]
    count = np.bincount(key, minlength=size)
    precision = _mean(says[at], weight, key, size)
    effective = np.minimum(count, _effective(weight, key, size))
    alone = np.bincount(rows.fired.row[pair], minlength=len(rows))[rows.fired.row[pair]] == 1
    sellers = np.unique(key * (len(rows.sellers) + 1) + rows.seller[rows.fired.row[pair]] + 1)
    marginal = _mean(says[at[alone]], weight[alone], key[alone], size)
    trusted = _mean(so[at], weight * worth, key, size)
    mass = effective * _mean(worth, np.ones(len(at)), key, size)
    return Measures(
        labelled=count,
        confirmed=np.bincount(key, weights=says[at], minlength=size).astype(np.int64),
        sellers=np.bincount(sellers // (len(rows.sellers) + 1), minlength=size),
        precision=precision,
        lower=lower_bound(np.nan_to_num(precision) * effective, effective),
        lift=precision / said,
        marginal=marginal / said,
        single=_single(np.nan_to_num(trusted), np.nan_to_num(mass), rate, beliefs),
    )


def _rate(so: np.ndarray, labelled: Labelled, beliefs: Beliefs) -> float:
    """Share of labelled listings that are so, the belief counting as `strength` labels."""
    weight = labelled.inverse
    total = float(weight.sum())
    effective = total**2 / float(weight @ weight) if len(weight) else 0.0
    share = float(weight @ so) / total if len(weight) else 0.0
    return (share * effective + beliefs.base_rate * beliefs.strength) / (
        effective + beliefs.strength
    )


def _labelled_pairs(
    rows: Rows, labelled: Labelled, asked: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of `Fired` that are about labelled listings, and the label of each."""
    label = np.full(len(rows), -1)
    label[labelled.row] = np.arange(len(labelled))
    if not len(rows.fired.keys):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    of_pair = label[rows.fired.row]
    pair = np.flatnonzero((of_pair >= 0) & asked[rows.fired.key])
    return pair, of_pair[pair]


def _mean(values: np.ndarray, weight: np.ndarray, key: np.ndarray, size: int) -> np.ndarray:
    """Weighted mean of each key, NaN where it has none."""
    mass = np.bincount(key, weights=weight, minlength=size)
    total = np.bincount(key, weights=weight * values, minlength=size)
    found = np.full(size, np.nan)
    np.divide(total, mass, out=found, where=mass > 0)
    return found


def _effective(weight: np.ndarray, key: np.ndarray, size: int) -> np.ndarray:
    """Kish's effective number of labels of each key."""
    mass = np.bincount(key, weights=weight, minlength=size)
    square = np.bincount(key, weights=weight**2, minlength=size)
    found = np.zeros(size)
    np.divide(mass**2, square, out=found, where=square > 0)
    return found


def _single(precision: np.ndarray, mass: np.ndarray, rate: float, beliefs: Beliefs) -> np.ndarray:
    """log2 likelihood ratio of each rule, in bits."""
    base = bits_of_odds(min(max(rate, 1e-9), 1 - 1e-9))
    believed = 1 / (1 + np.exp2(-(base + beliefs.bits)))
    yes = mass * precision + beliefs.strength * believed
    no = mass * (1 - precision) + beliefs.strength * (1 - believed)
    return np.asarray(np.log2(yes / no) - base)
