"""Which marks each listing names: candidates from the search, judged, overlaps settled, anchors required."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from countermark.features.matching import ATTACHED, EXACT, GLUED, PARTED, Found, find
from countermark.features.near_misses import find_near
from countermark.features.tokens import FOREIGN
from countermark.knowledge.compiling.building import is_common_word
from countermark.knowledge.recognition import HOW, name_of, recognise
from countermark.knowledge.snapshot import TERM, Snapshot
from countermark.operators.base import BRAND, DESCRIPTION, FIELDS, TEXT_COLUMNS, TITLE, Places

SEARCHED = (TITLE, DESCRIPTION, BRAND)
NOT_NAMED = -1
OFFSET_BITS = 20  # of a byte offset in a text; texts are cut far below
GROUP_SHIFT = 44  # leaves 2**22 listings and 2**19 marks in one batch


def named_places(batch: pa.RecordBatch, snapshot: Snapshot) -> Places:
    """Every stretch of title, description and brand attribute that names an alias, a model or a disguisable term.

    Owners are rows, `what` is the name's number and `how` the way of recognition. Anchors are not yet asked for.
    """
    found = []
    for code in SEARCHED:
        column = batch.column(TEXT_COLUMNS[code])
        if column.null_count == len(column):
            continue
        found.append(_judged(find(column, snapshot.names.lexicon), column, code, snapshot))
        if code != DESCRIPTION:
            found.append(_judged(find_near(column, snapshot.names.near), column, code, snapshot))
    columns = (
        zip(*found, strict=True)
        if found
        else zip(*[Places(*(np.zeros(0, np.int32),) * 8)], strict=True)
    )
    places = Places(*(np.concatenate(parts) for parts in columns))
    return _longest(places, snapshot)


def _judged(found: Found, column: pa.Array, code: int, snapshot: Snapshot) -> Places:
    """The candidates that recognition accepts."""
    whole = found.flags & GLUED == 0
    found = found if whole.all() else Found(*(part[whole] for part in found))
    how = _plain_ways(found, snapshot)
    doubtful = np.flatnonzero(how == NOT_NAMED)
    if len(doubtful):
        how[doubtful] = _ways_of(found, doubtful, column, snapshot)
    keep = how != NOT_NAMED
    field = np.full(len(found.row), code, np.int32)
    return Places(
        found.row,
        field,
        found.token,
        found.token_end,
        found.start,
        found.end,
        found.entry,
        how.astype(np.int32),
    ).take(keep)


def _plain_ways(found: Found, snapshot: Snapshot) -> np.ndarray:
    """The way of recognition of what needs no thought: the alias itself, undisguised."""
    names = snapshot.names
    kind, ref = names.kind[found.entry], names.ref[found.entry]
    width = found.token_end - found.token + 1
    allowed = names.tokens[found.entry]
    plain = (found.flags & EXACT != 0) & (found.flags & FOREIGN == 0) & (width <= allowed)
    plain &= ~(names.unspaced[found.entry] & (found.flags & PARTED != 0))
    short = found.end - found.start <= 3
    plain &= ~(short & (found.flags & ATTACHED != 0))
    way = np.where(
        kind == TERM, 0, snapshot.aliases.how[np.minimum(ref, len(snapshot.aliases.how) - 1)]
    )
    return np.where(plain, way, NOT_NAMED).astype(np.int8)


def _ways_of(
    found: Found, doubtful: np.ndarray, column: pa.Array, snapshot: Snapshot
) -> np.ndarray:
    """Recognition of the rest, once for each distinct pair of name and text."""
    is_common = is_common_word(snapshot.names.near.common)
    ways: dict[tuple[int, bytes], int] = {}
    out = np.full(len(doubtful), NOT_NAMED, np.int8)
    row_of, texts = -1, b""
    for k, at in enumerate(doubtful.tolist()):
        row = int(found.row[at])
        if row != row_of:
            row_of, texts = row, column[row].as_buffer().to_pybytes()
        text = texts[found.start[at] : found.end[at]]
        if found.end[at] - found.start[at] <= 3 and found.flags[at] & ATTACHED:
            continue
        key = (int(found.entry[at]), text)
        if key not in ways:
            ways[key] = _way(snapshot, key[0], text.decode("utf-8", "replace"), is_common)
        out[k] = ways[key]
    return out


def _way(snapshot: Snapshot, entry: int, text: str, is_common: Callable[[str], bool]) -> int:
    names, ref = snapshot.names, int(snapshot.names.ref[entry])
    kind, coined = "official", True
    if names.kind[entry] != TERM:
        kind, coined = HOW[snapshot.aliases.how[ref]], snapshot.aliases.distinct[ref] == 0
    way = recognise(name_of(names.texts[entry], kind=kind, coined=bool(coined)), text, is_common)
    return NOT_NAMED if way is None else HOW.index(way)


def _longest(places: Places, snapshot: Snapshot) -> Places:
    """Names that stand inside a longer name of another mark taken out; terms as they are.

    Inside a longer name of its own mark a name stays: "Jordan" in "Jordan 1" is evidence for it. Names of two marks
    on exactly the same stretch are contested and both stay, to ask for their anchors.
    """
    is_term = snapshot.names.kind[places.what] == TERM
    terms, names = places.take(is_term), places.take(~is_term)
    if not len(names.owner):
        return terms
    start, end = _stretch(names)
    rank = snapshot.names.kind[names.what].astype(np.int64) * 16 + names.how
    order = np.lexsort((rank, -end, start))
    names, start, end = names.take(order), start[order], end[order]
    cover = _covering(end)
    mark = snapshot.aliases.mark[snapshot.names.ref[names.what]]
    same_stretch = (start == start[cover]) & (end == end[cover])
    inside = (end <= end[cover]) & (cover != np.arange(len(end)))
    keep = (
        ~inside
        | (mark == mark[cover]) & (names.what != names.what[cover])
        | same_stretch & (mark != mark[cover])
    )
    return Places(*(np.concatenate(parts) for parts in zip(names.take(keep), terms, strict=True)))


def _stretch(names: Places) -> tuple[np.ndarray, np.ndarray]:
    """Start and end of each name on one line of all texts of all rows."""
    base = (names.owner.astype(np.int64) * FIELDS + names.field) << OFFSET_BITS
    return base + names.start, base + names.end


def _covering(end: np.ndarray) -> np.ndarray:
    """For names in order of start, the position of the earlier one that reaches furthest, or the name's own."""
    reach = np.maximum.accumulate(end)
    position = np.arange(len(end))
    furthest = np.maximum.accumulate(np.where(end == reach, position, 0))
    before = np.r_[np.int64(0), furthest[:-1]]
    first = np.searchsorted(reach, reach)  # of several that reach as far, the first is the longest
    return np.where(end <= reach[before], first[before], position)


def outermost(names: Places, mark: np.ndarray) -> Places:
    """Names that stand in no longer accepted name of the same mark, in order of place."""
    if not len(names.owner):
        return names
    start, end = _stretch(names)
    order = np.lexsort((-end, start, mark))
    _, group = np.unique(mark[order], return_inverse=True)
    shifted = end[order] + (group.astype(np.int64) << GROUP_SHIFT)
    before = np.r_[np.int64(-1), np.maximum.accumulate(shifted)[:-1]]
    return names.take(np.sort(order[shifted > before]))
