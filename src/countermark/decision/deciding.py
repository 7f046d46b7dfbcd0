"""Findings weighed under one policy: what follows for every listing and every seller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.acting import Levels, levels_of
from countermark.decision.distinct import encoded
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
        coded: as `decisions`, with dictionaries where values repeat: of ten million listings the
            plain table weighs half a gigabyte more.
        sellers: schema `SELLERS`.
        notes: breakers that tripped and limits that were reached, one sentence each.
    """

    coded: pa.Table
    sellers: pa.Table
    notes: tuple[str, ...]

    @property
    def decisions(self) -> pa.Table:
        """Schema `DECISIONS`, one row a listing that names a mark or has a finding."""
        return self.coded.cast(DECISIONS)

    def pieces(self, rows: int) -> Iterator[pa.Table]:
        """The decisions in tables of at most `rows` rows, at least one."""
        for at in range(0, max(1, len(self.coded)), rows):
            yield self.coded.slice(at, rows).cast(DECISIONS)

    def counted(self) -> Mapping[str, int]:
        """How many decisions there are of each action that was taken, by its name."""
        action = self.coded.column("action").combine_chunks()
        counts = np.bincount(action.indices.to_numpy(), minlength=len(ACTIONS)).tolist()
        return {name: n for name, n in sorted(zip(ACTIONS, counts, strict=True)) if n}


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
    del scores
    marks = _marks(rows, findings, named)
    sellers = reviewed(sellers_table(rows, last.levels, marks=marks, weights=weights), policy)
    sellers = {**sellers, "version": pa.repeat(basis.version, len(sellers["action"]))}
    return Decided(
        coded=_decisions(
            rows, last.levels, grounds, marks=marks, ranks=ranks, version=basis.version
        ),
        sellers=pa.table([sellers[field.name] for field in SELLERS], schema=SELLERS),
        notes=(*stand.notes, *sure.notes, *last.notes),
    )


def _marks(rows: Rows, findings: pa.Table, named: pa.Table) -> pa.DictionaryArray:
    """The mark that each listing names; of one that is not among `named`, that of a finding."""
    codes, marks = encoded(named.column("mark"), findings.column("mark"))
    of_named, of_finding = np.split(np.append(codes, -1), [named.num_rows])
    first = np.full(len(rows), -1)
    first[rows.fired.row[::-1]] = rows.fired.finding[::-1]
    mark = of_finding[first]
    if named.num_rows:
        mark = np.where(rows.named >= 0, of_named[rows.named], mark)
    return _coded(mark, marks)


def _coded(codes: np.ndarray, values: pa.Array) -> pa.DictionaryArray:
    """The value of each code, null for negative ones."""
    small = np.int8 if len(values) < np.iinfo(np.int8).max else np.int32
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(small), mask=codes < 0), values)


def _decisions(
    rows: Rows,
    levels: Levels,
    grounds: pa.ListArray,
    *,
    marks: pa.DictionaryArray,
    ranks: pa.Table | None,
    version: str,
) -> pa.Table:
    nothing = np.zeros(len(rows), np.int8)
    columns = {
        "listing_id": rows.ids,
        "seller_id": _coded(rows.seller, rows.sellers),
        "risk": pa.array(levels.counterfeit.astype(np.float32)),
        "rank": _ranks(rows, ranks),
        "action": _coded(levels.level, pa.array(ACTIONS, pa.string())),
        "claim": _coded(levels.claim, pa.array(CLAIMS, pa.string())),
        "mark": marks,
        "grounds": grounds,
        "version": _coded(nothing, pa.array([version], pa.string())),
    }
    return pa.table({field.name: columns[field.name] for field in DECISIONS})


def _ranks(rows: Rows, ranks: pa.Table | None) -> pa.Array:
    if ranks is None:
        return pa.nulls(len(rows), pa.float32())
    at = pc.index_in(rows.ids, value_set=ranks.column("listing_id").combine_chunks())
    return ranks.column("rank").combine_chunks().take(at)
