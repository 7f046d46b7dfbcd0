"""JSON Lines files of listings: one object a line."""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Iterator
from typing import IO, Any

import fsspec
import msgspec
import pyarrow as pa

from countermark.domain.ingested import NOTES, ROW_LINE
from countermark.errors import SourceError
from countermark.ports import RawChunk

MAX_LINE_BYTES = 16 << 20
BLOCK_BYTES = 64 << 20
"""A chunk ends at the line that fills it."""


def read_json_lines(
    file: fsspec.core.OpenFile, name: str, *, encoding: str, rows: int
) -> Iterator[RawChunk]:
    """The objects of one file; lines that are not an object become notes."""
    decoder = msgspec.json.Decoder()
    with file as stream:
        lines = enumerate(_lines(stream, name, encoding), start=1)
        while some := _block(lines, rows):
            records: list[dict[str, Any]] = []
            notes: list[dict[str, Any]] = []
            for line, text in some:
                value, reason = _object(decoder, text)
                if reason:
                    notes.append(_note(name, line, text, reason))
                elif value is not None:
                    records.append({**value, ROW_LINE: line})
            table = pa.Table.from_pylist(notes, schema=NOTES) if notes else NOTES.empty_table()
            yield RawChunk(source=name, rows=_table(records), notes=table)


def _lines(stream: IO[bytes], name: str, encoding: str) -> Iterator[bytes]:
    """The lines of a file in UTF-8, of an endless one its beginning."""
    try:
        plain = codecs.lookup(encoding).name == "utf-8"
    except LookupError:
        raise SourceError(f"{name}: no encoding is called {encoding!r}") from None
    source: Any = stream
    if not plain:
        source = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="\n")
    first = True
    with source:
        while piece := source.readline(MAX_LINE_BYTES):
            _skip_rest(source, piece)
            line = piece if isinstance(piece, bytes) else piece.encode()
            if first and line[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                raise SourceError(f"{name}: the file is UTF-16", hint="give --encoding utf-16")
            yield line.removeprefix(codecs.BOM_UTF8) if first else line
            first = False


def _skip_rest(source: Any, piece: str | bytes) -> None:
    """Read on to the end of the line that `piece` begins."""
    while len(piece) == MAX_LINE_BYTES and piece[-1:] not in ("\n", b"\n"):
        piece = source.readline(MAX_LINE_BYTES)


def _block(lines: Iterator[tuple[int, bytes]], rows: int) -> list[tuple[int, bytes]]:
    """The next lines, as many as make a chunk."""
    some: list[tuple[int, bytes]] = []
    size = 0
    for number, text in lines:
        some.append((number, text))
        size += len(text)
        if len(some) == rows or size >= BLOCK_BYTES:
            break
    return some


def _object(decoder: msgspec.json.Decoder[Any], text: bytes) -> tuple[dict[str, Any] | None, str]:
    """The object of a line, or why it is none; an empty line is neither."""
    if not text.strip():
        return None, ""
    if not text.endswith(b"\n") and len(text) >= MAX_LINE_BYTES:
        return None, f"line longer than {MAX_LINE_BYTES} bytes"
    try:
        value = decoder.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        value, reason = _repaired(text), f"not JSON: {str(error).splitlines()[0][:120]}"
        if value is None:
            return None, reason
    return (value, "") if isinstance(value, dict) else (None, "not a JSON object")


def _repaired(text: bytes) -> Any:
    """The value of a line with broken characters, halves of a pair, or numbers without end; None: it is no JSON.

    Such a line is still a listing: nobody escapes a scan by half an emoji.
    """
    try:
        value = json.loads(text.decode("utf-8", "replace"))
        pairs = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
        return json.loads(pairs.decode("utf-16", "replace"))
    except (ValueError, RecursionError):
        return None


def _note(name: str, line: int, text: bytes, reason: str) -> dict[str, Any]:
    shown = text[:200].decode("utf-8", "replace")
    return {
        "source": name,
        "line": line,
        "listing_id": None,
        "column": None,
        "value": shown,
        "reason": reason,
        "kept": False,
    }


def _table(records: list[dict[str, Any]]) -> pa.Table:
    """Columns of the objects; a column of mixed types becomes text."""
    names = list(dict.fromkeys(name for record in records for name in record))
    columns = {}
    for name in names:
        values = [record.get(name) for record in records]
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            columns[name] = pa.array([None if v is None else str(v) for v in values], pa.string())
    return pa.table(columns)
