"""Questions about codes and variants: GTINs, style codes, serials, and models that were never made."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import numpy as np
import pyarrow as pa
import re2

from countermark.domain.catalogue import CodeShape
from countermark.domain.signals import CodeSignal, VariantSignal
from countermark.operators.base import Answer, Look

ATTRIBUTES = {
    "title": "title", "description": "description", "attributes.brand": "brand", "attributes.style_code": "style_code",
    "attributes.gtin": "gtin", "attributes.serial": "serial", "attributes.colour": "colour", "attributes.size": "size",
    "seller.name": "seller_name",
}  # fmt: skip
OWN_FIELD = {"gtin": "attributes.gtin", "style": "attributes.style_code"}
GTIN_LENGTHS = (8, 12, 13, 14)


def gtin_is_valid(digits: str) -> bool:
    """Whether the last digit of a GTIN is its check digit (GS1: weights 3 and 1 from the right)."""
    if len(digits) not in GTIN_LENGTHS or not digits.isdigit():
        return False
    total = sum(int(d) * (3 if k % 2 else 1) for k, d in enumerate(reversed(digits)))
    return total % 10 == 0


def code(look: Look, signal: CodeSignal, _: Mapping[str, Answer]) -> Answer:
    """A code is present, malformed, unknown, copied, or of another product. Unknown where no such code is shown."""
    fields = signal.in_ or (OWN_FIELD.get(signal.kind, "attributes.serial"),)
    columns = [
        look.batch.column(ATTRIBUTES[f]).take(pa.array(look.row)) for f in fields if f in ATTRIBUTES
    ]
    shape = look.snapshot.codes.get(f"{look.pack}/{signal.kind}")
    complete = all(field in ATTRIBUTES for field in fields)
    true, known = np.zeros(len(look), bool), np.zeros(len(look), bool)
    for k in range(len(look)):
        found = [c for column in columns for c in _codes_in(column[k].as_py(), shape)]
        judged = [_holds(signal, value, look, k, shape) for value in found]
        true[k] = any(judged)
        known[k] = any(one is not None for one in judged)
        known[k] |= signal.check == "present" and complete
    return Answer(true, known)


def _codes_in(text: str | None, shape: CodeShape | None) -> list[str]:
    """The codes in a text: all of it, or what looks like one of the shape."""
    if not text:
        return []
    return [found.group(0) for found in re2.finditer(shape.find, text)] if shape else [text.strip()]


def _holds(
    signal: CodeSignal, value: str, look: Look, subject: int, shape: CodeShape | None
) -> bool | None:
    """Whether one code is as asked; None where nothing tells: only GTINs and shapes of packs have a known form."""
    goods = look.snapshot.goods
    known = goods.gtins if signal.kind == "gtin" else goods.style_codes
    mine = value in known and goods.mark[known.index(value)] == look.mark[subject]
    match signal.check:
        case "present":
            return True
        case "malformed":
            return _malformed(signal.kind, value, shape)
        case "bad_check_digit":
            return not gtin_is_valid(value)
        case "unknown":
            return value not in known
        case "other_product":
            return value in known and not mine
        case _:
            return None if shape is None else sha256(value.encode()).hexdigest() in shape.cloned


def _malformed(kind: str, value: str, shape: CodeShape | None) -> bool | None:
    """Whether a code can not be one of its kind; None where no form is known."""
    if shape is not None:
        return re2.fullmatch(shape.valid, value) is None
    has_form = value.isdigit() and len(value) in GTIN_LENGTHS
    return not has_form if kind == "gtin" else None


def variant(look: Look, signal: VariantSignal, _: Mapping[str, Answer]) -> Answer:
    """The model was never made in the colour, or was not yet made in the year, that the listing states.

    Unknown where the model or the stated value is not known, or its pack does not list what was made.
    """
    true, known = np.ones(len(look), bool), np.ones(len(look), bool)
    colours, years = look.batch.column("colour"), look.batch.column("year")
    for k in range(len(look)):
        product, row = int(look.product[k]), int(look.row[k])
        if signal.colour:
            made = look.snapshot.goods.colours[product] if product >= 0 else ""
            asked = (colours[row].as_py() or "").casefold()
            known[k] &= bool(made and asked)
            true[k] &= known[k] and asked not in made.casefold().split("|")
        if signal.year:
            first = look.snapshot.goods.first_year[product] if product >= 0 else 0
            year = years[row].as_py()
            known[k] &= bool(first and year)
            true[k] &= bool(known[k] and year < first)
    if signal.size:  # packs do not say yet which sizes were made
        known[:] = False
    return Answer(true & known, known)
