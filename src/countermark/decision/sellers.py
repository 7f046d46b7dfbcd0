"""The table of accounts: their risk, what was found, and whether a person should look."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.accounts import account_bits
from countermark.decision.acting import REVIEW, Levels
from countermark.decision.distinct import encoded
from countermark.decision.evidence import Rows
from countermark.decision.policy import Policy
from countermark.decision.weights import Weights

MOST_MARKS = 5


def sellers_table(
    rows: Rows,
    levels: Levels,
    *,
    marks: pa.Array,
    weights: Weights,
) -> Mapping[str, pa.Array]:
    """The accounts with at least one listing that names a mark: columns of `SELLERS`, no action.

    Args:
        levels: what follows for each row, limits kept.
        marks: mark of each row.
    """
    size, known = len(rows.sellers), rows.seller >= 0
    seller = rows.seller[known]
    acted = levels.level[known] >= REVIEW
    naming = np.bincount(seller, weights=rows.named[known] >= 0, minlength=size)
    suspect = np.bincount(seller, weights=acted, minlength=size)
    expected = np.bincount(seller, weights=levels.counterfeit[known] / 100, minlength=size)
    bits = account_bits(rows, levels.counterfeit / 100)
    risk = 100 * weights.account.probability(bits)
    kept = np.flatnonzero(naming > 0)
    return {
        "seller_id": rows.sellers.take(pa.array(kept)),
        "risk": pa.array(risk[kept].astype(np.float32)),
        "listings": pa.array(rows.scanned[kept]),
        "naming": pa.array(naming[kept].astype(np.int64)),
        "suspect": pa.array(suspect[kept].astype(np.int64)),
        "expected": pa.array(expected[kept].astype(np.float32)),
        "marks": _marks(rows, levels, marks).take(pa.array(kept)),
    }


def reviewed(columns: Mapping[str, pa.Array], policy: Policy) -> Mapping[str, pa.Array]:
    """The columns with the action: `review` where the policy wants a person to look."""
    asked = policy.sellers
    suspects = columns["suspect"].to_numpy() >= asked.least_suspects
    risk = columns["risk"].to_numpy()
    over = asked.review_at is not None and risk >= float(asked.review_at)
    review = pa.array((suspects & over).astype(np.int8))
    return {**columns, "action": pa.array(["allow", "review"]).take(review)}


def _marks(rows: Rows, levels: Levels, marks: pa.Array) -> pa.ListArray:
    """For each seller the marks of most suspect listings, then by name; at most `MOST_MARKS`."""
    at = np.flatnonzero((levels.level >= REVIEW) & (rows.seller >= 0))
    code, names = encoded(pa.chunked_array([marks.take(pa.array(at))]))
    at, code = at[code >= 0], code[code >= 0]
    by_name = np.argsort(pc.sort_indices(names).to_numpy()) if len(names) else code
    pair = rows.seller[at] * max(1, len(names)) + by_name[code]
    pairs, counts = np.unique(pair, return_counts=True)
    seller, rank = pairs // max(1, len(names)), pairs % max(1, len(names))
    order = np.lexsort((rank, -counts, seller))
    seller, rank = seller[order], rank[order]
    place = np.arange(len(seller)) - np.searchsorted(seller, seller)
    seller, rank = seller[place < MOST_MARKS], rank[place < MOST_MARKS]
    sizes = np.bincount(seller, minlength=len(rows.sellers))
    offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    ordered = names.take(pc.sort_indices(names))
    return pa.ListArray.from_arrays(pa.array(offsets), ordered.take(pa.array(rank, pa.int64())))
