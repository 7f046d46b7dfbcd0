"""JSON Lines files of listings: one object a line."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

import fsspec
import msgspec
import pyarrow as pa

from countermark.domain.ingested import NOTES, ROW_LINE
from countermark.ports import RawChunk

MAX_LINE_BYTES = 16 << 20


def read_json_lines(
    file: fsspec.core.OpenFile, name: str, *, encoding: str, rows: int
) -> Iterator[RawChunk]:
    """The objects of one file; lines that are not an object become notes."""
    decoder = msgspec.json.Decoder()
    with file as stream:
        lines = enumerate(iter(lambda: stream.readline(MAX_LINE_BYTES), b""), start=1)
        while some := list(islice(lines, rows)):
            records: list[dict[str, Any]] = []
            notes: list[dict[str, Any]] = []
            for line, text in some:
                value, reason = _object(decoder, text, encoding)
                if reason:
                    notes.append(_note(name, line, text, reason))
                elif value is not None:
                    records.append({**value, ROW_LINE: line})
            table = pa.Table.from_pylist(notes, schema=NOTES) if notes else NOTES.empty_table()
            yield RawChunk(source=name, rows=_table(records), notes=table)


def _object(
    decoder: msgspec.json.Decoder[Any], text: bytes, encoding: str
) -> tuple[dict[str, Any] | None, str]:
    """The object of a line, or why it is none; an empty line is neither."""
    if not text.strip():
        return None, ""
    if not text.endswith(b"\n") and len(text) >= MAX_LINE_BYTES:
        return None, f"line longer than {MAX_LINE_BYTES} bytes"
    try:
        value = decoder.decode(text if encoding == "utf-8" else text.decode(encoding))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return None, f"not JSON: {str(error).splitlines()[0][:120]}"
    return (value, "") if isinstance(value, dict) else (None, "not a JSON object")


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
