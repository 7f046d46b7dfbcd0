"""From a batch to a `Look`: the cascade by which only listings that name something pay for more."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from countermark.domain.tables import CONDITIONS
from countermark.features.matching import ATTACHED, GLUED, Found, find
from countermark.features.windows import Index
from countermark.knowledge.disguises import WAY
from countermark.knowledge.snapshot import TERM, Snapshot
from countermark.operators.base import (
    BRAND,
    CATEGORY,
    DESCRIPTION,
    TEXT_COLUMNS,
    TITLE,
    Look,
    Places,
)
from countermark.operators.facts import marks_in_title
from countermark.operators.lookup import Lookup
from countermark.operators.values import codes_in
from countermark.scanning.anchoring import anchored
from countermark.scanning.goods import (
    codes_given,
    condition_of,
    goods_of,
    kinds_of,
    product_of,
    sizes_of,
)
from countermark.scanning.heads import heads_of
from countermark.scanning.naming import named_places, outermost

WORDS_IN = (TITLE, DESCRIPTION, BRAND, CATEGORY)
SOLD_IN = (TITLE, CATEGORY)
"""Texts whose nouns and models say what is sold."""
WORDS_EACH = 48
MAX_BATCH = 1 << 20
PACK_UNIT = "list:core.pack_unit"


def look_at(batch: pa.RecordBatch, snapshot: Snapshot, lookup: Lookup) -> Look:
    """What operators need to know of a batch in the form of `domain.tables.LISTINGS`."""
    if len(batch) > MAX_BATCH:
        raise ValueError(f"a batch of {len(batch)} listings; scan at most {MAX_BATCH} at a time")
    places = named_places(batch, snapshot, lookup)
    is_term = snapshot.names.kind[places.what] == TERM
    names, terms = places.take(~is_term), places.take(is_term)
    rows = np.unique(places.owner)
    words = _words(batch, snapshot, lookup, rows, terms)
    codes = codes_given(batch, lookup, rows)
    kinds, stated = kinds_of(batch, words, snapshot, lookup)
    names = names.take(anchored(names, words, snapshot, codes=codes, kinds=kinds))
    names = names._replace(how=names.how & WAY)
    words = words.take(~(lookup.is_list[words.what] & _inside(words, names)))
    heads = heads_of(batch.column("title"), words, names, snapshot, lookup)
    goods = goods_of(words, codes, kinds[0], stated, heads, lookup)
    row, mark, mentions = _subjects(names, terms, snapshot)
    words, first = _by_set(words, len(snapshot.words.sets))
    columns = {
        **_columns(batch, words, first, lookup),
        "category": goods.category,
        "marks_in_title": marks_in_title(row, mark, mentions.owner, mentions.field, len(batch)),
    }
    product = product_of(row, mark, goods, lookup, snapshot)
    return Look(
        batch=batch, snapshot=snapshot, lookup=lookup, row=row, mark=mark, mentions=mentions, words=words, word_first=first,
        columns=columns, product=product,
    )  # fmt: skip


def _words(
    batch: pa.RecordBatch, snapshot: Snapshot, lookup: Lookup, rows: np.ndarray, terms: Places
) -> Places:
    """Words of every set in these rows, the disguised ones found with the names included."""
    parts = []
    for code in WORDS_IN:
        column = batch.column(TEXT_COLUMNS[code])
        if column.null_count == len(column):
            continue
        search = _find_in_distinct if code == BRAND else find
        sold = code in SOLD_IN
        lexicon = snapshot.words.lexicon if sold else snapshot.words.said
        found = search(column, lexicon, rows, expected=WORDS_EACH)
        field = np.full(len(found.row), code, np.int32)
        what = (snapshot.words.set if sold else snapshot.words.said_set)[found.entry]
        parts.append(
            Places(
                found.row,
                field,
                found.token,
                found.token_end,
                found.start,
                found.end,
                what,
                found.flags,
            )
        )
    disguised = terms._replace(what=snapshot.names.ref[terms.what])
    parts.append(disguised._replace(how=np.zeros(len(terms.owner), np.int32)))
    joined = Places(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    units = lookup.sets.get(PACK_UNIT, -1)
    return joined.take((joined.how & (ATTACHED | GLUED) == 0) | (joined.what == units))


def _find_in_distinct(column: pa.Array, index: Index, rows: np.ndarray, *, expected: int) -> Found:
    """What `find` gives for a column of few distinct texts, each searched once."""
    encoded = column.take(pa.array(rows)).dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    found = find(encoded.dictionary, index, expected=expected)
    order = np.argsort(codes, kind="stable")
    first = np.searchsorted(codes[order], found.row)
    count = np.searchsorted(codes[order], found.row, "right") - first
    which = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(which)) - np.repeat(np.cumsum(count) - count - first, count)
    every = Found(*(part[which] for part in found))
    return every._replace(row=rows[order[place]].astype(np.int32))


def _inside(words: Places, names: Places) -> np.ndarray:
    """Which words stand inside an accepted name: the "new" of New Balance says nothing about the condition."""
    if not len(names.owner):
        return np.zeros(len(words.owner), bool)
    order = np.lexsort((names.end, names.start, names.field, names.owner))
    start = _byte_key(names, names.start)[order]
    reach = np.maximum.accumulate(_byte_key(names, names.end)[order])
    at = np.searchsorted(start, _byte_key(words, words.start), "right") - 1
    return (at >= 0) & (_byte_key(words, words.end) <= reach[np.maximum(at, 0)])


def _byte_key(places: Places, byte: np.ndarray) -> np.ndarray:
    """An int64 that orders bytes by owner, text and position; a token may hold a name and another word."""
    return (places.owner.astype(np.int64) * len(TEXT_COLUMNS) + places.field) << 32 | byte


def _by_set(words: Places, sets: int) -> tuple[Places, np.ndarray]:
    ordered = words.take(np.argsort(words.what, kind="stable"))
    return ordered, np.searchsorted(ordered.what, np.arange(sets + 1))


def _subjects(
    names: Places, terms: Places, snapshot: Snapshot
) -> tuple[np.ndarray, np.ndarray, Places]:
    """Pairs of row and mark, rows with terms only having mark -1, and mentions owned by pairs."""
    names = outermost(names, snapshot.aliases.mark[snapshot.names.ref[names.what]])
    mark = snapshot.aliases.mark[snapshot.names.ref[names.what]].astype(np.int64)
    marks = len(snapshot.marks)
    pairs, owner = np.unique(names.owner * np.int64(marks + 1) + mark + 1, return_inverse=True)
    bare = np.setdiff1d(terms.owner, names.owner).astype(np.int64) * (marks + 1)
    row = np.concatenate([pairs // (marks + 1), bare // (marks + 1)]).astype(np.int32)
    which = np.concatenate([pairs % (marks + 1) - 1, np.full(len(bare), -1)]).astype(np.int32)
    order = np.lexsort((names.token, names.field, owner))
    return row, which, names._replace(owner=owner.astype(np.int32)).take(order)


def _columns(
    batch: pa.RecordBatch, words: Places, first: np.ndarray, lookup: Lookup
) -> Mapping[str, np.ndarray]:
    """Plain columns of the batch, read from the text where the field is empty."""
    values = lookup.values
    stated = {
        k: (found := words.take(slice(first[s], first[s + 1]))).take(found.field != BRAND)
        for k, name in enumerate(CONDITIONS)
        if (s := lookup.sets.get(f"list:core.cond_{name}", -1)) >= 0
    }
    units = lookup.sets.get(PACK_UNIT, -1)
    unit_words = (
        words.take(slice(first[units], first[units + 1])) if units >= 0 else words.take(slice(0, 0))
    )
    return {
        "condition": condition_of(codes_in(values.conditions, batch.column("condition")), stated),
        "currency": codes_in(values.currencies, batch.column("currency")),
        "price_minor": batch.column("price_minor").fill_null(-1).to_numpy(zero_copy_only=False),
        "pack_size": sizes_of(batch, unit_words),
    }
