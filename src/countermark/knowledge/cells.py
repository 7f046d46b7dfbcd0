"""Text of a CSV cell to a value; each raises `ValueError` in plain words."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from countermark.domain.currencies import CURRENCIES

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HEX64: Final = re.compile(r"[0-9a-f]{64}")
_CODE: Final = re.compile(r"\S{1,80}")
_CATEGORY: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_GTIN: Final = re.compile(r"[0-9]{8}|[0-9]{12,14}", re.ASCII)
_SCOPE: Final = re.compile(r"\*|mark:[a-z0-9][a-z0-9_-]*|style:\S{1,80}")
_PLACE: Final = re.compile(r"[A-Z]{2}|\*")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
MAX_CELL: Final = 300


def any_text(cell: str) -> str:
    """The text, which may be empty."""
    if cell != cell.strip():
        raise ValueError("has space at an end")
    if len(cell) > MAX_CELL:
        raise ValueError(f"has {len(cell)} characters and may have {MAX_CELL}")
    return cell


def text(cell: str) -> str:
    """The text, which must not be empty."""
    if not cell:
        raise ValueError("is empty and must not be")
    return any_text(cell)


def many(cell: str) -> tuple[str, ...]:
    """The parts between `|`; none for an empty cell."""
    return tuple(text(part) for part in any_text(cell).split("|")) if cell else ()


def code(cell: str) -> str:
    """A code without spaces."""
    return _formed(cell, _CODE, "a code without spaces")


def category(cell: str) -> str:
    """The id of a category."""
    return _formed(cell, _CATEGORY, "a category id such as bags.handbag")


def gtin(cell: str) -> str:
    """8, 12, 13 or 14 digits, or nothing; the check digit is for the linter."""
    return _formed(cell, _GTIN, "8, 12, 13 or 14 digits") if cell else ""


def scope(cell: str) -> str:
    """What a seller may sell."""
    return _formed(cell, _SCOPE, "*, mark:<id> or style:<code>")


def territory(cell: str) -> tuple[str, ...]:
    """Countries of a permission."""
    parts = cell.split("|")
    return tuple(_formed(part, _PLACE, "an ISO 3166-1 alpha-2 code, EU or *") for part in parts)


def language(cell: str) -> str:
    """A BCP 47 language."""
    return _formed(cell, _LANGUAGE, "a language such as en or zh-Latn")


def day(cell: str) -> date:
    """A calendar day, ISO 8601."""
    _formed(cell, _DAY, "a day such as 2026-11-24")
    try:
        return date.fromisoformat(cell)
    except ValueError:
        raise ValueError("is not a day of the calendar") from None


def any_day(cell: str) -> date | None:
    """A calendar day, or nothing."""
    return day(cell) if cell else None


def count(cell: str) -> int:
    """A whole number, at least 1."""
    if not (cell.isascii() and cell.isdigit() and len(cell) < 10 and int(cell) > 0):
        raise ValueError("is not a whole number of at least 1")
    return int(cell)


def currency(cell: str) -> str:
    """An ISO 4217 code in use."""
    if cell not in CURRENCIES:
        raise ValueError("is not an ISO 4217 currency code in use")
    return cell


def hex64(cell: str) -> str:
    """64 hexadecimal digits, lower case."""
    return _formed(cell, _HEX64, "64 hexadecimal digits, lower case")


def any_hex64(cell: str) -> str:
    """64 hexadecimal digits, or nothing."""
    return hex64(cell) if cell else ""


def _formed(cell: str, form: re.Pattern[str], noun: str) -> str:
    """The cell, which must have the form."""
    if form.fullmatch(cell) is None:
        raise ValueError(f"is not {noun}")
    return cell
