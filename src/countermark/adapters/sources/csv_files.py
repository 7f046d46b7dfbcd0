"""CSV and TSV files of listings, with a header line."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator
from typing import IO, Any

import fsspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from countermark.domain.ingested import NOTES, ROW_LINE
from countermark.errors import SourceError
from countermark.ports import RawChunk

BLOCK_BYTES = 16 << 20
MAX_HEADER_BYTES = 1 << 20
OPEN_QUOTE = "a quote is opened and not closed; a cell here holds what may be the rows after it"


def read_csv(
    file: fsspec.core.OpenFile, name: str, *, encoding: str, rows: int
) -> Iterator[RawChunk]:
    """The rows of one file as text; rows with too few or too many cells become notes.

    Lines count records, the header being 1. A quote that is never closed makes one cell of the rows after it; a note
    says in which record, for nobody else would miss them.
    """
    separator = "\t" if ".tsv" in name else ","
    header = _header(file, name, encoding, separator)
    refused: list[tuple[int, str]] = []

    def refuse(row: pa_csv.InvalidRow) -> str:
        says = f"has {row.actual_columns} cells, the header has {row.expected_columns}"
        more = (row.text or "").count("\n")
        if more:
            says += f"; it runs over {more + 1} lines: is a quote not closed?"
        refused.append((row.number or 0, says))
        return "skip"

    with file as stream:
        text = Utf8(stream, encoding)
        reader = _reader(text, header, separator, refuse)
        line, noted, folded = 2, 0, 0
        for batch in reader:
            bad = {number for number, _ in refused}
            lines, line = _lines(line, len(batch), bad)
            if text.quotes:
                folded = _last_of_several_lines(batch, lines) or folded
            given = pa.table(batch)
            if ROW_LINE in given.column_names:
                given = given.drop_columns([ROW_LINE])
            table = given.append_column(ROW_LINE, pa.array(lines, pa.int64()))
            for start in range(0, len(table), rows):
                fresh = refused[noted:] if start == 0 else []
                noted += len(fresh)
                yield RawChunk(
                    source=name, rows=table.slice(start, rows), notes=_notes(name, fresh)
                )
        if text.quotes % 2 and folded:
            refused.append((folded, OPEN_QUOTE))
        if refused[noted:]:
            yield RawChunk(
                source=name, rows=reader.schema.empty_table(), notes=_notes(name, refused[noted:])
            )


class Utf8(io.RawIOBase):
    """A file of text in some encoding as valid UTF-8; what is no text reads as the replacement character."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        super().__init__()
        self._stream, self._left = stream, b""
        self.quotes = 0  # so far
        self._decoder = codecs.getincrementaldecoder(encoding)("replace")

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Bytes, `size` of them; fewer at the end only, for the reader takes what it gets for a whole block."""
        data = b"begin"
        while data and (size < 0 or len(self._left) < size):
            data = self._stream.read(size)
            fresh = self._decoder.decode(data, final=not data).encode()
            self.quotes += fresh.count(b'"')
            self._left += fresh
        size = len(self._left) if size < 0 else size
        given, self._left = self._left[:size], self._left[size:]
        return given


def _reader(
    stream: Any, header: list[str], separator: str, refuse: Callable[[Any], str]
) -> pa_csv.CSVStreamingReader:
    """Blocks of rows whose cells are bytes; what they mean is for ingest to say."""
    read = pa_csv.ReadOptions(block_size=BLOCK_BYTES, use_threads=False)
    parse = pa_csv.ParseOptions(
        delimiter=separator, newlines_in_values=True, invalid_row_handler=refuse
    )
    convert = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(header, pa.binary()),
        null_values=[""],
        strings_can_be_null=True,
        check_utf8=False,
    )
    return pa_csv.open_csv(stream, read_options=read, parse_options=parse, convert_options=convert)


def _header(file: fsspec.core.OpenFile, name: str, encoding: str, separator: str) -> list[str]:
    with file as stream:
        head = stream.read(MAX_HEADER_BYTES)
    if not head.strip():
        raise SourceError(
            f"{name}: the file is empty", hint="a header line and one row are the least"
        )
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") and not encoding.startswith("utf-16"):
        raise SourceError(f"{name}: the file is UTF-16", hint="give --encoding utf-16")
    try:
        text = io.TextIOWrapper(io.BytesIO(head), encoding=encoding, errors="replace", newline="")
        begin = text.read().removeprefix("\ufeff").lstrip("\r\n")
    except LookupError as error:
        raise SourceError(f"{name}: no encoding is called {encoding!r}") from error
    names = next(csv.reader(io.StringIO(begin, newline=""), delimiter=separator))
    twice = {n for n in names if names.count(n) > 1}
    if twice:
        raise SourceError(
            f"{name}: column {min(twice)!r} stands twice in the header", hint="rename one of them"
        )
    return names


def _last_of_several_lines(batch: pa.RecordBatch, lines: list[int]) -> int:
    """The record of the last row with a cell of more than one line; 0 without one."""
    at = 0
    for column in batch.columns:
        several = np.flatnonzero(pc.match_substring(column, "\n").fill_null(False))
        at = max(at, lines[several[-1]] if len(several) else 0)
    return at


def _lines(first: int, count: int, skipped: set[int]) -> tuple[list[int], int]:
    """Record numbers of `count` good rows from `first` on, and the next free one."""
    lines: list[int] = []
    if not skipped:
        return list(range(first, first + count)), first + count
    while len(lines) < count:
        if first not in skipped:
            lines.append(first)
        first += 1
    return lines, first


def _notes(name: str, refused: list[tuple[int, str]]) -> pa.Table:
    rows = [
        {
            "source": name,
            "line": line,
            "listing_id": None,
            "column": None,
            "value": None,
            "reason": reason,
            "kept": False,
        }
        for line, reason in refused
    ]
    return pa.Table.from_pylist(rows, schema=NOTES) if rows else NOTES.empty_table()
