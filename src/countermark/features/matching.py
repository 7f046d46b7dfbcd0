"""Finding lexicon entries in whole columns of text, in one compiled pass.

A text is folded (see `folding`) into tokens, runs of letters and digits, and sub-tokens: a token is also cut where
letters meet digits, where case goes up and around symbols that may stand for letters. Characters of scripts written
without spaces are sub-tokens of their own. Every run of consecutive sub-tokens is a *window*; its hash grows letter
by letter, and all but a few windows are dropped by a bit filter of the first letters. So the cost follows the length of
the text and not the number of entries.

In *loose* mode letters that are drawn or typed for each other share a class, repeats collapse and separators are
skipped: `N.i.k.e`, `n1ke` and `Nikkke` have the window hash of `Nike`. Whatever is found so is a candidate only;
`knowledge.recognition` says whether and how it names the entry.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from countermark.features.folding import FoldTable, fold_table
from countermark.features.hashing import (
    SEED,
    bit_is_set,
    exact_hash,
    is_set,
    lookup,
    mixed,
    short_key,
    short_place,
    state_after,
    step,
)
from countermark.features.kernels import kernel
from countermark.features.tokens import (
    DIGITS,
    FOREIGN,
    SPACED,
    Scratch,
    fold_text,
    read_letters,
    scratch,
    text_buffers,
)

MAX_SUBTOKENS = 18  # of one window: N_I_K_E with room
MAX_WINDOW = 48  # letters of one window
PREFIX = 4  # letters from which a window is looked up by the hash of its letters
LONG = 6  # letters from which an entry counts as long
PREFIX_LENGTHS = (2, PREFIX, LONG, 8, 10, 13, 16, 20, 26)
"""Letters after which the bit filter of beginnings is asked.

After two only where the first letter is wide; after four only entries that are not long are in the filter.
"""
PREFIXES = sum(1 << n for n in PREFIX_LENGTHS if n >= LONG)
WIDE = 0x2E80  # there are thousands of characters from here on, so that two of them tell much
MAX_PREFIX = max(PREFIX_LENGTHS)
SHORT = 6
"""Characters of a short window: one of fewer letters than PREFIX, looked up by its characters."""
MAX_HITS = 256  # windows that wait to be written

ATTACHED, EXACT, PARTED, GLUED = 4, 8, 16, 32
"""Flags of a window, beside those of its characters: touching others; folds as its entry does; not in one piece; begins
inside a word of Hangul or katakana, scripts that begin words anew after a space or another script."""


class Index(NamedTuple):
    """A lexicon in the form that compiled loops read; built by `knowledge.lexicon`.

    Attributes:
        loose: whether hashes are of loose classes.
        prefix_bits, bits: uint64 bit filters of the beginnings of entries and of whole hashes.
        short_bits: uint64 (1024,), bit filter of the first two characters and length of short entries.
        slots, first: open addressing table: uint64 hash -> position in `entries` (int32).
        next_same: int32 for each position: how many more entries share its hash.
        entries: int32 entry numbers.
        words: int32 for each entry: the most tokens that a window may have, 127 where any separator is let through;
            negative: exactly that many.
        exact: uint64 for each entry: the hash of its folded characters.
    """

    loose: bool
    prefix_bits: np.ndarray
    bits: np.ndarray
    short_bits: np.ndarray
    slots: np.ndarray
    first: np.ndarray
    next_same: np.ndarray
    entries: np.ndarray
    words: np.ndarray
    exact: np.ndarray


class Letters(NamedTuple):
    """What windows are hashed by: letters, their drawings and the first letter of each sub-token; characters likewise."""

    letter: np.ndarray
    drawn: np.ndarray
    edge: np.ndarray
    char: np.ndarray
    sub_first: np.ndarray


class Found(NamedTuple):
    """Windows that have the hash of an entry, in order of row and place; parallel int32 arrays.

    `start` and `end` are byte offsets in the original UTF-8 text, `token` and `token_end` the first and last token
    (both included), `flags` a sum of FOREIGN, DIGITS, ATTACHED, EXACT, PARTED and GLUED.
    """

    row: np.ndarray
    entry: np.ndarray
    start: np.ndarray
    end: np.ndarray
    token: np.ndarray
    token_end: np.ndarray
    flags: np.ndarray


@kernel
def _one_word(before: int, char: int) -> bool:
    """Whether two characters that touch are of one word: both Hangul or both katakana."""
    hangul = 0xAC00 <= before <= 0xD7A3 and 0xAC00 <= char <= 0xD7A3
    return hangul or (0x30A1 <= before <= 0x30FA and 0x30A1 <= char <= 0x30FA)


@kernel
def _flags(folded: Scratch, first: int, stop: int) -> int:
    """FOREIGN, DIGITS, PARTED and GLUED of the characters of a window."""
    char, flag = folded.char, folded.flags
    flags = int(flag[first]) & (FOREIGN | DIGITS)
    for k in range(first + 1, stop):
        flags |= int(flag[k]) & (FOREIGN | DIGITS)
        if flag[k] & SPACED:
            flags |= PARTED
    if first > 0 and not flag[first] & SPACED and _one_word(char[first - 1], char[first]):
        flags |= GLUED
    return flags


@kernel
def _letters(folded: Scratch, loose: bool) -> Letters:
    if loose:
        return Letters(
            folded.letter, folded.drawn, folded.sub_letter, folded.char, folded.sub_first
        )
    return Letters(folded.char, folded.char, folded.sub_first, folded.char, folded.sub_first)


@kernel
def _emit(
    index: Index,
    folded: Scratch,
    subs: int,
    hits: np.ndarray,
    text: tuple[int, int],
    out: np.ndarray,
    count: int,
) -> int:
    """Write every entry of the windows in `hits`; returns the new count of `out`, which may pass its room.

    `text` is the row and the byte at which its text begins.
    """
    row, begin = text
    sub_token, sub_first = folded.sub_token, folded.sub_first
    words, entries, exact_of = index.words, index.entries, index.exact
    for h in range(hits.shape[1]):
        s, e, position = hits[0, h], hits[1, h], hits[2, h]
        first, stop = sub_first[s], sub_first[e + 1]
        token, token_end = sub_token[s], sub_token[e]
        flags = _flags(folded, first, stop)
        if (s > 0 and sub_token[s - 1] == token) or (
            e + 1 < subs and sub_token[e + 1] == token_end
        ):
            flags |= ATTACHED
        exact, tokens = exact_hash(folded.char, first, stop), token_end - token + 1
        for k in range(position, position + index.next_same[position] + 1):
            entry = entries[k]
            allowed = words[entry]
            if tokens > abs(allowed) or (allowed < 0 and tokens != -allowed):
                continue
            if count < out.shape[1]:
                out[0, count], out[1, count] = row, entry
                out[2, count] = folded.start[first] - begin
                out[3, count] = folded.end[stop - 1] - begin
                out[4, count], out[5, count] = token, token_end
                out[6, count] = flags | EXACT if exact_of[entry] == exact else flags
            count += 1
    return count


@kernel
def _repeats(drawn: np.ndarray, k: int) -> bool:
    """Whether two of the first letters from k on are equal: at a seam between sub-tokens they collapse."""
    same = drawn[k] == drawn[k + 1]
    for j in range(k + 1, k + LONG - 1):
        same |= drawn[j] == drawn[j + 1]
    return same


@kernel
def _search(
    index: Index, letters: Letters, subs: int, begin: int, hits: np.ndarray
) -> tuple[int, int]:
    """Look up the windows that begin at sub-token `begin` or later, until `hits` is full.

    Most windows are dropped by the hash of their first letters, which costs no branch but one; only where the filter
    of beginnings lets one through, or letters at a seam collapse, is it grown sub-token by sub-token.

    Returns:
        The sub-token to go on from, and how many columns of `hits` (first, last, position in the index) are written.
    """
    letter, drawn, edge, char, sub_first = letters
    prefix_bits, bits, short_bits = index.prefix_bits, index.bits, index.short_bits
    loose, slots, where = index.loose, index.slots, index.first
    total, found, s = edge[subs], 0, begin
    while s < subs and found + 2 * MAX_SUBTOKENS < hits.shape[1]:
        first, start = sub_first[s], edge[s]
        one, two = np.uint64(char[first]), np.uint64(char[first + 1])
        repeats = loose and _repeats(drawn, start)
        below = PREFIX  # letters from which windows are no longer short
        state = state_after(letter, start, PREFIX)
        long = start + PREFIX <= total and bit_is_set(prefix_bits, mixed(state))
        state = step(step(state, np.uint64(letter[start + 4])), np.uint64(letter[start + 5]))
        long |= start + LONG <= total and bit_is_set(prefix_bits, mixed(state))
        if repeats:
            below, long = 0, True
        elif char[first] >= WIDE and (
            start + 2 > total or not bit_is_set(prefix_bits, mixed(state_after(letter, start, 2)))
        ):
            below, long = 2, False
        e = s
        while e < subs and edge[e + 1] - start < below:
            length, position = sub_first[e + 1] - first, -1
            if length <= SHORT and is_set(
                short_bits, short_place(one, two * np.uint64(length > 1), length)
            ):
                position = lookup(slots, where, short_key(char, first, length))
            if position >= 0:
                hits[0, found], hits[1, found], hits[2, found] = s, e, position
                found += 1
            e += 1
        state, n, last, e = SEED, 0, np.uint32(0), s
        while long and e < min(subs, s + MAX_SUBTOKENS):
            for k in range(edge[e], edge[e + 1]):
                if loose and drawn[k] == last:
                    continue
                last = drawn[k]
                state = step(state, np.uint64(letter[k]))
                n += 1
                if n > MAX_WINDOW or (
                    n <= MAX_PREFIX
                    and PREFIXES >> n & 1
                    and not bit_is_set(prefix_bits, mixed(state))
                ):
                    long = False
                    break
            position = -1
            if long and n >= PREFIX:
                if bit_is_set(bits, mixed(state)):
                    position = lookup(slots, where, mixed(state))
            elif long and repeats:
                length = sub_first[e + 1] - first
                if length <= SHORT and is_set(
                    short_bits, short_place(one, two * np.uint64(length > 1), length)
                ):
                    position = lookup(slots, where, short_key(char, first, length))
            if position >= 0:
                hits[0, found], hits[1, found], hits[2, found] = s, e, position
                found += 1
            e += 1
        s += 1
    return s, found


@kernel
def _find_in_column(
    table: FoldTable,
    index: Index,
    text: tuple[np.ndarray, np.ndarray],
    rows: np.ndarray,
    folded: Scratch,
    hits: np.ndarray,
    out: np.ndarray,
) -> int:
    data, offsets = text
    count = 0
    for row in rows:
        begin, end = offsets[row], offsets[row + 1]
        if end == begin:
            continue
        subs, s = fold_text(table, data, begin, end, folded), 0
        if index.loose:
            read_letters(table, folded, subs)
        letters = _letters(folded, index.loose)
        while s < subs:
            s, found = _search(index, letters, subs, s, hits)
            if found:
                count = _emit(index, folded, subs, hits[:, :found], (row, begin), out, count)
    return count


def find(
    column: pa.Array, index: Index, rows: np.ndarray | None = None, *, expected: int = 4
) -> Found:
    """Every window of `column` (n texts) whose hash is an entry's, in the given rows (all: None).

    `expected` windows a text are made room for; with more the search is done twice.
    """
    data, offsets = text_buffers(column)
    rows = np.arange(len(column), dtype=np.int64) if rows is None else rows.astype(np.int64)
    longest = int(np.max(np.diff(offsets), initial=0))
    folded, room = scratch(longest), len(rows) * expected + 256
    hits = np.empty((3, MAX_HITS), np.int32)
    while True:
        out = np.empty((7, room), np.int32)
        count = _find_in_column(fold_table(), index, (data, offsets), rows, folded, hits, out)
        if count <= room:
            return Found(*(out[k, :count] for k in range(7)))
        room = count
