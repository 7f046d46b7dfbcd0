"""Finding windows that are one slip away from an entry: a letter dropped, added, changed or swapped with its neighbour.

Method: two texts are at most one edit apart only if they share a form after at most one deletion on either side
(Bocek, Hunt and Stiller's deletion neighbourhood, known from SymSpell). The entries' deletions are hashed when the
index is built; the text's are hashed here, each in constant time from a polynomial prefix hash. What is found is a
candidate; the distance itself is checked by `knowledge.recognition`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit

from countermark.features.folding import FoldTable, fold_table
from countermark.features.matching import MIX, Found, bit_is_set, mixed
from countermark.features.tokens import DIGITS, FOREIGN, Scratch, fold_text, scratch, text_buffers

BASE = np.uint64(0x2545F4914F6CDD1D)
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


@njit(cache=True)
def _token_letters(folded: Scratch, first: int, stop: int, letters: np.ndarray, n: int) -> int:
    """Append the letters of a token, symbols passed over; -1 when there are digits or too many letters."""
    for k in range(first, stop):
        char = folded.char[k]
        if folded.flags[k] & (FOREIGN | DIGITS) == FOREIGN | DIGITS:
            continue
        if n >= LONGEST or folded.flags[k] & DIGITS or char >= 0x0E00:
            return -1
        letters[n] = char
        n += 1
    return n


@njit(cache=True)
def _starts(folded: Scratch, subs: int) -> tuple[np.ndarray, int]:
    """The first character of every token, and the number of tokens; one more start closes the last."""
    starts, tokens = np.empty(subs + 1, np.int32), 0
    for s in range(subs):
        if s == 0 or folded.sub_token[s] != folded.sub_token[s - 1]:
            starts[tokens] = folded.sub_first[s]
            tokens += 1
    starts[tokens] = folded.sub_first[subs]
    return starts, tokens


@njit(cache=True)
def _common(index: NearIndex, folded: Scratch, first: int, stop: int) -> bool:
    state = np.uint64(0)
    for k in range(first, stop):
        state = state * BASE + np.uint64(folded.char[k])
    return bit_is_set(index.common, mixed(state)) and bit_is_set(index.common, mixed(state ^ BASE))


@njit(cache=True)
def _near_in_text(
    index: NearIndex,
    folded: Scratch,
    subs: int,
    place: np.ndarray,
    powers: np.ndarray,
    out: np.ndarray,
    count: int,
) -> int:
    starts, tokens = _starts(folded, subs)
    letters, hashes = np.empty(LONGEST + 1, np.uint32), np.empty(LONGEST + 2, np.uint64)
    for t in range(tokens):
        n, everyday = 0, True
        for u in range(t, min(tokens, t + MAX_TOKENS)):
            n = _token_letters(folded, starts[u], starts[u + 1], letters, n)
            if n < 0:
                break
            everyday = everyday and _common(index, folded, starts[u], starts[u + 1])
            if (
                (everyday and (u == t or n < LONG_NAME))
                or n < SHORTEST
                or (n > 2 * END and not _keeps_an_end(index, letters, n))
            ):
                continue
            size = _neighbourhood(letters, n, powers, hashes)
            if n == starts[u + 1] - starts[t] and _is_entry(index, hashes[0]):
                continue  # without a symbol passed over the plain search has found it
            place[1], place[2] = folded.start[starts[t]], folded.end[starts[u + 1] - 1]
            place[3], place[4] = t, u
            for k in range(size):
                if bit_is_set(index.bits, hashes[k]):
                    count = _emit_near(index, hashes[k], place, out, count)
    return count


@njit(cache=True, inline="always")
def _keeps_an_end(index: NearIndex, letters: np.ndarray, n: int) -> bool:
    """Whether a long window begins or ends as an entry does: one slip leaves one of its ends whole."""
    return bit_is_set(index.ends, _end_hash(letters, 0, np.uint64(0))) or bit_is_set(
        index.ends, _end_hash(letters, n - END, BASE)
    )


@njit(cache=True)
def _end_hash(letters: np.ndarray, first: int, side: np.uint64) -> np.uint64:
    state = side
    for k in range(first, first + END):
        state = state * BASE + np.uint64(letters[k])
    return mixed(state)


@njit(cache=True)
def _is_entry(index: NearIndex, whole: np.uint64) -> bool:
    """Whether a window is an entry itself: then there is no slip, and the plain search has found it."""
    if bit_is_set(index.bits, whole):
        position = np.searchsorted(index.hashes, whole)
        while position < len(index.hashes) and index.hashes[position] == whole:
            if index.whole[position]:
                return True
            position += 1
    return False


@njit(cache=True)
def _emit_near(
    index: NearIndex, key: np.uint64, place: np.ndarray, out: np.ndarray, count: int
) -> int:
    position = np.searchsorted(index.hashes, key)
    while position < len(index.hashes) and index.hashes[position] == key:
        entry = index.entries[position]
        fresh = count == 0 or count > out.shape[1] or not _same(out, count - 1, place, entry)
        if fresh and count < out.shape[1]:
            out[0, count], out[1, count], out[6, count] = place[0], entry, 0
            out[2, count], out[3, count], out[4, count], out[5, count] = (
                place[1],
                place[2],
                place[3],
                place[4],
            )
        count += 1 if fresh else 0
        position += 1
    return count


@njit(cache=True)
def _same(out: np.ndarray, last: int, place: np.ndarray, entry: int) -> bool:
    """Whether the last thing written is this entry on this window, met by another letter left out."""
    return (
        out[1, last] == entry
        and out[0, last] == place[0]
        and out[2, last] == place[1]
        and out[3, last] == place[2]
    )


@njit(cache=True, nogil=True)
def _near_in_column(
    table: FoldTable,
    index: NearIndex,
    text: tuple[np.ndarray, np.ndarray],
    rows: np.ndarray,
    folded: Scratch,
    out: np.ndarray,
) -> int:
    data, offsets = text
    count, powers, place = 0, _powers(), np.empty(5, np.int32)
    for row in rows:
        begin, end = offsets[row], offsets[row + 1]
        if end > begin:
            before = count
            subs = fold_text(table, data, begin, end, folded)
            place[0] = row
            count = _near_in_text(index, folded, subs, place, powers, out, count)
            for j in range(before, min(count, out.shape[1])):
                out[2, j] -= begin
                out[3, j] -= begin
    return count


def find_near(column: pa.Array, index: NearIndex, rows: np.ndarray | None = None) -> Found:
    """Windows of one to three tokens that may be one slip away from an entry; a pair may come twice."""
    data, offsets = text_buffers(column)
    rows = np.arange(len(column), dtype=np.int64) if rows is None else rows.astype(np.int64)
    longest = int(np.max(np.diff(offsets), initial=0))
    folded, room = scratch(longest), len(rows) * 2 + 256
    while True:
        out = np.empty((7, room), np.int32)
        count = _near_in_column(fold_table(), index, (data, offsets), rows, folded, out)
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


@njit(cache=True)
def _hash_words(
    table: FoldTable, data: np.ndarray, offsets: np.ndarray, folded: Scratch, out: np.ndarray
) -> None:
    for row in range(len(offsets) - 1):
        subs = fold_text(table, data, offsets[row], offsets[row + 1], folded)
        state = np.uint64(0)
        for k in range(folded.sub_first[subs]):
            state = state * BASE + np.uint64(folded.char[k])
        out[row, 0], out[row, 1] = mixed(state), mixed(state ^ BASE)


def word_hashes(words: Sequence[str]) -> np.ndarray:
    """The two hashes, uint64 (n, 2), by which everyday words are kept in `NearIndex.common` once folded."""
    data, offsets = text_buffers(pa.array(words, pa.string()))
    out = np.empty((len(words), 2), np.uint64)
    _hash_words(fold_table(), data, offsets, scratch(int(np.max(np.diff(offsets), initial=1))), out)
    return out


def word_hash_pair(folded: str) -> tuple[int, int]:
    """The two hashes of one folded word; the same as `word_hashes` gives, without a column around it."""
    state = 0
    for char in folded:
        state = (state * _BASE + ord(char)) & _MASK
    return _mixed_int(state), _mixed_int(state ^ _BASE)


_BASE, _MIX, _MASK = int(BASE), int(MIX), (1 << 64) - 1


def _mixed_int(state: int) -> int:
    spread = (state ^ (state >> 29)) * _MIX & _MASK
    return spread ^ (spread >> 32)
