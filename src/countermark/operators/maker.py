"""Whose make the goods are, as the brand attribute says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.signals import MakerSignal
from countermark.domain.signals.facts import NOBODYS
from countermark.domain.tables import MAKERS
from countermark.features.matching import ATTACHED, GLUED, find
from countermark.operators.base import BRAND, TEXT_COLUMNS, Answer, Look, any_place

_EMPTY = pa.scalar("", pa.string())
_OTHER = MAKERS.index("other")


def maker(look: Look, signal: MakerSignal, _: Mapping[str, Answer]) -> Answer:
    """The brand attribute names the mark, another one, nobody, or somebody else. Unknown where it is empty."""
    sets = look.list_sets(signal.lists)
    made_by = look.once(("maker", *sets), lambda: _makers(look, sets))
    asked = [MAKERS.index(name) for name in signal.is_]
    return Answer(np.isin(made_by, asked), made_by >= 0)


def makers_of(look: Look) -> np.ndarray:
    """For each subject whose make it is: a position in MAKERS, -1 where the attribute is empty."""
    sets = look.list_sets((NOBODYS,))
    return look.once(("maker", *sets), lambda: _makers(look, sets))


def _makers(look: Look, sets: Sequence[int]) -> np.ndarray:
    texts = look.batch.column(TEXT_COLUMNS[BRAND]).dictionary_encode()
    values = pc.utf8_trim_whitespace(texts.dictionary.cast(pa.string()))
    code = texts.indices.fill_null(-1).to_numpy(zero_copy_only=False)[look.row]
    filled = _of_value(pc.not_equal(values, _EMPTY).to_numpy(zero_copy_only=False), code)
    named = look.mentions.owner[look.mentions.field == BRAND]
    same = any_place(named, len(look))
    other_mark = any_place(look.row[named], len(look.batch))[look.row]
    nobody = _of_value(_holds(values, look, sets), code)
    return np.select([~filled, same, other_mark, nobody], [-1, 0, 1, 2], _OTHER)


def _of_value(flags: np.ndarray, code: np.ndarray) -> np.ndarray:
    """The flag of each subject's value; False where it has none."""
    return np.append(flags, False)[code]


def _holds(values: pa.Array, look: Look, sets: Sequence[int]) -> np.ndarray:
    """Whether each text holds a whole word of the sets."""
    words = look.snapshot.words
    found = find(values, words.said)
    whole = (found.flags & (ATTACHED | GLUED) == 0) & np.isin(words.said_set[found.entry], sets)
    holds = np.zeros(len(values), bool)
    holds[found.row[whole]] = True
    return holds
