"""Raw rows to listings: every value typed or set aside, no row lost without a note."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.ingested import LIMITS, NOTES, OTHER_LIMIT, ROW_LINE
from countermark.domain.tables import CONDITIONS, LISTINGS, REQUIRED
from countermark.ingest.casting import EMPTY, Fault, checked, without
from countermark.ingest.mapping import ColumnMapping, source_columns
from countermark.ingest.prices import currencies_of, prices_of

CONDITION_WORDS = {
    "brand new": "new", "new with tags": "new", "neu": "new", "全新": "new", "nuevo": "new", "neuf": "new",
    "like new": "open_box", "open box": "open_box", "new other": "open_box", "certified refurbished": "refurbished",
    "renewed": "refurbished", "pre-owned": "used", "preowned": "used", "second hand": "used", "secondhand": "used",
    "good": "used", "very good": "used", "acceptable": "used", "gebraucht": "used", "二手": "used", "for parts": "for_parts",
    "for parts or not working": "for_parts", "parts": "for_parts", "defective": "for_parts",
}  # fmt: skip


# Written out, since "\s" means other characters to Arrow than to Python, which the gate cleans with.
BLANK = "\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
GAPS = f"[_{BLANK}]+"
NOT_GTIN = f"[{BLANK}-]"


class Ingested(NamedTuple):
    """Listings in the form of `LISTINGS`, and notes in the form of `NOTES`."""

    listings: pa.RecordBatch
    notes: pa.Table


def normalise(raw: pa.Table, mapping: ColumnMapping, *, source: str) -> Ingested:
    """The listings of raw rows, which may carry their lines in the column `ROW_LINE`.

    A row without a usable id or title is refused; any other value that cannot be used is set aside and the listing
    kept without it, so that nobody escapes a scan by a broken price.

    Raises:
        UsageError: the source lacks a column that was mapped or is required.
    """
    names = [name for name in raw.column_names if name != ROW_LINE]
    chosen = source_columns(names, mapping, source=source)
    lines = _lines(raw)
    given = {ours: _as_text(raw.column(theirs)) for ours, theirs in chosen.items()}
    columns: dict[str, pa.Array] = {}
    faults: list[Fault] = []
    for field in LISTINGS:
        if field.name in ("price_minor", "currency"):
            continue
        column, found = _typed(
            field, given.get(field.name), mapping.defaults.get(field.name), len(raw)
        )
        columns[field.name] = column
        faults += found
    columns["currency"], found = currencies_of(
        given.get("currency"), mapping.defaults.get("currency"), len(raw)
    )
    faults += found
    columns["price_minor"], found = prices_of(given, columns["currency"], len(raw))
    faults += found
    refused = np.zeros(len(raw), bool)
    for name in REQUIRED:
        refused |= columns[name].is_null().to_numpy(zero_copy_only=False)
    notes = _notes(faults, refused, columns["listing_id"], lines, source)
    keep = pa.array(~refused)
    batch = pa.RecordBatch.from_arrays(
        [columns[f.name].filter(keep) for f in LISTINGS], schema=_loose(LISTINGS)
    )
    return Ingested(batch.cast(LISTINGS), notes)


def _loose(schema: pa.Schema) -> pa.Schema:
    return pa.schema([field.with_nullable(True) for field in schema])


def _lines(raw: pa.Table) -> np.ndarray:
    if ROW_LINE in raw.column_names:
        return raw.column(ROW_LINE).combine_chunks().to_numpy()
    return np.arange(1, len(raw) + 1)


def _as_text(column: pa.ChunkedArray) -> pa.Array:
    """A column as it stands for typing: numbers and times as they are, everything else as valid UTF-8 text."""
    array = pa.concat_arrays(column.chunks) if column.num_chunks != 1 else column.chunk(0)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    if pa.types.is_nested(array.type) or isinstance(array.type, pa.BaseExtensionType):
        return pa.array([None if v is None else str(v) for v in array.to_pylist()], pa.string())
    return _valid(array) if _is_text(array.type) else array


def _is_text(kind: pa.DataType) -> bool:
    """Whether the values are characters or bytes."""
    tests = (
        *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
        *(pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view),
        pa.types.is_fixed_size_binary,
    )
    return any(test(kind) for test in tests)


def _valid(array: pa.Array) -> pa.Array:
    """The text of an array; files may hold bytes that are none, whatever they say."""
    data = array.cast(pa.binary())
    try:
        return data.cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([_decoded(v) for v in data.to_pylist()], pa.string())


def _decoded(value: bytes | None) -> str | None:
    """Bytes as UTF-8; what is not UTF-8 shows as the replacement character."""
    return None if value is None else value.decode("utf-8", "replace")


def _typed(
    field: pa.Field, given: pa.Array | None, default: str | None, size: int
) -> tuple[pa.Array, list[Fault]]:
    """One column in its type, and the values set aside."""
    if given is None:
        return _not_given(field, default, size)
    if pa.types.is_string(field.type):
        column, faults = _text(field.name, given)
    elif pa.types.is_timestamp(field.type):
        column, faults = checked(
            field.name, given, lambda a: _times(a, field.type), "is not a time", field.type
        )
    else:
        column, faults = _number(field, given)
    if default is not None:
        column = column.fill_null(pa.scalar(default).cast(field.type))
    return column, faults


def _not_given(field: pa.Field, default: str | None, size: int) -> tuple[pa.Array, list[Fault]]:
    """A column that the source does not have."""
    if default is None:
        return pa.nulls(size, field.type), []
    return pa.repeat(pa.scalar(default).cast(field.type), size), []


def _times(given: pa.Array, kind: pa.DataType) -> pa.Array:
    """Instants; a time that names no zone is one of UTC."""
    try:
        return given.cast(kind)
    except pa.ArrowInvalid:
        return given.cast(pa.timestamp("us")).cast(kind)


def _text(name: str, given: pa.Array) -> tuple[pa.Array, list[Fault]]:
    text = given if pa.types.is_string(given.type) else given.cast(pa.string())
    limit = LIMITS.get(name, OTHER_LIMIT)
    faults = []
    too_long = (
        pc.greater(pc.binary_length(text), pa.scalar(limit, pa.int32()))
        .fill_null(False)
        .to_numpy(zero_copy_only=False)
    )
    if too_long.any():
        too_long = (
            pc.greater(pc.utf8_length(text), pa.scalar(limit, pa.int32()))
            .fill_null(False)
            .to_numpy(zero_copy_only=False)
        )
    if name in REQUIRED:
        empty = (
            pc.equal(pc.utf8_trim_whitespace(text), EMPTY)
            .fill_null(True)
            .to_numpy(zero_copy_only=False)
        )
        faults.append(Fault(name, empty, text, f"no {name}"))
        text = without(pa.array(empty), text)
    if too_long.any():
        cut = name != "listing_id"
        reason = f"longer than {limit} characters" + (", the rest was not read" if cut else "")
        faults.append(Fault(name, too_long, text, reason))
        text = pc.if_else(
            pa.array(too_long), pc.utf8_slice_codeunits(text, 0, limit) if cut else None, text
        )
    if name == "condition":
        text, found = _conditions(text)
        faults += found
    elif name == "gtin":
        text = pc.replace_substring_regex(text, NOT_GTIN, "")
    elif name in ("market", "ships_from"):
        text = pc.ascii_upper(text)
    return text, faults


def _conditions(text: pa.Array) -> tuple[pa.Array, list[Fault]]:
    """Conditions by our five names; other words are set aside."""
    plain = pc.replace_substring_regex(pc.ascii_lower(pc.utf8_trim_whitespace(text)), GAPS, " ")
    known = {**CONDITION_WORDS, **{name.replace("_", " "): name for name in CONDITIONS}}
    at = pc.index_in(plain, value_set=pa.array(list(known), pa.string()))
    column = pa.array(list(known.values()), pa.string()).take(at)
    bad = pc.and_(at.is_null(), pc.not_equal(plain, EMPTY)).fill_null(False)
    return column, [
        Fault(
            "condition",
            bad.to_numpy(zero_copy_only=False),
            text,
            f"is none of {', '.join(CONDITIONS)}",
        )
    ]


def _number(field: pa.Field, given: pa.Array) -> tuple[pa.Array, list[Fault]]:
    def cast(array: pa.Array) -> pa.Array:
        if pa.types.is_string(array.type):
            array = array.cast(pa.float64())
        return array.cast(field.type)

    column, faults = checked(field.name, given, cast, "is not a number", field.type)
    least = 1 if field.name == "pack_size" else 0
    bad = pc.less(column, pa.scalar(least, field.type)).fill_null(False)
    if field.name == "seller_rating":
        bad = pc.or_(bad, pc.greater(column, pa.scalar(1, field.type)).fill_null(False))
    mask = bad.to_numpy(zero_copy_only=False)
    if mask.any():
        faults.append(Fault(field.name, mask, given, "is out of range"))
        column = without(bad, column)
    return column, faults


def _notes(
    faults: list[Fault], refused: np.ndarray, ids: pa.Array, lines: np.ndarray, source: str
) -> pa.Table:
    tables = []
    for fault in faults:
        at = np.flatnonzero(fault.bad)
        if len(at):
            rows = pa.array(at)
            shown = pc.utf8_slice_codeunits(fault.values.take(rows).cast(pa.string()), 0, 200)
            columns = {
                "source": pa.repeat(pa.scalar(source), len(at)), "line": pa.array(lines[at]),
                "listing_id": ids.take(rows), "column": pa.repeat(pa.scalar(fault.column), len(at)), "value": shown,
                "reason": pa.repeat(pa.scalar(fault.reason), len(at)), "kept": pa.array(~refused[at]),
            }  # fmt: skip
            tables.append(
                pa.Table.from_arrays([columns[f.name].cast(f.type) for f in NOTES], schema=NOTES)
            )
    return pa.concat_tables(tables) if tables else NOTES.empty_table()
