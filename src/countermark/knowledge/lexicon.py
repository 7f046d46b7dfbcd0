"""Entries of text compiled to an `Index` that whole columns are searched with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from countermark.features.measuring import measure
from countermark.features.windows import LONG, MAX_WINDOW, PREFIX, PREFIX_LENGTHS, SHORT, Index

ANY_SPACING = 127
"""`words` of an entry that may be broken by any separators."""


def build_index(
    texts: Sequence[str], *, words: Sequence[int] | np.ndarray | None = None, loose: bool
) -> Index:
    """The index of `texts`; entry i is `texts[i]`, and a text that folds to nothing is never found.

    Args:
        words: for each entry how many tokens a window may have; None: as many as the entry has.
        loose: whether look-alike letters, repeats and separators are to be seen through.
    """
    measured = measure(texts, loose=loose)
    long = measured.letters >= PREFIX
    if (~long & (measured.length > SHORT)).any() or (measured.length > MAX_WINDOW).any():
        raise ValueError(
            "an entry is too long, or has too few distinct letters for its length; see `indexable`"
        )
    used = np.flatnonzero(measured.length > 0)
    keys = np.where(long, measured.whole, measured.short)[used]
    order = np.argsort(keys, kind="stable")
    keys, entries = keys[order], used[order].astype(np.int32)
    starts = (
        np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, np.int64)
    )
    next_same = np.zeros(len(keys), np.int32)
    next_same[starts] = np.diff(np.r_[starts, len(keys)]) - 1
    slots, first = _slots(keys[starts], starts)
    measured.prefixes[measured.letters >= LONG, PREFIX_LENGTHS.index(PREFIX)] = 0
    prefixes = np.unique(measured.prefixes[measured.prefixes > 0])
    allowed = measured.tokens if words is None else np.asarray(words, np.int32)
    short = measured.short_place[~long & (measured.length > 0)]
    return Index(
        loose, sieve(prefixes, 8), sieve(keys, 16), _bits_at(short, 1 << 16), slots, first,
        next_same, entries, allowed.astype(np.int32), measured.exact,
    )  # fmt: skip


def indexable(texts: Sequence[str], *, loose: bool) -> np.ndarray:
    """Bool (n,): the texts that an index can hold: not empty, not overlong, and if long not of a few letters only."""
    measured = measure(texts, loose=loose)
    varied = (measured.letters >= PREFIX) | (measured.length <= SHORT)
    return (measured.length > 0) & (measured.length <= MAX_WINDOW) & varied


def bit_filter(hashes: np.ndarray, bits_each: int) -> np.ndarray:
    """A uint64 bit array in which the place of each hash is set; about `bits_each` bits a hash."""
    size = 1 << max(10, int(len(hashes) * bits_each).bit_length())
    return _bits_at(hashes & np.uint64(size - 1), size)


def sieve(hashes: np.ndarray, bits_each: int) -> np.ndarray:
    """A uint64 array in which each hash sets two bits of one word: one access to memory tells both."""
    words = np.zeros(1 << max(4, (len(hashes) * bits_each // 64).bit_length()), np.uint64)
    one, low = np.uint64(1), np.uint64(63)
    bits = one << (hashes & low) | one << (hashes >> np.uint64(6) & low)
    np.bitwise_or.at(words, hashes >> np.uint64(12) & np.uint64(len(words) - 1), bits)
    return words


def _bits_at(place: np.ndarray, size: int) -> np.ndarray:
    bits = np.zeros(size // 64, np.uint64)
    np.bitwise_or.at(
        bits, (place >> np.uint64(6)).astype(np.int64), np.uint64(1) << (place & np.uint64(63))
    )
    return bits


def _slots(keys: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Open addressing table at most half full."""
    size = 1 << max(4, (2 * len(keys)).bit_length())
    slots, first = np.zeros(size, np.uint64), np.full(size, -1, np.int32)
    for key, start in zip(keys.tolist(), starts.tolist(), strict=True):
        place = key >> 20 & size - 1
        while first[place] >= 0:
            place = place + 1 & size - 1
        slots[place], first[place] = key, start
    return slots, first
