"""Names that begin inside a run of Hangul or katakana: after another word they are written together with, or by chance."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from countermark.features.matching import Found
from countermark.features.tokens import folded_text, text_buffers

LEAST_GLUED, LEAST_WORD = 3, 2  # signs of the name, and of the word before it
LOOKED_BACK = 48  # bytes


def begins_anew(
    found: Found, which: np.ndarray, column: pa.Array, is_common: Callable[[str], bool]
) -> np.ndarray:
    """Which of the windows begin a word all the same, one bool each: 정품나이키 is "genuine" and Nike.

    Either what stands before is of another script, hiragana before katakana, or it is an everyday word up to there.
    """
    data, offsets = text_buffers(column)
    raw, out = data.data, np.zeros(len(which), bool)
    for k, place in enumerate(which.tolist()):
        begin = int(offsets[found.row[place]])
        start, end = begin + int(found.start[place]), begin + int(found.end[place])
        name = bytes(raw[start:end]).decode("utf-8", "replace")
        before = bytes(raw[max(begin, start - LOOKED_BACK) : start]).decode("utf-8", "ignore")
        out[k] = _is_new_word(before, name, is_common)
    return out


def _is_new_word(before: str, name: str, is_common: Callable[[str], bool]) -> bool:
    size, script = 0, _script(name[0])
    while size < len(before) and _script(before[-1 - size]) == script:
        size += 1
    word = before[len(before) - size :]
    return not size or (
        len(name) >= LEAST_GLUED and size >= LEAST_WORD and is_common(folded_text(word))
    )


def _script(char: str) -> str:
    """Hangul, or katakana with the marks that lengthen and voice it, whatever its width; "" for any other."""
    name = unicodedata.name(char, "").removeprefix("HALFWIDTH ")
    if "MIDDLE DOT" in name:
        return ""
    return next((script for script in ("HANGUL", "KATAKANA") if name.startswith(script)), "")
