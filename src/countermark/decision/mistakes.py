"""How often people are wrong, and which labels probably are.

Where some listings were labelled by two people who did not know of each other, their disagreements
tell how often one of them errs: two independent labels with error e differ with probability
2 e (1 - e). Without a correction a model learns the mistakes as well: a listing that cannot be
counterfeit seems to be with probability e, and no evidence seems surer than 1 - e (Rogan and
Gladen 1978). Which labels are wrong is unknown and only probable: from what the evidence says of a
listing without its seller's labels, Bayes' rule gives the probability of its label, learning is
repeated with these, and so on (expectation maximisation, Dawid and Skene 1979).
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.distinct import encoded
from countermark.domain.decisions import QUESTION_OF_TRUTH

ROUNDS: Final = 4
"""How often learning is repeated; the beliefs have settled by then."""

_STRENGTH: Final = 20.0
"""Pairs of agreeing labels that are believed in before any was seen."""
_MOST: Final = 0.2
"""Labels wrong more often than that are not repaired any further."""


def error_share(labels: pa.Table) -> float:
    """Share of labels that are wrong about counterfeits, 0 to 0.2; 0 where no listing has two.

    Wrong ones of either kind are taken to be equally frequent, as disagreements cannot tell them
    apart.

    Args:
        labels: schema `domain.decisions.LABELS`.
    """
    labels = labels.filter(pc.is_valid(labels.column("claim")))
    listing, _ = encoded(labels.column("listing_id"))
    claims = labels.column("claim").to_pylist()
    so = np.array([QUESTION_OF_TRUTH.get(claim) == "counterfeit" for claim in claims], bool)
    count = np.bincount(listing)
    yes = np.bincount(listing, weights=so)
    pairs, differ = float((count * (count - 1) / 2).sum()), float((yes * (count - yes)).sum())
    disagreement = differ / (pairs + _STRENGTH)
    return float(min((1 - np.sqrt(max(0.0, 1 - 2 * disagreement))) / 2, _MOST))


def rightness(so: np.ndarray, probability: np.ndarray, error: float) -> np.ndarray:
    """Probability that each label is right.

    Args:
        so: 1 where the label says counterfeit, 0 where not.
        probability: that the listing is counterfeit, by evidence that did not see the label.
        error: share of labels that are wrong.
    """
    said = np.where(so > 0, probability, 1 - probability)
    right = (1 - error) * said
    return np.asarray(right / (right + error * (1 - said)))


def without_mistakes(share: float, error: float) -> float:
    """The true share of counterfeits where labels with that error say `share`, 0 to 1."""
    return min(1.0, max(0.0, (share - error) / (1 - 2 * error)))
