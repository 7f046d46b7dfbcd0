"""Forms of names that the search would not meet otherwise; recognition judges them as it does any disguise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, combinations

from countermark.features.measuring import measure
from countermark.features.tokens import folded_text
from countermark.features.windows import PREFIX, SHORT
from countermark.knowledge.compiling.entries import LONG_NAME, NameEntry

SHORTEST = 3  # letters of a name of which forms are made up
LEAST_LETTERS = 2  # of a name that stay letters
MOST_BARRED = 9  # letters of a name with bars between them: a window holds no more
_DIGITS_OF = {"s": "5", "l": "1", "o": "0", "t": "7", "e": "3", "a": "4", "b": "8", "g": "9", "i": "1", "z": "2"}  # fmt: skip


def made_up(entries: Sequence[NameEntry]) -> list[NameEntry]:
    """The entries of forms of these names."""
    letters = measure([e.folded for e in entries], loose=True).letters
    more = []
    for entry, size in zip(entries, letters.tolist(), strict=True):
        forms = dict.fromkeys(_forms(entry, few=size < PREFIX))
        more += [replace(entry, text=form, plain=entry.text) for form in forms]
    return more


def _forms(entry: NameEntry, *, few: bool) -> Iterator[str]:
    name = entry.folded
    if entry.how == "model" or len(name) < SHORTEST:
        return
    if len(name) >= LONG_NAME:
        yield from _half_doubled(name)
    if "rn" in name and len(name) >= LONG_NAME:
        yield parted_rn(name)
    if entry.how == "official" and name.isascii() and name.isalpha():
        if len(name) <= MOST_BARRED:
            yield "|".join(name)  # a bar inside a word is read as a letter
        if few:
            yield from chain(_stretched(name), _with_digits(name))


def parted_rn(text: str) -> str:
    """The folded text with `r n` for `rn`, which is not read as `m` once a separator parts it; "" where there is none."""
    folded = folded_text(text).replace(" ", "")
    return folded.replace("rn", "r n") if "rn" in folded else ""


def _half_doubled(name: str) -> Iterator[str]:
    """A doubled letter does not collapse once one of the two is a digit: `Nespres5o`."""
    for char, digit in _DIGITS_OF.items():
        if char * 2 in name:
            yield name.replace(char * 2, char + digit, 1)


def _stretched(name: str) -> Iterator[str]:
    """A name of too few letters is met as it stands only: `BMWW`, `DDell`."""
    for k, char in enumerate(name):
        for more in range(1, SHORT - len(name) + 1):
            yield name[:k] + char * more + name[k:]


def _with_digits(name: str) -> Iterator[str]:
    """The same with digits: `8MW`, `D3ll`."""
    spots = [k for k, char in enumerate(name) if char in _DIGITS_OF]
    for count in range(1, len(name) - LEAST_LETTERS + 1):
        for chosen in combinations(spots, count):
            yield "".join(_DIGITS_OF[c] if k in chosen else c for k, c in enumerate(name))
