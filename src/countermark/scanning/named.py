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
from countermark.scanning.plan import ANY_MARK, Plan, RuleOutcome
from countermark.scanning.roles import roles_of

PLAIN = (
    "price_minor",
    "currency",
    "seller_age_days",
    "seller_listings",
    "seller_rating",
    "stock",
    "sold",
    "photos",
)


def named_table(look: Look, outcomes: Sequence[RuleOutcome], plan: Plan) -> pa.Table:
    """One row for each listing that names a mark, in the order of the batch."""
    subjects, marks = _principal(look, outcomes)
    if not len(subjects):
        return NAMED.empty_table()
    rows, values = look.row[subjects], look.lookup.values
    at = pa.array(rows)
    true, bits_known = _signals(look, outcomes, plan)
    abroad, told = look.once("abroad", lambda: sent_from_abroad(look.batch))
    columns = {
        "listing_id": look.batch.column("listing_id").take(at),
        "seller_id": look.batch.column("seller_id").take(at),
        "mark": spelled(values.marks, look.mark[subjects]),
        "marks": pa.array(np.minimum(marks, 1000)),
        "how": spelled(values.hows, _of_first(look, look.mentions.how)[subjects]),
        "named_in": spelled(values.texts, _of_first(look, look.mentions.field)[subjects]),
        **_product_columns(look, subjects),
        "category": spelled(values.categories, look.columns["category"][rows]),
        "pack_size": pa.array(look.columns["pack_size"][rows]),
        "role": spelled(values.roles, roles_of(look)[subjects]),
        "maker": spelled(values.makers, makers_of(look)[subjects]),
        **_shares(look, subjects),
        "condition": pa.array(look.columns["condition"][rows]),
        "abroad": pa.array(abroad[rows], mask=~told[rows]),
        **{name: look.batch.column(name).take(at) for name in PLAIN},
        "true_signals": pa.array(true[subjects]),
        "known_signals": pa.array(bits_known[subjects]),
    }
    return pa.Table.from_arrays([columns[f.name].cast(f.type) for f in NAMED], schema=NAMED)


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


def _principal(look: Look, outcomes: Sequence[RuleOutcome]) -> tuple[np.ndarray, np.ndarray]:
    """For each listing that names a mark the subject with the most findings, then the first; and its number of marks."""
    fired = np.zeros(len(look), np.int64)
    for outcome in outcomes:
        np.add.at(fired, outcome.subjects[outcome.fired], 1)
    named = np.flatnonzero(look.mark >= 0)
    place = np.full(len(look), np.iinfo(np.int64).max)
    spot = look.mentions.field.astype(np.int64) << 32 | look.mentions.token
    np.minimum.at(place, look.mentions.owner, spot)
    order = named[np.lexsort((place[named], -fired[named], look.row[named]))]
    first = (
        np.r_[True, look.row[order][1:] != look.row[order][:-1]]
        if len(order)
        else np.zeros(0, bool)
    )
    counts = np.bincount(look.row[named], minlength=len(look.batch))
    chosen = order[first]
    return chosen, counts[look.row[chosen]]


def _of_first(look: Look, values: np.ndarray) -> np.ndarray:
    """The value of each subject's first mention; subjects without one have 0."""
    first = np.zeros(len(look), np.int32)
    first[look.mentions.owner[::-1]] = values[::-1]  # mentions stand in order: the first comes last
    return first


def _signals(
    look: Look, outcomes: Sequence[RuleOutcome], plan: Plan
) -> tuple[np.ndarray, np.ndarray]:
    """uint64 bits of the shared questions: which hold, which are known."""
    true, known = np.zeros(len(look), np.uint64), np.zeros(len(look), np.uint64)
    bit = {key: np.uint64(k) for k, key in enumerate(plan.columns)}
    seen: set[str] = set()
    for outcome in outcomes:
        if outcome.planned.gate != ANY_MARK:
            continue
        for name, key in outcome.planned.questions.items():
            if key in bit and key not in seen:
                seen.add(key)
                true |= outcome.answers[name].true.astype(np.uint64) << bit[key]
                known |= outcome.answers[name].known.astype(np.uint64) << bit[key]
    return true, known
