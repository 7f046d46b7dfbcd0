"""Listings that name a mark, with the operator columns that learning and ranking read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from countermark.domain.tables import NAMED
from countermark.operators.base import Look
from countermark.operators.facts import sent_from_abroad
from countermark.operators.maker import makers_of
from countermark.operators.price import asked_and_band
from countermark.operators.values import spelled
from countermark.scanning.plan import ANY_MARK, MAX_COLUMNS, Asked, Plan
from countermark.scanning.roles import roles_of

PLAIN = (
    "listing_id",
    "seller_id",
    "price_minor",
    "currency",
    "seller_age_days",
    "seller_listings",
    "seller_rating",
    "stock",
    "sold",
    "photos",
)
NOTHING = NAMED.empty_table()


def named_table(look: Look, asked: Sequence[Asked], plan: Plan) -> pa.Table:
    """One row for each listing that names a mark, in the order of the batch."""
    subjects, marks = _principal(look, asked)
    if not len(subjects):
        return NOTHING
    rows, values = look.row[subjects], look.lookup.values
    plain = look.batch.select(PLAIN).take(pa.array(rows))
    first = np.searchsorted(look.mentions.owner, subjects)  # they stand in order of their owners
    true, bits_known = _signals(asked, plan, len(look))
    abroad, told = look.once("abroad", lambda: sent_from_abroad(look.batch))
    columns = {
        **dict(zip(PLAIN, plain.columns, strict=True)),
        "mark": spelled(values.marks, look.mark[subjects]),
        "marks": pa.array(np.minimum(marks, 1000).astype(np.int16)),
        "how": spelled(values.hows, look.mentions.how[first]),
        "named_in": spelled(values.texts, look.mentions.field[first]),
        **_product_columns(look, subjects),
        "category": spelled(values.categories, look.columns["category"][rows]),
        "pack_size": pa.array(look.columns["pack_size"][rows].astype(np.int32)),
        "role": spelled(values.roles, roles_of(look)[subjects]),
        "maker": spelled(values.makers, makers_of(look)[subjects]),
        **_shares(look, subjects),
        "condition": pa.array(look.columns["condition"][rows]),
        "abroad": pa.array(abroad[rows], mask=~told[rows]),
        "true_signals": pa.array(true[subjects]),
        "known_signals": pa.array(bits_known[subjects]),
    }
    return pa.Table.from_arrays([columns[name] for name in NAMED.names], schema=NAMED)


def _shares(look: Look, subjects: np.ndarray) -> dict[str, pa.Array]:
    """The price of one piece over the lowest and over a typical genuine price."""
    asked, bands, known = asked_and_band(look)
    asked, bands, known = asked[subjects], bands[subjects], known[subjects]
    names = ("asked_share", "typical_share")
    shares = [(asked / bands[:, k]).astype(np.float32) for k in range(len(names))]
    return {name: pa.array(s, mask=~known) for name, s in zip(names, shares, strict=True)}


def _product_columns(look: Look, subjects: np.ndarray) -> dict[str, pa.Array]:
    """The model of each subject and a typical genuine price of it."""
    goods, product, values = look.snapshot.goods, look.product[subjects], look.lookup.values
    reference = np.full((len(subjects), 2), -1)
    if len(goods.reference):
        reference = np.where(product[:, None] >= 0, goods.reference[np.maximum(product, 0)], -1)
    return {
        "style_code": spelled(values.style_codes, product),
        "reference_minor": pa.array(reference[:, 0], mask=reference[:, 0] < 0),
        "reference_currency": spelled(values.currencies, reference[:, 1]),
    }


def _principal(look: Look, asked: Sequence[Asked]) -> tuple[np.ndarray, np.ndarray]:
    """For each listing that names a mark the subject with the most findings, then the first; and its number of marks."""
    fired = np.zeros(len(look), np.int64)
    for part in asked:
        fired[part.subjects] += part.fired.sum(0)
    named = np.flatnonzero(look.mark >= 0)
    if not len(named):
        return named, named
    first = np.searchsorted(look.mentions.owner, named)
    place = look.mentions.field[first].astype(np.int64) << 32 | look.mentions.token[first]
    row = look.row[named]
    order = np.lexsort((place, -fired[named], row))
    leads = np.ones(len(order), bool)
    leads[1:] = row[order[1:]] != row[order[:-1]]
    chosen = named[order[leads]]
    counts = np.bincount(row, minlength=len(look.batch))
    return chosen, counts[look.row[chosen]]


def _signals(asked: Sequence[Asked], plan: Plan, size: int) -> tuple[np.ndarray, np.ndarray]:
    """uint64 bits of the shared questions for each of `size` subjects: which hold, which are known."""
    true, known = np.zeros((2, MAX_COLUMNS, size), bool)
    layers = [part for part in asked if part.mark == ANY_MARK]
    for part, (questions, bits) in zip(layers, plan.column_bits, strict=True):
        true[bits], known[bits] = part.true[questions], part.known[questions]
    return _packed(true), _packed(known)


def _packed(bits: np.ndarray) -> np.ndarray:
    """uint64 for each column of bool (64, n): bit k is row k."""
    return np.packbits(bits, axis=0, bitorder="little").T.copy().view("<u8")[:, 0]
