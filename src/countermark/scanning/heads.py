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
from countermark.operators.base import TITLE, TOKEN_BITS, Places, text_key
from countermark.operators.lookup import Lookup

BESIDE = 2  # tokens between a noun and a word beside it that says what the noun is for
AROUND = ("included", "included_after", "goods_end", "fit_before", "fit_after")
"""Lists of the core pack whose words tell nouns that are not the goods."""
IN_NAME, COMPLEMENT, FOREIGN = 1, 2, 4
"""What makes a noun less likely the head: its sum is the rank. Foreign: of languages that order nouns otherwise."""


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


class _Nouns(NamedTuple):
    """Nouns of titles, parallel columns: where they stand, in which clause and phrase, and how they are ranked."""

    places: Places
    number: np.ndarray
    clause: np.ndarray
    phrase: np.ndarray
    rank: np.ndarray
    head_first: np.ndarray

    def take(self, keep: np.ndarray) -> _Nouns:
        return _Nouns(self.places.take(keep), *(column[keep] for column in self[1:]))


def heads_of(
    titles: pa.Array, words: Places, names: Places, snapshot: Snapshot, lookup: Lookup
) -> Heads:
    """The head noun of each title.

    Args:
        words: places of word sets; owners are rows.
        names: accepted names in the same rows.
    """
    rows, size = len(titles), len(snapshot.categories)
    heads = Heads(np.full(rows, -1, np.int32), np.zeros((rows, size), bool), np.zeros(rows, bool))
    words = words.take((words.field == TITLE) & _of_use(lookup)[words.what])
    nouns = words.take(lookup.category_of_set[words.what] >= 0)
    nouns = nouns.take(~_covered(nouns, nouns, strictly=True))
    if not len(nouns.owner):
        return heads
    found = _ranked(nouns, words, _names(words, names, snapshot, lookup), titles, lookup)
    found = found.take(found.rank >= 0)
    chosen = _chosen(found, lookup)
    owner = found.places.owner[chosen]
    heads.category[owner] = found.number[chosen]
    heads.apart[owner] = found.rank[chosen] & IN_NAME == 0
    spot = _spot(found.places)
    own = np.full(rows, -1, np.int64)
    own[owner] = spot[chosen]
    foreign = np.zeros(rows, np.int64)
    foreign[owner] = found.rank[chosen] & FOREIGN
    same = (own[found.places.owner] == spot) & (foreign[found.places.owner] == found.rank & FOREIGN)
    heads.kinds[found.places.owner[same], found.number[same]] = True
    return heads


def _of_use(lookup: Lookup) -> np.ndarray:
    """For each word set whether it has a part in this: nouns, models and the lists `AROUND`."""
    use = (lookup.category_of_set >= 0) | (lookup.product_of_set >= 0)
    use[lookup.set_numbers(f"list:core.{name}" for name in AROUND)] = True
    return use


def _names(words: Places, names: Places, snapshot: Snapshot, lookup: Lookup) -> Places:
    """Where titles name marks, or models of marks that are named."""
    marks = len(snapshot.marks)
    mark = snapshot.aliases.mark[snapshot.names.ref[names.what]].astype(np.int64)
    named = np.unique(names.owner * np.int64(marks) + mark)
    models = words.take(lookup.product_of_set[words.what] >= 0)
    own = snapshot.goods.mark[lookup.product_of_set[models.what]] if len(models.owner) else 0
    models = models.take(np.isin(models.owner * np.int64(marks) + own, named))
    titled = names.take(names.field == TITLE)
    return Places(*(np.concatenate(pair) for pair in zip(titled, models, strict=True)))


def _ranked(
    nouns: Places, words: Places, names: Places, titles: pa.Array, lookup: Lookup
) -> _Nouns:
    """Nouns with their clauses and ranks; rank -1: comes with the goods, or is left out."""
    clause_of = _Clauses(titles)
    clause = clause_of(nouns)
    around = words.take(lookup.is_list[words.what])
    places = {
        name: around.take(around.what == lookup.sets.get(f"list:core.{name}", -1))
        for name in AROUND
    }
    for name in ("included", "included_after", "goods_end"):
        places[name] = places[name].take(~_covered(places[name], nouns))
    with_goods = _after(nouns, clause, places["goods_end"], clause_of)
    with_goods |= _joined(nouns, places["included"]) | _led(nouns, places["included_after"])
    rank = IN_NAME * _covered(nouns, names) + COMPLEMENT * _complements(
        nouns, clause, places["fit_before"], places["fit_after"], clause_of
    )
    starts = np.unique(text_key(names.owner, names.field, names.token))
    phrase = np.searchsorted(starts, text_key(nouns.owner, nouns.field, nouns.token))
    first = lookup.head_first[nouns.what]
    head_first = _head_first(nouns, first)
    rank = np.where(with_goods, -1, rank + FOREIGN * (first != head_first))
    return _Nouns(nouns, lookup.category_of_set[nouns.what], clause, phrase, rank, head_first)


def _chosen(nouns: _Nouns, lookup: Lookup) -> np.ndarray:
    """Positions of the head noun of each row: first the head of each phrase, then of these the best.

    An accessory whose phrase follows another without a break is the goods ("laptop HP charger"), as it is among
    nouns that stand around "for". Repairs, media and the like are the goods wherever they stand.
    """
    first, spots = nouns.head_first, nouns.places
    overrules = lookup.tree.overruling[nouns.number] & (nouns.rank == 0)
    place = np.where(first, spots.token, -spots.token_end)
    width = np.where(first, -spots.token_end, spots.token)
    main = ~lookup.tree.for_others[nouns.number]
    around_for = main & (nouns.rank & COMPLEMENT > 0)
    group = (nouns.phrase, nouns.clause, around_for, nouns.rank, ~overrules, spots.owner)
    order = np.lexsort((nouns.number, width, place, *group))
    heads = order[_first_in_group(np.stack([column[order] for column in group]))]
    keys = (nouns.phrase, main & ~first, *group[1:])
    best = heads[np.lexsort([key[heads] for key in keys])]
    return best[_first_in_group(spots.owner[best][None])]


def _first_in_group(keys: np.ndarray) -> np.ndarray:
    """Of sorted columns (keys, n) which differ from the one before."""
    if not keys.shape[1]:
        return np.zeros(0, bool)
    return np.r_[True, (keys[:, 1:] != keys[:, :-1]).any(0)]


def _spot(places: Places) -> np.ndarray:
    """An int64 that tells places of titles apart by row, first and last token."""
    return (places.owner.astype(np.int64) << TOKEN_BITS | places.token) << TOKEN_BITS | (
        places.token_end - places.token
    )


def _covered(places: Places, outer: Places, *, strictly: bool = False) -> np.ndarray:
    """Which places lie in one of `outer`, all in titles; strictly: in one that is longer."""
    if not len(outer.owner) or not len(places.owner):
        return np.zeros(len(places.owner), bool)
    order = np.argsort(_spot(outer), kind="stable")
    start = text_key(outer.owner, outer.field, outer.token)[order]
    reach = np.maximum.accumulate(text_key(outer.owner, outer.field, outer.token_end)[order])
    own = text_key(places.owner, places.field, places.token)
    end = text_key(places.owner, places.field, places.token_end)
    until = np.searchsorted(start, own, "right") - 1
    if not strictly:
        return (until >= 0) & (reach[np.maximum(until, 0)] >= end)
    before = np.searchsorted(start, own, "left") - 1
    earlier = (before >= 0) & (reach[np.maximum(before, 0)] >= end)
    return earlier | ((until >= 0) & (reach[np.maximum(until, 0)] > end))


def _head_first(nouns: Places, first: np.ndarray) -> np.ndarray:
    """Of each noun whether its title puts heads first: more of its nouns are of such languages only than of others."""
    if not first.any():
        return first
    spots, at = np.unique(_spot(nouns), return_inverse=True)
    is_first, is_last = np.zeros(len(spots), bool), np.zeros(len(spots), bool)
    is_first[at[first]] = True
    is_last[at[~first]] = True
    owner = (spots >> 2 * TOKEN_BITS).astype(np.int64)
    votes = np.bincount(owner, weights=is_first.astype(int) - is_last)
    return votes[nouns.owner] > 0


def _joined(nouns: Places, included: Places) -> np.ndarray:
    """Which nouns are the first after a word such as "and", and close to it."""
    if not len(included.owner):
        return np.zeros(len(nouns.owner), bool)
    starts = np.unique(text_key(nouns.owner, nouns.field, nouns.token))
    own = text_key(nouns.owner, nouns.field, nouns.token)
    ends = np.sort(text_key(included.owner, included.field, included.token_end))
    at = np.searchsorted(ends, own)
    end = ends[np.maximum(at - 1, 0)]
    earlier = np.searchsorted(starts, own)
    previous = np.where(earlier > 0, starts[np.maximum(earlier - 1, 0)], -1)
    return (at > 0) & (own - end <= BESIDE) & (previous <= end)


def _led(nouns: Places, included_after: Places) -> np.ndarray:
    """Which nouns are the last before a word such as "included", and close to it."""
    if not len(included_after.owner):
        return np.zeros(len(nouns.owner), bool)
    ends = np.unique(text_key(nouns.owner, nouns.field, nouns.token_end))
    own = text_key(nouns.owner, nouns.field, nouns.token_end)
    starts = np.sort(text_key(included_after.owner, included_after.field, included_after.token))
    at = np.searchsorted(starts, own, "right")
    start = starts[np.minimum(at, len(starts) - 1)]
    later = np.searchsorted(ends, own, "right")
    following = ends[np.minimum(later, len(ends) - 1)]
    last = (later == len(ends)) | (following >= start)
    return (at < len(starts)) & (start - own <= BESIDE) & last


def _complements(
    nouns: Places, clause: np.ndarray, before: Places, after: Places, clause_of: _Clauses
) -> np.ndarray:
    """Which nouns name what the goods fit: they follow "for" in their clause, or stand before a postposition such as 用.

    A word that is used both ways (适用, compatible) makes complements on both sides.
    """
    if not len(before.owner) and not len(after.owner):
        return np.zeros(len(nouns.owner), bool)
    alone = before.take(~_covered(before, after, strictly=True))
    post = after.take(~_covered(after, before, strictly=True))
    post = post.take(~_covered(post, post, strictly=True))
    starts = np.sort(text_key(post.owner, post.field, post.token))
    end = text_key(nouns.owner, nouns.field, nouns.token_end)
    near = np.searchsorted(starts, end + BESIDE, "right") > np.searchsorted(starts, end, "right")
    return _after(nouns, clause, alone, clause_of) | near


def _after(nouns: Places, clause: np.ndarray, words: Places, clause_of: _Clauses) -> np.ndarray:
    """Which nouns have one of the words before them in their clause."""
    if not len(words.owner):
        return np.zeros(len(nouns.owner), bool)
    ends = np.sort(clause_of(words) << TOKEN_BITS | words.token_end)
    own = clause << TOKEN_BITS
    return np.searchsorted(ends, own | nouns.token) > np.searchsorted(ends, own)


class _Clauses:
    """Numbers the clauses of a column of texts; the number of a place grows with its row and its position."""

    def __init__(self, texts: pa.Array) -> None:
        data, self._offsets = text_buffers(texts)
        first = int(self._offsets[0])
        self._breaks = first + _breaks_in(data[first : int(self._offsets[-1])])

    def __call__(self, places: Places) -> np.ndarray:
        """int64 clause number of each place."""
        byte = self._offsets[places.owner] + places.start
        return np.searchsorted(self._breaks, byte) + places.owner


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


def _breaks_in(data: np.ndarray) -> np.ndarray:
    """Ascending positions of the bytes that end clauses."""
    kind = _KINDS[data]
    at = np.flatnonzero(kind)
    kind = kind[at]
    last = len(data) - 1
    before, second, third = (data[np.clip(at + k, 0, last)].astype(np.int64) for k in (-1, 1, 2))
    spaced = (before == ord(" ")) & (second == ord(" "))
    two = data[at].astype(np.int64) << 8 | second
    code = np.where(data[at] < 0xE0, two, two << 8 | third)
    return at[(kind == 1) | (kind == 2) & spaced | (kind == 3) & np.isin(code, _WIDE)]
