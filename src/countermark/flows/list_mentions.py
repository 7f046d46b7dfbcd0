"""Which marks do listings name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from countermark.ingest.mapping import ColumnMapping
from countermark.ingest.normalising import normalise
from countermark.knowledge.snapshot import Snapshot
from countermark.ports import Source
from countermark.scanning.mentions import mentions_of
from countermark.scanning.plan import plan_of


def list_mentions(
    source: Source, *, snapshot: Snapshot, mapping: ColumnMapping, refused: Callable[[int], None]
) -> Iterator[dict[str, Any]]:
    """For each usable listing its id and mentions, in the order of the source; at the end `refused` gets the count of the rest."""
    plan = plan_of(snapshot)
    lost = 0
    for chunk in source.chunks():
        lost += len(chunk.notes) + len(chunk.rows)
        if chunk.rows.num_columns:
            listings = normalise(chunk.rows, mapping, source=chunk.source).listings
            lost -= len(listings)
            yield from mentions_of(listings, plan)
    refused(lost)
