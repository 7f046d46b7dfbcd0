"""Texts measured as the search will meet them: what `knowledge.lexicon` builds an index from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numba import njit

from countermark.features.folding import FoldTable, fold_table
from countermark.features.hashing import MIX, SEED, exact_hash, mixed, short_place, step
from countermark.features.tokens import Scratch, fold_text, read_letters, scratch, text_buffers
from countermark.features.windows import PREFIX_LENGTHS


class Measured(NamedTuple):
    """What an index needs of n texts; parallel arrays.

    Attributes:
        whole, short, exact, short_place: uint64 hashes: of the letters, of the characters as `short` windows are looked up, of the
            characters; and the bit of `Index.short_bits`.
        prefixes: uint64 (n, lengths of PREFIX_LENGTHS), 0 where the text is shorter.
        letters, length, tokens: int32; letters after repeats collapse, folded characters, tokens.
    """

    whole: np.ndarray
    short: np.ndarray
    exact: np.ndarray
    short_place: np.ndarray
    prefixes: np.ndarray
    letters: np.ndarray
    length: np.ndarray
    tokens: np.ndarray


@njit(cache=True)
def _measure(
    table: FoldTable,
    loose: bool,
    text: tuple[np.ndarray, np.ndarray],
    folded: Scratch,
    out: Measured,
) -> None:
    data, offsets = text
    for row in range(len(offsets) - 1):
        subs = fold_text(table, data, offsets[row], offsets[row + 1], folded)
        if loose:
            read_letters(table, folded, subs)
        letter, drawn = (folded.letter, folded.drawn) if loose else (folded.char, folded.char)
        state, n, last, met = SEED, 0, np.uint32(0), 0
        for k in range(folded.sub_letter[subs] if loose else folded.sub_first[subs]):
            if loose and drawn[k] == last:
                continue
            last = drawn[k]
            state = step(state, np.uint64(letter[k]))
            n += 1
            if met < len(PREFIX_LENGTHS) and n == PREFIX_LENGTHS[met]:
                out.prefixes[row, met] = mixed(state)
                met += 1
        length = folded.sub_first[subs]
        exact = exact_hash(folded.char, 0, length)
        out.whole[row], out.short[row], out.exact[row] = mixed(state), mixed(exact ^ MIX), exact
        out.letters[row], out.length[row] = n, length
        out.tokens[row] = folded.sub_token[subs - 1] + 1 if subs else 0
        second = np.uint64(folded.char[1]) if length > 1 else np.uint64(0)
        out.short_place[row] = (
            short_place(np.uint64(folded.char[0]), second, length) if length else np.uint64(0)
        )


def measure(texts: Sequence[str], *, loose: bool) -> Measured:
    """What `find` will meet of each text; hashes of texts longer than MAX_WINDOW mean nothing."""
    data, offsets = text_buffers(pa.array(texts, pa.string()))
    n = len(texts)

    def empty(kind: type) -> np.ndarray:
        return np.empty(n, kind)

    out = Measured(
        whole=empty(np.uint64), short=empty(np.uint64), exact=empty(np.uint64), short_place=empty(np.uint64),
        prefixes=np.zeros((n, len(PREFIX_LENGTHS)), np.uint64), letters=empty(np.int32),
        length=empty(np.int32), tokens=empty(np.int32),
    )  # fmt: skip
    folded = scratch(int(np.max(np.diff(offsets), initial=1)))
    _measure(fold_table(), loose, (data, offsets), folded, out)
    return out
