"""Questions about codes and variants."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import re2

from countermark.domain.catalogue import CodeShape, Product
from countermark.domain.signals import CodeSignal, VariantSignal
from countermark.testing.interpreter.asking import UNKNOWN, Answer, Asked, Subject

COLUMNS = {
    "title": "title", "description": "description", "attributes.brand": "brand", "attributes.style_code": "style_code",
    "attributes.gtin": "gtin", "attributes.serial": "serial", "attributes.colour": "colour", "attributes.size": "size",
    "seller.name": "seller_name",
}  # fmt: skip
OWN_FIELD = {"gtin": "attributes.gtin", "style": "attributes.style_code"}
GTIN_LENGTHS = (8, 12, 13, 14)


def code(subject: Subject, signal: CodeSignal, asked: Asked) -> Answer:
    """A code is present, malformed, unknown, copied, or of other goods; unknown where no such code is shown."""
    shape = subject.knowledge.code_shape(asked.pack, signal.kind)
    fields = signal.in_ or (OWN_FIELD.get(signal.kind, "attributes.serial"),)
    codes = [one for field in fields for one in _codes_in(subject.listing, field, shape)]
    if signal.check == "present":
        return Answer(bool(codes), bool(codes) or all(field in COLUMNS for field in fields))
    judged = [holds for one in codes if (holds := _holds(subject, signal, one, shape)) is not None]
    return Answer(any(judged), bool(judged))


def _codes_in(listing: Mapping[str, Any], field: str, shape: CodeShape | None) -> list[str]:
    """The codes in a text: what looks like one of the shape, or all of it."""
    text = listing.get(COLUMNS.get(field, "")) or ""
    if shape is not None:
        return [match.group(0) for match in re2.finditer(shape.find, text)]
    return [text.strip()] if text.strip() else []


def _holds(
    subject: Subject, signal: CodeSignal, value: str, shape: CodeShape | None
) -> bool | None:
    """Whether one code is as asked; None where nothing tells."""
    match signal.check:
        case "malformed":
            return _malformed(signal.kind, value, shape)
        case "bad_check_digit":
            return not gtin_is_valid(value)
        case "cloned":
            return None if shape is None else sha256(value.encode()).hexdigest() in shape.cloned
        case _:
            owner = _owner(subject, signal.kind, value)
            if signal.check == "unknown":
                return owner is None
            return owner is not None and owner.mark != subject.mark


def _malformed(kind: str, value: str, shape: CodeShape | None) -> bool | None:
    """Whether a code cannot be one of its kind: only shapes and GTINs have a form that is known."""
    if shape is not None:
        return re2.fullmatch(shape.valid, value) is None
    if kind == "gtin":
        return not value.isdigit() or len(value) not in GTIN_LENGTHS
    return None


def _owner(subject: Subject, kind: str, value: str) -> Product | None:
    """The first product that has this code."""
    column = "gtin" if kind == "gtin" else "style_code"
    return next((p for p in subject.knowledge.products if getattr(p, column) == value), None)


def gtin_is_valid(digits: str) -> bool:
    """Whether the last digit of a GTIN is its check digit (GS1: weights 3 and 1 from the right)."""
    if len(digits) not in GTIN_LENGTHS or not digits.isdecimal() or not digits.isascii():
        return False
    weighted = [int(digit) * (1, 3)[place % 2] for place, digit in enumerate(reversed(digits))]
    return sum(weighted) % 10 == 0


def variant(subject: Subject, signal: VariantSignal, _: Asked) -> Answer:
    """The model was never made in the colour, or was not yet made in the year, that the listing states."""
    parts = [_colour(subject)] if signal.colour else []
    parts += [_year(subject)] if signal.year else []
    parts += [None] if signal.size else []  # packs do not say which sizes were made
    if None in parts:
        return UNKNOWN
    return Answer(all(parts), known=True)


def _colour(subject: Subject) -> bool | None:
    """Whether the stated colour is none of those that the model was made in."""
    asked = subject.listing.get("colour")
    made = subject.product.colours if subject.product else ()
    if not asked or not made:
        return None
    return asked.casefold() not in [colour.casefold() for colour in made]


def _year(subject: Subject) -> bool | None:
    """Whether the stated year lies before the model was first sold."""
    year = subject.listing.get("year")
    first = subject.product.first_sold if subject.product else None
    if not year or first is None:
        return None
    return bool(year < first.year)
