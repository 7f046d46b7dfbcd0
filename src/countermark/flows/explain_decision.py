"""One decision of a run explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.deciding import Basis
from countermark.decision.explaining import account_of
from countermark.decision.policy import policy_of
from countermark.decision.weights import weights_of
from countermark.domain.tables import LISTINGS
from countermark.errors import NotFound
from countermark.knowledge.snapshot import Snapshot
from countermark.scanning.explaining import explain_listing, load_sentences
from countermark.scanning.plan import plan_of

NOTHING: Mapping[str, Any] = {
    "mentions": [], "grounds": [], "stopped": [], "unknown": [], "seller": {"en": [], "zh": []},
}  # fmt: skip
"""What no rule says."""


def explain_decision(
    listing_id: str,
    *,
    snapshot: Snapshot,
    tables: Mapping[str, pa.Table],
    summary: Mapping[str, Any],
) -> dict[str, Any]:
    """What was decided about a listing and why; see `scanning.explaining.explain_listing`.

    Args:
        tables: findings, named, flagged, decisions and sellers of the run.
        summary: of the run, with the policy and weights that it was decided by.

    Returns:
        What `explain_listing` says, the `decision`, and its `account`: what was added to what, in bits.

    Of several sightings the one with the most findings, then the last, is explained. A decision without a finding,
    as a review for what else its seller offers, is explained by its grounds and the facts it was weighed with.

    Raises:
        NotFound: the run decided nothing about such a listing.
    """
    decided = _rows(tables["decisions"], listing_id).to_pylist()
    if not decided:
        raise NotFound(
            f"listing {listing_id!r} has no decision in this run",
            hint="listings that name no mark are allowed without one",
        )
    given = {"decision": decided[-1], "account": _account(listing_id, snapshot, tables, summary)}
    listing = _rows(tables["flagged"], listing_id)
    if not len(listing):
        return {"listing": _shown(_rows(tables["named"], listing_id)), **given, **NOTHING}
    plan, sentences = plan_of(snapshot), load_sentences()
    seen = listing.combine_chunks().cast(LISTINGS).to_batches()[0]
    explained = [explain_listing(seen.slice(k, 1), plan, sentences) for k in range(len(seen))]
    k = max(range(len(seen)), key=lambda k: (len(explained[k]["grounds"]), k))
    return {"listing": _shown(seen.slice(k, 1)), **given, **explained[k]}


def _account(
    listing_id: str, snapshot: Snapshot, tables: Mapping[str, pa.Table], summary: Mapping[str, Any]
) -> dict[str, Any]:
    basis = Basis(
        weights=weights_of(summary["weights"]), policy=policy_of(summary["policy"]),
        snapshot_id=snapshot.id, rules=snapshot.rules,
    )  # fmt: skip
    scanned = summary["counts"]["scanned"]
    account = account_of(
        listing_id,
        tables["findings"],
        tables["named"],
        tables["sellers"],
        basis=basis,
        scanned=scanned,
    )
    return asdict(account) | {"text": account.as_text()}


def _rows(table: pa.Table, listing_id: str) -> pa.Table:
    return table.filter(pc.equal(table.column("listing_id"), listing_id))


def _shown(rows: pa.Table | pa.RecordBatch) -> dict[str, Any]:
    """What is known in the last row."""
    return {name: value for name, value in rows.to_pylist()[-1].items() if value is not None}
