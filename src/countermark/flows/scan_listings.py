"""Scan listings with a snapshot: read, judge in parallel, decide, keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.challenger import ranks_of
from countermark.decision.compact import compact
from countermark.decision.deciding import FINDINGS_READ, NAMED_READ, Basis, Decided, decide
from countermark.decision.policy import Policy, policy_id, policy_plain
from countermark.decision.scoring import weighed_of
from countermark.decision.weights import Weights, weights_id, weights_plain
from countermark.domain.ingested import NOTES, ROW_LINE
from countermark.domain.tables import FINDINGS, LISTINGS, NAMED
from countermark.ingest.mapping import ColumnMapping, source_columns
from countermark.ingest.normalising import normalise
from countermark.knowledge.snapshot import Snapshot, parse_snapshot
from countermark.ports import Engine, RawChunk, RunStore, Source
from countermark.scanning.plan import Plan, plan_of
from countermark.scanning.scanning import RuleCount, scan

PIECE = 1 << 17  # rows of decisions that are spelled out at once
TABLES = ("findings", "named", "rejected", "flagged", "totals")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannedChunk:
    """What came of one chunk: tables by name and plain counts."""

    tables: Mapping[str, pa.Table]
    counts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChunkScan:
    """Makes the function that workers run; sent to each once."""

    snapshot: bytes
    mapping: ColumnMapping

    def __call__(self) -> Callable[[RawChunk], ScannedChunk]:
        """Load the snapshot and plan once; the function scans chunk after chunk."""
        plan = plan_of(parse_snapshot(self.snapshot, source="snapshot"))
        return lambda chunk: scan_chunk(chunk, plan, self.mapping)


def scan_chunk(chunk: RawChunk, plan: Plan, mapping: ColumnMapping) -> ScannedChunk:
    """One chunk read, scanned and counted."""
    if not chunk.rows.num_columns:
        batch, notes = pa.RecordBatch.from_pylist([], schema=LISTINGS), chunk.notes
    else:
        ingested = normalise(chunk.rows, mapping, source=chunk.source)
        batch, notes = ingested.listings, pa.concat_tables([chunk.notes, ingested.notes])
    scanned = scan(batch, plan)
    flagged = pc.is_in(
        batch.column("listing_id"), value_set=pc.unique(scanned.findings.column("listing_id"))
    )
    tables = {
        "findings": scanned.findings, "named": scanned.named, "rejected": notes,
        "flagged": pa.table(batch).filter(flagged), "totals": _seller_totals(batch),
    }  # fmt: skip
    read = len(chunk.rows) + len(chunk.notes)
    counts = {
        "read": read,
        "scanned": len(batch),
        "refused": read - len(batch),
        "set_aside": pc.sum(notes.column("kept")).as_py() or 0,
        "naming": len(scanned.named),
        "findings": len(scanned.findings),
        "rules": {rule: _plain(count) for rule, count in scanned.counts.items()},
    }
    return ScannedChunk(tables=tables, counts=counts)


def _seller_totals(batch: pa.RecordBatch) -> pa.Table:
    return (
        pa.table(batch)
        .group_by("seller_id")
        .aggregate([([], "count_all")])
        .rename_columns(["seller_id", "listings"])
    )


def _plain(count: RuleCount) -> dict[str, Any]:
    return {
        "asked": count.asked,
        "fired": count.fired,
        "unknown": count.unknown,
        "blocked": dict(count.blocked),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """A snapshot, the bytes that workers load it from, and the path that the run remembers it by."""

    snapshot: Snapshot
    data: bytes
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How findings are weighed and what may follow.

    Attributes:
        challenger: the model that orders the queue, as `decision.challenger` writes it; None: no order.
    """

    weights: Weights
    policy: Policy
    challenger: bytes | None = None


def scan_listings(
    source: Source,
    *,
    knowledge: Knowledge,
    judging: Judging,
    engine: Engine,
    run: RunStore,
    mapping: ColumnMapping,
) -> Iterator[dict[str, Any]]:
    """Scan everything; yields the counts so far after each chunk, and the summary of the finished run last.

    Interrupted and called again with the same arguments it goes on after the last whole chunk.

    Nothing is written before the first chunk was read and has the columns that it needs.

    Raises:
        SourceError, UsageError, RunError: nothing that was done is lost.
    """
    identity = _identity(source, knowledge.snapshot, judging, mapping)
    chunks = _some(source, mapping)
    done = run.begin(identity)
    totals: dict[str, Any] = {}
    for counts in run.counts():
        totals = add_counts(totals, counts)
    if done:
        yield totals
    fresh = islice(chunks, done, None)
    for number, part in enumerate(
        engine.map_batches(ChunkScan(snapshot=knowledge.data, mapping=mapping), fresh), start=done
    ):
        run.save_part(number, part.tables, part.counts)
        totals = add_counts(totals, part.counts)
        yield totals
    yield _conclude(run, identity, totals, knowledge, judging)


def _some(source: Source, mapping: ColumnMapping) -> Iterator[RawChunk]:
    """The chunks of a source, of an empty one an empty chunk.

    Raises:
        SourceError, UsageError: at once, if the first chunk cannot be read or lacks a column.
    """
    chunks = source.chunks()
    first = next(chunks, RawChunk(source="", rows=pa.table({}), notes=NOTES.empty_table()))
    if first.rows.num_columns:
        names = [name for name in first.rows.column_names if name != ROW_LINE]
        source_columns(names, mapping, source=first.source)
    return chain([first], chunks)


def _identity(
    source: Source, snapshot: Snapshot, judging: Judging, mapping: ColumnMapping
) -> dict[str, Any]:
    return {
        "source": source.fingerprint(), "snapshot": snapshot.id, "policy": policy_id(judging.policy),
        "weights": weights_id(judging.weights), "challenger": judging.challenger and sha256(judging.challenger).hexdigest()[:12],
        "columns": dict(sorted(mapping.columns.items())), "defaults": dict(sorted(mapping.defaults.items())),
    }  # fmt: skip


def add_counts(total: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    """Both counts together, nested ones name by name."""
    out = dict(total)
    for name, value in part.items():
        out[name] = (
            add_counts(out.get(name, {}), value)
            if isinstance(value, Mapping)
            else out.get(name, 0) + value
        )
    return out


def _conclude(
    run: RunStore,
    identity: Mapping[str, Any],
    totals: Mapping[str, Any],
    knowledge: Knowledge,
    judging: Judging,
) -> dict[str, Any]:
    """Decide over all parts and write the run's final tables, those that need no decision meanwhile."""
    snapshot = knowledge.snapshot
    evidence = {name: run.parts(name) for name in ("findings", "named", "rejected", "flagged")}
    with ThreadPoolExecutor(1) as pool:
        kept = pool.submit(run.keep, evidence)
        decided = _decided(run, totals, snapshot, judging)
        run.keep({"decisions": decided.pieces(PIECE), "sellers": [decided.sellers]})
        kept.result()
    summary = {
        "identity": dict(identity), "snapshot_path": knowledge.path, "counts": dict(totals), "actions": decided.counted(),
        "sellers": _counted(decided.sellers, "action"), "notes": list(decided.notes),
        "floor_risk": judging.weights.floor_risk, "snapshot_notes": list(snapshot.notes),
        "policy": policy_plain(judging.policy), "weights": weights_plain(judging.weights),
    }  # fmt: skip
    run.finish(summary)
    return summary


def _decided(
    run: RunStore, totals: Mapping[str, Any], snapshot: Snapshot, judging: Judging
) -> Decided:
    sellers = (
        pa.concat_tables(run.parts("totals")).group_by("seller_id").aggregate([("listings", "sum")])
    )
    ranked = judging.challenger is not None  # the challenger reads every column
    columns = (FINDINGS.names, NAMED.names) if ranked else (FINDINGS_READ, NAMED_READ)
    findings = compact(run.parts("findings", columns[0]), columns[0])
    named = compact(run.parts("named", columns[1]), columns[1])
    basis = Basis(
        weights=judging.weights,
        policy=judging.policy,
        snapshot_id=snapshot.id,
        rules=snapshot.rules,
    )
    totals_table = sellers.rename_columns(["seller_id", "listings"]).filter(
        pc.is_valid(sellers.column("seller_id"))
    )
    ranks = None
    if judging.challenger is not None:
        weighed = weighed_of(
            findings, named, totals_table, weights=judging.weights, rules=snapshot.rules
        )
        ranks = ranks_of(judging.challenger, weighed, snapshot_id=snapshot.id)
    return decide(
        findings, named, totals_table, basis=basis, scanned=totals.get("scanned", 0), ranks=ranks
    )


def _counted(table: pa.Table, column: str) -> dict[str, int]:
    counts = table.group_by(column).aggregate([([], "count_all")])
    return dict(
        sorted(
            zip(
                counts.column(column).to_pylist(),
                counts.column("count_all").to_pylist(),
                strict=True,
            )
        )
    )
