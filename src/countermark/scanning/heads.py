"""The head noun: which noun of a title says what is sold.

A charger is sold in "iPad charger", in "funda para iPad" a case, in "Rolex watch with box" a watch. A title is read as
noun phrases: punctuation ends a clause, and in a clause a name begins a new phrase. Where the nouns are those of
languages that put the head first ("bracelet de montre"), the first noun of a phrase is its head, else the last. Nouns
that name what the goods are for, what comes with them or what is left out are not the goods.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from countermark.features.tokens import text_buffers
from countermark.knowledge.snapshot import Snapshot
from countermark.operators.base import TITLE, Places
from countermark.operators.grouping import Groups, grouped
from countermark.operators.lookup import Lookup
from countermark.scanning.head_words import Meaning, Spots, Titles, find_heads

ALWAYS, SPACED, LEADS = ",;|/()[]{}", "-*+~&", ("–—•、。「」『』【】，；（）／｜،")
"""Characters that end a clause; the second kind between spaces only: "T-shirt" is one word."""
_WIDE = np.array(sorted(int.from_bytes(c.encode().rjust(3, b"\0"), "big") for c in LEADS))


def _kinds_of_bytes() -> np.ndarray:
    """For each byte 1: ends a clause, 2: does between spaces, 3: may be the first of a character that does."""
    kinds = np.zeros(256, np.uint8)
    for kind, texts in ((1, ALWAYS), (2, SPACED), (3, LEADS)):
        kinds[[text.encode()[0] for text in texts]] = kind
    return kinds


_KINDS = _kinds_of_bytes()


class Heads(NamedTuple):
    """The head noun of each row's title.

    Attributes:
        category: int32 (rows,), the kind of goods; -1 where the title has no noun.
        kinds: bool (rows, categories), every kind that this noun stands for.
        apart: bool (rows,), the noun stands outside every name: "band" in "Apple Watch band", not "Watch".
    """

    category: np.ndarray
    kinds: np.ndarray
    apart: np.ndarray


def heads_of(
    titles: pa.Array,
    words: tuple[Places, np.ndarray],
    names: tuple[Places, Groups],
    snapshot: Snapshot,
    lookup: Lookup,
) -> Heads:
    """The head noun of each title.

    Args:
        words: places of word sets, owners are rows; and which of them are read (bool).
        names: accepted names in the same rows; and these by row.
    """
    rows, size = len(titles), len(snapshot.categories)
    heads = Heads(np.full(rows, -1, np.int32), np.zeros((rows, size), bool), np.zeros(rows, bool))
    places, read = words
    asked = read & (places.field == TITLE) & (lookup.title_part[places.what] > 0)
    if not asked.any():
        return heads
    some = _spots(places, places.what, grouped(places.owner, asked, rows))
    mark = snapshot.aliases.mark[snapshot.names.ref[names[0].what]]
    named = _spots(names[0], mark, names[1])
    data, offsets = text_buffers(titles)
    tree = lookup.tree
    meaning = Meaning(
        lookup.title_part, lookup.category_of_set, lookup.mark_of_set, lookup.head_first, tree.overruling, tree.for_others
    )  # fmt: skip
    most = int(np.max(np.diff(some.by_row.first)) + np.max(np.diff(named.by_row.first)))
    longest = int(np.max(np.diff(offsets)))
    texts = Titles(data, offsets, _KINDS, _WIDE)
    out = (heads.category, heads.kinds, heads.apart)
    find_heads(some, named, texts, meaning, (most + 1, longest), out)
    return heads


def _spots(places: Places, what: np.ndarray, by_row: Groups) -> Spots:
    return Spots(places.field, places.token, places.token_end, places.start, what, by_row)
