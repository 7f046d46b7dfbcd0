"""Whose make the goods are, as the brand attribute says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.signals import MakerSignal
from countermark.domain.signals.facts import NOBODYS
from countermark.domain.tables import MAKERS
from countermark.operators.base import BRAND, DISGUISED, TEXT_COLUMNS, Answer, Look, any_place

_EMPTY = pa.scalar("", pa.string())
_OTHER = MAKERS.index("other")


def maker(look: Look, signal: MakerSignal, _: Mapping[str, Answer]) -> Answer:
    """The brand attribute names the mark, another one, nobody, or somebody else. Unknown where it is empty."""
    sets = look.list_sets(signal.lists)
    made_by = look.once(("maker", *sets), lambda: _makers(look, sets))
    asked = np.zeros(len(MAKERS) + 1, bool)  # the last, -1, is where the attribute is empty
    asked[[MAKERS.index(name) for name in signal.is_]] = True
    return Answer(asked[made_by], made_by >= 0)


def makers_of(look: Look) -> np.ndarray:
    """For each subject whose make it is: a position in MAKERS, -1 where the attribute is empty."""
    sets = look.list_sets((NOBODYS,))
    return look.once(("maker", *sets), lambda: _makers(look, sets))


def _makers(look: Look, sets: Sequence[int]) -> np.ndarray:
    texts = pc.utf8_trim_whitespace(look.batch.column(TEXT_COLUMNS[BRAND]))
    filled = pc.not_equal(texts, _EMPTY).fill_null(False).to_numpy(zero_copy_only=False)
    words = look.words_of(sets)
    nobody = words.owner[(words.field == BRAND) & (words.how != DISGUISED)]
    named = look.mentions.owner[look.mentions.field == BRAND]
    same = any_place(named, len(look))
    rows = len(look.batch)
    other_mark = any_place(look.row[named], rows)[look.row]
    nobodys = any_place(nobody, rows)[look.row]
    make = np.where(nobodys, 2, _OTHER)
    make[other_mark] = 1
    make[same] = 0
    make[~filled[look.row]] = -1
    return make
