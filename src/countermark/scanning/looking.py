"""From a batch to a `Look`: the cascade by which only listings that name something pay for more."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from countermark.domain.tables import CONDITIONS
from countermark.features.matching import Found, find
from countermark.features.windows import Index
from countermark.knowledge.disguises import WAY
from countermark.knowledge.snapshot import TERM, Snapshot
from countermark.operators.base import (
    BRAND,
    CATEGORY,
    DESCRIPTION,
    DISGUISED,
    NO_PLACES,
    TEXT_COLUMNS,
    TITLE,
    TOKEN_BITS,
    Look,
    Places,
    any_place,
)
from countermark.operators.facts import marks_in_title
from countermark.operators.grouping import Groups, grouped
from countermark.operators.lookup import Lookup
from countermark.operators.values import codes_in, filled
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
from countermark.scanning.naming import named_places
from countermark.scanning.subjects import inside, outermost, paired, stretches
from countermark.scanning.whole_words import whole_words

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
    texts = texts_of(batch)
    places = named_places(texts, snapshot, lookup)
    is_term = snapshot.names.kind[places.what] == TERM
    names, terms = places.take(~is_term), places.take(is_term)
    rows = np.flatnonzero(any_place(places.owner, len(batch)))
    words = _words(texts, snapshot, lookup, rows, terms)
    codes = codes_given(batch, lookup, rows)
    kinds, stated = kinds_of(batch, words, snapshot, lookup)
    names = names.take(anchored(names, words, snapshot, codes=codes, kinds=kinds))
    names = names._replace(how=names.how & WAY)
    by_row = grouped(names.owner, np.ones(len(names.owner), bool), len(batch))
    read = ~inside(
        words.owner, stretches(words), lookup.is_list[words.what], stretches(names), by_row
    )
    heads = heads_of(texts[TITLE], (words, read), (names, by_row), snapshot, lookup)
    goods = goods_of(words, codes, kinds[0], stated, heads, lookup)
    row, mark, mentions = _subjects(names, by_row, terms, snapshot)
    by_set = grouped(words.what, read, len(snapshot.words.sets))
    columns = {
        **_columns(batch, words, by_set, lookup),
        "category": goods.category,
        "marks_in_title": marks_in_title(row, mark, mentions.owner, mentions.field, len(batch)),
    }
    product = product_of(row, mark, goods, lookup, snapshot)
    return Look(
        batch=batch, snapshot=snapshot, lookup=lookup, row=row, mark=mark, mentions=mentions, words=words, by_set=by_set,
        sets=frozenset((by_set.first[1:] > by_set.first[:-1]).nonzero()[0].tolist()), columns=columns, product=product,
    )  # fmt: skip


def texts_of(batch: pa.RecordBatch) -> Mapping[int, pa.Array]:
    """The texts that are searched, by their codes, in the form that `find` reads; without those that no listing has."""
    texts = {code: batch.column(name) for code, name in enumerate(TEXT_COLUMNS)}
    return {
        code: text.cast(pa.large_string()).fill_null("") if text.null_count else text.cast(pa.large_string())
        for code, text in texts.items()
        if text.null_count < len(text) or code == TITLE
    }  # fmt: skip


def _words(
    texts: Mapping[int, pa.Array],
    snapshot: Snapshot,
    lookup: Lookup,
    rows: np.ndarray,
    terms: Places,
) -> Places:
    """Words of every set in these rows, the disguised ones found with the names included."""
    units = lookup.sets.get(PACK_UNIT, -1)
    parts = []
    for code in WORDS_IN:
        if code not in texts:
            continue
        search = _find_in_distinct if code == BRAND else find
        sold = code in SOLD_IN
        lexicon = snapshot.words.lexicon if sold else snapshot.words.said
        found = search(texts[code], lexicon, rows, expected=WORDS_EACH)
        set_of_entry = snapshot.words.set if sold else snapshot.words.said_set
        parts.append(whole_words(found, set_of_entry, code, units))
    disguised = terms._replace(
        what=snapshot.names.ref[terms.what], how=np.full_like(terms.how, DISGUISED)
    )
    return Places(*np.concatenate([*parts, np.stack(disguised)], axis=1))


def _find_in_distinct(column: pa.Array, index: Index, rows: np.ndarray, *, expected: int) -> Found:
    """What `find` gives for a column of few distinct texts, each searched once."""
    encoded = column.take(pa.array(rows)).dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    found = find(encoded.dictionary, index, expected=expected)
    order = np.argsort(codes, kind="stable")
    first = np.searchsorted(codes[order], found.row)
    count = np.searchsorted(codes[order], found.row, "right") - first
    which = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(which)) - np.repeat(np.cumsum(count) - count - first, count)
    every = Found(*(part[which] for part in found))
    return every._replace(row=rows[order[place]].astype(np.int32))


def _subjects(
    names: Places, by_row: Groups, terms: Places, snapshot: Snapshot
) -> tuple[np.ndarray, np.ndarray, Places]:
    """Pairs of row and mark, rows with terms only having mark -1, and mentions owned by pairs."""
    rows = len(by_row.first) - 1
    mark = snapshot.aliases.mark[snapshot.names.ref[names.what]]
    kept = outermost(stretches(names), mark, by_row)
    place = names.field.astype(np.int64) << TOKEN_BITS | names.token
    row, which, order, owner = paired(mark, place, kept, by_row)
    bare = any_place(terms.owner, rows)
    bare[row] = False
    others = np.flatnonzero(bare).astype(np.int32)
    row = np.concatenate([row, others])
    which = np.concatenate([which, np.full(len(others), -1, np.int32)])
    return row, which, names.take(order)._replace(owner=owner)


def _columns(
    batch: pa.RecordBatch, words: Places, by_set: Groups, lookup: Lookup
) -> Mapping[str, np.ndarray]:
    """Plain columns of the batch, read from the text where the field is empty."""
    values = lookup.values

    def of_list(name: str) -> Places:
        s = lookup.sets.get(f"list:core.{name}", -1)
        at = by_set.members[by_set.first[s] : by_set.first[s + 1]] if s >= 0 else by_set.members[:0]
        return words.take(at) if len(at) else NO_PLACES

    stated = {
        k: (found := of_list(f"cond_{name}")).take(found.field != BRAND)
        for k, name in enumerate(CONDITIONS)
    }
    return {
        "condition": condition_of(codes_in(values.conditions, batch.column("condition")), stated),
        "currency": codes_in(values.currencies, batch.column("currency")),
        "price_minor": filled(batch.column("price_minor"), -1),
        "pack_size": sizes_of(batch, of_list("pack_unit")),
    }
