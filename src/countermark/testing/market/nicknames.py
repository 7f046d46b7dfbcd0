"""What sellers write for a brand in other scripts, and what they call it among themselves.

General knowledge, kept in two tables of the market's own (`renderings.csv`, `nicknames.csv`): nothing here is
shared with the packs, so that what the packs lack shows.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def renderings() -> Mapping[str, tuple[str, ...]]:
    """A brand's name as it is written in Han, kana, Hangul, Cyrillic, Arabic and Thai; by its name, case folded."""
    return _table("renderings.csv")


@cache
def nicknames() -> Mapping[str, tuple[str, ...]]:
    """Short forms, nicknames and puns; by the brand's name, case folded."""
    return _table("nicknames.csv")


def _table(name: str) -> dict[str, tuple[str, ...]]:
    text = (files(__package__) / name).read_text(encoding="utf-8")
    _, *rows = csv.reader(text.splitlines())
    return {
        brand.casefold(): tuple(
            dict.fromkeys(form for cell in cells for form in cell.split("|") if form)
        )
        for brand, *cells in rows
    }
