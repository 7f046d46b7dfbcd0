"""One decision of a run explained."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.tables import LISTINGS
from countermark.errors import NotFound
from countermark.knowledge.snapshot import Snapshot
from countermark.scanning.explaining import explain_listing, load_sentences
from countermark.scanning.plan import plan_of


def explain_decision(
    listing_id: str, *, snapshot: Snapshot, flagged: pa.Table, decisions: pa.Table
) -> dict[str, Any]:
    """What was decided about a listing and why; see `scanning.explaining.explain_listing`.

    Of several sightings the one with the most findings, then the last, is explained.

    Raises:
        NotFound: the run has no finding for such a listing.
    """
    listing = flagged.filter(pc.equal(flagged.column("listing_id"), listing_id))
    if not len(listing):
        raise NotFound(
            f"listing {listing_id!r} has no finding in this run",
            hint="only listings with findings are kept with it",
        )
    decided = decisions.filter(pc.equal(decisions.column("listing_id"), listing_id)).to_pylist()
    plan, sentences = plan_of(snapshot), load_sentences()
    seen = listing.combine_chunks().cast(LISTINGS).to_batches()[0]
    explained = [explain_listing(seen.slice(k, 1), plan, sentences) for k in range(len(seen))]
    k = max(range(len(seen)), key=lambda k: (len(explained[k]["grounds"]), k))
    shown = {name: v for name, v in seen.slice(k, 1).to_pylist()[0].items() if v is not None}
    return {"listing": shown, "decision": decided[-1] if decided else None, **explained[k]}
