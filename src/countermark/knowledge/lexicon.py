"""Entries of text compiled to an `Index` that whole columns are searched with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from countermark.features.matching import PREFIX, SHORT, EntryHashes, Index, entry_hashes

ANY_SPACING = 127
"""`words` of an entry that may be broken by any separators."""


def build_index(texts: Sequence[str], *, words: Sequence[int] | None = None, loose: bool) -> Index:
    """The index of `texts`; entry i is `texts[i]`, and a text that folds to nothing is never found.

    Args:
        words: for each entry how many tokens a window may have; None: as many as the entry has.
        loose: whether look-alike letters, repeats and separators are to be seen through.
    """
    hashes = [entry_hashes(text, loose=loose) for text in texts]
    keyed = sorted((h.whole if _is_long(h) else h.short, i) for i, h in enumerate(hashes) if h.length)
    keys = np.array([key for key, _ in keyed], np.uint64)
    order = np.array([i for _, i in keyed], np.int32)
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, np.int64)
    runs = np.diff(np.r_[starts, len(keys)])
    next_same = np.zeros(len(keys), np.int32)
    next_same[starts] = runs - 1
    slots, first = _slots(keys[starts], starts)
    prefixes = np.array(sorted({p for h in hashes for p in h.prefixes}), np.uint64)
    allowed = [h.tokens for h in hashes] if words is None else list(words)
    return Index(
        loose, bit_filter(prefixes, 8), bit_filter(keys, 16), slots, first, next_same, order,
        np.array(allowed, np.int32).reshape(len(texts)), np.array([h.exact for h in hashes], np.uint64),
    )  # fmt: skip


def _is_long(hashes: EntryHashes) -> bool:
    """Whether the entry is met by its whole hash; shorter ones, up to SHORT characters, by their exact hash."""
    if hashes.letters < PREFIX and hashes.length > SHORT:
        raise ValueError(f"an entry of {hashes.length} characters has only {hashes.letters} distinct letters")
    return hashes.letters >= PREFIX


def bit_filter(hashes: np.ndarray, bits_each: int) -> np.ndarray:
    """A uint64 bit array in which the place of each hash is set; about `bits_each` bits a hash."""
    size = 1 << max(10, int(len(hashes) * bits_each).bit_length())
    bits = np.zeros(size // 64, np.uint64)
    place = hashes & np.uint64(size - 1)
    np.bitwise_or.at(bits, (place >> np.uint64(6)).astype(np.int64), np.uint64(1) << (place & np.uint64(63)))
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
