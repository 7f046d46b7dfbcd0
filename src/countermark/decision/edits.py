"""What a seller changed of a listing, and whether other goods stand in its place now.

A listing that gathered sales and ratings with one thing and then offers another is a known way past every look at new
listings (bait and switch).
"""

from __future__ import annotations

import re
from typing import Final

from countermark.domain.offers import CONTENT, Offer

SWITCHED: Final = "switched"
"""Stands before the changed fields where the goods are others."""

KEPT_SHARE: Final = 0.34
"""Share of the words of both titles that two titles of the same goods have in common, at least."""

_WORD: Final = re.compile(r"[^\W_]+")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def edits_between(before: Offer, after: Offer) -> tuple[str, ...]:
    """Names of the fields that differ, after `SWITCHED` where the goods do."""
    changed = tuple(name for name in CONTENT if getattr(before, name) != getattr(after, name))
    return (SWITCHED, *changed) if _is_switched(before, after) else changed


def _is_switched(before: Offer, after: Offer) -> bool:
    """Whether the title has hardly a word in common with the one before, or another kind of goods or make is given."""
    for name in ("category", "brand", "gtin", "style_code"):
        old, new = getattr(before, name), getattr(after, name)
        if old and new and old.casefold() != new.casefold():
            return True
    return kept_share(before.title, after.title) < KEPT_SHARE


def kept_share(before: str, after: str) -> float:
    """Words that two titles share / words of the shorter one, 0 to 1; 1 where neither has a word."""
    old, new = _words(before), _words(after)
    least = min(len(old), len(new))
    return len(old & new) / least if least else float(len(old) == len(new))


def _words(title: str) -> set[str]:
    """Words without regard to case; of scripts without spaces, pairs of characters."""
    words: set[str] = set()
    for word in _WORD.findall(title.casefold()):
        if _UNSPACED.search(word) and len(word) > 2:
            words.update(word[k : k + 2] for k in range(len(word) - 1))
        else:
            words.add(word)
    return words
