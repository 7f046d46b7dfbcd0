"""Which marks each listing names: candidates from the search, judged, overlaps settled, anchors required."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from countermark.features.matching import ATTACHED, EXACT, GLUED, PARTED, Found, find
from countermark.features.near_misses import find_near
from countermark.features.tokens import FOREIGN, folded_text, text_buffers
from countermark.knowledge.disguises import CHANCE, WAY
from countermark.knowledge.recognition import EVASIVE, HOW
from countermark.knowledge.snapshot import ALIAS, TERM, Snapshot
from countermark.operators.base import (
    BRAND,
    DESCRIPTION,
    FIELDS,
    TEXT_COLUMNS,
    TITLE,
    Places,
    any_place,
)
from countermark.operators.grouping import grouped
from countermark.operators.lookup import NOT_NAMED, Lookup, Ways
from countermark.scanning.glued import begins_anew
from countermark.scanning.subjects import OFFSET_BITS, longest, stretches

SEARCHED = (TITLE, DESCRIPTION, BRAND)
SHORT = 3  # bytes; so short a name does not count when it touches other characters
IS_EVASIVE = np.array([k < len(HOW) and HOW[k] in EVASIVE for k in range(WAY + 1)])


def named_places(batch: pa.RecordBatch, snapshot: Snapshot, lookup: Lookup) -> Places:
    """Every stretch of title, description and brand attribute that names an alias, a model or a disguisable term.

    Owners are rows, `what` is the name's number and `how` the way of recognition with its weight (see
    `knowledge.disguises`). Anchors are not yet asked for.
    """
    found = []
    for code in SEARCHED:
        column = batch.column(TEXT_COLUMNS[code])
        if column.null_count == len(column):
            continue
        found.append(_judged(find(column, snapshot.names.lexicon), column, code, snapshot, lookup))
        if code != DESCRIPTION:
            found.append(
                _judged(find_near(column, snapshot.names.near), column, code, snapshot, lookup)
            )
    columns = (
        zip(*found, strict=True)
        if found
        else zip(*[Places(*(np.zeros(0, np.int32),) * 8)], strict=True)
    )
    places = Places(*(np.concatenate(parts) for parts in columns))
    return _longest(places.take(~_only_near_a_name(places, snapshot)), snapshot)


def _judged(
    found: Found, column: pa.Array, code: int, snapshot: Snapshot, lookup: Lookup
) -> Places:
    """The candidates that recognition accepts; what may be chance must not touch other letters."""
    glued = found.flags & GLUED != 0
    if glued.any():
        whole = ~glued
        whole[glued] = begins_anew(found, np.flatnonzero(glued), column, lookup.is_common)
        found = Found(*(part[whole] for part in found))
    how = _plain_ways(found, snapshot)
    doubtful = np.flatnonzero(how == NOT_NAMED)
    if len(doubtful):
        how[doubtful] = _ways_of(found, doubtful, column, lookup.ways)
        how[(how & CHANCE != 0) & (how > 0) & (found.flags & ATTACHED != 0)] = NOT_NAMED
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
    short = found.end - found.start <= SHORT
    plain &= ~(short & (found.flags & ATTACHED != 0))
    way = np.where(
        kind == TERM, 0, snapshot.aliases.how[np.minimum(ref, len(snapshot.aliases.how) - 1)]
    )
    return np.where(plain, way, NOT_NAMED).astype(np.int8)


def _ways_of(found: Found, doubtful: np.ndarray, column: pa.Array, ways: Ways) -> np.ndarray:
    """Recognition of the rest, one by one."""
    out = np.full(len(doubtful), NOT_NAMED, np.int8)
    data, offsets = text_buffers(column)
    raw = data.data
    first = offsets[found.row[doubtful]]
    begins = (first + found.start[doubtful]).tolist()
    ends = (first + found.end[doubtful]).tolist()
    glued = ((found.flags & ATTACHED != 0) & (found.end - found.start <= SHORT))[doubtful].tolist()
    for k, entry in enumerate(found.entry[doubtful].tolist()):
        if not glued[k]:
            out[k] = ways(entry, bytes(raw[begins[k] : ends[k]]))
    return out


def _only_near_a_name(places: Places, snapshot: Snapshot) -> np.ndarray:
    """Disguises of an alias on which, or in which, another alias of the mark stands plainly: `adidas SL` is no `adidasi`.

    One that holds a word of its own alias stays: "Vuitton" in "L0uis Vuitton".
    """
    evasive, texts = IS_EVASIVE[places.how & WAY], snapshot.names.texts
    drop = np.zeros(len(evasive), bool)
    alias = snapshot.names.kind[places.what] == ALIAS
    asked = np.flatnonzero(evasive & alias)
    if not len(asked):
        return drop
    beside = any_place(places.owner[asked], int(places.owner.max()) + 1)
    plain = np.flatnonzero(~evasive & alias & beside[places.owner])
    start, end = _stretch(places)
    plain = plain[np.argsort(start[plain], kind="stable")]
    mark = snapshot.aliases.mark[np.where(alias, snapshot.names.ref[places.what], 0)]
    low = np.searchsorted(start[plain], start[asked])
    high = np.searchsorted(start[plain], end[asked])
    for k in np.flatnonzero(low < high).tolist():
        own = f" {folded_text(texts[places.what[asked[k]]])} "
        for p in plain[low[k] : high[k]].tolist():
            inside = mark[p] == mark[asked[k]] and end[p] <= end[asked[k]]
            same = start[p] == start[asked[k]] and end[p] == end[asked[k]]
            if inside and (same or f" {folded_text(texts[places.what[p]])} " not in own):
                drop[asked[k]] = True
    return drop


def _longest(places: Places, snapshot: Snapshot) -> Places:
    """Names that stand inside a longer name of another mark taken out; terms as they are.

    Inside a longer name of its own mark a name stays: "Jordan" in "Jordan 1" is evidence for it. Names of two marks
    on exactly the same stretch are contested and both stay, to ask for their anchors.
    """
    is_term = snapshot.names.kind[places.what] == TERM
    terms, names = places.take(is_term), places.take(~is_term)
    if not len(names.owner):
        return terms
    rank = snapshot.names.kind[names.what].astype(np.int64) * 16 + (names.how & WAY)
    mark = snapshot.aliases.mark[snapshot.names.ref[names.what]]
    by_row = grouped(names.owner, np.ones(len(mark), bool), int(names.owner.max()) + 1)
    kept = names.take(longest(stretches(names), rank, mark, names.what, by_row))
    return Places(*(np.concatenate(parts) for parts in zip(kept, terms, strict=True)))


def _stretch(names: Places) -> tuple[np.ndarray, np.ndarray]:
    """Start and end of each name on one line of all texts of all rows."""
    base = (names.owner.astype(np.int64) * FIELDS + names.field) << OFFSET_BITS
    return base + names.start, base + names.end
