"""Which stretches of a title count as names: disguises, names beside names, names inside other words."""

from __future__ import annotations

import pytest

from countermark.scanning.mentions import mentions_of


def told(listings, plan, title):
    """Mark, text and way of every mention."""
    row = next(mentions_of(listings({"title": title}), plan))
    return {(m["mark"], m["text"], m["how"]) for m in row["mentions"]}


@pytest.mark.parametrize(
    ("title", "mention"),
    [
        ("R0LEX", ("rolex", "R0LEX", "leet")), ("N1ke", ("nike", "N1ke", "leet")), ("R|o|l|e|x", ("rolex", "R|o|l|e|x", "separated")),
        # names that are also words: a disguise that is meant needs less beside it
        ("Co✨ach tote bag", ("coach", "Co✨ach", "separated")), ("@pple iphone case", ("apple", "@pple", "leet")),
    ],
)  # fmt: skip
def test_a_spelling_that_is_meant_as_a_disguise_stands_by_itself(listings, plan, title, mention):
    assert mention in told(listings, plan, title)


@pytest.mark.parametrize("title", ["Co✨ach", "ni ke", "the pan dora", "coa ch phone"])
def test_a_spelling_that_may_be_chance_does_not(listings, plan, title):
    assert told(listings, plan, title) == set()


@pytest.mark.parametrize(
    ("title", "mention"),
    [
        ("adidas SL 72 shoes", ("adidas", "adidas", "official")),
        ("Nike S shoes", ("nike", "Nike", "official")),
        ("L0uis Vuitton bag", ("louis-vuitton", "L0uis Vuitton", "leet")),
    ],
)
def test_a_name_that_stands_plainly_is_not_taken_for_a_disguise_of_another(
    listings, plan, title, mention
):
    assert mention in told(listings, plan, title)
    assert {m[2] for m in told(listings, plan, title)} & {"separated", "fuzzy"} == set()


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("정품나이키 운동화", True),  # "genuine" is an everyday word
        ("갹뎡나이키 운동화", False),
        ("나이키운동화", True),
        ("きれいなナイキ シューズ", True),  # hiragana before katakana
        ("ボールナイキ シューズ", True),
        ("ヌルナイキ シューズ", False),
    ],
)
def test_a_name_may_follow_an_everyday_word_that_it_is_written_together_with(
    listings, plan, title, named
):
    assert ("nike" in {m[0] for m in told(listings, plan, title)}) is named


@pytest.mark.parametrize(
    "title",
    [
        "Göttin Nike Statue Alabaster", "estatua de la diosa Nike", "statue déesse Nike victoire ailée", "Nike of Samothrace plaster",
        "椰子油 冷榨 500ml", "swoosh",
    ],
)  # fmt: skip
def test_everyday_uses_of_a_name_are_no_mentions(listings, plan, title):
    assert told(listings, plan, title) == set()


@pytest.mark.parametrize(
    ("title", "mark"),
    [
        ("驴牌 手提包", "louis-vuitton"), ("萝卜", None), ("лв сумка", "louis-vuitton"), ("劳力士 手表", "rolex"), ("AJ1 sneakers", "jordan"),
        ("椰子鞋 运动鞋", "yeezy"), ("yzy sneakers", "yeezy"), ("双G 手提包", "gucci"), ("耐子 运动鞋", "nike"), ("ويلز", None), ("روليكس", "rolex"),
    ],
)  # fmt: skip
def test_what_buyers_call_a_brand_names_it_beside_its_goods(listings, plan, title, mark):
    assert {m[0] for m in told(listings, plan, title)} == ({mark} if mark else set())
