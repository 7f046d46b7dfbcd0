"""Which marks each listing names: candidates from the search, judged, overlaps settled, anchors required."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
from numba import njit

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
    NO_PLACES,
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


def named_places(texts: Mapping[int, pa.Array], snapshot: Snapshot, lookup: Lookup) -> Places:
    """Every stretch of title, description and brand attribute that names an alias, a model or a disguisable term.

    `texts` are columns by their codes.

    Owners are rows, `what` is the name's number and `how` the way of recognition with its weight (see
    `knowledge.disguises`). Anchors are not yet asked for.
    """
    found = [NO_PLACES]
    for code in SEARCHED:
        if code in texts:
            column = texts[code]
            windows = [find(column, snapshot.names.lexicon)]
            if code != DESCRIPTION:
                windows.append(find_near(column, snapshot.names.near))
            found += [_judged(w, column, code, snapshot, lookup) for w in windows if len(w.row)]
    places = Places(*(np.concatenate(parts) for parts in zip(*found, strict=True)))
    if not len(places.owner):
        return places
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
    return _ways_of_plain(
        found, (names.kind, names.ref, names.tokens, names.unspaced), snapshot.aliases.how
    )


@njit(cache=True, nogil=True)
def _ways_of_plain(
    found: Found, names: tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray], hows: np.ndarray
) -> np.ndarray:
    """Of each window the way of its alias, 0 for a term, NOT_NAMED where recognition must look.

    `names` are kind, ref, tokens and unspaced of `Names`, `hows` the ways of aliases.
    """
    kind, ref, tokens, unspaced = names
    out = np.full(len(found.row), NOT_NAMED, np.int8)
    for k in range(len(found.row)):
        entry, flags = found.entry[k], found.flags[k]
        plain = flags & (EXACT | FOREIGN) == EXACT
        plain &= found.token_end[k] - found.token[k] < tokens[entry]
        plain &= not (unspaced[entry] and flags & PARTED)
        plain &= not (found.end[k] - found.start[k] <= SHORT and flags & ATTACHED)
        if plain:
            out[k] = 0 if kind[entry] == TERM else hows[ref[entry]]
    return out


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
    count = high - low
    other = plain[np.arange(count.sum()) + np.repeat(low + count - np.cumsum(count), count)]
    one = np.repeat(asked, count)
    inside = (mark[other] == mark[one]) & (end[other] <= end[one])
    same = inside & (start[other] == start[one]) & (end[other] == end[one])
    drop[one[same]] = True
    pairs = np.stack([one, places.what[one], places.what[other]])[:, inside & ~same]
    for k, own, within in pairs.T.tolist():
        if f" {folded_text(texts[within])} " not in f" {folded_text(texts[own])} ":
            drop[k] = True
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
