"""What a seller changed of a listing, and whether other goods stand in its place now.

A listing that gathered sales and ratings with one thing and then offers another is a known way past every look at new
listings (bait and switch).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Final
from unicodedata import normalize

from rapidfuzz.distance import OSA

from countermark.domain.offers import CONTENT, Offer

SWITCHED: Final = "switched"
"""Stands before the changed fields where the goods are others."""

KEPT_SHARE: Final = 0.34
"""Share of the words of one of two titles of the same goods that stand in the other, at least."""

MOST_WORDS: Final = 64
"""Words of a title that are looked at letter by letter; nobody's patience is tried by a title of 5,000 characters."""

_UNSPACED: Final = (
    r"\u0e00-\u0e7f\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
    r"\U00020000-\U0003ffff"
)
_WORD: Final = re.compile(rf"([{_UNSPACED}]+)|[^\W_{_UNSPACED}]+")
_NO_SIGN: Final = re.compile(r"[\W_]+")


def edits_between(before: Offer, after: Offer) -> tuple[str, ...]:
    """Names of the fields that differ, after `SWITCHED` where the goods do."""
    changed = tuple(name for name in CONTENT if getattr(before, name) != getattr(after, name))
    return (SWITCHED, *changed) if changed and _is_switched(before, after) else changed


def _is_switched(before: Offer, after: Offer) -> bool:
    """Whether the title has hardly a word in common with the one before, or another kind of goods or make is given."""
    for name, same in _SAME.items():
        old, new = getattr(before, name), getattr(after, name)
        if old and new and old != new and not same(_plain(old), _plain(new)):
            return True
    return kept_share(before.title, after.title) < KEPT_SHARE


def _plain(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _same_kind(old: str, new: str) -> bool:
    """Whether one category is the other, or a kind of it ("bags" and "bags.handbag")."""
    return f"{old}.".startswith(f"{new}.") or f"{new}.".startswith(f"{old}.")


def _same_code(old: str, new: str) -> bool:
    """Whether two codes are equal but for spaces and hyphens."""
    return _NO_SIGN.sub("", old) == _NO_SIGN.sub("", new)


def _same_make(old: str, new: str) -> bool:
    """Whether two makes are equal but for spaces, signs or a slip of the pen, or one has all words of the other."""
    one, other = _NO_SIGN.sub("", old), _NO_SIGN.sub("", new)
    some, others = set(_NO_SIGN.split(old)), set(_NO_SIGN.split(new))
    return one == other or _is_near(one, other) or some <= others or others <= some


_SAME: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "category": _same_kind, "brand": _same_make, "gtin": _same_code, "style_code": _same_code,
}  # fmt: skip


def kept_share(before: str, after: str) -> float:
    """Words of one title that stand in the other / words of the one, the larger of both shares; 0 to 1.

    Where too few do, words that differ by a slip of the pen or by a space count as well. 1 where neither has a word.
    """
    old, new = _words(before), _words(after)
    least = min(len(old), len(new))
    if not least:
        return float(len(old) == len(new))
    share = len(old.keys() & new.keys()) / least
    if share >= KEPT_SHARE:
        return share
    one, other = list(old)[:MOST_WORDS], list(new)[:MOST_WORDS]
    return max(share, _near_share(one, other), _near_share(other, one))


def _near_share(some: Sequence[str], others: Sequence[str]) -> float:
    """Share of `some` that are near one of `others`, or near two neighbours of them written as one."""
    known = {*others, *(left + right for left, right in pairwise(others))}
    near = sum(word in known or any(_is_near(word, other) for other in known) for word in some)
    return near / len(some)


def _is_near(one: str, other: str) -> bool:
    """Whether two words of letters differ by a slip: one letter of four to seven, two of more; numbers never do."""
    length = min(len(one), len(other))
    if length < 4 or not (one.isalpha() and other.isalpha()):
        return False
    most = 1 if length < 8 else 2
    return (
        abs(len(one) - len(other)) <= most and OSA.distance(one, other, score_cutoff=most) <= most
    )


def _words(title: str) -> dict[str, None]:
    """Words in their order without regard to case; of scripts without spaces, pairs of characters."""
    words: dict[str, None] = {}
    for found in _WORD.finditer(_plain(title)):
        word = found[0]
        if found[1] and len(word) > 2:
            words.update((word[k : k + 2], None) for k in range(len(word) - 1))
        else:
            words[word] = None
    return words
