"""`[[case]]` tables of a tests file to typed values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import pyarrow as pa

from countermark.domain.currencies import CURRENCIES, parse_minor
from countermark.domain.marks import LocalId
from countermark.domain.origins import Knowledge, Origin
from countermark.domain.rules import TestCase
from countermark.domain.tables import LISTINGS
from countermark.knowledge.faults import Where, shown
from countermark.knowledge.toml_tables import Table, placed

COLUMNS: Final = {
    **{field.name: field.name for field in LISTINGS},
    "seller": "seller_id",
    "price": "price_minor",
    "listing_id": "",
}
"""Keys of a test listing -> columns; `price` is in the currency's own unit, as people write it."""


class _CaseTable(Knowledge, frozen=True, kw_only=True):
    """`[[case]]` as written."""

    id: LocalId
    listing: Mapping[str, Any] = {}
    fire: tuple[str, ...] = ()
    blocked: Mapping[str, tuple[str, ...]] = {}
    todo_fire: tuple[str, ...] = ()
    mentions: tuple[str, ...] | None = None


def read_case(raw: Table, *, defaults: Table, origin: Origin, where: Where) -> TestCase:
    """The test case of a `[[case]]` table, the defaults of its file filled in.

    Raises:
        PackError: the schema refuses it, or a value can not stand in the column of its key.
    """
    table = placed(raw, _CaseTable, origin=origin, where=where)
    full = {rule: f"{where.pack}/{rule}" for rule in (*table.fire, *table.todo_fire)}
    return TestCase(
        origin=origin,
        id=table.id,
        listing=listing_columns({**defaults, **table.listing}, where=where),
        fire=tuple(full[rule] for rule in table.fire),
        blocked={f"{where.pack}/{rule}": by for rule, by in table.blocked.items()},
        todo_fire=tuple(full[rule] for rule in table.todo_fire),
        mentions=table.mentions,
    )


def listing_columns(given: Mapping[str, Any], *, where: Where) -> dict[str, Any]:
    """The listing that a test describes, by column of `LISTINGS`; "" means not known.

    Raises:
        PackError: an unknown key, a value of the wrong type, or a price without currency.
    """
    columns: dict[str, Any] = {}
    for key, value in given.items():
        if not COLUMNS.get(key):
            hint = f"known keys are {', '.join(key for key, to in COLUMNS.items() if to)}"
            raise where.fault("unknown key", key=f"listing.{key}", hint=hint)
        if value == "" and key not in {"title", "description"}:
            continue
        if key == "price":
            columns["price_minor"] = _price(value, given.get("currency"), where=where)
        else:
            columns[COLUMNS[key]] = _value(key, value, where=where)
    columns.setdefault("title", "")
    return columns


def _price(value: object, currency: object, *, where: Where) -> int:
    """A price in minor units."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise where.fault(f"expected a number, got {shown(value)}", key="listing.price")
    if currency not in CURRENCIES:
        says = f"a price needs a currency, got {shown(currency)}"
        raise where.fault(says, key="listing.currency", hint="an ISO 4217 code such as EUR")
    try:
        return parse_minor(
            f"{value:f}" if isinstance(value, Decimal) else str(value), str(currency)
        )
    except ValueError as error:
        raise where.fault(str(error), key="listing.price") from None


def _value(key: str, value: object, *, where: Where) -> Any:
    """A value of the type that its column has."""
    kind = LISTINGS.field(COLUMNS[key]).type
    if isinstance(value, date) and pa.types.is_timestamp(kind):
        return _instant(value)
    wanted, fitting = _wanted(kind)
    if isinstance(value, bool) or not isinstance(value, fitting):
        raise where.fault(f"expected {wanted}, got {shown(value)}", key=f"listing.{key}")
    return float(value) if isinstance(value, Decimal) else value


def _wanted(kind: pa.DataType) -> tuple[str, Any]:
    """What a column takes: in words, and as Python types."""
    if pa.types.is_string(kind):
        return "text", str
    if pa.types.is_integer(kind):
        return "a whole number", int
    return ("a date", date) if pa.types.is_timestamp(kind) else ("a number", int | Decimal)


def _instant(day: date) -> datetime:
    """The instant of a date: midnight UTC where no time is given."""
    if not isinstance(day, datetime):
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    return day.astimezone(UTC) if day.tzinfo else day.replace(tzinfo=UTC)
