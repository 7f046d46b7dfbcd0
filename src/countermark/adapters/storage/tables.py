"""Whole tables from files: labels, truths."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from countermark.errors import NotFound, SourceError


def read_table(path: Path) -> pa.Table:
    """The table of a Parquet or CSV file.

    Raises:
        NotFound, SourceError: not there, or not readable.
    """
    if not path.is_file():
        raise NotFound(f"{path}: no such file")
    try:
        return pa_csv.read_csv(path) if path.suffix == ".csv" else pq.read_table(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise SourceError(
            f"{path}: {str(error).splitlines()[0]}", hint="Parquet or CSV is read"
        ) from error
