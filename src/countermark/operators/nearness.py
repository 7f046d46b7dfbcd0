"""Which places have words of certain sets close by, in one compiled pass over those words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from countermark.operators.base import Look, Places

Spots = tuple[np.ndarray, np.ndarray, np.ndarray]
"""Field, first token and last token of places."""


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
    row = look.row[around.owner]
    order = np.argsort(row, kind="stable")
    near = np.zeros(len(order), bool)
    near[order] = _near(look, around.take(order), _first_of_rows(look, row[order]), here, reach)
    return near


def _near_mentions(look: Look, sets: Sequence[int], reach: tuple[int, int]) -> np.ndarray:
    places = look.mentions
    first = look.once("rows of mentions", lambda: _first_of_rows(look, look.row[places.owner]))
    return _near(look, places, first, sets, reach)


def _first_of_rows(look: Look, rows: np.ndarray) -> np.ndarray:
    """For each row of the batch where its places begin, these being the rows of places, ascending; one entry more."""
    return np.searchsorted(rows, np.arange(len(look.batch) + 1))


def _near(
    look: Look, around: Places, first: np.ndarray, sets: Sequence[int], reach: tuple[int, int]
) -> np.ndarray:
    near, words = np.zeros(len(around.owner), bool), look.words
    spots = (around.field, around.token, around.token_end)
    for s in sets:
        span = slice(look.word_first[s], look.word_first[s + 1])
        beside = (words.field[span], words.token[span], words.token_end[span])
        _mark_near(near, first, spots, words.owner[span], beside, reach)
    return near


@njit(cache=True, nogil=True)
def _mark_near(
    near: np.ndarray,
    first: np.ndarray,
    around: Spots,
    row: np.ndarray,
    words: Spots,
    reach: tuple[int, int],
) -> None:
    """Set `near` of the places that a word stands beside.

    Args:
        first: where the places of each row begin, and one entry more.
        row: of each word.
        reach: how many tokens before and after a place are looked at.
    """
    field, token, token_end = around
    word_field, word_token, word_end = words
    before, after = reach
    for w in range(len(row)):
        for k in range(first[row[w]], first[row[w] + 1]):
            if field[k] == word_field[w]:
                leads = token[k] - before <= word_end[w] < token[k]
                follows = token_end[k] < word_token[w] <= token_end[k] + after
                near[k] |= leads | follows
