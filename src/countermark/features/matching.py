"""Finding lexicon entries in whole columns of text, in one compiled pass.

A text is folded (see `folding`) into tokens, runs of letters and digits, and sub-tokens: a token is also cut where
letters meet digits, where case goes up and around symbols that may stand for letters. Characters of scripts written
without spaces are sub-tokens of their own. Every run of consecutive sub-tokens is a *window*; its hash grows letter
by letter, and all but a few windows are dropped after four letters by a bit filter. So the cost follows the length of
the text and not the number of entries.

In *loose* mode letters that are drawn or typed for each other share a class, repeats collapse and separators are
skipped: `N.i.k.e`, `n1ke` and `Nikkke` have the window hash of `Nike`. Whatever is found so is a candidate only;
`knowledge.recognition` says whether and how it names the entry.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit

from countermark.features.folding import FoldTable, fold_table
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
PREFIX_LENGTHS = (
    4,
    6,
    8,
    10,
    13,
    16,
    20,
    26,
)  # letters after which the bit filter of beginnings is asked
PREFIXES = sum(1 << n for n in PREFIX_LENGTHS)
MAX_PREFIX = max(PREFIX_LENGTHS)
SHORT = 6  # windows up to this many characters are also looked up by the hash of their characters
SHORT_MASK = np.uint64(0xFFFF)
SEED = np.uint64(0xCBF29CE484222325)
STEP = np.uint64(0x100000001B3)
MIX = np.uint64(0x9E3779B97F4A7C15)

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


@njit(cache=True, inline="always")
def step(state: np.uint64, char: np.uint64) -> np.uint64:
    """A hash state with one more character."""
    return (state ^ char) * STEP


@njit(cache=True, inline="always")
def mixed(state: np.uint64) -> np.uint64:
    """A hash state with its bits spread, as filters and tables want it."""
    spread = (state ^ (state >> np.uint64(29))) * MIX
    return spread ^ (spread >> np.uint64(32))


@njit(cache=True, inline="always")
def bit_is_set(bits: np.ndarray, key: np.uint64) -> bool:
    """Whether the place of a hash is set in a bit filter."""
    place = key & np.uint64(len(bits) * 64 - 1)
    return (bits[place >> np.uint64(6)] >> (place & np.uint64(63))) & np.uint64(1) != 0


@njit(cache=True)
def _lookup(index: Index, key: np.uint64) -> int:
    """Position of the first entry with this hash, or -1."""
    mask = np.uint64(len(index.slots) - 1)
    place = (key >> np.uint64(20)) & mask
    while index.first[place] >= 0:
        if index.slots[place] == key:
            return index.first[place]
        place = (place + np.uint64(1)) & mask
    return -1


@njit(cache=True, inline="always")
def short_place(first: np.uint64, second: np.uint64, length: int) -> np.uint64:
    """Bit number, in `short_bits`, of windows that begin so and have this many characters."""
    return mixed(step(step(SEED, first), second) ^ np.uint64(length)) & SHORT_MASK


@njit(cache=True, inline="always")
def _may_be_short(bits: np.ndarray, char: np.ndarray, first: int, length: int) -> bool:
    second = np.uint64(char[first + 1]) if length > 1 else np.uint64(0)
    place = short_place(np.uint64(char[first]), second, length)
    return (bits[place >> np.uint64(6)] >> (place & np.uint64(63))) & np.uint64(1) != 0


@njit(cache=True)
def exact_hash(char: np.ndarray, first: int, stop: int) -> np.uint64:
    """The hash of folded characters."""
    state = SEED
    for k in range(first, stop):
        state = step(state, np.uint64(char[k]))
    return state


@njit(cache=True)
def _emit(
    out: np.ndarray, count: int, index: Index, position: int, place: np.ndarray, exact: np.uint64
) -> int:
    """Write every entry at `position` of the index for the window `place`; returns the new count."""
    for k in range(index.next_same[position] + 1):
        entry = index.entries[position + k]
        tokens, allowed = place[4] - place[3] + 1, index.words[entry]
        if tokens > abs(allowed) or (allowed < 0 and tokens != -allowed):
            continue
        if count < out.shape[1]:
            out[0, count] = place[0]
            out[1, count] = entry
            for field in range(1, 6):
                out[field + 1, count] = place[field]
            if index.exact[entry] == exact:
                out[6, count] |= EXACT
        count += 1
    return count


@njit(cache=True, inline="always")
def _one_word(before: int, char: int) -> bool:
    """Whether two characters that touch are of one word: both Hangul or both katakana."""
    hangul = 0xAC00 <= before <= 0xD7A3 and 0xAC00 <= char <= 0xD7A3
    return hangul or (0x30A1 <= before <= 0x30FA and 0x30A1 <= char <= 0x30FA)


@njit(cache=True)
def _found(
    index: Index,
    key: np.uint64,
    folded: Scratch,
    window: tuple[int, int, int],
    place: np.ndarray,
    out: np.ndarray,
    count: int,
) -> int:
    """Emit the entries with this hash, if there are any, for the window of sub-tokens (first, last, of all)."""
    position = _lookup(index, key)
    if position < 0:
        return count
    s, e, subs = window
    first, stop = folded.sub_first[s], folded.sub_first[e + 1]
    token, token_end = folded.sub_token[s], folded.sub_token[e]
    place[1], place[2] = folded.start[first], folded.end[stop - 1]
    place[3], place[4] = token, token_end
    before = s > 0 and folded.sub_token[s - 1] == token
    after = e + 1 < subs and folded.sub_token[e + 1] == token_end
    place[5] = ATTACHED if before or after else 0
    for k in range(first, stop):
        place[5] |= folded.flags[k] & (FOREIGN | DIGITS)
        if k > first and folded.flags[k] & SPACED:
            place[5] |= PARTED
    if (
        first > 0
        and not folded.flags[first] & SPACED
        and _one_word(folded.char[first - 1], folded.char[first])
    ):
        place[5] |= GLUED
    return _emit(out, count, index, position, place, exact_hash(folded.char, first, stop))


@njit(cache=True)
def _search(
    index: Index, folded: Scratch, subs: int, place: np.ndarray, out: np.ndarray, count: int
) -> int:
    """Look up every window of one folded text; returns the new count of `out`, which may pass its room."""
    letter, drawn, char, loose = folded.letter, folded.drawn, folded.char, index.loose
    prefix_bits, bits, short_bits = index.prefix_bits, index.bits, index.short_bits
    for s in range(subs):
        state, n, last, alive, first = SEED, 0, np.uint32(0), True, folded.sub_first[s]
        for e in range(s, min(subs, s + MAX_SUBTOKENS)):
            for k in range(folded.sub_letter[e], folded.sub_letter[e + 1]):
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
                    alive = False
                    break
            if not alive:
                break
            if n >= PREFIX and bit_is_set(bits, mixed(state)):
                count = _found(index, mixed(state), folded, (s, e, subs), place, out, count)
            length = folded.sub_first[e + 1] - first
            if length <= SHORT and _may_be_short(short_bits, char, first, length):
                key = mixed(exact_hash(char, first, first + length) ^ MIX)
                count = _found(index, key, folded, (s, e, subs), place, out, count)
    return count


@njit(cache=True, nogil=True)
def _find_in_column(
    table: FoldTable,
    index: Index,
    text: tuple[np.ndarray, np.ndarray],
    rows: np.ndarray,
    folded: Scratch,
    out: np.ndarray,
) -> int:
    data, offsets = text
    count, place = 0, np.empty(6, np.int32)
    for k in range(len(rows)):
        row = rows[k]
        place[0] = row
        begin, end = offsets[row], offsets[row + 1]
        if end > begin:
            before = count
            subs = fold_text(table, data, begin, end, folded)
            read_letters(table, folded, subs, index.loose)
            count = _search(index, folded, subs, place, out, count)
            for j in range(before, min(count, out.shape[1])):
                out[2, j] -= begin
                out[3, j] -= begin
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
    while True:
        out = np.empty((7, room), np.int32)
        count = _find_in_column(fold_table(), index, (data, offsets), rows, folded, out)
        if count <= room:
            return Found(*(out[k, :count] for k in range(7)))
        room = count
