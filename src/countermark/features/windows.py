"""The windows of one folded text that have the hash of an entry; see `matching`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from countermark.features.hashing import (
    SEED,
    is_set,
    lookup,
    may_hold,
    mixed,
    short_key,
    short_place,
    state_after,
    step,
)
from countermark.features.kernels import ONE, TWO, kernel, signed
from countermark.features.tokens import FAR, Scratch

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
BEGIN_BITS, REPEATS, LONG_BEGIN = np.uint64(2), np.uint64(2), np.uint64(1)
"""Of a sub-token to go on from: letters collapse at a seam soon after it; windows of PREFIX letters or more may be."""


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
    alike: np.ndarray
    edge: np.ndarray
    char: np.ndarray
    sub_first: np.ndarray


@kernel
def hashed_by(folded: Scratch, loose: bool) -> Letters:
    """What the windows of a text are hashed by in loose mode or in strict mode, where every letter counts as it is."""
    if loose:
        return Letters(
            folded.letter,
            folded.drawn,
            folded.alike,
            folded.sub_letter,
            folded.char,
            folded.sub_first,
        )
    folded.alike[0] = FAR
    return Letters(
        folded.char, folded.char, folded.alike, folded.sub_first, folded.char, folded.sub_first
    )


@kernel
def beginnings(index: Index, letters: Letters, subs: int, out: np.ndarray) -> int:
    """Write to `out` the sub-tokens that the window of an entry may begin at; returns how many they are.

    Each is written as its number shifted by BEGIN_BITS, with LONG_BEGIN and REPEATS. Most are dropped by the hash of
    a few of their first letters; no branch depends on what the filters say, so that the processor need not guess.
    """
    letter, _, alike, edge, char, sub_first = letters
    prefix_bits, short_bits = index.prefix_bits, index.short_bits
    total, count, next_alike = edge[subs], np.uint64(0), np.uint64(0)
    edge[subs + 1] = FAR
    for s in range(np.uint64(subs)):
        first, start = sub_first[s], edge[s]
        length = sub_first[s + ONE] - first
        while alike[next_alike] < start:
            next_alike += ONE
        one, two = np.uint64(char[first]), np.uint64(char[first + ONE])
        short = is_set(short_bits, short_place(one, two * np.uint64(length > 1), length))
        short &= edge[s + ONE] - start < PREFIX
        state = state_after(letter, start, 2)
        if char[first] >= WIDE:
            long = (start + 2 <= total) & may_hold(prefix_bits, mixed(state))
        else:
            short |= edge[s + TWO] - start < PREFIX
            state = step(step(state, np.uint64(letter[start + 2])), np.uint64(letter[start + 3]))
            long = (start + PREFIX <= total) & may_hold(prefix_bits, mixed(state))
            state = step(step(state, np.uint64(letter[start + 4])), np.uint64(letter[start + 5]))
            long |= (start + LONG <= total) & may_hold(prefix_bits, mixed(state))
        repeats = alike[next_alike] - start < LONG - 1
        long |= repeats
        out[count] = s << BEGIN_BITS | np.uint64(repeats) * REPEATS | np.uint64(long) * LONG_BEGIN
        count += np.uint64(short | long)
    return signed(count)


@kernel
def look_up(
    index: Index, letters: Letters, subs: int, begins: np.ndarray, begin: int, hits: np.ndarray
) -> tuple[int, int]:
    """Look up the windows that begin where `begins` says, from its position `begin` on, until `hits` is full.

    Short windows are looked up as they are; longer ones grow sub-token by sub-token while the filter of beginnings
    lets them. Where letters at a seam collapse, all are grown.

    Returns:
        The position to go on from, and how many columns of `hits` (first, last, position in the index) are written.
    """
    found, b = np.uint64(0), np.uint64(begin)
    room = np.uint64(hits.shape[1] - 2 * MAX_SUBTOKENS)
    while b < len(begins) and found < room:
        s = np.uint64(begins[b]) >> BEGIN_BITS
        repeats, long = begins[b] & REPEATS != 0, begins[b] & LONG_BEGIN != 0
        below = 0 if repeats else PREFIX  # letters from which windows are no longer short
        found = _look_up_short(index, letters, (s, np.uint64(subs)), below, hits, found)
        if long:
            found = _look_up_long(index, letters, (s, np.uint64(subs)), repeats, hits, found)
        b += ONE
    return signed(b), signed(found)


@kernel
def _look_up_short(
    index: Index,
    letters: Letters,
    subs: tuple[np.uint64, np.uint64],
    below: int,
    hits: np.ndarray,
    found: np.uint64,
) -> np.uint64:
    """Write the windows of fewer than `below` letters from one sub-token on; returns the new count of `hits`."""
    first, end = subs
    edge, e = letters.edge, first
    while e < end and edge[e + ONE] - edge[first] < below:
        position = _short_entry(index, letters, first, e)
        if position >= 0:
            hits[0, found], hits[1, found], hits[2, found] = first, e, position
            found += ONE
        e += ONE
    return found


@kernel
def _short_entry(index: Index, letters: Letters, s: np.uint64, e: np.uint64) -> int:
    """Position in the index of the window from sub-token s to e as a short one, -1 if it is none."""
    char, first, position = letters.char, letters.sub_first[s], -1
    length = letters.sub_first[e + ONE] - first
    one, two = np.uint64(char[first]), np.uint64(char[first + ONE]) * np.uint64(length > 1)
    if length <= SHORT and is_set(index.short_bits, short_place(one, two, length)):
        position = lookup(index.slots, index.first, short_key(char, first, length))
    return position


@kernel
def _look_up_long(
    index: Index,
    letters: Letters,
    subs: tuple[np.uint64, np.uint64],
    repeats: bool,
    hits: np.ndarray,
    found: np.uint64,
) -> np.uint64:
    """Write the windows that grow from one sub-token on; returns the new count of `hits`.

    Where letters collapse (`repeats`) a window of several sub-tokens may still be a short one.
    """
    letter, drawn, _, edge, _, _ = letters
    first, end = subs
    state, n, last, e, long = SEED, 0, np.uint32(0), first, True
    while long and e < min(end, first + np.uint64(MAX_SUBTOKENS)):
        for k in range(edge[e], edge[e + ONE]):
            if index.loose and drawn[k] == last:
                continue
            last = drawn[k]
            state = step(state, np.uint64(letter[k]))
            n += 1
            asked = n <= MAX_PREFIX and PREFIXES >> n & 1
            if n > MAX_WINDOW or (asked and not may_hold(index.prefix_bits, mixed(state))):
                long = False
                break
        position = -1
        if long and n >= PREFIX:
            if may_hold(index.bits, mixed(state)):
                position = lookup(index.slots, index.first, mixed(state))
        elif long and repeats:
            position = _short_entry(index, letters, first, e)
        if position >= 0:
            hits[0, found], hits[1, found], hits[2, found] = first, e, position
            found += ONE
        e += ONE
    return found
