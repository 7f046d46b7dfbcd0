"""Texts cut by plain means are cut as the compiled loops cut them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.features.tokens import folded_text
from countermark.testing.interpreter.folding import (
    joined,
    loose,
    loose_doubled,
    subs_of,
    token_count,
)
from countermark.testing.interpreter.windows import slip_windows, windows

RELAXED = settings(deadline=None, derandomize=True, database=None)
PIECES = st.lists(
    st.sampled_from(
        [
            "Ni",
            "ke",
            "1",
            "ß",
            "й",
            "é",
            "ﬁ",
            "$",
            "!",
            "@",
            " ",
            "-",
            "'",
            "耐",
            "ナ",
            "가",
            "\u200b",
            "👟",
            "ⓝ",
            "IX",
        ]
    )
)
TEXTS = st.one_of(
    PIECES.map("".join),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\u3099\u309a\uff9e\uff9f"),
        max_size=30,
    ),
)


@RELAXED
@given(TEXTS)
def test_a_text_folds_as_the_fast_path_folds_it(text):
    assert joined(text) == folded_text(text).replace(" ", "")


@RELAXED
@given(TEXTS)
def test_sub_tokens_stand_in_order_and_hold_every_folded_character(text):
    subs = subs_of(text)
    assert "".join(sub.chars for sub in subs) == joined(text)
    assert all(a.end <= b.start and a.token <= b.token for a, b in pairwise(subs))
    assert all(0 <= sub.start < sub.end <= len(text.encode()) for sub in subs)


@RELAXED
@given(TEXTS)
def test_every_window_lies_in_the_text_and_is_made_of_its_words(text):
    for window in windows(text):
        assert 0 <= window.start < window.end <= len(text.encode())
        assert "".join(window.words) == window.chars
        assert len(window.words) <= window.tokens


@pytest.mark.parametrize(
    ("text", "subs"),
    [
        ("iPhone13Pro", ["i", "phone", "13", "pro"]), ("NIKE air", ["nike", "air"]), ("Gu$$i", ["gu", "ss", "i"]), ("耐克 x", ["耐", "克", "x"]),
        ("wow !", ["wow"]), ("$tyle", ["s", "tyle"]), ("12", ["12"]), ("\u200b", []), ("Ⓝike", ["nike"]), ("ﾅｲｷ", ["ナ", "イ", "キ"]), ("ﾊﾞｯｸﾞ", ["バ", "ツ", "グ"]),
    ],
)  # fmt: skip
def test_a_text_is_cut_at_kinds_capitals_and_symbols(text, subs):
    assert [sub.chars for sub in subs_of(text)] == subs


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("Air Force 1", 3), ("iPhone13", 1), ("耐克", 2), ("耐克Air", 3), ("t-shirt", 2), ("", 0)],
)
def test_a_token_is_a_run_of_letters_and_digits_or_one_unspaced_character(text, tokens):
    assert token_count(text) == tokens


@pytest.mark.parametrize(
    ("text", "other"),
    [("nikkke", "nike"), ("n1ke", "nike"), ("bernina", "bemina"), ("g00d", "god")],
)
def test_a_hasty_eye_reads_look_alikes_and_repeats_as_one(text, other):
    assert loose(text) == loose(other)


def test_a_doubled_letter_is_kept_for_a_look_alike_of_one_of_the_two():
    assert loose("nespres5o") in loose_doubled("nespresso")
    assert loose("nespresso") not in loose_doubled("nespresso")
    assert loose_doubled("nike") == set()


def test_slips_are_looked_for_in_whole_words_of_letters():
    assert [letters for _, letters in slip_windows("Rolx 12 watch! on")] == [
        "rolx",
        "watch",
        "watchon",
    ]
