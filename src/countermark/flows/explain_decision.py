"""One decision of a run explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

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
    listing_id: str, *, snapshot: Snapshot, flagged: pa.Table, decisions: pa.Table, named: pa.Table
) -> dict[str, Any]:
    """What was decided about a listing and why; see `scanning.explaining.explain_listing`.

    Of several sightings the one with the most findings, then the last, is explained. A decision without a finding,
    as a review for what else its seller offers, is explained by its grounds and the facts it was weighed with.

    Raises:
        NotFound: the run decided nothing about such a listing.
    """
    decided = _rows(decisions, listing_id).to_pylist()
    if not decided:
        raise NotFound(
            f"listing {listing_id!r} has no decision in this run",
            hint="listings that name no mark are allowed without one",
        )
    listing = _rows(flagged, listing_id)
    if not len(listing):
        return {"listing": _shown(_rows(named, listing_id)), "decision": decided[-1], **NOTHING}
    plan, sentences = plan_of(snapshot), load_sentences()
    seen = listing.combine_chunks().cast(LISTINGS).to_batches()[0]
    explained = [explain_listing(seen.slice(k, 1), plan, sentences) for k in range(len(seen))]
    k = max(range(len(seen)), key=lambda k: (len(explained[k]["grounds"]), k))
    return {"listing": _shown(seen.slice(k, 1)), "decision": decided[-1], **explained[k]}


def _rows(table: pa.Table, listing_id: str) -> pa.Table:
    return table.filter(pc.equal(table.column("listing_id"), listing_id))


def _shown(rows: pa.Table | pa.RecordBatch) -> dict[str, Any]:
    """What is known in the last row."""
    return {name: value for name, value in rows.to_pylist()[-1].items() if value is not None}
