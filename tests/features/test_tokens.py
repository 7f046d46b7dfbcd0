"""The letters of loose mode are worked out while a text is folded; here they are read once more, the plain way."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.features.folding import fold_table
from countermark.features.tokens import FAR, fold_text, read_letters, scratch

PIECES = st.sampled_from(
    [*"rnmaAlLeE10 .$-", "rn", "rrn", "mrn", "rnm", "rnn", "Rn", "ß", "ﬁ", "é", "カ", "ﾞ", "ガ", "ハ", "ﾟ", "中", "가", "\u200b", "я"]
)  # fmt: skip
TABLE = fold_table()


def read_plainly(chars: list[int], ends: list[int]) -> tuple[list[int], list[int]]:
    """The letters drawn and the first of each sub-token, from one letter to the next."""
    drawn, edges, k = [], [], 0
    for stop in ends:
        edges.append(len(drawn))
        while k < stop:
            char, k = chars[k], k + 1
            if char == ord("r") and k < stop and chars[k] == ord("n"):
                char, k = ord("m"), k + 1
            if k == stop or char != chars[k]:
                drawn.append(char)
    return drawn, [*edges, len(drawn)]


@settings(deadline=None)  # the first example compiles
@given(st.lists(PIECES, max_size=40), st.booleans())
def test_letters_are_those_that_reading_one_after_the_other_gives(pieces, at_the_end):
    text = "".join(pieces).encode()
    data = np.frombuffer(text + b" " + b"rn" * (0 if at_the_end else 20), np.uint8)
    out = scratch(len(data))
    subs = fold_text(TABLE, data, 0, len(text), out)
    read_letters(TABLE, out, subs)
    first = out.sub_first[: subs + 1].tolist()
    drawn, edges = read_plainly(out.char[: first[-1]].tolist(), first[1:])
    assert out.drawn[: len(drawn)].tolist() == drawn
    assert out.sub_letter[: subs + 1].tolist() == edges
    assert out.letter[: len(drawn)].tolist() == [
        int(TABLE.loose[c]) if c < 128 else c for c in drawn
    ]
    alike = [k for k in range(len(drawn) - 1) if drawn[k] == drawn[k + 1]]
    assert out.alike[: len(alike) + 1].tolist() == [*alike, FAR]


@settings(deadline=None)  # the first example compiles
@given(st.lists(PIECES, max_size=40))
def test_a_text_folds_alike_wherever_it_stands(pieces):
    text = "".join(pieces).encode()
    alone, within = scratch(len(text) + 50), scratch(len(text) + 50)
    subs = fold_text(TABLE, np.frombuffer(text + b" ", np.uint8), 0, len(text), alone)
    data = np.frombuffer(b"rn" + text + b"n" * 40, np.uint8)
    assert fold_text(TABLE, data, 2, 2 + len(text), within) == subs
    chars = int(alone.sub_first[subs])
    for field in ("sub_first", "sub_token"):
        assert getattr(alone, field)[:subs].tolist() == getattr(within, field)[:subs].tolist()
    for field, moved in (("char", 0), ("flags", 0), ("start", 2), ("end", 2)):
        assert (getattr(alone, field)[:chars] + moved).tolist() == getattr(within, field)[
            :chars
        ].tolist()
