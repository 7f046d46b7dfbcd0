"""Single characters of a text, as the loop that folds it reads them."""

from __future__ import annotations

import numpy as np

from countermark.features.folding import (
    DELETE,
    KIND_SHIFT,
    LAST,
    LETTER,
    SEPARATOR,
    SYMBOL,
    UNSEGMENTED,
    FoldTable,
)
from countermark.features.kernels import FOUR, ONE, THREE, TWO, kernel

MAX_SYMBOLS = 3  # in a row that may begin a word


@kernel
def code_point(data: np.ndarray, at: np.uint64, end: np.uint64) -> tuple[int, np.uint64]:
    """The code point at byte `at` and its length in bytes; broken UTF-8 reads as a space."""
    lead = int(data[at])
    if lead < 0x80:
        return lead, ONE
    size = TWO if lead < 0xE0 else THREE if lead < 0xF0 else FOUR
    if lead < 0xC0 or at + size > end:
        return 32, ONE
    code = (lead & 0x1F) << 6 | int(data[at + ONE]) & 0x3F
    if size > TWO:
        code = (code & 0x3FF) << 6 | int(data[at + TWO]) & 0x3F
    if size > THREE:
        code = (code & 0x7FFF) << 6 | int(data[at + THREE]) & 0x3F
    return code, size


@kernel
def packed_of(table: FoldTable, code: int) -> np.uint32:
    """The table's entry for a code point; see `folding.FoldTable.packed`."""
    if code <= LAST:
        return table.packed[np.uint64(code)]
    kind = UNSEGMENTED if 0x20000 <= code <= 0x323AF else SEPARATOR
    if code >= 0xE0000:
        kind = DELETE
    return np.uint32(kind << KIND_SHIFT | code)


@kernel
def reads_as_letter(
    table: FoldTable, data: np.ndarray, at: np.uint64, end: np.uint64, inside: bool
) -> bool:
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
def reads_as_one(char: int, after: int) -> bool:
    """Whether two neighbours in a sub-token are one letter in loose mode: repeats collapse, `rn` is drawn like `m`."""
    return (char == after) | ((char == 114) & (after == 110))
