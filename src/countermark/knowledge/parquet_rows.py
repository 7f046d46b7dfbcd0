"""Parquet to rows of text: for tables that a machine made, with the same columns as their CSV, all of them text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from countermark.knowledge.csv_rows import check_header
from countermark.knowledge.faults import Where, shown
from countermark.knowledge.files import MAX_PACK_BYTES

MAX_ROWS: Final = 2_000_000
BATCH: Final = 1 << 14


def read_parquet_rows(
    content: bytes, *, header: tuple[str, ...], where: Where
) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number as a spreadsheet would count, the header being row 1; a null is an empty cell.

    Raises:
        PackError: not Parquet, cut short, another header, a column that is not text, or out of bounds.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        schema = file.schema_arrow
        _check_size(file, where)
        check_header(schema.names, header=header, where=where)
        for field in schema:
            if not (pa.types.is_string(field.type) or pa.types.is_large_string(field.type)):
                hint = "every column is text, as in the CSV of that name"
                raise where.fault(f"is {field.type}", key=field.name, hint=hint)
        number = 1
        for batch in file.iter_batches(batch_size=BATCH):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                number += 1
                yield number, [cell or "" for cell in row]
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        says = str(error).partition("\n")[0].rstrip(". ")
        raise where.fault(f"not Parquet: {shown(says)}") from None


def _check_size(file: pq.ParquetFile, where: Where) -> None:
    """Refuse a file that says it holds more than a pack may, before any of it is unpacked."""
    about = file.metadata
    size = sum(about.row_group(k).total_byte_size for k in range(about.num_row_groups))
    if about.num_rows > MAX_ROWS:
        raise where.fault(f"has {about.num_rows} rows and may have {MAX_ROWS}")
    if size > MAX_PACK_BYTES:
        raise where.fault(f"unpacks to {size} bytes and may have {MAX_PACK_BYTES}")
