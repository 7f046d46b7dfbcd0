"""KP04: hidden characters."""

from __future__ import annotations

import pytest

TERMS, TESTS = "public/terms.toml", "public/tests/listings.toml"


@pytest.mark.parametrize(
    ("sign", "name"),
    [
        ("\u200b", "U+200B, zero width space"),
        ("\u202e", "U+202E, right-to-left override"),
        ("\u2066", "U+2066, left-to-right isolate"),
        ("\u00ad", "U+00AD, soft hyphen"),
        ("\ue000", "U+E000"),
        ("e\u0301", "not in NFC"),
    ],
)
def test_a_hidden_character_is_an_error_with_its_line(edit, lint, sign, name):
    remarks = lint(edit(TERMS, "mirror quality", f"mirror{sign} quality"), "KP04")
    assert remarks
    assert all(remark.startswith(f"E KP04 {TERMS} line 6: ") for remark in remarks)
    assert any(name in remark for remark in remarks)


def test_an_escape_does_not_hide_it(edit, lint):
    assert lint(edit(TERMS, "mirror quality", r"mirror\u200Bquality"), "KP04")


def test_a_test_listing_may_hold_it_as_an_escape_but_not_in_the_raw(edit, lint):
    assert not lint(edit(TESTS, "rucksack for hiking", r"ruck\u200Bsack for hiking"), "KP04")
    assert lint(edit(TESTS, "rucksack for hiking", "ruck\u200bsack for hiking"), "KP04")


def test_letters_of_any_script_are_fine(korvane, lint):
    assert not lint(korvane, "KP04")
