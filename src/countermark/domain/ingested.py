"""What ingest gives: listings, and notes on everything that could not be used."""

from __future__ import annotations

import pyarrow as pa

NOTES = pa.schema(
    [
        pa.field("source", pa.string(), nullable=False),  # file
        pa.field(
            "line", pa.int64(), nullable=False
        ),  # of a text file, else row from 1; 0: not known
        pa.field("listing_id", pa.string()),
        pa.field("column", pa.string()),
        pa.field("value", pa.string()),  # at most 200 characters
        pa.field("reason", pa.string(), nullable=False),
        pa.field("kept", pa.bool_(), nullable=False),  # the listing was scanned without this value
    ]
)
"""Rows that were refused (`kept` false) and values that were set aside (`kept` true)."""

ROW_LINE = "__line__"
"""Column in which readers give the line of each raw row."""

LIMITS = {"listing_id": 200, "title": 5_000, "description": 100_000}
"""Most characters of a text that are kept; of every other text 500. A longer id is refused, other texts are cut."""
OTHER_LIMIT = 500
"""Most characters of any other text."""

MAX_PRICE_MINOR = 10**13
"""A price above is absurd in every currency."""
EXTRA_COLUMNS = ("price",)
"""Columns that a source may give beside those of a listing: `price`, decimal in major units."""
