"""Many rows in one statement of the driver, and texts that both databases keep alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Table

from countermark.errors import RecordsError

AT_ONCE: Final = 1_000
"""Values in one question: SQLite bounds the variables of a statement, and equal sizes make equal plans."""


def insert_rows(
    connection: Connection, table: Table, names: tuple[str, ...], rows: list[tuple[Any, ...]]
) -> None:
    """Write rows whose values stand in the order of `names`, each as the driver takes it.

    SQLAlchemy's own insert makes a dictionary a row and looks at each value: half of what a sighting costs.
    """
    if rows:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        connection.exec_driver_sql(_insert(table.name, names, mark), rows)


@lru_cache(maxsize=64)
def _insert(table: str, names: tuple[str, ...], mark: str) -> str:
    columns = ", ".join(f'"{name}"' for name in names)  # one is called "by"
    return f"INSERT INTO {table} ({columns}) VALUES ({', '.join([mark] * len(names))})"  # noqa: S608 - our own names


def parts(values: Iterable[str]) -> Iterator[Sequence[str]]:
    """Different values, in parts that one question can ask for."""
    unique = list(dict.fromkeys(values))
    for start in range(0, len(unique), AT_ONCE):
        yield unique[start : start + AT_ONCE]


def clean(text: str, what: str, limit: int) -> str:
    """`text` itself, of which both databases keep every character.

    Raises:
        RecordsError: it has a fault, see `fault_of`.
    """
    fault = fault_of(text, limit)
    if fault is None:
        return text
    raise RecordsError(
        f"{what} {text[:60]!r} cannot be kept: it has {fault}",
        hint="refuse it where it comes in, or send it without",
    )


def fault_of(text: str, limit: int) -> str | None:
    """Why PostgreSQL would refuse a text; SQLite would not, and its records could never be moved."""
    if len(text) > limit:
        return f"{len(text)} characters, more than {limit}"
    if "\0" in text:
        return "the character NUL"
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        return "half of a surrogate pair"
    return None
