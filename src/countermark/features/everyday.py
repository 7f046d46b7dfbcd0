"""Hashes of everyday words: what `near_misses` and `knowledge.recognition` take for no disguise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numba import njit

from countermark.features.folding import FoldTable, fold_table
from countermark.features.hashing import MIX, mixed
from countermark.features.tokens import Scratch, fold_text, scratch, text_buffers

BASE = np.uint64(0x2545F4914F6CDD1D)
"""Of the polynomial hashes of `near_misses`."""


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
