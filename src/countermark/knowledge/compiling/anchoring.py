"""Anchors of indistinct names compiled to `AnchorSets`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from countermark.domain.marks import Anchors
from countermark.knowledge.snapshot import (
    BRAND_ATTRIBUTE,
    GTIN,
    PRODUCT_NAME,
    STYLE_CODE,
    AnchorSets,
)

STRONG = {
    "brand_attribute": BRAND_ATTRIBUTE,
    "product_name": PRODUCT_NAME,
    "style_code": STYLE_CODE,
    "gtin": GTIN,
}


class AnchorTable:
    """Numbered anchor sets, filled while a snapshot is built; equal sets share a number."""

    def __init__(self, categories: Sequence[str], marks: Mapping[str, int]) -> None:
        """Begin without sets."""
        self._categories, self._marks = categories, marks
        self._numbers: dict[tuple[tuple[str, ...], int], int] = {}

    def add(self, any_of: Iterable[str], least: int = 1) -> int:
        """The number of the set."""
        key = (tuple(sorted(set(any_of))), least)
        return self._numbers.setdefault(key, len(self._numbers))

    def of(self, anchors: Anchors | None, default: int) -> int:
        """The number of an alias's anchors: those it states, or else the mark's own.

        A coined alias has some too, for the day it is misspelt.
        """
        return default if anchors is None else self.add(anchors.any_of, anchors.min)

    def compile(self) -> AnchorSets:
        """All sets as arrays."""
        size = len(self._numbers)
        strong, least = np.zeros(size, np.uint8), np.ones(size, np.int8)
        categories = np.zeros((size, len(self._categories)), bool)
        marks = np.zeros((size, len(self._marks)), bool)
        for (any_of, minimum), row in self._numbers.items():
            least[row] = minimum
            for anchor in any_of:
                kind, _, value = anchor.partition(":")
                strong[row] |= STRONG.get(kind, 0)
                if kind == "category":
                    categories[row] |= [
                        c == value or c.startswith(f"{value}.") for c in self._categories
                    ]
                elif kind == "mark" and value in self._marks:
                    marks[row, self._marks[value]] = True
        return AnchorSets(strong, categories, marks, least)
