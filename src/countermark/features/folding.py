"""How text reads once case, width, accents and look-alike characters are taken off.

The table is `fold.tsv`, written by `tools/make_fold_table.py`; it is data of the package, so that a text
folds alike on every machine. One character folds to nothing, to a separator, or to one to four characters.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

import numpy as np

DELETE, SEPARATOR, LETTER, DIGIT, UNSEGMENTED, SYMBOL = range(6)
KINDS = {"delete": DELETE, "letter": LETTER, "digit": DIGIT, "unsegmented": UNSEGMENTED}
KIND_SHIFT, DISGUISE_BIT, UPPER_BIT, EXPAND_BIT = 21, 1 << 24, 1 << 25, 1 << 26
CODE_MASK = (1 << 21) - 1
LAST = 0x1FBFF  # of the table; above it Han letters stay as they are and the rest separates
MAX_EXPANSION = 4


class FoldTable(NamedTuple):
    """The fold of every code point, in a form that compiled loops read.

    Attributes:
        packed: uint32 for each code point up to `LAST`: folded code (or row of `expansions`) in bits 0-20,
            kind in bits 21-23, then disguise, upper case and expansion bits.
        expansions: uint32 (n, 4), zero padded: folds of more than one character.
        loose: uint32 (128,): the class of ASCII characters that are drawn or typed for each other.
    """

    packed: np.ndarray
    expansions: np.ndarray
    loose: np.ndarray


LOOSE_CLASSES = ("il1|!", "o0", "e3", "a4", "s5z2", "t7", "b8", "g96q", "uvw")
"""Characters that read as one another in evasive spelling; each class is named by its first."""


def _loose_classes() -> np.ndarray:
    table = np.arange(128, dtype=np.uint32)
    for group in LOOSE_CLASSES:
        for char in group:
            table[ord(char)] = ord(group[0])
    return table


def _upper_bits(packed: np.ndarray) -> None:
    """Mark the capitals of cased scripts below U+0600; enough to see camel case."""
    for code in range(0x600):
        if chr(code).isupper():
            packed[code] |= UPPER_BIT


@lru_cache(maxsize=1)
def fold_table() -> FoldTable:
    """The table of this version of the package, read once a process."""
    packed = np.full(LAST + 1, SEPARATOR << KIND_SHIFT, np.uint32)
    codes = np.arange(LAST + 1, dtype=np.uint32)
    expansions: list[list[int]] = []
    for line in (files(__package__) / "fold.tsv").read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith("# "):
            continue
        how, text, chars = line.split("\t")
        if how in KINDS:
            span = slice(int(text, 16), int(chars, 16) + 1)
            packed[span] = codes[span] | np.uint32(KINDS[how] << KIND_SHIFT)
        else:
            _add_folds(packed, expansions, how, text, chars)
    _upper_bits(packed)
    rows = np.zeros((len(expansions), MAX_EXPANSION), np.uint32)
    for row, folded in enumerate(expansions):
        rows[row, : len(folded)] = folded
    return FoldTable(packed, rows, _loose_classes())


def _add_folds(
    packed: np.ndarray, expansions: list[list[int]], how: str, text: str, chars: str
) -> None:
    extra = DISGUISE_BIT if how != "plain" else 0
    target = ord(text[0])
    if how != "symbol" and len(text) > 1:
        if len(text) > MAX_EXPANSION:
            return
        target, extra = len(expansions), extra | EXPAND_BIT
        expansions.append([ord(c) for c in text])
    for char in chars:
        kind = SYMBOL if how == "symbol" else int(packed[ord(char)]) >> KIND_SHIFT & 7
        packed[ord(char)] = target | kind << KIND_SHIFT | extra


@lru_cache(maxsize=1)
def fold_table_hash() -> str:
    """SHA-256 (hex) of the table's text: part of the name of every snapshot."""
    return sha256((files(__package__) / "fold.tsv").read_bytes()).hexdigest()
