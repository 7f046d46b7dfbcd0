"""TOML text to typed values, with errors that name file, table, key and value."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, TypeVar

import msgspec

from countermark.domain.origins import Origin
from countermark.domain.signals import OPERATORS, Signal
from countermark.knowledge.faults import Where, shown
from countermark.knowledge.files import level_of
from countermark.knowledge.schema_faults import plain_fault

T = TypeVar("T", bound=msgspec.Struct)
Table = Mapping[str, Any]


def load_toml(content: bytes, *, where: Where) -> dict[str, Any]:
    """The table of a TOML file; numbers with a point are exact decimals.

    Raises:
        PackError: not UTF-8, not TOML, or a number that is not finite.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise where.fault(f"byte {error.start} is not UTF-8", hint="save as UTF-8") from None
    try:
        return tomllib.loads(text, parse_float=_exact)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        says = str(error) or "nested too deeply"
        raise where.fault(f"not TOML: {says[:1].lower()}{says[1:]}") from None


NUMBERS: Final = frozenset({"below", "above", "max", "lt", "le", "gt", "ge", "eq"})
"""Arguments that are numbers; a number in quotes is refused."""


def _exact(text: str) -> Decimal:
    """A finite decimal number, kept as written."""
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(f"{text} is not a number")
    return number


def typed(raw: Table, kind: type[T], *, where: Where, key: str = "") -> T:
    """`raw` as a value of `kind`.

    Args:
        raw: a table as read.
        kind: the value to make of it.
        where: its place, for errors.
        key: prefix of the key that an error names, as `signals.cheap`.

    Raises:
        PackError: an unknown key, a missing one, or a value of the wrong type or out of range.
    """
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise plain_fault(error, raw=raw, kind=kind, where=where, key=key) from None


def placed(raw: Table, kind: type[T], *, origin: Origin, where: Where) -> T:
    """`raw` as a piece of knowledge of `kind` that remembers where it was read."""
    if "origin" in raw:
        raise where.fault("unknown key", key="origin")
    return typed({**raw, "origin": origin}, kind, where=where)


def signal(raw: object, *, name: str, where: Where) -> Signal:
    """The question that the table `raw` of a rule's signals asks."""
    key = f"signals.{name}"
    if not isinstance(raw, Mapping) or "op" not in raw:
        raise where.fault("a signal is a table with op", key=key)
    operator = raw["op"]
    kind = OPERATORS.get(operator) if isinstance(operator, str) else None
    if kind is None:
        known = ", ".join(OPERATORS)
        says = f"{shown(operator)} is not an operator"
        raise where.fault(says, key=f"{key}.op", hint=f"operators are {known}")
    for argument in NUMBERS & raw.keys():
        if isinstance(raw[argument], str):
            says = f"expected a number, got {shown(raw[argument])}"
            raise where.fault(says, key=f"{key}.{argument}", hint="write it without quotes")
    asked: Signal = typed(raw, kind, where=where, key=key)
    return asked


def tables_of(document: Table, name: str, *, where: Where) -> Iterator[tuple[Table, Origin, Where]]:
    """Each table of the array `[[name]]` with its origin and its place for messages.

    Raises:
        PackError: `name` is not an array of tables.
    """
    found = document.get(name, [])
    if not isinstance(found, list) or not all(isinstance(table, dict) for table in found):
        raise where.fault(f"expected [[{name}]] tables, got {shown(found)}", key=name)
    for row, table in enumerate(found, start=1):
        origin = Origin(level=level_of(where.file), file=where.file, table=name, row=row)
        label = f"[[{name}]] {row}"
        if isinstance(table.get("id"), str):
            label += f" {shown(table['id'])}"
        yield table, origin, where.at(label)


def only_keys(document: Table, known: tuple[str, ...], *, where: Where) -> None:
    """Refuse a file with a table that does not belong there."""
    for key in document:
        if key not in known:
            raise where.fault(
                "this table does not belong in this file",
                key=key,
                hint=f"known here: {', '.join(known)}",
            )
