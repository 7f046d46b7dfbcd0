"""Whole tables from files: labels, truths."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from countermark.errors import NotFound, SourceError

TEXTS = (
    "listing_id",
    "seller_id",
    "claim",
    "origin",
    "split",
    "kind",
    "seller_kind",
    "language",
    "evasion",
)


def read_table(path: Path) -> pa.Table:
    """The table of a Parquet or CSV file.

    Raises:
        NotFound, SourceError: not there, or not readable.
    """
    if not path.is_file():
        raise NotFound(f"{path}: no such file")
    try:
        table = _csv(path) if path.suffix == ".csv" else pq.read_table(path)
        names = table.column_names  # fails here if one is no text
    except (pa.ArrowException, OSError, ValueError) as error:
        text = str(error).splitlines()[0].strip().rstrip(".")
        text = text[:1].lower() + text[1:] if text[1:2].islower() else text
        raise SourceError(f"{path}: {text}", hint="Parquet, or CSV in UTF-8, is read") from error
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise SourceError(f"{path}: column {twice[0]!r} stands twice", hint="rename one of them")
    return table


def _csv(path: Path) -> pa.Table:
    """A CSV file; ids and words stay text, also where they are digits, and what is empty is not known."""
    texts = dict.fromkeys(TEXTS, pa.string())
    options = pa_csv.ConvertOptions(column_types=texts, strings_can_be_null=True, null_values=[""])
    return pa_csv.read_csv(path, convert_options=options)
