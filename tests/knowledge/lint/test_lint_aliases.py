"""KP05 and KP06: names that mean other things too."""

from __future__ import annotations

from dataclasses import replace

import pytest

ALIASES = "public/aliases.toml"


@pytest.mark.parametrize(
    ("text", "is_short"),
    [("KV", True), ("K-V", True), ("KVN", False), ("科", True), ("科尔", False), ("ยีซี่", False)],
)
def test_a_short_name_needs_an_anchor(edit, lint, text, is_short):
    remarks = lint(edit(ALIASES, '"Korvane"', f'"{text}"'), "KP05")
    assert bool(remarks) == is_short
    assert all(f'alias "{text}"' in remark and remark.startswith("E") for remark in remarks)


def test_an_ambiguous_name_needs_anchors(edit, lint):
    remarks = lint(edit(ALIASES, 'class = "coined"', 'class = "ambiguous"'), "KP05")
    assert remarks == [
        'E KP05 public/aliases.toml [[alias]] 1: alias "Korvane" is ambiguous and has no anchors'
    ]


@pytest.mark.parametrize("word", ["korvane", "корвейн"])
def test_an_everyday_word_is_not_coined(korvane, lint, context, word):
    (remark,) = lint(korvane, "KP06", replace(context, ordinary_words=frozenset({word})))
    assert remark.startswith("W KP06 public/aliases.toml")
    assert "is an everyday word and is called coined" in remark


def test_an_everyday_word_with_anchors_is_fine(korvane, lint, context):
    assert not lint(korvane, "KP06", replace(context, ordinary_words=frozenset({"tallow"})))


def test_the_name_of_another_members_mark_is_not_coined(korvane, lint, context):
    others = replace(context, other_marks={"korvain": "nordhal.shoes"})
    (remark,) = lint(korvane, "KP06", others)
    assert 'alias "Korvain" is also the name of a mark of pack nordhal.shoes' in remark


@pytest.mark.parametrize(("measured", "count"), [("coined", 0), ("ambiguous", 1), ("generic", 1)])
def test_a_class_looser_than_measured_is_an_error(korvane, lint, context, measured, count):
    found = lint(korvane, "KP05", replace(context, measured={("korvane", "Korvane"): measured}))
    assert len(found) == count
    assert all(f"is called coined and was measured {measured}" in remark for remark in found)


def test_a_stricter_class_than_measured_is_the_authors_right(korvane, lint, context):
    assert not lint(korvane, "KP05", replace(context, measured={("tallow", "Tallow"): "coined"}))
