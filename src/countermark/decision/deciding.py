"""Findings weighed under one policy: what follows for every listing and every seller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.acting import Levels, levels_of
from countermark.decision.evidence import Rows, rows_of
from countermark.decision.grounds import grounds_of
from countermark.decision.limits import capped, precise
from countermark.decision.policy import Policy, policy_id
from countermark.decision.scoring import scores_of
from countermark.decision.sellers import reviewed, sellers_table
from countermark.decision.standing import standings
from countermark.decision.weights import Weights, weights_id
from countermark.domain.rules import Rule
from countermark.domain.tables import ACTIONS, CLAIMS, DECISIONS, SELLERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What findings are weighed by.

    Attributes:
        rules: those of the snapshot.
        version: snapshot, policy and weights, as every decision names them.
    """

    weights: Weights
    policy: Policy
    snapshot_id: str
    rules: Sequence[Rule]
    version: str = field(init=False)

    def __post_init__(self) -> None:
        """Name the version once; hashing large weights takes longer than judging a listing."""
        ids = (self.snapshot_id, policy_id(self.policy), weights_id(self.weights))
        object.__setattr__(self, "version", "/".join(ids))


FINDINGS_READ: Final = (
    "listing_id", "seller_id", "rule", "rev", "status", "claim", "disclosable", "mark",
)  # fmt: skip
NAMED_READ: Final = (
    "listing_id", "seller_id", "mark", "how", "named_in", "role", "maker", "asked_share", "typical_share", "condition",
    "abroad", "seller_age_days", "seller_rating", "price_minor", "currency", "pack_size", "reference_minor", "reference_currency",
)  # fmt: skip
"""The columns that `decide` reads; millions of rows need not be held with the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What follows from one scan.

    Attributes:
        decisions: schema `DECISIONS`, one row a listing that names a mark or has a finding.
        sellers: schema `SELLERS`.
        notes: breakers that tripped and limits that were reached, one sentence each.
    """

    decisions: pa.Table
    sellers: pa.Table
    notes: tuple[str, ...]


def decide(
    findings: pa.Table,
    named: pa.Table,
    seller_totals: pa.Table,
    *,
    basis: Basis,
    scanned: int,
    ranks: pa.Table | None = None,
) -> Decided:
    """What follows for every listing that names a mark or has a finding.

    The risk is the calibrated probability in percent that the listing is counterfeit or a declared
    replica; misuse of a mark and grey-market goods are judged by probabilities of their own and
    never raise it. Order of the steps: rules that may act, risks, thresholds, expected precision,
    cap of each seller, cap of the run.

    Args:
        findings, named: of one scan; schemas `FINDINGS` and `NAMED`. Of several rows of a listing
            in `named` the last counts.
        seller_totals: schema `domain.decisions.SELLER_TOTALS`.
        scanned: how many listings were scanned, at least those of both tables.
        ranks: schema `domain.decisions.RANKS`, the challenger's order.

    Raises:
        ValueError: a finding of a rule that neither the weights nor the rules know, or more
            listings than were scanned.
    """
    rows = rows_of(findings, named, seller_totals)
    if scanned < len(rows):
        raise ValueError(f"{len(rows)} listings have evidence and only {scanned} were scanned")
    stand = standings(rows.fired, policy=basis.policy, rules=basis.rules, scanned=scanned)
    may, weights, policy = stand.of_key, basis.weights, basis.policy
    scores = scores_of(rows, named, weights=weights, rules=basis.rules, standing=may)
    first = levels_of(rows, scores, weights=weights, policy=policy, standing=may)
    sure = precise(first, rows, policy)
    last = capped(sure.levels, rows, policy, scanned=scanned)
    grounds = grounds_of(rows, scores, last.levels, may)
    marks = _marks(rows, findings, named)
    decisions = _decisions(rows, last.levels, grounds, marks=marks, ranks=ranks)
    sellers = sellers_table(rows, last.levels, marks=marks, weights=weights)
    return Decided(
        decisions=_with_version(decisions, basis.version, DECISIONS),
        sellers=_with_version(reviewed(sellers, policy), basis.version, SELLERS),
        notes=(*stand.notes, *sure.notes, *last.notes),
    )


_PIECE: Final = 1 << 16


def _with_version(columns: Mapping[str, pa.Array], version: str, schema: pa.Schema) -> pa.Table:
    size = len(next(iter(columns.values())))
    # The same short piece again and again: of ten million rows the whole column weighs 0.6 GB.
    piece = pa.repeat(version, min(size, _PIECE))
    pieces = [piece.slice(0, min(_PIECE, size - at)) for at in range(0, size, _PIECE)]
    full = {**columns, "version": pa.chunked_array(pieces, pa.string())}
    return pa.Table.from_arrays([full[field.name] for field in schema], schema=schema)


def _marks(rows: Rows, findings: pa.Table, named: pa.Table) -> pa.Array:
    """The mark that each listing names; of one that is not among `named`, that of a finding."""
    at = pa.array(rows.named, mask=rows.named < 0)
    marks = named.column("mark").combine_chunks().cast(pa.string()).take(at)
    first = np.full(len(rows), -1)
    first[rows.fired.row[::-1]] = rows.fired.finding[::-1]
    other = findings.column("mark").combine_chunks().cast(pa.string())
    return pc.coalesce(marks, other.take(pa.array(first, mask=first < 0)))


def _decisions(
    rows: Rows,
    levels: Levels,
    grounds: pa.ListArray,
    *,
    marks: pa.Array,
    ranks: pa.Table | None,
) -> Mapping[str, pa.Array]:
    seller = pa.array(rows.seller, mask=rows.seller < 0)
    claim = pa.array(levels.claim, mask=levels.claim < 0)
    return {
        "listing_id": rows.ids,
        "seller_id": rows.sellers.take(seller),
        "risk": pa.array(levels.counterfeit.astype(np.float32)),
        "rank": _ranks(rows, ranks),
        "action": pa.array(ACTIONS, pa.string()).take(pa.array(levels.level)),
        "claim": pa.array(CLAIMS, pa.string()).take(claim),
        "mark": marks,
        "grounds": grounds,
    }


def _ranks(rows: Rows, ranks: pa.Table | None) -> pa.Array:
    if ranks is None:
        return pa.nulls(len(rows), pa.float32())
    at = pc.index_in(rows.ids, value_set=ranks.column("listing_id").combine_chunks())
    return ranks.column("rank").combine_chunks().take(at)
