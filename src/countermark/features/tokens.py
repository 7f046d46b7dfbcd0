"""Texts as compiled loops read them: folded characters, cut into tokens and sub-tokens, with the way back to the bytes.

A *token* is a run of letters and digits. It is also cut into *sub-tokens* where letters meet digits, where case goes
up, and around symbols that may stand for letters. Every character of a script written without spaces is a token.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit

from countermark.features.characters import (
    code_point,
    packed_of,
    reads_as_letter,
    reads_as_one,
    voiced,
)
from countermark.features.folding import (
    CODE_MASK,
    DELETE,
    DIGIT,
    DISGUISE_BIT,
    EXPAND_BIT,
    KIND_SHIFT,
    LETTER,
    SEPARATOR,
    SYMBOL,
    UNSEGMENTED,
    UPPER_BIT,
    FoldTable,
    fold_table,
)
from countermark.features.kernels import ONE, THREE, TWO, kernel, signed
from countermark.features.lanes import (
    LANES,
    clear,
    count_up,
    lowest,
    merging_letters,
    small_letters,
    widen,
)

MAX_TEXT = 20_000  # bytes of one text that are looked at; what follows is cut
UNSPACED = 0x0E00  # characters of scripts written without spaces come from here on
FAR = 1 << 30  # beyond any letter of a text
FOREIGN, DIGITS, SPACED = 1, 2, 64
"""Flags of a character: a look-alike or a symbol; a digit or a symbol; the first after a separator."""


class Scratch(NamedTuple):
    """The folded characters and sub-tokens of one text at a time.

    Attributes:
        char, flags: of each folded character.
        start, end: byte offsets of the character that each came from.
        sub_first: first character of each sub-token, and one more entry that closes the last.
        sub_token: token of each sub-token.
        letter: in loose mode the classes of the letters, by which windows are hashed.
        drawn: the letters themselves; two equal ones at a seam between sub-tokens collapse too.
        sub_letter: first letter of each sub-token, and one more.
        merges: characters that in loose mode are read as one with the next; closed by FAR.
        alike: letters drawn like the next one; closed by FAR.
        begins: sub-tokens that the search goes on with.
    """

    char: np.ndarray
    flags: np.ndarray
    start: np.ndarray
    end: np.ndarray
    sub_first: np.ndarray
    sub_token: np.ndarray
    letter: np.ndarray
    drawn: np.ndarray
    sub_letter: np.ndarray
    merges: np.ndarray
    alike: np.ndarray
    begins: np.ndarray


def scratch(longest: int) -> Scratch:
    """Room for a text of `longest` bytes."""
    room = min(longest, MAX_TEXT) * 4 + 2 * LANES

    def empty(kind: type) -> np.ndarray:
        return np.empty(room, kind)

    return Scratch(
        char=empty(np.uint32), flags=empty(np.uint8), start=empty(np.int32), end=empty(np.int32),
        sub_first=empty(np.uint32), sub_token=empty(np.int32), letter=empty(np.uint32),
        drawn=empty(np.uint32), sub_letter=empty(np.uint32),
        merges=empty(np.uint32), alike=empty(np.uint32), begins=empty(np.uint32),
    )  # fmt: skip


@kernel
def fold_text(table: FoldTable, data: np.ndarray, begin: int, end: int, out: Scratch) -> int:
    """Fold one text into `out`; returns how many sub-tokens it has."""
    at, stop = np.uint64(begin), np.uint64(min(end, begin + MAX_TEXT))
    n, subs, token, merges = np.uint64(0), np.uint64(0), -1, np.uint64(0)
    previous, previous_upper = np.uint32(SEPARATOR), False
    in_lanes = np.uint64(max(len(data) - LANES, 0))
    while at < stop:
        byte = data[at]
        if byte == 32:
            previous = np.uint32(SEPARATOR)
            at += ONE
            continue
        if 97 <= byte <= 122 and at < in_lanes:  # most text is runs of these
            flag = SPACED if previous == SEPARATOR else 0
            if previous != LETTER:
                token += 1 if previous == SEPARATOR or previous == UNSEGMENTED else 0
                out.sub_first[subs], out.sub_token[subs] = n, token
                subs += ONE
                previous = np.uint32(LETTER)
            else:
                out.merges[merges] = n - ONE
                merges += np.uint64(reads_as_one(out.char[n - ONE], byte))
            run = min(small_letters(data, at), stop - at)
            widen(data, at, out.char, n)
            count_up(out.start, n, at)
            count_up(out.end, n, at + ONE)
            clear(out.flags, n)
            out.flags[n] = flag
            merging = merging_letters(data, at) & ((ONE << (run - ONE)) - ONE)
            while merging:
                out.merges[merges] = n + lowest(merging)
                merges, merging = merges + ONE, merging & (merging - ONE)
            n, at, previous_upper = n + run, at + run, False
            continue
        if 0xE3 <= byte <= 0xE9 and at + THREE <= stop:  # most text without spaces is of these
            code = (byte & 0xF) << 12 | (data[at + ONE] & 0x3F) << 6 | data[at + TWO] & 0x3F
            packed = table.packed[np.uint64(code)]
            if packed >> KIND_SHIFT == UNSEGMENTED:
                token += 1
                out.sub_first[subs], out.sub_token[subs] = n, token
                out.char[n], out.flags[n] = packed & CODE_MASK, (previous == SEPARATOR) * SPACED
                out.start[n], out.end[n] = at, at + THREE
                n, subs, at = n + ONE, subs + ONE, at + THREE
                previous, previous_upper = np.uint32(UNSEGMENTED), False
                continue
        code, size = code_point(data, at, stop)
        packed = packed_of(table, code)
        kind = packed >> KIND_SHIFT & 7
        begin_char, at = at, at + size
        if kind == DELETE:
            if n and (code == 0xFF9E or code == 0x3099 or code == 0xFF9F or code == 0x309A):
                out.char[n - ONE] = voiced(out.char[n - ONE], code == 0xFF9E or code == 0x3099)
                out.end[n - ONE] = at
                merges -= np.uint64(merges > 0 and out.merges[merges - ONE] == n - TWO)
                if n - ONE > out.sub_first[subs - ONE]:
                    out.merges[merges] = n - TWO
                    merges += np.uint64(reads_as_one(out.char[n - TWO], out.char[n - ONE]))
            continue
        if kind == SYMBOL and not reads_as_letter(
            table, data, at, stop, previous != SEPARATOR and previous != UNSEGMENTED
        ):
            kind = np.uint32(SEPARATOR)
        if kind == SEPARATOR:
            previous = np.uint32(SEPARATOR)
            continue
        upper = packed & UPPER_BIT != 0
        new_token = previous == SEPARATOR or (kind == UNSEGMENTED) != (previous == UNSEGMENTED)
        if new_token or kind != previous or kind == UNSEGMENTED or (upper and not previous_upper):
            token += 1 if new_token or kind == UNSEGMENTED else 0
            out.sub_first[subs], out.sub_token[subs] = n, token
            subs += ONE
        flag = (FOREIGN if packed & DISGUISE_BIT else 0) | (
            DIGITS if kind == DIGIT or kind == SYMBOL else 0
        )
        if previous == SEPARATOR:
            flag |= SPACED
        folded, last = packed & CODE_MASK, n + ONE
        out.char[n] = folded
        if packed & EXPAND_BIT:
            last = n
            for char in table.expansions[folded]:
                out.char[last] = char
                last += np.uint64(char != 0)
        while n < last:
            out.flags[n], out.start[n], out.end[n] = flag, begin_char, at
            out.merges[merges] = n - ONE
            merges += np.uint64(
                n > out.sub_first[subs - ONE] and reads_as_one(out.char[n - ONE], out.char[n])
            )
            n += ONE
        previous, previous_upper = kind, upper
    out.sub_first[subs], out.merges[merges] = n, FAR
    return signed(subs)


@kernel
def read_letters(table: FoldTable, out: Scratch, subs: int) -> None:
    """Fill `letter` with the classes of the characters, `rn` being read as the `m` that it is drawn like."""
    letters, seams_only = _draw(out, subs)
    drawn, edge, repeats = out.drawn, out.sub_letter, 0
    for k in range(letters):
        char = drawn[k]
        known = table.loose[char & np.uint32(127)]
        out.letter[k] = known if char < 128 else char
    if seams_only:
        for s in range(1, subs):
            out.alike[repeats] = edge[s] - 1
            repeats += drawn[edge[s] - 1] == drawn[edge[s]]
    else:
        for k in range(letters - 1):
            out.alike[repeats] = k
            repeats += drawn[k] == drawn[k + 1]
    out.alike[repeats] = FAR


@kernel
def _draw(out: Scratch, subs: int) -> tuple[int, bool]:
    """Fill `drawn` and `sub_letter`; returns the number of letters, and that inside a sub-token no two are alike."""
    char, drawn, merges, sub_first = out.char, out.drawn, out.merges, out.sub_first
    chars, k, n, s, m, seams_only = sub_first[subs], 0, 0, 0, 0, True
    while True:
        at = min(merges[m], chars)
        while s <= subs and sub_first[s] <= at:
            out.sub_letter[s] = sub_first[s] + n - k
            s += 1
        for j in range(at - k):
            drawn[n + j] = char[k + j]
        n += at - k
        if at == chars:
            return n, seams_only
        m, k = m + 1, at + 1
        if char[at] == 114 and char[k] == 110:
            seams_only = seams_only and (n == 0 or drawn[n - 1] != 109)
            m, k = m + (merges[m] == k), k + 1
            if k >= sub_first[s] or char[k] != 109:
                drawn[n] = 109
                n += 1


def text_buffers(column: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """The UTF-8 bytes and int64 offsets of a string column; a null reads as an empty text."""
    column = (
        column.cast(pa.large_string()).fill_null("")
        if column.null_count
        else column.cast(pa.large_string())
    )
    _, offsets, data = column.buffers()
    starts = np.frombuffer(offsets, np.int64)[column.offset : column.offset + len(column) + 1]
    return np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(
        1, np.uint8
    ), starts


@njit(cache=True)
def _spelled(table: FoldTable, data: np.ndarray) -> np.ndarray:
    """The code points of a short text folded, a space between its tokens but for those of unsegmented scripts."""
    room = min(len(data), MAX_TEXT) * 4 + 2 * LANES
    wide = np.empty((8, room), np.uint32)
    place, flags = np.empty((3, room), np.int32), np.empty(room, np.uint8)
    out = Scratch(
        wide[0], flags, place[0], place[1], wide[1], place[2], wide[2],
        wide[3], wide[4], wide[5], wide[6], wide[7],
    )  # fmt: skip
    subs, n = fold_text(table, data, 0, len(data), out), 0
    text = np.empty(out.sub_first[subs] + subs, np.uint32)
    for s in range(subs):
        first = out.char[out.sub_first[s]]
        new = s > 0 and out.sub_token[s] != out.sub_token[s - 1]
        if new and (text[n - 1] < UNSPACED or first < UNSPACED):
            text[n] = 32
            n += 1
        for k in range(out.sub_first[s], out.sub_first[s + 1]):
            text[n] = out.char[k]
            n += 1
    return text[:n]


@lru_cache(maxsize=1 << 16)
def folded_text(text: str) -> str:
    """`text` folded, its tokens parted by one space, without spaces between characters of unsegmented scripts."""
    data = np.frombuffer(text.encode() or b" ", np.uint8)
    codes = _spelled(fold_table(), data)
    return codes.astype("<u4").tobytes().decode("utf-32-le")
