"""Labels brought together: one truth a listing, with its weight."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.distinct import encoded
from countermark.decision.evidence import Rows
from countermark.domain.decisions import (
    LABEL_CLAIMS,
    ORIGIN_WEIGHTS,
    ORIGINS,
    QUESTION_OF_TRUTH,
    RANK_OF_ORIGIN,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """Labelled listings ordered by id; parallel arrays.

    Attributes:
        row: int64 position in `Rows`; -1 for a listing that names no mark and has no finding.
        truth: int64 position in `LABEL_CLAIMS`.
        worth: how many plain reviews the label counts for.
        inverse: 1 / probability of having been sampled, >= 1; 1 where it is not known.
        drawn: bool, that probability is known.
        right: probability that the label is right, 0 to 1, see `mistakes.py`.
    """

    row: np.ndarray
    truth: np.ndarray
    worth: np.ndarray
    inverse: np.ndarray
    drawn: np.ndarray
    right: np.ndarray

    def __len__(self) -> int:
        """How many listings."""
        return len(self.row)

    def take(self, keep: np.ndarray) -> Labelled:
        """Those that `keep` (mask or positions) selects."""
        return Labelled(
            row=self.row[keep], truth=self.truth[keep], worth=self.worth[keep],
            inverse=self.inverse[keep], drawn=self.drawn[keep], right=self.right[keep],
        )  # fmt: skip

    def says(self, question: str) -> np.ndarray:
        """float64, 1 where the label says what the question asks, 0 where not."""
        so = np.array([QUESTION_OF_TRUTH.get(truth) == question for truth in LABEL_CLAIMS], float)
        return np.asarray(so[self.truth])

    def is_so(self, question: str) -> np.ndarray:
        """float64, probability that it is what the question asks: 1 or 0 for labels surely right."""
        says = self.says(question)
        return np.asarray(says * self.right + (1 - says) * (1 - self.right))

    def answers(self, question: str) -> np.ndarray:
        """Whether each label says anything about a question."""
        open_ = LABEL_CLAIMS.index("not_counterfeit")
        return np.asarray((self.truth != open_) | (question == "counterfeit"))


def labelled_of(labels: pa.Table, rows: Rows) -> Labelled:
    """One truth a listing: of the best origin, the most frequent one, then the first.

    Labels whose author could not tell are left out.

    Args:
        labels: schema `domain.decisions.LABELS`.

    Raises:
        ValueError: a claim, origin or inclusion that the schema does not know.
    """
    labels = labels.filter(pc.is_valid(labels.column("claim")))
    truth = _known(labels.column("claim"), LABEL_CLAIMS)
    origin = _known(labels.column("origin"), ORIGINS)
    inclusion, drawn = np.ones(labels.num_rows), np.zeros(labels.num_rows, bool)
    if "inclusion" in labels.schema.names:
        inclusion = labels.column("inclusion").fill_null(1.0).to_numpy()
        drawn = labels.column("inclusion").is_valid().to_numpy()
    if len(inclusion) and not (inclusion.min() > 0 and inclusion.max() <= 1):
        raise ValueError("an inclusion probability is outside (0, 1]")
    listing, ids = encoded(labels.column("listing_id"))
    chosen = _best(listing, truth, np.array([RANK_OF_ORIGIN[o] for o in ORIGINS])[origin])
    row = pc.index_in(ids, value_set=rows.ids).fill_null(-1).to_numpy().astype(np.int64)
    by_id = pc.sort_indices(ids.take(pa.array(listing[chosen]))).to_numpy().astype(np.int64)
    chosen = chosen[by_id]
    return Labelled(
        row=row[listing[chosen]],
        truth=truth[chosen],
        worth=np.array([ORIGIN_WEIGHTS[o] for o in ORIGINS])[origin[chosen]],
        inverse=1.0 / inclusion[chosen],
        drawn=drawn[chosen],
        right=np.ones(len(chosen)),
    )


def _known(column: pa.ChunkedArray, values: tuple[str, ...]) -> np.ndarray:
    found = pc.index_in(column, value_set=pa.array(values, pa.string()))
    if found.null_count:
        at = pc.index(pc.is_null(found), True).as_py()
        raise ValueError(f"label says {column[at].as_py()!r}, which is none of {values}")
    return np.asarray(found.to_numpy()).astype(np.int64)


def _best(listing: np.ndarray, truth: np.ndarray, rank: np.ndarray) -> np.ndarray:
    """Position of the label that counts for each listing."""
    if not len(listing):
        return np.zeros(0, np.int64)
    best = np.full(int(listing.max()) + 1, len(ORIGINS))
    np.minimum.at(best, listing, rank)
    top = np.flatnonzero(rank == best[listing])
    key = listing[top] * len(LABEL_CLAIMS) + truth[top]
    votes = np.bincount(key)[key]
    order = np.lexsort((truth[top], -votes, listing[top]))
    _, first = np.unique(listing[top][order], return_index=True)
    return top[order[first]]


def steady_weights(labelled: Labelled, evidence: np.ndarray) -> np.ndarray:
    """How much each label counts in a fit that knows the evidence.

    A sample drawn by evidence does not bias a model of the evidence, so inverse sampling
    probabilities are divided by their mean among listings of about the same evidence (whole
    bits): what remains is the part that the evidence does not explain, at far less variance
    (stabilised weights, Robins, Hernan and Brumback 2000).
    """
    _, band = np.unique(np.floor(np.clip(evidence, 0, 15)), return_inverse=True)
    total = np.bincount(band, weights=labelled.inverse)
    mean = total / np.maximum(np.bincount(band), 1)
    return labelled.worth * labelled.inverse / mean[band] if len(band) else labelled.worth
