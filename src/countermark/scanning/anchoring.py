"""Whether indistinct names are anchored: a brand attribute, a model, a code, the kind of goods, or another mark beside them.

A spelling that is meant as a disguise is a piece of evidence too.
"""

from __future__ import annotations

import numpy as np

from countermark.knowledge.disguises import CHANCE, MEANT
from countermark.knowledge.snapshot import (
    BRAND_ATTRIBUTE,
    GTIN,
    MODEL,
    PRODUCT_NAME,
    STYLE_CODE,
    Snapshot,
)
from countermark.operators.base import BRAND, TITLE, Places, text_key
from countermark.operators.grouping import grouped
from countermark.scanning.subjects import traits_beside

NEVER_WITHIN = 6  # tokens between a name and a word that speaks against it
GENERIC_EVIDENCE = 2  # pieces that a generic word needs where none is strong


def anchored(
    names: Places, words: Places, snapshot: Snapshot, *, codes: Places, kinds: np.ndarray
) -> np.ndarray:
    """Which names count as mentions, one bool each.

    Args:
        names: named places without terms, `how` with its weight (`knowledge.disguises`); owners are rows.
        words: places of word sets in the same rows.
        codes: style codes and GTINs given as attributes: owner row, `what` product.
        kinds: bool (2, rows, categories): kind of goods by attribute and by the title's nouns.
    """
    if not len(names.owner):
        return np.zeros(0, bool)
    aliases = snapshot.aliases
    ref = snapshot.names.ref[names.what]
    mark, anchor, distinct = aliases.mark[ref], aliases.anchors[ref], aliases.distinct[ref].copy()
    chance, meant = names.how & CHANCE != 0, names.how & MEANT != 0
    strong = _strong(names, mark, snapshot, codes)
    anchor_row = np.maximum(anchor, 0)
    counts_strong = (strong & snapshot.anchors.strong[anchor_row]) != 0
    least = np.where(
        (distinct == 2) & ~meant,
        np.maximum(snapshot.anchors.least[anchor_row], GENERIC_EVIDENCE),
        snapshot.anchors.least[anchor_row],
    )
    settled = ((distinct == 0) & ~chance) | ((distinct == 1) & meant)
    good = settled | counts_strong
    asked = np.flatnonzero(~good)
    good[asked] = _weak(names, mark, anchor_row, snapshot, kinds, asked) >= least[asked]
    return good & ~_spoken_against(names, ref, words, snapshot)


def _strong(names: Places, mark: np.ndarray, snapshot: Snapshot, codes: Places) -> np.ndarray:
    """Bits of the strong anchors beside each name."""
    is_model = snapshot.names.kind[names.what] == MODEL
    in_brand = names.field == BRAND
    by_row = grouped(names.owner, np.ones(len(mark), bool), int(names.owner.max()) + 1)
    model, alias, attribute = 1, 2, 4
    own = model * (is_model & ~in_brand) | alias * ~is_model | attribute * in_brand
    beside = traits_beside(own.astype(np.uint8), mark, by_row)
    bits = np.zeros(len(mark), np.uint8)
    bits[(beside & model > 0) & ~is_model] |= PRODUCT_NAME
    bits[(beside & alias > 0) & is_model] |= BRAND_ATTRIBUTE
    bits[beside & attribute > 0] |= BRAND_ATTRIBUTE
    if len(codes.owner):
        size = len(snapshot.marks)
        coded = codes.owner.astype(np.int64) * size + snapshot.goods.mark[codes.what]
        bits[np.isin(names.owner.astype(np.int64) * size + mark, coded)] |= STYLE_CODE | GTIN
    return bits


def _weak(
    names: Places,
    mark: np.ndarray,
    anchor: np.ndarray,
    snapshot: Snapshot,
    kinds: np.ndarray,
    asked: np.ndarray,
) -> np.ndarray:
    """How many pieces of weak evidence stand beside each of the names asked for.

    They are: the kind of goods given, the kind read from the title, such a title that begins with the name, and
    other marks that the anchors name.
    """
    some = names.take(asked)
    fits, wanted = snapshot.anchors.categories[anchor[asked]], snapshot.anchors.marks[anchor[asked]]
    given, read = (fits & kinds[0, some.owner]).any(1), (fits & kinds[1, some.owner]).any(1)
    leads = read & (some.field == TITLE) & (some.token == 0)
    count = given.astype(np.int8) + read + leads
    if wanted.any():
        present = np.zeros((kinds.shape[1], len(snapshot.marks)), bool)
        sure = snapshot.aliases.distinct[snapshot.names.ref[names.what]] == 0
        present[names.owner[sure], mark[sure]] = True
        count += (wanted & present[some.owner]).any(1)
    return count


def _spoken_against(
    names: Places, ref: np.ndarray, words: Places, snapshot: Snapshot
) -> np.ndarray:
    """Whether a word of the alias's `never_near` stands close by."""
    never = snapshot.aliases.never[ref]
    asked = np.flatnonzero(never >= 0)
    against = np.zeros(len(never), bool)
    if not len(asked):
        return against
    wanted = np.zeros(len(snapshot.words.sets), bool)
    wanted[never[asked]] = True
    spots = words.take(wanted[words.what])
    at = np.sort(_set_key(spots.what, spots.owner, spots.field, spots.token))
    ends = np.sort(_set_key(spots.what, spots.owner, spots.field, spots.token_end))
    some = names.take(asked)
    low = _set_key(never[asked], some.owner, some.field, np.maximum(some.token - NEVER_WITHIN, 0))
    high = _set_key(never[asked], some.owner, some.field, some.token_end + NEVER_WITHIN)
    near = np.searchsorted(at, high, "right") - np.searchsorted(ends, low)
    against[asked] = near > _inside(some, never[asked], spots)
    return against


def _inside(names: Places, never: np.ndarray, spots: Places) -> np.ndarray:
    """How many words of the set each name itself covers: "Böse" speaks against Bose, and folds as it does."""
    covered = np.zeros(len(never), np.int64)
    width = spots.token_end - spots.token
    for tokens in np.unique(width).tolist():
        some = spots.take(width == tokens)
        at = np.sort(_set_key(some.what, some.owner, some.field, some.token))
        low = _set_key(never, names.owner, names.field, names.token)
        high = _set_key(never, names.owner, names.field, names.token_end - tokens)
        covered += np.maximum(np.searchsorted(at, high, "right") - np.searchsorted(at, low), 0)
    return covered


def _set_key(
    number: np.ndarray, owner: np.ndarray, field: np.ndarray, token: np.ndarray
) -> np.ndarray:
    """An int64 that orders places by word set, then by row, text and token."""
    return number.astype(np.int64) << 44 | text_key(owner, field, token)
