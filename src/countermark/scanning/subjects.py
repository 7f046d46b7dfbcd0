"""What is compared of the names in one row, in compiled passes: which stand in which, and which row names which mark."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from countermark.operators.base import Places
from countermark.operators.grouping import Groups

OFFSET_BITS = 20  # of a byte offset in a text; texts are cut far below
RANK_BITS = 8


class Stretches(NamedTuple):
    """First byte and end of places, int64 numbers that grow with the text as well, so that no place reaches over two."""

    start: np.ndarray
    end: np.ndarray


def stretches(places: Places) -> Stretches:
    """The stretch of each place in the texts of its owner."""
    base = places.field.astype(np.int64) << OFFSET_BITS
    return Stretches(base | places.start, base | places.end)


@njit(cache=True)
def _reaches(end: np.ndarray, rows: Groups) -> np.ndarray:
    """How far the names of a row reach, up to each of them."""
    out = end[rows.members]
    for row in range(len(rows.first) - 1):
        for at in range(rows.first[row] + 1, rows.first[row + 1]):
            out[at] = max(out[at], out[at - 1])
    return out


@njit(cache=True, nogil=True)
def inside(
    owner: np.ndarray, places: Stretches, asked: np.ndarray, names: Stretches, rows: Groups
) -> np.ndarray:
    """Which of the places that are asked for (bool) stand inside a name of the same row and text.

    Args:
        names: in order of place.
        rows: names by row.
    """
    out, reach, first = np.zeros(len(owner), np.bool_), _reaches(names.end, rows), rows.first
    start = names.start[rows.members]
    for k in range(len(owner)):
        low = first[owner[k]]
        high = first[owner[k] + 1] if asked[k] else low
        begin = low
        while low < high:
            middle = (low + high) // 2
            if start[middle] <= places.start[k]:
                low = middle + 1
            else:
                high = middle
        out[k] = low > begin and reach[max(low - 1, 0)] >= places.end[k]
    return out


@njit(cache=True, nogil=True)
def traits_beside(own: np.ndarray, mark: np.ndarray, rows: Groups) -> np.ndarray:
    """For each name the bits of all names of the same mark in its row, put together."""
    out = np.empty(len(mark), np.uint8)
    of_mark = np.zeros(int(np.max(mark)) + 1, np.uint8)
    for row in range(len(rows.first) - 1):
        here = rows.members[rows.first[row] : rows.first[row + 1]]
        for k in here:
            of_mark[mark[k]] |= own[k]
        for k in here:
            out[k] = of_mark[mark[k]]
        for k in here:
            of_mark[mark[k]] = 0
    return out


@njit(cache=True, nogil=True)
def longest(
    names: Stretches, rank: np.ndarray, mark: np.ndarray, what: np.ndarray, rows: Groups
) -> np.ndarray:
    """Positions of the names that stand inside no longer name of another mark, in order of place; see `naming`.

    Args:
        rank: below 2**RANK_BITS: which of names on one stretch comes first.
        what: the name itself.
    """
    start, end = names
    width = (1 << OFFSET_BITS) - 1 - (end - start)
    order = (start << OFFSET_BITS | width) << RANK_BITS | rank
    out, count = np.empty(len(rows.members), np.int64), 0
    line = np.empty(int(np.max(np.diff(rows.first))), np.int64)
    for row in range(len(rows.first) - 1):
        size, cover = 0, -1
        for at in range(rows.first[row], rows.first[row + 1]):
            k, slot = rows.members[at], size
            while slot > 0 and order[k] < order[line[slot - 1]]:
                line[slot] = line[slot - 1]
                slot -= 1
            line[slot] = k
            size += 1
        for slot in range(size):
            k, keeps = line[slot], True
            if cover >= 0 and end[k] <= end[cover]:
                same = order[k] >> RANK_BITS == order[cover] >> RANK_BITS
                own = mark[k] == mark[cover]
                keeps = what[k] != what[cover] if own else same
            else:
                cover = k
            out[count] = k
            count += keeps
    return out[:count]


@njit(cache=True, nogil=True)
def outermost(names: Stretches, mark: np.ndarray, rows: Groups) -> np.ndarray:
    """Which names stand in no longer name of the same mark; of several on one stretch the first.

    Args:
        names: in order of place, the longer first.
    """
    out, reach, members = np.ones(len(mark), np.bool_), _reaches(names.end, rows), rows.members
    for row in range(len(rows.first) - 1):
        begin = rows.first[row]
        for at in range(begin, rows.first[row + 1]):
            k, other = members[at], at - 1
            while other >= begin and reach[other] >= names.end[k]:
                j = members[other]
                if mark[j] == mark[k] and names.end[j] >= names.end[k]:
                    out[k] = False
                other -= 1
    return out


@njit(cache=True, nogil=True)
def paired(
    mark: np.ndarray, place: np.ndarray, kept: np.ndarray, rows: Groups
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pairs of a row and a mark that it names, in order, and the names of each in order of place.

    Args:
        mark, place: of each name; places are ordered by text and token.
        kept: which names count.

    Returns:
        Row and mark of each pair; the order of the names that are kept, and the pair of each.
    """
    size = len(rows.members)
    row_of, mark_of, owner = (
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
    )
    order, count, pairs = np.empty(size, np.int64), 0, 0
    for row in range(len(rows.first) - 1):
        begin = count
        for at in range(rows.first[row], rows.first[row + 1]):
            k, slot = rows.members[at], count
            if kept[k]:
                while slot > begin and (
                    mark[k] < mark[order[slot - 1]]
                    or (mark[k] == mark[order[slot - 1]] and place[k] < place[order[slot - 1]])
                ):
                    order[slot] = order[slot - 1]
                    slot -= 1
                order[slot] = k
                count += 1
        for slot in range(begin, count):
            if slot == begin or mark[order[slot]] != mark[order[slot - 1]]:
                row_of[pairs], mark_of[pairs] = row, mark[order[slot]]
                pairs += 1
            owner[slot] = pairs - 1
    return row_of[:pairs], mark_of[:pairs], order[:count], owner[:count]
