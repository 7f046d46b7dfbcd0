"""Finding windows that are one slip away from an entry: a letter dropped, added, changed or swapped with its neighbour.

Method: two texts are at most one edit apart only if they share a form after at most one deletion on either side
(Bocek, Hunt and Stiller's deletion neighbourhood, known from SymSpell). The entries' deletions are hashed when the
index is built; the text's are hashed here, each in constant time from a polynomial prefix hash. What is found is a
candidate; the distance itself is checked by `knowledge.recognition`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit

from countermark.features.everyday import BASE
from countermark.features.folding import FoldTable, fold_table
from countermark.features.hashing import bit_is_set, may_hold, mixed
from countermark.features.kernels import FOUR, ONE, kernel, signed
from countermark.features.matching import Found
from countermark.features.near_tokens import UNFIT, Tokens, all_everyday, read_tokens, room_for
from countermark.features.tokens import Scratch, fold_text, scratch, text_buffers

SHORTEST, LONGEST = 4, 20  # letters of a window
MAX_TOKENS = 3  # of a window
END = 4  # letters of an end
LONG_NAME = 7  # letters from which two everyday words one slip from a name are looked at


class NearIndex(NamedTuple):
    """Deletion neighbourhood of a set of entries, built by `near_index`.

    Attributes:
        bits: uint64 bit filter of `hashes`.
        hashes: uint64, sorted: of each entry whole and with each letter left out.
        entries: int32, the entry of each hash.
        whole: bool, the hash is of the entry without a letter left out.
        ends: uint64 bit filter of the first and the last four letters of entries of eight letters or more.
        common: uint64 bit filter of the hashes of everyday words; windows of such words alone are passed over.
    """

    bits: np.ndarray
    hashes: np.ndarray
    entries: np.ndarray
    whole: np.ndarray
    ends: np.ndarray
    common: np.ndarray


@njit(cache=True)
def _powers() -> np.ndarray:
    powers = np.ones(LONGEST + 2, np.uint64)
    for k in range(1, LONGEST + 2):
        powers[k] = powers[k - 1] * BASE
    return powers


@njit(cache=True)
def _neighbourhood(letters: np.ndarray, n: int, powers: np.ndarray, out: np.ndarray) -> int:
    """Hashes of the n letters whole and with each one left out, into `out`; returns their number."""
    prefix = np.zeros(n + 1, np.uint64)
    for k in range(n):
        prefix[k + 1] = prefix[k] * BASE + np.uint64(letters[k])
    out[0] = mixed(prefix[n])
    for k in range(n):
        rest = prefix[n] - prefix[k + 1] * powers[n - 1 - k]
        out[k + 1] = mixed(prefix[k] * powers[n - 1 - k] + rest)
    return n + 1


@kernel
def _near_in_text(
    index: NearIndex,
    words: Tokens,
    tokens: int,
    char: np.ndarray,
    powers: np.ndarray,
    text: tuple[int, int],
    out: np.ndarray,
    count: int,
) -> int:
    """Write the windows of one text that may be one slip away; `text` is its row and first byte."""
    row, begin = text
    prefix, first, flags, bits, ends = (
        words.prefix,
        words.first,
        words.flags,
        index.bits,
        index.ends,
    )
    four = powers[END]
    for t in range(np.uint64(tokens)):
        a = np.uint64(first[t])
        for u in range(t, min(np.uint64(tokens), t + np.uint64(MAX_TOKENS))):
            b = np.uint64(first[u + ONE])
            n = b - a
            if flags[u] == UNFIT or n > LONGEST:
                break
            if n < SHORTEST:
                continue
            if n > 2 * END:  # one slip leaves one of the ends whole
                head = mixed(prefix[a + FOUR] - prefix[a] * four)
                tail = mixed(prefix[b] - prefix[b - FOUR] * four + BASE * four)
                if not (bit_is_set(ends, head) | bit_is_set(ends, tail)):
                    continue
            if (u == t or n < LONG_NAME) and all_everyday(index.common, char, words, t, u):
                continue
            whole = mixed(prefix[b] - prefix[a] * powers[n])
            place = (row, words.start[t] - begin, words.end[u] - begin, signed(t), signed(u))
            if may_hold(bits, whole):
                plain = n == words.char_first[u + ONE] - words.char_first[t]
                if plain and _is_entry(index.hashes, index.whole, whole):
                    continue  # the plain search has found it
                count = _emit_near(index, whole, place, out, count)
            for k in range(a, b):
                after = b - ONE - k
                before = (prefix[k] - prefix[a] * powers[k - a]) * powers[after]
                key = mixed(before + prefix[b] - prefix[k + ONE] * powers[after])
                if may_hold(bits, key):
                    count = _emit_near(index, key, place, out, count)
    return count


@njit(cache=True)
def _end_hash(letters: np.ndarray, first: int, side: np.uint64) -> np.uint64:
    state = side
    for k in range(first, first + END):
        state = state * BASE + np.uint64(letters[k])
    return mixed(state)


@kernel
def _is_entry(hashes: np.ndarray, is_whole: np.ndarray, whole: np.uint64) -> bool:
    """Whether a window is an entry itself: then there is no slip."""
    position = np.searchsorted(hashes, whole)
    while position < len(hashes) and hashes[position] == whole:
        if is_whole[position]:
            return True
        position += 1
    return False


@kernel
def _emit_near(
    index: NearIndex,
    key: np.uint64,
    place: tuple[int, int, int, int, int],
    out: np.ndarray,
    count: int,
) -> int:
    position = np.searchsorted(index.hashes, key)
    while position < len(index.hashes) and index.hashes[position] == key:
        entry = index.entries[position]
        fresh = count == 0 or count > out.shape[1] or not _same(out, count - 1, place, entry)
        if fresh and count < out.shape[1]:
            out[0, count], out[1, count], out[6, count] = place[0], entry, 0
            for field in range(1, 5):
                out[field + 1, count] = place[field]
        count += 1 if fresh else 0
        position += 1
    return count


@kernel
def _same(out: np.ndarray, last: int, place: tuple[int, int, int, int, int], entry: int) -> bool:
    """Whether the last thing written is this entry on this window, met by another letter left out."""
    return (
        out[1, last] == entry
        and out[0, last] == place[0]
        and out[2, last] == place[1]
        and out[3, last] == place[2]
    )


@kernel
def _near_in_column(
    table: FoldTable,
    index: NearIndex,
    text: tuple[np.ndarray, np.ndarray],
    rows: np.ndarray,
    folded: Scratch,
    words: Tokens,
    powers: np.ndarray,
    out: np.ndarray,
) -> int:
    data, offsets = text
    count = 0
    for row in rows:
        begin, end = offsets[row], offsets[row + 1]
        if end > begin:
            subs = fold_text(table, data, begin, end, folded)
            tokens = read_tokens(folded, subs, words)
            count = _near_in_text(
                index, words, tokens, folded.char, powers, (row, begin), out, count
            )
    return count


def find_near(column: pa.Array, index: NearIndex, rows: np.ndarray | None = None) -> Found:
    """Windows of one to three tokens that may be one slip away from an entry; a pair may come twice."""
    data, offsets = text_buffers(column)
    rows = np.arange(len(column), dtype=np.int64) if rows is None else rows.astype(np.int64)
    longest = int(np.max(np.diff(offsets), initial=0))
    folded, words, room = scratch(longest), room_for(longest), len(rows) * 2 + 256
    text, powers = (data, offsets), _powers()
    while True:
        out = np.empty((7, room), np.int32)
        count = _near_in_column(fold_table(), index, text, rows, folded, words, powers, out)
        if count <= room:
            return Found(*(out[k, :count] for k in range(7)))
        room = count


def neighbourhood(text: str) -> np.ndarray:
    """Hashes (uint64) of a folded text without spaces, whole and with each letter left out."""
    letters = np.array([ord(c) for c in text], np.uint32)
    if not SHORTEST <= len(letters) <= LONGEST:
        raise ValueError(f"{text!r} has not {SHORTEST} to {LONGEST} letters")
    out = np.empty(len(letters) + 1, np.uint64)
    _neighbourhood(letters, len(letters), _powers(), out)
    return out


def end_hashes(text: str) -> list[int]:
    """Hashes of the first and last letters of a folded text without spaces; none for a short one."""
    letters = np.array([ord(c) for c in text], np.uint32)
    if len(letters) < 2 * END:
        return []
    return [
        int(_end_hash(letters, 0, np.uint64(0))),
        int(_end_hash(letters, len(letters) - END, BASE)),
    ]
