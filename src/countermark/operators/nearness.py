"""Which places have words of certain sets close by, in one compiled pass over those words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from countermark.operators.base import Look, Places
from countermark.operators.grouping import Groups, grouped

Spots = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Owner, field, first token and last token of places."""


def near_words(
    look: Look, around: Places, sets: Sequence[int], *, side: str, within: int
) -> np.ndarray:
    """Which places have a word of the sets in the same text at that side, at most `within` tokens away.

    Args:
        around: places owned by subjects; asked of all mentions of the look, equal questions are answered once.
        side: before, after or any.
    """
    here = look.sets_here(sets)
    if not here or not len(around.owner):
        return np.zeros(len(around.owner), bool)
    reach = (within * (side != "after"), within * (side != "before"))
    if around is look.mentions:
        return look.once(("near", here, reach), lambda: _near_mentions(look, here, reach))
    return _near(look, around, _by_row(look, around), here, reach)


def _near_mentions(look: Look, sets: Sequence[int], reach: tuple[int, int]) -> np.ndarray:
    by_row = look.once("mentions by row", lambda: _by_row(look, look.mentions))
    return _near(look, look.mentions, by_row, sets, reach)


def _by_row(look: Look, places: Places) -> Groups:
    return grouped(look.row[places.owner], np.ones(len(places.owner), bool), len(look.batch))


def _near(
    look: Look, around: Places, by_row: Groups, sets: Sequence[int], reach: tuple[int, int]
) -> np.ndarray:
    near, words, (first, members) = np.zeros(len(around.owner), bool), look.words, look.by_set
    for s in sets:
        asked = members[first[s] : first[s + 1]]
        mark_near(near, spots(around), by_row, spots(words), asked, reach)
    return near


def spots(places: Places) -> Spots:
    """Owner, field, first and last token of each place."""
    return places.owner, places.field, places.token, places.token_end


@njit(cache=True, nogil=True)
def mark_near(
    near: np.ndarray,
    around: Spots,
    by_row: Groups,
    words: Spots,
    asked: np.ndarray,
    reach: tuple[int, int],
) -> None:
    """Set `near` of the places that a word stands beside.

    Args:
        by_row: positions of the places by row.
        words: owners are rows.
        asked: positions of the words that count.
        reach: how many tokens before and after a place are looked at.
    """
    _, field, token, token_end = around
    row, word_field, word_token, word_end = words
    before, after = reach
    for w in asked:
        for at in range(by_row.first[row[w]], by_row.first[row[w] + 1]):
            k = by_row.members[at]
            if field[k] == word_field[w]:
                leads = token[k] - before <= word_end[w] < token[k]
                follows = token_end[k] < word_token[w] <= token_end[k] + after
                near[k] |= leads | follows
