"""Measure how surely the names of packs mean their brands, on ordinary listings of which the brand is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from countermark.errors import UsageError
from countermark.knowledge.distinctiveness import NameCounter, NameUse
from countermark.knowledge.files import Files
from countermark.knowledge.reading import read_pack

BATCH: Final = 1 << 16
ORDINARY: Final = "none"
"""The claim of a truth about a listing against which nothing is claimed."""


def measure_names(
    packs: Iterable[Files], listings: pa.Table, truth: pa.Table, *, source: str
) -> list[NameUse]:
    """How often each name occurs in ordinary listings, and how often for its mark.

    Args:
        packs: whose names are measured.
        listings: `listing_id` and `title`.
        truth: `listing_id`, `mark` (null where the listing is about none) and, where known, `claim`:
            only listings against which nothing is claimed are ordinary.
        source: name of the truth, for messages.

    Raises:
        UsageError: a column is missing, or no listing is ordinary.
        PackError: a pack can not be read.
    """
    for table, names in ((listings, ("listing_id", "title")), (truth, ("listing_id", "mark"))):
        for name in names:
            if name not in table.column_names:
                has = ", ".join(table.column_names)
                says = f"{source}: a background needs the column {name}"
                raise UsageError(says, hint=f"its columns are {has}")
    if "claim" in truth.column_names:
        truth = truth.filter(pc.equal(truth.column("claim"), ORDINARY))
    of_mark = truth.select(["listing_id", "mark"]).group_by("listing_id", use_threads=False)
    known = of_mark.aggregate([("mark", "first")])
    joined = listings.select(["listing_id", "title"]).join(known, "listing_id", join_type="inner")
    if not len(joined):
        says = f"{source}: no listing of it is ordinary and has a title"
        raise UsageError(says, hint="give a market, or listings with their truth")
    counter = NameCounter(read_pack(files) for files in packs)
    for batch in joined.to_batches(max_chunksize=BATCH):
        titles = pc.fill_null(batch.column("title").cast(pa.string()), "")
        counter.add(titles, batch.column("mark_first").to_pylist())
    return counter.result()
