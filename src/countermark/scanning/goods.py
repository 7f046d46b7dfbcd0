"""What a listing sells: kind of goods, model, condition and pack size, from its fields or, where they are empty, its text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from countermark.domain.tables import CONDITIONS
from countermark.knowledge.snapshot import Snapshot
from countermark.operators.base import CATEGORY, NO_PLACES, TITLE, Places
from countermark.operators.grouping import grouped
from countermark.operators.lookup import Lookup
from countermark.operators.nearness import mark_near, spots
from countermark.operators.values import codes_in, filled
from countermark.scanning.heads import Heads
from countermark.scanning.ranges import Ranges, cheapest_ranges

SURE_WORDS = ("for_parts", "refurbished", "open_box", "used")
"""Conditions, the worst first: of several that a text states, the worst holds."""
MAX_PACK = 1000
INCLUDED_WITHIN = 2  # tokens before a noun in which a word of core.included stands


def codes_given(batch: pa.RecordBatch, lookup: Lookup, rows: np.ndarray) -> Places:
    """Products that the style code or GTIN attribute names: owner row, `what` product."""
    owners, products = [], []
    for column, values in (
        ("style_code", lookup.values.style_codes),
        ("gtin", lookup.values.gtins),
    ):
        if batch.column(column).null_count == len(batch) or not len(rows):
            continue
        at = codes_in(values, batch.column(column).take(pa.array(rows)))
        owners.append(rows[at >= 0])
        products.append(at[at >= 0])
    if not owners:
        return NO_PLACES
    owner = np.concatenate(owners).astype(np.int32)
    zero = np.zeros(len(owner), np.int32)
    return Places(
        owner, zero, zero, zero, zero, zero, np.concatenate(products).astype(np.int32), zero
    )


def kinds_of(
    batch: pa.RecordBatch, words: Places, snapshot: Snapshot, lookup: Lookup
) -> tuple[np.ndarray, np.ndarray]:
    """Kinds of goods as bool (2, rows, categories), by attribute and by the title, and the one category stated.

    A given alliance id is taken as it is; a venue's own category text is read like a title, and its last noun is the
    category stated, accessories overruling; -1 where nothing is stated.
    """
    rows, size = len(batch), len(snapshot.categories)
    kinds = np.zeros((2, rows, size), bool)
    given = codes_in(lookup.values.categories, batch.column("category"))
    stated = np.flatnonzero(given >= 0)
    kinds[0, stated, given[stated]] = True
    nouns = words.take(lookup.category_of_set[words.what] >= 0)
    included = words.what == lookup.sets.get("list:core.included", -1)
    nouns = nouns.take(~_come_with_the_goods(nouns, words, included, rows))
    number = lookup.category_of_set[nouns.what]
    in_title = nouns.field == TITLE
    in_category = (nouns.field == CATEGORY) & (given[nouns.owner] < 0)
    kinds[1, nouns.owner[in_title], number[in_title]] = True
    kinds[0, nouns.owner[in_category], number[in_category]] = True
    last = _last_noun(nouns.take(in_category), number[in_category], lookup, rows)
    return kinds, np.where(given >= 0, given, last)


def _last_noun(words: Places, number: np.ndarray, lookup: Lookup, rows: int) -> np.ndarray:
    """For each row the category of its last noun, the longest of several, accessory kinds first; -1 without nouns."""
    best = np.full(rows, -1, np.int32)
    accessory = lookup.tree.accessory[number]
    order = np.lexsort((-number, words.token_end - words.token, words.token_end, accessory))
    best[words.owner[order]] = number[order]
    return best


def _come_with_the_goods(
    nouns: Places, words: Places, included: np.ndarray, rows: int
) -> np.ndarray:
    """Which nouns follow a word of `core.included` directly: they name what comes with the goods, not the goods."""
    near = np.zeros(len(nouns.owner), bool)
    by_row = grouped(nouns.owner, ~near, rows)
    asked = np.flatnonzero(included)
    mark_near(near, spots(nouns), by_row, spots(words), asked, (INCLUDED_WITHIN, 0))
    return near


def condition_of(given: np.ndarray, stated: Mapping[int, Places]) -> np.ndarray:
    """Condition codes: what the field says, else the worst that the text says, else -1."""
    text = np.full(len(given), -1, np.int8)
    if (new := stated.get(CONDITIONS.index("new"))) is not None:
        text[new.owner[new.field == TITLE]] = CONDITIONS.index("new")
    for name in reversed(SURE_WORDS):
        if (places := stated.get(CONDITIONS.index(name))) is not None:
            text[places.owner] = CONDITIONS.index(name)
    return np.where(given >= 0, given, text).astype(np.int8)


_COUNT = re.compile(rb"(?<![a-zA-Z0-9])(\d{1,4})\s*(?:[x*-]|\xc3\x97)?\s*$|(?:^|\s)x\s?(\d{1,4})$")


def sizes_of(batch: pa.RecordBatch, units: Places) -> np.ndarray:
    """Pieces in each offer: the field, else a number before a counting word in the title, else one."""
    size = filled(batch.column("pack_size"), 0).copy()
    title = batch.column("title")
    for row, field, start in zip(
        units.owner.tolist(), units.field.tolist(), units.start.tolist(), strict=True
    ):
        if field != TITLE or size[row] > 0:
            continue
        count = _COUNT.search(title[row].as_buffer().to_pybytes()[:start])
        if count and 0 < int(count[1] or count[2]) <= MAX_PACK:
            size[row] = int(count[1] or count[2])
    return np.where(size > 0, size, 1)


class FoundGoods(NamedTuple):
    """What was found about goods: words, codes given, and of each row what is stated and what its title's head noun says.

    Attributes:
        kinds: bool (rows, categories), what the goods are.
        category: int32 (rows,), the one of them that the row goes by, -1 unknown.
        stated: int32 (rows,), the category that the field states, -1 none.
        heads: head nouns of the titles.
    """

    words: Places
    codes: Places
    kinds: np.ndarray
    category: np.ndarray
    stated: np.ndarray
    heads: Heads


def goods_of(
    words: Places,
    codes: Places,
    given: np.ndarray,
    stated: np.ndarray,
    heads: Heads,
    lookup: Lookup,
) -> FoundGoods:
    """What the goods are: what is stated, unless nothing is or the head noun says it more exactly.

    A head noun also overrules where it is of goods made for others: a charger that a venue shelves with the phones.

    Args:
        given: bool (rows, categories), the kinds stated.
    """
    head = heads.category
    exact = lookup.tree.below[head, stated] | lookup.tree.for_others[head]
    by_head = (head >= 0) & ((stated < 0) | exact)
    kinds = given.copy()
    kinds[by_head] = heads.kinds[by_head]
    return FoundGoods(words, codes, kinds, np.where(by_head, head, stated), stated, heads)


def product_of(
    row: np.ndarray, mark: np.ndarray, found: FoundGoods, lookup: Lookup, snapshot: Snapshot
) -> np.ndarray:
    """The product of each subject, -1 unknown.

    By code, else the longest model that the title names and that the goods are (a charger of a tablet's name is not
    the tablet), else the mark's range of that kind.
    """
    goods = snapshot.goods
    product = _ranges_of(row, mark, found.kinds, snapshot, lookup)
    number = lookup.product_of_set[found.words.what]
    named = (number >= 0) & (found.words.field == TITLE)
    models = found.words.take(named)._replace(what=number[named])
    models = models.take(_is_sold(models, found, lookup, snapshot))
    for some in (models, found.codes):
        key = some.owner.astype(np.int64) * (len(snapshot.marks) + 1) + goods.mark[some.what]
        order = np.lexsort((-some.token, some.end - some.start, key))
        if not len(order):
            continue
        own = row.astype(np.int64) * (len(snapshot.marks) + 1) + mark
        last = np.searchsorted(key[order], own, "right") - 1
        hit = (last >= 0) & (key[order][np.maximum(last, 0)] == own)
        product = np.where(hit, some.what[order[np.maximum(last, 0)]], product)
    return product.astype(np.int32)


def _ranges_of(
    row: np.ndarray, mark: np.ndarray, kinds: np.ndarray, snapshot: Snapshot, lookup: Lookup
) -> np.ndarray:
    tree = lookup.tree
    return cheapest_ranges(
        row, mark, kinds,
        Ranges(lookup.range_keys, lookup.range_products, snapshot.goods.lowest, tree.parent, tree.for_others),
    )  # fmt: skip


def _is_sold(models: Places, found: FoundGoods, lookup: Lookup, snapshot: Snapshot) -> np.ndarray:
    """Whether the goods may be each model that is named.

    A head noun that stands apart from every name must be of the model's own category: "keyboard", which is of none of
    the narrower kinds of electronics, is no iPad. What is stated must share the model's branch of the tree, since
    venues shelve coarsely, and be no accessory of it.
    """
    category = snapshot.goods.category[models.what]
    head, stated = found.heads.kinds[models.owner], found.stated[models.owner]
    tree = lookup.tree
    fits = ~found.heads.apart[models.owner] | (head & tree.below[:-1, category].T).any(1)
    same = tree.top[stated] == tree.top[category]
    same &= ~tree.for_others[stated] | tree.below[stated, category]
    return fits & ((stated < 0) | same)
