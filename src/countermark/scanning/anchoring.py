"""Whether indistinct names are anchored: a brand attribute, a model, a code, the kind of goods, or another mark beside them.

A spelling that is meant as a disguise is a piece of evidence too.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from countermark.knowledge.disguises import CHANCE, MEANT
from countermark.knowledge.snapshot import (
    BRAND_ATTRIBUTE,
    GTIN,
    MODEL,
    PRODUCT_NAME,
    STYLE_CODE,
    Snapshot,
)
from countermark.operators.base import BRAND, TITLE, Places
from countermark.operators.grouping import Groups, grouped
from countermark.operators.nearness import Spots, spots
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
    """Whether a word of the alias's `never_near` stands close by, and not in the name: "Böse" folds as Bose does."""
    never = snapshot.aliases.never[ref]
    if not (never >= 0).any():
        return np.zeros(len(never), bool)
    wanted = np.zeros(len(snapshot.words.sets), bool)
    wanted[never[never >= 0]] = True
    rows = int(max(names.owner.max(), words.owner.max(initial=0))) + 1
    by_row = grouped(words.owner, wanted[words.what], rows)
    return _has_beside(spots(names), never, (spots(words), words.what), by_row, NEVER_WITHIN)


@njit(cache=True, nogil=True)
def _has_beside(
    names: Spots, never: np.ndarray, words: tuple[Spots, np.ndarray], by_row: Groups, within: int
) -> np.ndarray:
    """Whether each name has a word of its set `never` at most `within` tokens away that it does not hold itself."""
    row, field, token, token_end = names
    (_, word_field, word_token, word_end), what = words
    out = np.zeros(len(row), np.bool_)
    for k in range(len(row)):
        last = by_row.first[row[k] + 1] if never[k] >= 0 else by_row.first[row[k]]
        for at in range(by_row.first[row[k]], last):
            w = by_row.members[at]
            near = word_token[w] <= token_end[k] + within and word_end[w] >= token[k] - within
            held = word_token[w] >= token[k] and word_end[w] <= token_end[k]
            out[k] |= near and not held and what[w] == never[k] and word_field[w] == field[k]
    return out
