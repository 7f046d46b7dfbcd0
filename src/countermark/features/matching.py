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

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit

from countermark.features.folding import (
    CODE_MASK,
    DELETE,
    DIGIT,
    DISGUISE_BIT,
    EXPAND_BIT,
    KIND_SHIFT,
    LAST,
    LETTER,
    SEPARATOR,
    SYMBOL,
    UNSEGMENTED,
    UPPER_BIT,
    FoldTable,
    fold_table,
)

MAX_SUBTOKENS = 18  # of one window: N_I_K_E with room
MAX_WINDOW = 48  # folded characters of one window
MAX_TEXT = 20_000  # bytes of one text that are looked at; what follows is cut
PREFIX = 4  # letters from which a window is looked up by its loose hash
PREFIX_LENGTHS = (4, 6, 8, 10, 13, 16, 20, 26)  # letters after which the bit filter of beginnings is asked
PREFIXES = sum(1 << n for n in PREFIX_LENGTHS)
MAX_PREFIX = max(PREFIX_LENGTHS)
SHORT = 6  # windows up to this many characters are also looked up exactly
SEED = np.uint64(0xCBF29CE484222325)
STEP = np.uint64(0x100000001B3)
MIX = np.uint64(0x9E3779B97F4A7C15)

FOREIGN, DIGITS, ATTACHED, EXACT = 1, 2, 4, 8
"""Flags of a window: a look-alike character; a digit or symbol; touching other characters; folds as its entry does."""


class Index(NamedTuple):
    """A lexicon in the form that compiled loops read; built by `knowledge.lexicon`.

    Attributes:
        loose: whether hashes are of loose classes.
        prefix_bits, bits: uint64 bit filters of the first four letters and of whole hashes.
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
    slots: np.ndarray
    first: np.ndarray
    next_same: np.ndarray
    entries: np.ndarray
    words: np.ndarray
    exact: np.ndarray


class Found(NamedTuple):
    """Windows that have the hash of an entry, in order of row and place; parallel int32 arrays.

    `start` and `end` are byte offsets in the original UTF-8 text, `token` and `token_end` the first and last token
    (both included), `flags` a sum of FOREIGN, DIGITS, ATTACHED and EXACT.
    """

    row: np.ndarray
    entry: np.ndarray
    start: np.ndarray
    end: np.ndarray
    token: np.ndarray
    token_end: np.ndarray
    flags: np.ndarray


@njit(cache=True, inline="always")
def _step(state: np.uint64, char: np.uint64) -> np.uint64:
    return (state ^ char) * STEP


@njit(cache=True, inline="always")
def _mixed(state: np.uint64) -> np.uint64:
    mixed = (state ^ (state >> np.uint64(29))) * MIX
    return mixed ^ (mixed >> np.uint64(32))


@njit(cache=True, inline="always")
def _bit(bits: np.ndarray, mixed: np.uint64) -> bool:
    place = mixed & np.uint64(len(bits) * 64 - 1)
    return (bits[place >> np.uint64(6)] >> (place & np.uint64(63))) & np.uint64(1) != 0


@njit(cache=True)
def _lookup(index: Index, mixed: np.uint64) -> int:
    """Position of the first entry with this hash, or -1."""
    mask = np.uint64(len(index.slots) - 1)
    place = (mixed >> np.uint64(20)) & mask
    while index.first[place] >= 0:
        if index.slots[place] == mixed:
            return index.first[place]
        place = (place + np.uint64(1)) & mask
    return -1


@njit(cache=True)
def _code_point(data: np.ndarray, at: int, end: int) -> tuple[int, int]:
    """The code point at byte `at` and its length in bytes; broken UTF-8 reads as a space."""
    lead = int(data[at])
    if lead < 0x80:
        return lead, 1
    size = 2 if lead < 0xE0 else 3 if lead < 0xF0 else 4
    if lead < 0xC0 or at + size > end:
        return 32, 1
    code = lead & (0xFF >> (size + 1))
    for k in range(1, size):
        code = code << 6 | int(data[at + k]) & 0x3F
    return code, size


@njit(cache=True)
def _packed(table: FoldTable, code: int) -> np.uint32:
    if code <= LAST:
        return table.packed[code]
    kind = UNSEGMENTED if 0x20000 <= code <= 0x323AF else SEPARATOR
    if code >= 0xE0000:
        kind = DELETE
    return np.uint32(kind << KIND_SHIFT | code)


@njit(cache=True)
def _reads_as_letter(table: FoldTable, data: np.ndarray, at: int, end: int, inside: bool) -> bool:
    """Whether a symbol that ends before `at` may stand for a letter: inside or at either edge of a word."""
    if inside:
        return True
    if at >= end:
        return False
    kind = _packed(table, _code_point(data, at, end)[0]) >> KIND_SHIFT & 7
    return kind == LETTER


class Scratch(NamedTuple):
    """The folded characters and sub-tokens of one text at a time."""

    char: np.ndarray
    flags: np.ndarray
    start: np.ndarray
    end: np.ndarray
    sub_first: np.ndarray
    sub_token: np.ndarray


def scratch(longest: int) -> Scratch:
    """Room for a text of `longest` bytes."""
    room = min(longest, MAX_TEXT) * 4 + 8
    return Scratch(
        np.empty(room, np.uint32), np.empty(room, np.uint8), np.empty(room, np.int32),
        np.empty(room, np.int32), np.empty(room, np.int32), np.empty(room, np.int32),
    )  # fmt: skip


@njit(cache=True)
def _fold(table: FoldTable, data: np.ndarray, begin: int, end: int, out: Scratch) -> int:
    """Fold one text into `out`; returns how many sub-tokens it has."""
    at, n, subs, token = begin, 0, 0, -1
    previous, previous_upper = SEPARATOR, False
    end = min(end, begin + MAX_TEXT)
    while at < end:
        code, size = _code_point(data, at, end)
        packed = _packed(table, code)
        kind = packed >> KIND_SHIFT & 7
        begin_char, at = at, at + size
        if kind == DELETE:
            continue
        if kind == SYMBOL and not _reads_as_letter(table, data, at, end, previous != SEPARATOR and previous != UNSEGMENTED):
            kind = SEPARATOR
        if kind == SEPARATOR:
            previous = SEPARATOR
            continue
        upper = packed & UPPER_BIT != 0
        new_token = previous == SEPARATOR or (kind == UNSEGMENTED) != (previous == UNSEGMENTED)
        if new_token or kind != previous or kind == UNSEGMENTED or (upper and not previous_upper):
            token += 1 if new_token or kind == UNSEGMENTED else 0
            out.sub_first[subs] = n
            out.sub_token[subs] = token
            subs += 1
        flag = (FOREIGN if packed & DISGUISE_BIT and kind != SYMBOL else 0) | (
            DIGITS if kind == DIGIT or kind == SYMBOL else 0
        )
        count = 1
        while packed & EXPAND_BIT and count < 4 and table.expansions[packed & CODE_MASK, count]:
            count += 1
        for k in range(count):
            folded = packed & CODE_MASK
            out.char[n] = table.expansions[folded, k] if packed & EXPAND_BIT else folded
            out.flags[n], out.start[n], out.end[n] = flag, begin_char, at
            n += 1
        previous, previous_upper = kind, upper
    out.sub_first[subs] = n
    return subs


@njit(cache=True, inline="always")
def _emit(out: np.ndarray, count: int, index: Index, position: int, place: np.ndarray, exact: np.uint64) -> int:
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


class Window(NamedTuple):
    """What is known of a window so far: whether an entry may begin so, its hashes, its size and its flags."""

    alive: bool
    exact: np.uint64
    loose: np.uint64
    length: int
    letters: int
    last: np.uint32
    flags: int


@njit(cache=True, inline="always")
def _empty() -> Window:
    return Window(True, SEED, SEED, 0, 0, np.uint32(0), 0)


@njit(cache=True)
def _grow(window: Window, folded: Scratch, sub: int, classes: np.ndarray, index: Index, trail: np.ndarray) -> Window:
    """The window with the characters of one more sub-token, or a dead one as soon as no entry begins so.

    `trail[n]` becomes the hash of the first n letters.
    """
    _, exact, state, length, letters, last, flags = window
    k, stop = folded.sub_first[sub], folded.sub_first[sub + 1]
    while k < stop:
        char = folded.char[k]
        exact = _step(exact, np.uint64(char))
        flags |= folded.flags[k]
        length += 1
        k += 1
        if index.loose:
            if char == 114 and k < stop and folded.char[k] == 110:  # rn is drawn like m
                exact = _step(exact, np.uint64(110))
                length, k, char = length + 1, k + 1, np.uint32(109)
            char = classes[char] if char < 128 else char
            if char == last:
                continue
            last = char
            state = _step(state, np.uint64(char))
        else:
            state = exact
        letters += 1
        trail[letters] = state
        if length > MAX_WINDOW:
            return Window(False, exact, state, length, letters, last, flags)
        if letters <= MAX_PREFIX and PREFIXES >> letters & 1 and not _bit(index.prefix_bits, _mixed(state)):
            return Window(False, exact, state, length, letters, last, flags)
    return Window(True, exact, state, length, letters, last, flags)


@njit(cache=True, inline="always")
def _probe(index: Index, mixed: np.uint64) -> int:
    """Position of the first entry that has this hash, or -1."""
    return _lookup(index, mixed) if _bit(index.bits, mixed) else -1


@njit(cache=True, inline="always")
def _set_place(place: np.ndarray, folded: Scratch, subs: int, s: int, e: int) -> None:
    token, token_end = folded.sub_token[s], folded.sub_token[e]
    place[1] = folded.start[folded.sub_first[s]]
    place[2] = folded.end[folded.sub_first[e + 1] - 1]
    place[3], place[4] = token, token_end
    before = s > 0 and folded.sub_token[s - 1] == token
    after = e + 1 < subs and folded.sub_token[e + 1] == token_end
    place[5] = ATTACHED if before or after else 0


@njit(cache=True)
def _search(
    table: FoldTable, index: Index, folded: Scratch, subs: int, place: np.ndarray, out: np.ndarray, count: int
) -> int:
    """Look up every window of one folded text; returns the new count of `out`, which may pass its room."""
    trail = np.empty(MAX_WINDOW + 2, np.uint64)
    for s in range(subs):
        window = _empty()
        for e in range(s, min(subs, s + MAX_SUBTOKENS)):
            window = _grow(window, folded, e, table.loose, index, trail)
            if not window.alive:
                break
            for short in range(2):
                position = -1
                if short == 0 and window.letters >= PREFIX:
                    position = _probe(index, _mixed(window.loose))
                elif short == 1 and window.length <= SHORT:
                    position = _probe(index, _mixed(window.exact ^ MIX))
                if position >= 0:
                    _set_place(place, folded, subs, s, e)
                    place[5] |= window.flags
                    count = _emit(out, count, index, position, place, window.exact)
    return count


@njit(cache=True, nogil=True)
def _find_in_column(
    table: FoldTable, index: Index, text: tuple[np.ndarray, np.ndarray], rows: np.ndarray, folded: Scratch, out: np.ndarray
) -> int:
    data, offsets = text
    count, place = 0, np.empty(6, np.int32)
    for k in range(len(rows)):
        row = rows[k]
        place[0] = row
        begin, end = offsets[row], offsets[row + 1]
        if end > begin:
            before = count
            subs = _fold(table, data, begin, end, folded)
            count = _search(table, index, folded, subs, place, out, count)
            for j in range(before, min(count, out.shape[1])):
                out[2, j] -= begin
                out[3, j] -= begin
    return count


def text_buffers(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The UTF-8 bytes and int64 offsets of a string column; a null reads as an empty text."""
    column = column.cast(pa.large_string()).fill_null("") if column.null_count else column.cast(pa.large_string())
    _, offsets, data = column.buffers()
    starts = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(1, np.uint8), starts


def find(column: pa.Array, index: Index, rows: np.ndarray | None = None) -> Found:
    """Every window of `column` (n texts) whose hash is an entry's, in the given rows (all: None)."""
    data, offsets = text_buffers(column)
    rows = np.arange(len(column), dtype=np.int64) if rows is None else rows.astype(np.int64)
    longest = int(np.max(np.diff(offsets), initial=0))
    folded, room = scratch(longest), len(rows) * 4 + 256
    while True:
        out = np.empty((7, room), np.int32)
        count = _find_in_column(fold_table(), index, (data, offsets), rows, folded, out)
        if count <= room:
            return Found(*(out[k, :count] for k in range(7)))
        room = count


class Measured(NamedTuple):
    """What an index needs of n texts; parallel arrays.

    Attributes:
        whole, short, exact: uint64 hashes: of the letters, of the characters as `short` windows are looked up, of the
            characters.
        prefixes: uint64 (n, lengths of PREFIX_LENGTHS), 0 where the text is shorter.
        letters, length, tokens: int32; letters after repeats collapse, folded characters, tokens.
    """

    whole: np.ndarray
    short: np.ndarray
    exact: np.ndarray
    prefixes: np.ndarray
    letters: np.ndarray
    length: np.ndarray
    tokens: np.ndarray


def _open_index(loose: bool) -> Index:
    """An index whose filters let every window through."""
    ones, none = np.full(1, ~np.uint64(0)), np.zeros(0, np.int32)
    return Index(loose, ones, ones, np.zeros(1, np.uint64), np.full(1, -1, np.int32), none, none, none, none)


def _folded(text: str) -> tuple[Scratch, int]:
    data = np.frombuffer(text.encode() or b" ", np.uint8)
    out = scratch(len(data))
    return out, _fold(fold_table(), data, 0, len(data), out)


@njit(cache=True)
def _measure(table: FoldTable, index: Index, text: tuple[np.ndarray, np.ndarray], folded: Scratch, out: Measured) -> None:
    data, offsets = text
    trail = np.empty(MAX_WINDOW + 2, np.uint64)
    for row in range(len(offsets) - 1):
        subs = _fold(table, data, offsets[row], offsets[row + 1], folded)
        window = _empty()
        for s in range(subs):
            if window.alive:
                window = _grow(window, folded, s, table.loose, index, trail)
        for k, length in enumerate(PREFIX_LENGTHS):
            out.prefixes[row, k] = _mixed(trail[length]) if length <= window.letters else np.uint64(0)
        out.whole[row], out.short[row] = _mixed(window.loose), _mixed(window.exact ^ MIX)
        out.exact[row], out.letters[row] = window.exact, window.letters
        out.length[row] = folded.sub_first[subs]
        out.tokens[row] = folded.sub_token[subs - 1] + 1 if subs else 0


def measure(texts: Sequence[str], *, loose: bool) -> Measured:
    """What `find` will meet of each text; hashes of texts longer than MAX_WINDOW mean nothing."""
    data, offsets = text_buffers(pa.array(texts, pa.string()))
    n = len(texts)
    out = Measured(
        *(np.empty(n, np.uint64) for _ in range(3)), np.empty((n, len(PREFIX_LENGTHS)), np.uint64),
        *(np.empty(n, np.int32) for _ in range(3)),
    )  # fmt: skip
    folded = scratch(int(np.max(np.diff(offsets), initial=1)))
    _measure(fold_table(), _open_index(loose), (data, offsets), folded, out)
    return out


@lru_cache(maxsize=1 << 16)
def folded_text(text: str) -> str:
    """`text` folded, its tokens parted by one space, without spaces between characters of unsegmented scripts."""
    folded, subs = _folded(text)
    parts: list[str] = []
    for s in range(subs):
        chars = "".join(map(chr, folded.char[folded.sub_first[s] : folded.sub_first[s + 1]]))
        new = s > 0 and folded.sub_token[s] != folded.sub_token[s - 1]
        if new and not (parts[-1][-1] >= "\u0e00" and chars[0] >= "\u0e00"):
            parts.append(" ")
        parts.append(chars)
    return "".join(parts)
