"""Numbers behind names, worked out once for a snapshot, so that operators ask no question twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from countermark.knowledge.compiling.building import is_common_word
from countermark.knowledge.compiling.words import NOUN_SETS
from countermark.knowledge.disguises import weight_of
from countermark.knowledge.recognition import HOW, Name, name_of, recognise
from countermark.knowledge.snapshot import TERM, Goods, Snapshot
from countermark.operators.tree import Tree, tree_of
from countermark.operators.values import Values, Vocabulary, values_of, vocabulary

Ways = Callable[[int, bytes], int]
NOT_NAMED = -1
NOUN, MODEL, NAME, INCLUDED, INCLUDED_AFTER, GOODS_END, BEFORE_FIT, AFTER_FIT = (
    1 << k for k in range(8)
)
"""Parts that words of a title have in telling which of its nouns is the goods."""
LISTS_OF_PARTS = {
    "included": INCLUDED, "included_after": INCLUDED_AFTER, "goods_end": GOODS_END,
    "fit_before": BEFORE_FIT, "fit_after": AFTER_FIT,
}  # fmt: skip
"""Lists of the core pack whose words tell nouns that are not the goods."""
REMEMBERED = 1 << 16  # pairs of name and text; listings repeat each other's spellings


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Derived from a snapshot.

    Attributes:
        sets, marks, categories: number by name.
        lists: (id of the asking pack, names of lists, `core.<id>` or the pack's own) -> numbers of their word sets; those
            without words are left out.
        kinds: names of categories -> bool (categories,): those named, with everything below them; unknown names add nothing.
        category_of_set, product_of_set: int32 for each word set, -1 where it is another kind of set.
        title_part: uint8 for each word set, its part in titles: NOUN, MODEL or one of LISTS_OF_PARTS, else 0.
        mark_of_set: int32 for each word set, the mark whose model it names, -1 where it names none.
        is_list: bool for each word set, it is a list (and not nouns, models or phrases).
        head_first: bool for each word set, nouns of languages that put the head noun first.
        tree: of the categories.
        range_keys, range_products: mark * categories + category of every range, ascending, and the cheapest of each.
        ways: how a text names an entry of `Names`: (entry, UTF-8 text) -> code in HOW with its weight (`disguises`) added,
            or NOT_NAMED.
        is_common: whether a folded word is an everyday word.
        seller_keys: venue, tab and seller id of every authorised seller.
        values: what codes stand for.
    """

    sets: Mapping[str, int]
    marks: Mapping[str, int]
    categories: Mapping[str, int]
    lists: Callable[[str, tuple[str, ...]], tuple[int, ...]]
    kinds: Callable[[tuple[str, ...]], np.ndarray]
    category_of_set: np.ndarray
    product_of_set: np.ndarray
    title_part: np.ndarray
    mark_of_set: np.ndarray
    is_list: np.ndarray
    head_first: np.ndarray
    tree: Tree
    range_keys: np.ndarray
    range_products: np.ndarray
    ways: Ways
    is_common: Callable[[str], bool]
    seller_keys: Vocabulary
    values: Values

    def set_numbers(self, names: Iterable[str]) -> list[int]:
        """Numbers of the named word sets; sets without words are left out."""
        return [self.sets[name] for name in names if name in self.sets]


def lookup_of(snapshot: Snapshot) -> Lookup:
    """The lookup of a snapshot."""
    categories = {name: k for k, name in enumerate(snapshot.categories)}
    nouns = {f"{way}:{name}": k for way in NOUN_SETS for name, k in categories.items()}
    numbers = {name: k for k, name in enumerate(snapshot.words.sets)}
    sets, is_common = snapshot.words.sets, is_common_word(snapshot.names.near.common)
    category_of_set = np.array([nouns.get(name, -1) for name in sets], np.int32)
    product_of_set = np.array(
        [int(s[8:]) if s.startswith("product:") else -1 for s in sets], np.int32
    )
    marks_of_products = np.append(snapshot.goods.mark, -1).astype(np.int32)
    keys, products = _ranges(snapshot.goods, len(categories))
    return Lookup(
        sets=numbers,
        lists=_lists(numbers),
        marks={mark.id: k for k, mark in enumerate(snapshot.marks)},
        categories=categories,
        kinds=_kinds(snapshot.categories),
        category_of_set=category_of_set,
        product_of_set=product_of_set,
        title_part=_title_parts(numbers, category_of_set, product_of_set),
        mark_of_set=marks_of_products[product_of_set],
        is_list=np.array([name.startswith("list:") for name in sets], bool),
        head_first=np.array([name.startswith(f"{NOUN_SETS[1]}:") for name in sets], bool),
        tree=tree_of(snapshot.categories),
        range_keys=keys,
        range_products=products,
        ways=_ways(snapshot, is_common),
        is_common=is_common,
        seller_keys=vocabulary(snapshot.sellers.keys),
        values=values_of(snapshot),
    )


def _title_parts(
    sets: Mapping[str, int], category_of_set: np.ndarray, product_of_set: np.ndarray
) -> np.ndarray:
    part = NOUN * (category_of_set >= 0) + MODEL * (product_of_set >= 0)
    for name, own in LISTS_OF_PARTS.items():
        if f"list:core.{name}" in sets:
            part[sets[f"list:core.{name}"]] = own
    return part.astype(np.uint8)


def _lists(numbers: Mapping[str, int]) -> Callable[[str, tuple[str, ...]], tuple[int, ...]]:
    @lru_cache(maxsize=REMEMBERED)
    def lists(pack: str, names: tuple[str, ...]) -> tuple[int, ...]:
        full = [name if name.startswith("core.") else f"{pack}.{name}" for name in names]
        return tuple(numbers[key] for name in full if (key := f"list:{name}") in numbers)

    return lists


def _kinds(categories: Sequence[str]) -> Callable[[tuple[str, ...]], np.ndarray]:
    below: dict[str, list[int]] = {}
    for number, category in enumerate(categories):
        parts = category.split(".")
        for size in range(1, len(parts) + 1):
            below.setdefault(".".join(parts[:size]), []).append(number)

    @lru_cache(maxsize=REMEMBERED)
    def kinds(names: tuple[str, ...]) -> np.ndarray:
        chosen = np.zeros(len(categories), bool)
        for name in names:
            chosen[below.get(name, [])] = True
        chosen.flags.writeable = False
        return chosen

    return kinds


def _ranges(goods: Goods, categories: int) -> tuple[np.ndarray, np.ndarray]:
    ranges = np.flatnonzero(goods.is_range)
    key = goods.mark[ranges].astype(np.int64) * categories + goods.category[ranges]
    order = np.lexsort((ranges, goods.lowest[ranges], key))
    keys, first = np.unique(key[order], return_index=True)
    return keys, ranges[order][first]


def _ways(snapshot: Snapshot, is_common: Callable[[str], bool]) -> Ways:
    """Recognition with what it needs of each name worked out once, and its latest answers remembered."""
    names, aliases = snapshot.names, snapshot.aliases

    @lru_cache(maxsize=REMEMBERED)
    def name(entry: int) -> Name:
        ref = int(names.ref[entry])
        if names.kind[entry] == TERM:
            return name_of(names.texts[entry], kind="official", coined=True)
        kind, coined = HOW[aliases.how[ref]], bool(aliases.distinct[ref] == 0)
        return name_of(names.texts[entry], kind=kind, coined=coined)

    @lru_cache(maxsize=REMEMBERED)
    def way(entry: int, text: bytes) -> int:
        written = text.decode("utf-8", "replace")
        found = recognise(name(entry), written, is_common)
        if found is None:
            return NOT_NAMED
        return HOW.index(found) + weight_of(name(entry), written, found, is_common)

    return way
