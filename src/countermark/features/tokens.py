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
from countermark.features.kernels import kernel

MAX_SYMBOLS = 3  # in a row that may begin a word
MAX_TEXT = 20_000  # bytes of one text that are looked at; what follows is cut
UNSPACED = 0x0E00  # characters of scripts written without spaces come from here on
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


def scratch(longest: int) -> Scratch:
    """Room for a text of `longest` bytes."""
    room = min(longest, MAX_TEXT) * 4 + 8

    def empty(kind: type) -> np.ndarray:
        return np.empty(room, kind)

    return Scratch(
        char=empty(np.uint32), flags=empty(np.uint8), start=empty(np.int32), end=empty(np.int32),
        sub_first=empty(np.int32), sub_token=empty(np.int32), letter=empty(np.uint32),
        drawn=empty(np.uint32), sub_letter=empty(np.int32),
    )  # fmt: skip


@kernel
def code_point(data: np.ndarray, at: int, end: int) -> tuple[int, int]:
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


@kernel
def packed_of(table: FoldTable, code: int) -> np.uint32:
    """The table's entry for a code point; see `folding.FoldTable.packed`."""
    if code <= LAST:
        return table.packed[code]
    kind = UNSEGMENTED if 0x20000 <= code <= 0x323AF else SEPARATOR
    if code >= 0xE0000:
        kind = DELETE
    return np.uint32(kind << KIND_SHIFT | code)


@kernel
def _reads_as_letter(table: FoldTable, data: np.ndarray, at: int, end: int, inside: bool) -> bool:
    """Whether a symbol that ends before `at` may stand for a letter: inside or at either edge of a word."""
    if inside:
        return True
    for _ in range(MAX_SYMBOLS):
        if at >= end:
            return False
        code, size = code_point(data, at, end)
        kind = packed_of(table, code) >> KIND_SHIFT & 7
        if kind != SYMBOL:
            return kind == LETTER
        at += size
    return False


@kernel
def voiced(kana: np.uint32, soft: bool) -> np.uint32:
    """Katakana with the mark that follows it: カ to ガ (soft), ハ to パ."""
    if kana == 0x30A6:
        return np.uint32(0x30F4) if soft else kana
    if 0x30AB <= kana <= 0x30DB:
        return kana + np.uint32(1 if soft else 2)
    return kana


@kernel
def fold_text(table: FoldTable, data: np.ndarray, begin: int, end: int, out: Scratch) -> int:
    """Fold one text into `out`; returns how many sub-tokens it has."""
    at, n, subs, token = begin, 0, 0, -1
    previous, previous_upper = np.uint32(SEPARATOR), False
    end = min(end, begin + MAX_TEXT)
    while at < end:
        while (
            previous == LETTER and at < end and 97 <= data[at] <= 122
        ):  # most text is runs of these
            out.char[n], out.flags[n], out.start[n], out.end[n] = data[at], 0, at, at + 1
            n, at, previous_upper = n + 1, at + 1, False
        if at == end:
            break
        code, size = code_point(data, at, end)
        packed = packed_of(table, code)
        kind = packed >> KIND_SHIFT & 7
        begin_char, at = at, at + size
        if kind == DELETE:
            if n and (code == 0xFF9E or code == 0x3099 or code == 0xFF9F or code == 0x309A):
                out.char[n - 1] = voiced(out.char[n - 1], code == 0xFF9E or code == 0x3099)
                out.end[n - 1] = at
            continue
        if kind == SYMBOL and not _reads_as_letter(
            table, data, at, end, previous != SEPARATOR and previous != UNSEGMENTED
        ):
            kind = np.uint32(SEPARATOR)
        if kind == SEPARATOR:
            previous = np.uint32(SEPARATOR)
            continue
        upper = packed & UPPER_BIT != 0
        new_token = previous == SEPARATOR or (kind == UNSEGMENTED) != (previous == UNSEGMENTED)
        if new_token or kind != previous or kind == UNSEGMENTED or (upper and not previous_upper):
            token += 1 if new_token or kind == UNSEGMENTED else 0
            out.sub_first[subs] = n
            out.sub_token[subs] = token
            subs += 1
        flag = (FOREIGN if packed & DISGUISE_BIT else 0) | (
            DIGITS if kind == DIGIT or kind == SYMBOL else 0
        )
        if previous == SEPARATOR:
            flag |= SPACED
        folded = packed & CODE_MASK
        if not packed & EXPAND_BIT:
            out.char[n], out.flags[n], out.start[n], out.end[n] = folded, flag, begin_char, at
            n += 1
        else:
            for char in table.expansions[folded]:
                if char:
                    out.char[n], out.flags[n], out.start[n], out.end[n] = char, flag, begin_char, at
                    n += 1
        previous, previous_upper = kind, upper
    out.sub_first[subs] = n
    return subs


@kernel
def read_letters(table: FoldTable, out: Scratch, subs: int) -> None:
    """Fill `letter` with the classes of the characters, `rn` being read as the `m` that it is drawn like."""
    n = 0
    for s in range(subs):
        out.sub_letter[s] = n
        k, stop = out.sub_first[s], out.sub_first[s + 1]
        while k < stop:
            char = out.char[k]
            k += 1
            if char == 114 and k < stop and out.char[k] == 110:
                char, k = np.uint32(109), k + 1
            if k < stop and char == out.char[k]:
                continue  # repeats collapse
            out.drawn[n] = char
            out.letter[n] = table.loose[char] if char < 128 else char
            n += 1
    out.sub_letter[subs] = n


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
    size = len(data) * 4 + 8

    def numbers() -> np.ndarray:
        return np.empty(size, np.int32)

    none = np.empty(0, np.uint32)
    out = Scratch(
        np.empty(size, np.uint32), np.empty(size, np.uint8), numbers(), numbers(), numbers(), numbers(), none, none, numbers()
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
    codes = _spelled(fold_table(), np.frombuffer(text.encode() or b" ", np.uint8))
    return codes.astype("<u4").tobytes().decode("utf-32-le")
