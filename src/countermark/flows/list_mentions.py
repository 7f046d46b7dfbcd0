"""Which marks do listings name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from countermark.ingest.mapping import ColumnMapping
from countermark.ingest.normalising import normalise
from countermark.knowledge.snapshot import Snapshot
from countermark.ports import Source
from countermark.scanning.mentions import mentions_of
from countermark.scanning.plan import plan_of


def list_mentions(
    source: Source, *, snapshot: Snapshot, mapping: ColumnMapping
) -> Iterator[dict[str, Any]]:
    """For each usable listing its id and mentions, in the order of the source."""
    plan = plan_of(snapshot)
    for chunk in source.chunks():
        if chunk.rows.num_columns:
            yield from mentions_of(
                normalise(chunk.rows, mapping, source=chunk.source).listings, plan
            )
