"""Offers of the gate to listings: what `normalising` does to columns of a file, done to a few typed values.

The two agree on every offer; a test holds one against the other. Columns of files cost two milliseconds however few the
rows are, and the gate has no two milliseconds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase
from typing import Any, Final

import pyarrow as pa

from countermark.domain.currencies import CURRENCIES, decimals
from countermark.domain.ingested import MAX_PRICE_MINOR
from countermark.domain.offers import FIELDS, Offer
from countermark.domain.tables import CONDITIONS, LISTINGS
from countermark.ingest.normalising import CONDITION_WORDS, GAPS, NOT_GTIN
from countermark.ingest.prices import NO_PRICE, THREE_AFTER_POINT, TWO_WAYS

_CONDITION_OF: Final = {
    **CONDITION_WORDS,
    **{name.replace("_", " "): name for name in CONDITIONS},
    "": None,
}
_GAPS: Final = re.compile(GAPS)
_NOT_GTIN: Final = re.compile(NOT_GTIN)
# Letters of other scripts have no say in codes, and Arrow's idea of their capitals is not Python's.
_UPPER: Final = str.maketrans(ascii_lowercase, ascii_uppercase)
_LOWER: Final = str.maketrans(ascii_uppercase, ascii_lowercase)
_THREE: Final = re.compile(THREE_AFTER_POINT)
_PLAIN: Final = tuple(name for name in FIELDS if name in LISTINGS.names)


def listings_of(
    offers: Sequence[Offer], ids: Sequence[str], venues: Sequence[str]
) -> tuple[pa.RecordBatch, list[tuple[str, ...]]]:
    """The offers as a batch of schema `LISTINGS`, and of each what could not be used of it, one sentence a value.

    Args:
        ids: what stands for the listing ids, which of several venues may be equal.
    """
    notes: list[tuple[str, ...]] = [()] * len(offers)
    columns: dict[str, list[Any]] = {
        name: [getattr(offer, name) for offer in offers] for name in _PLAIN
    }
    columns |= {"listing_id": list(ids), "venue": list(venues)}
    for k, offer in enumerate(offers):
        said: list[str] = []
        _clean(offer, k, columns, said)
        if said:
            notes[k] = tuple(said)
    arrays = [_array(columns[field.name], field.type) for field in LISTINGS]
    return pa.RecordBatch.from_arrays(arrays, schema=LISTINGS), notes


def asked_minor(offer: Offer) -> tuple[int, str] | None:
    """What the offer asks for, in minor units of the currency beside it; None where it cannot be used."""
    currency = None if offer.currency is None else _currency(offer.currency, [])
    minor = offer.price_minor
    if minor is None and offer.price is not None:
        minor = _minor(offer.price, currency, [])
    return None if minor is None or currency is None else (minor, currency)


def _array(values: list[Any], kind: pa.DataType) -> pa.Array:
    if all(value is None for value in values):
        return pa.nulls(len(values), kind)
    return pa.array(values, kind)


def _clean(offer: Offer, k: int, columns: dict[str, list[Any]], said: list[str]) -> None:
    """Put the values of one offer in their form, or set them aside."""
    if offer.condition is not None:
        columns["condition"][k] = _condition(offer.condition, said)
    if offer.currency is not None:
        columns["currency"][k] = _currency(offer.currency, said)
    if offer.price is not None and offer.price_minor is None:
        columns["price_minor"][k] = _minor(offer.price, columns["currency"][k], said)
    for name in ("market", "ships_from"):
        if columns[name][k] is not None:
            columns[name][k] = columns[name][k].translate(_UPPER)
    if offer.gtin is not None:
        columns["gtin"][k] = _NOT_GTIN.sub("", offer.gtin)


def _note(said: list[str], column: str, value: object, reason: str) -> None:
    said.append(f"{column} {str(value)[:200]!r}: {reason}")


def _condition(text: str, said: list[str]) -> str | None:
    plain = _GAPS.sub(" ", text.strip().translate(_LOWER))
    if plain not in _CONDITION_OF:
        _note(said, "condition", text, f"is none of {', '.join(CONDITIONS)}")
    return _CONDITION_OF.get(plain)


def _currency(text: str, said: list[str]) -> str | None:
    code = text.strip().translate(_UPPER)
    if code in CURRENCIES:
        return code
    if code:
        _note(said, "currency", code, "is not an ISO 4217 code in use")
    return None


def _minor(price: str, currency: str | None, said: list[str]) -> int | None:
    """Minor units of a decimal price; without a known currency it cannot be counted and stays unknown."""
    if currency is None:
        return None
    if decimals(currency) < 3 and _THREE.match(price):
        _note(said, "price", price, TWO_WAYS)
        return None
    minor = int((Decimal(price) * 10 ** decimals(currency)).to_integral_value())
    if 0 < minor <= MAX_PRICE_MINOR:
        return minor
    _note(said, "price", price, NO_PRICE)
    return None
