"""Every mention of a mark in a batch, for people and for other systems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from countermark.knowledge.recognition import HOW
from countermark.operators.base import TEXT_COLUMNS, Look
from countermark.scanning.looking import look_at
from countermark.scanning.plan import Plan

FIELD_NAMES = ("title", "description", "attributes.brand", "category")


def mentions_of(batch: pa.RecordBatch, plan: Plan) -> Iterator[dict[str, Any]]:
    """For each listing of the batch, in order: `listing_id` and its `mentions`, title first.

    A mention has `brand` (the mark's words), `mark` (its id), `field`, `text` (as written), `span` (first and last
    character + 1 in the field) and `how` it was recognised.
    """
    look = look_at(batch, plan.snapshot, plan.lookup)
    places = look.mentions
    row = look.row[places.owner]
    order = np.lexsort((places.token, places.field, row))
    bounds = np.searchsorted(row[order], np.arange(len(batch) + 1))
    ids = batch.column("listing_id")
    for k in range(len(batch)):
        some = order[bounds[k] : bounds[k + 1]].tolist()
        yield {
            "listing_id": ids[k].as_py(),
            "mentions": [_mention(look, place, k) for place in some],
        }


def _mention(look: Look, place: int, row: int) -> dict[str, Any]:
    places = look.mentions
    mark = look.snapshot.marks[look.mark[places.owner[place]]]
    field = int(places.field[place])
    text = look.batch.column(TEXT_COLUMNS[field])[row].as_py().encode()
    start, end = int(places.start[place]), int(places.end[place])
    first = len(text[:start].decode())
    shown = text[start:end].decode()
    return {
        "brand": mark.text, "mark": mark.id, "field": FIELD_NAMES[field], "text": shown,
        "span": [first, first + len(shown)], "how": HOW[places.how[place]],
    }  # fmt: skip
