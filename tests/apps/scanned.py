"""What the tests of `scan` read of its folder, and write as its input."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

NAMES = [
    "decisions.parquet",
    "findings.parquet",
    "flagged.parquet",
    "named.parquet",
    "rejected.parquet",
    "run.json",
    "sellers.parquet",
]
HEADER = "listing_id,title,price,currency\n"


def names(folder):
    """Every name below a folder."""
    return sorted(p.name for p in folder.rglob("*"))


def notes(folder):
    """The rows that a run set aside."""
    return pq.read_table(folder / "rejected.parquet").to_pylist()


def parquet(**columns):
    """The bytes of a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()
