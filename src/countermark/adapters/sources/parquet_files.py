"""Parquet files of listings."""

from __future__ import annotations

from collections.abc import Iterator

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from countermark.domain.ingested import NOTES, ROW_LINE
from countermark.ports import RawChunk


def read_parquet(
    file: fsspec.core.OpenFile, name: str, *, rows: int, **_: object
) -> Iterator[RawChunk]:
    """The rows of one Parquet file; lines count rows from 1."""
    with file as stream:
        parquet, line = pq.ParquetFile(stream, pre_buffer=False), 1
        for batch in parquet.iter_batches(batch_size=rows):
            lines = pa.array(np.arange(line, line + len(batch)))
            given = pa.Table.from_batches([batch])
            if ROW_LINE in given.column_names:
                given = given.drop_columns([ROW_LINE])
            yield RawChunk(
                source=name,
                rows=given.append_column(ROW_LINE, lines),
                notes=NOTES.empty_table(),
            )
            line += len(batch)
