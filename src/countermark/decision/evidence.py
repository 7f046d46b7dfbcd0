"""Findings and named listings brought together: one row a listing, one pair a rule that fired."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.distinct import encoded
from countermark.domain.tables import CLAIMS


class RuleKey(NamedTuple):
    """One revision of one rule, as it fired."""

    rule: str
    rev: int
    claim: str
    disclosable: bool
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """Distinct pairs of a listing and a rule that fired for it, ordered by row.

    Attributes:
        keys: the rules, ordered by id and revision.
        row: int64, position in `Rows`.
        key: int64, position in `keys`.
        finding: int64, the first finding of the pair.
    """

    keys: tuple[RuleKey, ...]
    row: np.ndarray
    key: np.ndarray
    finding: np.ndarray

    def of_key(self, values: Sequence[float] | np.ndarray) -> np.ndarray:
        """A value of each rule, for each pair."""
        return np.asarray(values)[self.key] if len(self.keys) else np.zeros(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Every listing that names a mark or has a finding; parallel arrays, one row a listing.

    Attributes:
        ids: listing ids.
        named: int64, row in the table of named listings (of several sightings the last), or -1.
        seller: int64, position in `sellers`, or -1 where not known.
        sellers: seller ids, by first appearance.
        scanned: int64 scanned listings of each of `sellers`, never fewer than its rows.
        fired: what fired.
    """

    ids: pa.Array
    named: np.ndarray
    seller: np.ndarray
    sellers: pa.Array
    scanned: np.ndarray
    fired: Fired

    def __len__(self) -> int:
        """How many listings."""
        return len(self.named)


def rows_of(findings: pa.Table, named: pa.Table, totals: pa.Table | None = None) -> Rows:
    """The listings of both tables, those that name a mark first.

    Args:
        totals: schema `domain.decisions.SELLER_TOTALS`, of the same scan; several rows of a seller
            add up. None: no seller has other listings than those of the tables.
    """
    codes, ids = encoded(named.column("listing_id"), findings.column("listing_id"))
    size, count = len(ids), named.num_rows
    at = np.full(size, -1)
    at[codes[:count]] = np.arange(count)
    finding_row = codes[count:]
    found, sellers = encoded(named.column("seller_id"), findings.column("seller_id"))
    seller = np.full(size, -1)
    seller[finding_row] = found[count:]
    is_named = at >= 0
    known = np.where(is_named, found[:count][at] if count else -1, -1)
    seller = np.where(known >= 0, known, seller)
    return Rows(
        ids=ids, named=at, seller=seller, sellers=sellers,
        scanned=_scanned(seller, sellers, totals), fired=_fired(findings, finding_row),
    )  # fmt: skip


def _scanned(seller: np.ndarray, sellers: pa.Array, totals: pa.Table | None) -> np.ndarray:
    """Scanned listings of each seller."""
    seen = np.bincount(seller[seller >= 0], minlength=len(sellers)).astype(np.int64)
    if totals is None:
        return seen
    place = pc.index_in(totals.column("seller_id"), value_set=sellers).fill_null(-1).to_numpy()
    counts, known = totals.column("listings").to_numpy(), place >= 0
    total = np.bincount(place[known], weights=counts[known], minlength=len(sellers))
    return np.maximum(seen, total.astype(np.int64))


def numbers(column: pa.ChunkedArray, at: np.ndarray) -> np.ndarray:
    """float64 values of a numeric column at some rows; NaN where null or where `at` is negative."""
    values = (
        column.to_numpy()
    )  # integers with nulls come as floats with NaN, flags with nulls do not
    if values.dtype != np.float64:
        values = (
            column.cast(pa.float64()).fill_null(np.nan).to_numpy()
            if values.dtype == object
            else values.astype(np.float64)
        )
    if not len(values):
        return np.full(len(at), np.nan)
    if len(at) == len(values) and np.array_equal(at, np.arange(len(at))):
        return np.asarray(values)
    return np.where(at >= 0, values[at], np.nan)


def words(column: pa.ChunkedArray, at: np.ndarray, known: Sequence[str]) -> np.ndarray:
    """Positions in `known` of a text column at some rows; -1 where null or not among them."""
    value_set = pa.array(known, pa.string())
    if pa.types.is_dictionary(column.type):
        whole = column.combine_chunks()
        place = pc.index_in(whole.dictionary, value_set=value_set).fill_null(-1).to_numpy()
        values = np.append(place, -1)[whole.indices.fill_null(-1).to_numpy()]
    else:
        values = pc.index_in(column, value_set=value_set).fill_null(-1).to_numpy()
    return np.where(at >= 0, values[at], -1) if len(values) else np.full(len(at), -1)


def _fired(findings: pa.Table, row: np.ndarray) -> Fired:
    """Distinct (listing, rule) pairs; a listing that names two marks may have a rule twice."""
    if not findings.num_rows:
        none = np.zeros(0, np.int64)
        return Fired(keys=(), row=none, key=none, finding=none)
    rule, names = encoded(findings.column("rule"))
    rev = findings.column("rev").to_numpy().astype(np.int64)
    plain = [str(name) for name in names.to_pylist()]
    order = np.argsort(np.argsort(np.array(plain, dtype=object), kind="stable"))
    span = int(rev.max()) + 1
    codes, first, key = np.unique(order[rule] * span + rev, return_index=True, return_inverse=True)
    keys = _keys(findings.take(pa.array(first)))
    pairs, finding = np.unique(row * len(codes) + key, return_index=True)
    return Fired(keys=keys, row=pairs // len(codes), key=pairs % len(codes), finding=finding)


def _keys(findings: pa.Table) -> tuple[RuleKey, ...]:
    names = ("rule", "rev", "claim", "disclosable", "status")
    columns = [findings.column(name).to_pylist() for name in names]
    keys = tuple(RuleKey(*values) for values in zip(*columns, strict=True))
    strange = sorted({key.claim for key in keys} - set(CLAIMS))
    if strange:
        raise ValueError(f"findings claim {strange[0]!r}, which is none of {CLAIMS}")
    return keys
