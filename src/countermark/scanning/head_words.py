"""The compiled pass that finds the head noun of each title; what it looks for is told in `heads`.

Words of one title are rows of an integer table, columns as below; a table is filled, judged and used again for the next.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from countermark.operators.base import TITLE, TOKEN_BITS
from countermark.operators.grouping import Groups
from countermark.operators.lookup import (
    AFTER_FIT,
    BEFORE_FIT,
    GOODS_END,
    INCLUDED,
    INCLUDED_AFTER,
    MODEL,
    NAME,
    NOUN,
)

BESIDE = 2  # tokens between a noun and a word beside it that says what the noun is for
IN_NAME, COMPLEMENT, FOREIGN = 1, 2, 4
"""What makes a noun less likely the head: its sum is the rank. Foreign: of languages that order nouns otherwise."""
LEFT_OUT = -1
"""Rank of nouns that come with the goods or are left out."""
PART, TOKEN, END, CLAUSE, NUMBER, FIRST, RANK, PHRASE, GONE = range(9)
"""Columns: the part that a word has, its first and last token and clause; of nouns the category, whether their language
puts the head first, rank and phrase."""
GROUP, PLACE, ORDER = range(3)
"""Columns of the keys of nouns: what is compared first, where a noun stands in its phrase, and what is compared last."""
NEVER = 1 << TOKEN_BITS


class Spots(NamedTuple):
    """Words or names in all rows, parallel columns.

    Attributes:
        what: the word set, or the mark that is named.
        by_row: positions by row.
    """

    field: np.ndarray
    token: np.ndarray
    token_end: np.ndarray
    start: np.ndarray
    what: np.ndarray
    by_row: Groups


class Meaning(NamedTuple):
    """What word sets and categories mean to the head noun; see `Lookup`.

    Attributes:
        part, category, mark, head_first: of each word set.
        overruling, for_others: of each category.
    """

    part: np.ndarray
    category: np.ndarray
    mark: np.ndarray
    head_first: np.ndarray
    overruling: np.ndarray
    for_others: np.ndarray


class Titles(NamedTuple):
    """UTF-8 text of all titles, what each byte may begin (see `heads`), and the characters of several bytes that part clauses."""

    data: np.ndarray
    offsets: np.ndarray
    kinds: np.ndarray
    wide: np.ndarray


@njit(cache=True)
def _breaks_in(titles: Titles, row: int, breaks: np.ndarray) -> int:
    """Write the ascending byte positions, in the row's title, that end clauses; returns how many."""
    data, begin, end, count = titles.data, titles.offsets[row], titles.offsets[row + 1], 0
    kinds, wide, last = titles.kinds, titles.wide, len(titles.data) - 1
    for at in range(begin, end):
        kind, is_break = kinds[data[at]], False
        if kind == 1:
            is_break = True
        elif kind == 2:
            is_break = data[max(at - 1, 0)] == 32 and data[min(at + 1, last)] == 32
        elif kind == 3:
            code = int(data[at]) << 8 | int(data[min(at + 1, last)])
            if data[at] >= 0xE0:
                code = code << 8 | int(data[min(at + 2, last)])
            for k in range(len(wide)):
                is_break |= wide[k] == code
        breaks[count] = at - begin
        count += is_break
    return count


@njit(cache=True)
def _gather(
    words: Spots, names: Spots, meaning: Meaning, row: int, breaks: np.ndarray, table: np.ndarray
) -> int:
    """Fill the table with the words and names of a title; returns how many, 0 where no noun is among them.

    Models count as names where their mark is named in the row, in whatever text.
    """
    n, nouns = 0, 0
    for at in range(words.by_row.first[row], words.by_row.first[row + 1]):
        w = words.by_row.members[at]
        what = words.what[w]
        part, clause = meaning.part[what], 0
        if part == MODEL:
            part = 0
            for other in range(names.by_row.first[row], names.by_row.first[row + 1]):
                if names.what[names.by_row.members[other]] == meaning.mark[what]:
                    part = NAME
        for k in range(len(breaks)):
            clause += breaks[k] < words.start[w]
        table[n, PART], table[n, TOKEN], table[n, END] = part, words.token[w], words.token_end[w]
        table[n, CLAUSE], table[n, NUMBER] = clause, meaning.category[what]
        table[n, FIRST] = meaning.head_first[what]
        n += part != 0
        nouns += part == NOUN
    for at in range(names.by_row.first[row], names.by_row.first[row + 1]):
        w = names.by_row.members[at]
        table[n, PART], table[n, TOKEN], table[n, END] = NAME, names.token[w], names.token_end[w]
        n += names.field[w] == TITLE
    return n if nouns else 0


@njit(cache=True)
def _drop_covered(table: np.ndarray, n: int, inner: int, outer: int, strictly: bool) -> None:
    """Words of the parts `inner` that lie in one of `outer` lose their part; strictly: in one that is longer."""
    for k in range(n):
        table[k, GONE] = 0
        if table[k, PART] & inner:
            for j in range(n):
                covers = table[j, TOKEN] <= table[k, TOKEN] and table[j, END] >= table[k, END]
                same = table[j, TOKEN] == table[k, TOKEN] and table[j, END] == table[k, END]
                if covers and table[j, PART] & outer and not (strictly and same):
                    table[k, GONE] = 1
    for k in range(n):
        if table[k, GONE]:
            table[k, PART] = 0


@njit(cache=True)
def _rank(table: np.ndarray, n: int, k: int) -> None:
    """Write rank and phrase of the noun k; `heads` says what they are.

    A noun comes with the goods where it is the first after a word such as "and" and close to it, or the last before
    a word such as "included"; it is left out behind the end of the goods.
    """
    token, end, clause = table[k, TOKEN], table[k, END], table[k, CLAUSE]
    rank, phrase = 0, -1
    joint, previous, closing, following, left_out = -NEVER, -1, NEVER, NEVER, False
    for j in range(n):
        part, other, other_end = table[j, PART], table[j, TOKEN], table[j, END]
        behind = table[j, CLAUSE] == clause and other_end < token
        if part == NOUN:
            previous = max(previous, other) if other < token else previous
            following = min(following, other_end) if other_end > end else following
        elif part == NAME:
            phrase = max(phrase, other) if other < token else phrase
            rank |= IN_NAME * (other <= token and other_end >= end)
        elif part == BEFORE_FIT:
            rank |= COMPLEMENT * behind
        elif part == AFTER_FIT:
            rank |= COMPLEMENT * (end < other <= end + BESIDE)
        elif part == INCLUDED:
            joint = max(joint, other_end) if other_end < token else joint
        elif part == INCLUDED_AFTER:
            closing = min(closing, other) if other > end else closing
        elif part == GOODS_END:
            left_out |= behind
    left_out |= token - joint <= BESIDE and previous <= joint
    left_out |= closing - end <= BESIDE and following >= closing
    table[k, RANK], table[k, PHRASE] = LEFT_OUT if left_out else rank, phrase


@njit(cache=True)
def _head_first(table: np.ndarray, n: int) -> bool:
    """Whether a title puts heads first: more of its nouns are of such languages only than of others only."""
    votes = 0
    for k in range(n):
        if table[k, PART] == NOUN:
            first, last, counted = 0, 0, False
            for j in range(n):
                same = table[j, TOKEN] == table[k, TOKEN] and table[j, END] == table[k, END]
                if same and table[j, PART] == NOUN:
                    counted |= j < k
                    first |= table[j, FIRST] != 0
                    last |= table[j, FIRST] == 0
            votes += 0 if counted else first - last
    return votes > 0


@njit(cache=True)
def _write_keys(
    table: np.ndarray, n: int, meaning: Meaning, head_first: bool, keys: np.ndarray
) -> None:
    """Write the keys by which nouns are compared, and add FOREIGN to their ranks.

    An accessory whose phrase follows another without a break is the goods ("laptop HP charger"), as it is among
    nouns that stand around "for". Repairs, media and the like are the goods wherever they stand.
    """
    for k in range(n):
        if table[k, PART] == NOUN and table[k, RANK] != LEFT_OUT:
            number, token, end = table[k, NUMBER], table[k, TOKEN], table[k, END]
            table[k, RANK] |= FOREIGN * ((table[k, FIRST] != 0) != head_first)
            rank, main = table[k, RANK], not meaning.for_others[number]
            yields = 0 if meaning.overruling[number] and rank == 0 else 1
            around_for = main and rank & COMPLEMENT > 0
            keys[k, GROUP] = ((yields << 3 | rank) << 1 | around_for) << TOKEN_BITS | table[
                k, CLAUSE
            ]
            place, width = (token, NEVER - end) if head_first else (NEVER - end, token)
            keys[k, PLACE] = (place << TOKEN_BITS + 1 | width) << TOKEN_BITS | number
            keys[k, ORDER] = (main and not head_first) << TOKEN_BITS + 1 | (table[k, PHRASE] + 1)


@njit(cache=True)
def _chosen(table: np.ndarray, n: int, keys: np.ndarray) -> int:
    """The head noun: of the heads of all phrases the best; -1 where every noun is left out."""
    best = -1
    for k in range(n):
        if table[k, PART] == NOUN and table[k, RANK] != LEFT_OUT:
            is_head = True
            for j in range(n):
                if table[j, PART] == NOUN and table[j, RANK] != LEFT_OUT:
                    alike = (
                        keys[j, GROUP] == keys[k, GROUP] and table[j, PHRASE] == table[k, PHRASE]
                    )
                    is_head &= not (alike and keys[j, PLACE] < keys[k, PLACE])
            before = best < 0 or keys[k, GROUP] < keys[best, GROUP]
            level = best >= 0 and keys[k, GROUP] == keys[best, GROUP]
            if is_head and (before or (level and keys[k, ORDER] < keys[best, ORDER])):
                best = k
    return best


@njit(cache=True, nogil=True)
def find_heads(
    words: Spots,
    names: Spots,
    titles: Titles,
    meaning: Meaning,
    room: tuple[int, int],
    heads: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Write the head noun of each row's title into the columns of `heads.Heads`.

    `room` is for the words of one title and for its bytes.
    """
    category, kinds, apart = heads
    table, keys = np.zeros((room[0], 9), np.int64), np.empty((room[0], 3), np.int64)
    breaks = np.empty(room[1] + 1, np.int64)
    for row in range(len(category)):
        n = words.by_row.first[row + 1] - words.by_row.first[row]
        if n:
            n = _gather(
                words, names, meaning, row, breaks[: _breaks_in(titles, row, breaks)], table
            )
        if n:
            _drop_covered(table, n, NOUN, NOUN, True)
            _drop_covered(table, n, INCLUDED | INCLUDED_AFTER | GOODS_END, NOUN, False)
            _drop_covered(table, n, BEFORE_FIT, AFTER_FIT, True)
            _drop_covered(table, n, AFTER_FIT, BEFORE_FIT | AFTER_FIT, True)
            for k in range(n):
                if table[k, PART] == NOUN:
                    _rank(table, n, k)
            _write_keys(table, n, meaning, _head_first(table, n), keys)
            best = _chosen(table, n, keys)
            for k in range(n if best >= 0 else 0):
                same = table[k, TOKEN] == table[best, TOKEN] and table[k, END] == table[best, END]
                alike = table[k, RANK] & FOREIGN == table[best, RANK] & FOREIGN
                if table[k, PART] == NOUN and table[k, RANK] != LEFT_OUT and same and alike:
                    kinds[row, table[k, NUMBER]] = True
            if best >= 0:
                category[row] = table[best, NUMBER]
                apart[row] = table[best, RANK] & IN_NAME == 0
