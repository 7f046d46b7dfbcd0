"""Prices as people and systems write them, to whole minor units of a currency."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.currencies import CURRENCIES, decimals
from countermark.domain.ingested import MAX_PRICE_MINOR
from countermark.ingest.casting import EMPTY, Fault, checked, without

TWO_WAYS = "thousands or decimals: write 1299.00 or 1,299.00"
THREE_AFTER_POINT = r"^-?[1-9]\d{0,2}\.\d{3}$"
NO_PRICE = "is not a price: not above zero, or beyond reason"
ONE_NUMBER = r"^[^\d-]*(-?\d[\d.,'’\s\x{a0}\x{202f}]*(?:[eE][+-]?\d+)?)[^\d]*$"

_HALF, _DOUBTFUL = pa.scalar(0.5), pa.scalar(0.01)
_NOTHING, _MOST = pa.scalar(0, pa.int64()), pa.scalar(MAX_PRICE_MINOR, pa.int64())


def currencies_of(
    given: pa.Array | None, default: str | None, size: int
) -> tuple[pa.Array, list[Fault]]:
    """ISO 4217 codes in capitals; the default where none is given."""
    if given is None:
        given = pa.nulls(size, pa.string())
    text = pc.ascii_upper(pc.utf8_trim_whitespace(given.cast(pa.string())))
    empty = pc.equal(text, EMPTY).fill_null(True)
    known = pc.is_in(text, value_set=pa.array(sorted(CURRENCIES), pa.string()))
    bad = pc.and_(pc.invert(known), pc.invert(empty)).to_numpy(zero_copy_only=False)
    column = without(pc.invert(known), text)
    if default is not None:
        column = pc.if_else(empty, default, column)
    return column, [Fault("currency", bad, text, "is not an ISO 4217 code in use")]


def prices_of(
    given: Mapping[str, pa.Array], currency: pa.Array, size: int
) -> tuple[pa.Array, list[Fault]]:
    """Minor units from `price_minor`, or exactly from `price` and its currency."""
    if "price_minor" in given:
        minor, faults = checked(
            "price_minor",
            given["price_minor"],
            lambda a: a.cast(pa.int64()),
            "is not a whole number",
            pa.int64(),
        )
        name, shown = "price_minor", given["price_minor"]
    elif "price" in given:
        minor, faults = _minor(given["price"], currency)
        name, shown = "price", given["price"]
    else:
        return pa.nulls(size, pa.int64()), []
    bad = pc.or_(pc.less_equal(minor, _NOTHING), pc.greater(minor, _MOST)).fill_null(False)
    mask = bad.to_numpy(zero_copy_only=False)
    if mask.any():
        faults.append(Fault(name, mask, shown, NO_PRICE))
        minor = without(bad, minor)
    return minor, faults


def _minor(price: pa.Array, currency: pa.Array) -> tuple[pa.Array, list[Fault]]:
    """Decimal prices in minor units; a price without a known currency cannot be counted and stays unknown."""
    number = _as_number(price) if pa.types.is_string(price.type) else price
    amount, faults = checked(
        "price", number, lambda a: a.cast(pa.float64()), "is not a number", pa.float64()
    )
    faults = [fault._replace(values=price) for fault in faults]
    codes = sorted(CURRENCIES)
    at = pc.index_in(currency, value_set=pa.array(codes, pa.string()))
    factor = pa.array([10.0 ** decimals(code) for code in codes]).take(at)
    if pa.types.is_string(price.type):
        unclear = _either_way(number, factor)
        faults.append(Fault("price", unclear.to_numpy(zero_copy_only=False), price, TWO_WAYS))
        amount = without(unclear, amount)
    scaled = pc.multiply(amount, factor)
    whole = pc.round(scaled)
    if pa.types.is_string(price.type):
        whole = _exact(whole, number, scaled, factor)
    beyond = pc.and_(pc.greater(pc.abs(whole), MAX_PRICE_MINOR), pc.invert(pc.is_nan(whole)))
    beyond = beyond.fill_null(False)
    faults.append(Fault("price", beyond.to_numpy(zero_copy_only=False), price, NO_PRICE))
    usable = pc.and_(pc.is_finite(whole), pc.invert(beyond))
    return pc.if_else(usable, whole, None).cast(pa.int64()), faults


def _exact(whole: pa.Array, number: pa.Array, scaled: pa.Array, factor: pa.Array) -> pa.Array:
    """`whole` as exact numbers round, half to even; a float may lie on the other side of a half."""
    near = pc.less(pc.abs(pc.subtract(pc.abs(pc.subtract(scaled, whole)), _HALF)), _DOUBTFUL)
    rows = np.flatnonzero(near.fill_null(False).to_numpy(zero_copy_only=False))
    if not len(rows):
        return whole
    values = whole.to_numpy(zero_copy_only=False).copy()
    for row in rows.tolist():
        values[row] = int(
            (Decimal(number[row].as_py()) * int(factor[row].as_py())).to_integral_value()
        )
    return pa.array(values, pa.float64(), mask=whole.is_null().to_numpy(zero_copy_only=False))


def _either_way(number: pa.Array, factor: pa.Array) -> pa.Array:
    """Whether "1.299" may be as well 1,299 as 1.30: three digits after one point, in a currency without so many."""
    three = pc.match_substring_regex(number, THREE_AFTER_POINT)
    return pc.and_(three, pc.less(factor, 1000.0)).fill_null(False)


def _as_number(price: pa.Array) -> pa.Array:
    """Prices as people write them, "US$ 1,299.00", "1.299,50 €", "Rs. 500", as plain decimal numbers.

    A comma before one or two last digits parts the decimals; other commas, and points where there are several, part
    thousands. What holds more than one number stays as it is, and is none.
    """
    alone = pc.replace_substring_regex(price, ONE_NUMBER, r"\1")
    alone = pc.replace_substring_regex(alone, r"[\s'’\x{a0}\x{202f}]", "")
    comma = pc.match_substring_regex(alone, r",\d{1,2}$")
    english = pc.replace_substring(alone, ",", "")
    several = pc.greater(pc.count_substring(english, "."), 1)
    english = pc.if_else(several, pc.replace_substring(english, ".", ""), english)
    other = pc.replace_substring(pc.replace_substring(alone, ".", ""), ",", ".")
    return pc.if_else(comma, other, english)
