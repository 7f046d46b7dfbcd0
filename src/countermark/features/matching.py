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
from countermark.features.hashing import exact_hash
from countermark.features.kernels import ONE, kernel
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
from countermark.features.windows import Index, beginnings, hashed_by, look_up

MAX_HITS = 256  # windows that wait to be written
ATTACHED, EXACT, PARTED, GLUED = 4, 8, 16, 32
"""Flags of a window, beside those of its characters: touching others; folds as its entry does; not in one piece; begins
inside a word of Hangul or katakana, scripts that begin words anew after a space or another script."""


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
def _flags(folded: Scratch, first: np.uint64, stop: np.uint64) -> int:
    """FOREIGN, DIGITS, PARTED and GLUED of the characters of a window."""
    char, flag = folded.char, folded.flags
    inside = np.uint8(0)
    for k in range(first + ONE, stop):
        inside |= flag[k]
    flags = int(inside | flag[first]) & (FOREIGN | DIGITS)
    if inside & SPACED:
        flags |= PARTED
    if first > 0 and not flag[first] & SPACED and _one_word(char[first - ONE], char[first]):
        flags |= GLUED
    return flags


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
        first, stop = np.uint64(sub_first[s]), np.uint64(sub_first[e + ONE])
        token, token_end = sub_token[s], sub_token[e]
        flags = _flags(folded, first, stop)
        if (s > 0 and sub_token[s - ONE] == token) or (
            e + 1 < subs and sub_token[e + ONE] == token_end
        ):
            flags |= ATTACHED
        exact, tokens = exact_hash(folded.char, first, stop), token_end - token + 1
        for k in range(position, position + np.uint64(index.next_same[position]) + ONE):
            entry = np.uint64(entries[k])
            allowed = words[entry]
            if tokens > abs(allowed) or (allowed < 0 and tokens != -allowed):
                continue
            if count < out.shape[1]:
                out[0, count], out[1, count] = row, entry
                out[2, count] = folded.start[first] - begin
                out[3, count] = folded.end[stop - ONE] - begin
                out[4, count], out[5, count] = token, token_end
                out[6, count] = flags | EXACT if exact_of[entry] == exact else flags
            count += 1
    return count


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
        subs, b = fold_text(table, data, begin, end, folded), 0
        if index.loose:
            read_letters(table, folded, subs)
        letters = hashed_by(folded, index.loose)
        begins = folded.begins[: beginnings(index, letters, subs, folded.begins)]
        while b < len(begins):
            b, found = look_up(index, letters, subs, begins, b, hits)
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
    hits = np.empty((3, MAX_HITS), np.uint32)
    while True:
        out = np.empty((7, room), np.int32)
        count = _find_in_column(fold_table(), index, (data, offsets), rows, folded, hits, out)
        if count <= room:
            return Found(*(out[k, :count] for k in range(7)))
        room = count
