"""CSV text to rows of text: RFC 4180, UTF-8, a fixed header, nothing guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import zip_longest
from typing import Final

from countermark.knowledge.faults import Where, shown

_FIELD: Final = r'(?:"(?:[^"]|"")*+"|[^",\r\n]*+)'
_ROW: Final = re.compile(rf"{_FIELD}(?:,{_FIELD})*+(?:\r?\n|\Z)")
_BOM: Final = "\ufeff"


def read_rows(
    content: bytes, *, header: tuple[str, ...], where: Where
) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number as a spreadsheet counts, the header being row 1.

    Raises:
        PackError: not UTF-8, quoting that RFC 4180 does not know, another header, or a row with
            another number of cells.
    """
    text = _decoded(content, where=where)
    _check_quoting(text, where=where)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise where.fault(f"not CSV: {error}") from None
    check_header(rows[0] if rows else [], header=header, where=where)
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            says = f"has {len(row)} cells and the header has {len(header)}"
            raise where.at(f"row {number}").fault(says, hint="quote a cell that holds a comma")
        yield number, row


def _decoded(content: bytes, *, where: Where) -> str:
    """The text of the file."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise where.fault(f"byte {error.start} is not UTF-8", hint="save as UTF-8") from None
    if text.startswith(_BOM):
        raise where.fault("begins with a byte order mark", hint="save as UTF-8 without BOM")
    return text


def _check_quoting(text: str, *, where: Where) -> None:
    """Refuse what the standard reader would take but RFC 4180 does not."""
    if '"' not in text and "\r" not in text:
        return
    at, number = 0, 0
    while at < len(text):
        row = _ROW.match(text, at)
        number += 1
        if row is None or row.end() == at:
            says = "a quote or a carriage return stands where RFC 4180 has none"
            raise where.at(f"row {number}").fault(says, hint='write a cell with " as "a ""word"""')
        at = row.end()


def check_header(found: list[str], *, header: tuple[str, ...], where: Where) -> None:
    """Refuse a header that is not the fixed one."""
    extra = [name for name in found if name not in header]
    missing = [name for name in header if name not in found]
    hint = f"the header is {','.join(header)}"
    if extra:
        raise where.fault(f"column {shown(extra[0])} is not known", key="header", hint=hint)
    if missing:
        raise where.fault(f"column {missing[0]} is missing", key="header", hint=hint)
    for name, wanted in zip_longest(found, header):
        if name != wanted:
            says = f"column {name} stands where {wanted or 'nothing'} belongs"
            raise where.fault(says, key="header", hint=hint)
