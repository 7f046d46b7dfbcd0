"""The tables of a pack: their columns, and rows of CSV or Parquet to typed values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args

from countermark.domain.catalogue import (
    AuthorisedSeller,
    Category,
    Condition,
    ImageRef,
    ImageRole,
    Noun,
    PriceBand,
    Product,
)
from countermark.domain.currencies import parse_minor
from countermark.domain.origins import Knowledge, Origin
from countermark.knowledge import cells
from countermark.knowledge.csv_rows import read_rows
from countermark.knowledge.faults import Faults, Where, shown
from countermark.knowledge.files import level_of
from countermark.knowledge.parquet_rows import read_parquet_rows

PARQUET: Final = ".parquet"
Parser = Callable[[str], Any]


def _one_of(*known: str) -> Parser:
    """A parser of a closed set of values."""

    def parse(cell: str) -> str:
        if cell not in known:
            raise ValueError(f"is not one of {', '.join(known)}")
        return cell

    return parse


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvTable:
    """One CSV file: the kind of its rows and the parser of each column, in the header's order.

    Attributes:
        amounts: columns that are amounts of the row's `currency`, parsed to minor units.
    """

    kind: type[Knowledge]
    columns: Mapping[str, Parser]
    amounts: tuple[str, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """The fixed header."""
        return tuple(self.columns)


CSV_TABLES: Final[Mapping[str, CsvTable]] = {
    "products.csv": CsvTable(
        kind=Product,
        columns={
            "style_code": cells.code,
            "gtin": cells.gtin,
            "name": cells.any_text,
            "also": cells.many,
            "mark": cells.code,
            "category": cells.category,
            "colours": cells.many,
            "first_sold": cells.any_day,
            "last_sold": cells.any_day,
            "serial_rule": cells.any_text,
        },
    ),
    "prices.csv": CsvTable(
        kind=PriceBand,
        columns={
            "style_code": cells.code,
            "currency": cells.currency,
            "condition": _one_of(*get_args(Condition)),
            "pack_size": cells.count,
            "low": cells.text,
            "typical": cells.text,
            "high": cells.text,
            "valid_from": cells.day,
            "valid_to": cells.any_day,
        },
        amounts=("low", "typical", "high"),
    ),
    "sellers.csv": CsvTable(
        kind=AuthorisedSeller,
        columns={
            "venue": cells.code,
            "seller_id": cells.code,
            "name": cells.text,
            "scope": cells.scope,
            "territory": cells.territory,
            "valid_from": cells.day,
            "valid_to": cells.any_day,
            "evidence": cells.any_text,
        },
    ),
    "images/index.csv": CsvTable(
        kind=ImageRef,
        columns={
            "id": cells.code,
            "file": cells.any_text,
            "role": _one_of(*get_args(ImageRole)),
            "product": cells.any_text,
            "mark": cells.any_text,
            "sha256": cells.hex64,
            "pdq": cells.any_hex64,
            "licence": cells.any_text,
        },
    ),
    "nouns.csv": CsvTable(
        kind=Noun,
        columns={"category": cells.category, "lang": cells.language, "noun": cells.text},
    ),
    "categories.csv": CsvTable(kind=Category, columns={"id": cells.category, "title": cells.text}),
}
"""Every CSV file by its path inside a part."""


def read_table(
    content: bytes, table: CsvTable, *, where: Where, faults: Faults
) -> Iterator[Knowledge]:
    """The rows of a CSV or Parquet file as typed values; a row with a fault is kept in `faults` and left out.

    Raises:
        PackError: the file as a whole is not readable.
    """
    level = level_of(where.file)
    parsers = tuple(table.columns.items())
    read = read_parquet_rows if where.file.endswith(PARQUET) else read_rows
    for number, row in read(content, header=table.header, where=where):
        with faults.kept():
            at = where.at(f"row {number}")
            values = _parsed(row, parsers, where=at)
            for column in table.amounts:
                values[column] = _amount(values[column], values["currency"], at, column)
            values["origin"] = Origin(level=level, file=where.file, row=number)
            yield _made(table.kind, values, where=at)


def _parsed(row: list[str], parsers: tuple[tuple[str, Parser], ...], *, where: Where) -> Any:
    """The values of a row by column."""
    values = {}
    for (column, parse), cell in zip(parsers, row, strict=True):
        try:
            values[column] = parse(cell)
        except ValueError as error:
            raise where.fault(f"{shown(cell)} {error}", key=column) from None
    return values


def _amount(cell: str, currency: str, where: Where, column: str) -> int:
    """The amount of a cell in minor units of the row's currency."""
    try:
        return parse_minor(cell, currency)
    except ValueError as error:
        raise where.fault(str(error), key=column) from None


def _made(kind: type[Knowledge], values: dict[str, Any], *, where: Where) -> Knowledge:
    """The row as a value, which may refuse combinations."""
    try:
        return kind(**values)
    except ValueError as error:
        raise where.fault(str(error)) from None
