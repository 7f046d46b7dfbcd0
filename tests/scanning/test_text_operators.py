"""Questions about words answer true, false or unknown: one table of cases an operator."""

from __future__ import annotations

import msgspec
from operator_tables import TITLE, cases

from countermark.domain.signals import Signal
from countermark.knowledge.compiling.words import phrase_set
from countermark.operators.catalogue import CATALOGUE
from countermark.scanning.looking import look_at

BRAND = {"op": "brand"}


IN_TITLE = {"op": "brand", "in": ["title"]}
"""The signal `brand` that context and near look around."""


"""The signal `brand` that context and near look around."""


@cases(
    ({}, {"op": "brand"}, True),
    ({}, {"op": "brand", "mark": "korvane"}, True),
    ({}, {"op": "brand", "mark": "tallow"}, False),
    ({}, {"op": "brand", "mark": "nobody"}, False),
    ({}, {"op": "brand", "in": ["description"]}, False),
    ({"description": "by Korvane"}, {"op": "brand", "in": ["description"]}, True),
    ({"title": "rucksack", "brand": "Korvane"}, {"op": "brand", "in": ["title"]}, False),
    ({"title": "rucksack", "brand": "Korvane"}, {"op": "brand", "in": ["attributes.brand"]}, True),
    ({}, {"op": "brand", "in": ["ocr"]}, None),
    ({}, {"op": "brand", "in": ["title", "ocr"]}, True),
    ({}, {"op": "brand", "in": ["description", "ocr"]}, None),
    ({}, {"op": "brand", "how": ["official"]}, True),
    ({}, {"op": "brand", "how": ["lookalike", "leet"]}, False),
    ({"title": "K0rvane rucksack"}, {"op": "brand", "how": ["leet"]}, True),
    ({"title": "Kоrvane rucksack"}, {"op": "brand", "how": ["lookalike"]}, True),
    ({"title": "科尔万 登山包"}, {"op": "brand", "how": ["transliteration"]}, True),
    ({"title": "Korvain rucksack"}, {"op": "brand", "how": ["misspelling"]}, True),
    ({}, {"op": "brand", "min_class": "coined"}, True),
    ({"title": "ke er wan rucksack"}, {"op": "brand", "min_class": "coined"}, False),
    ({"title": "ke er wan rucksack"}, {"op": "brand", "min_class": "ambiguous"}, True),
)
def test_brand(answer, listing, signal, says):
    assert answer(listing, signal) is says


@cases(
    ({"title": "Korvane replica rucksack"}, {"op": "term", "list": "no-licence-words"}, True),
    ({}, {"op": "term", "list": "no-licence-words"}, False),
    ({"description": "1:1 Korvane"}, {"op": "term", "list": "no-licence-words", "in": ["title"]}, False),
    ({"description": "1:1 Korvane"}, {"op": "term", "list": "no-licence-words"}, True),
    ({}, {"op": "term", "list": "no-licence-words", "in": ["ocr"]}, None),
    ({"title": "Korvane 高仿 包"}, {"op": "term", "list": ["core.repair", "no-licence-words"]}, True),
    ({"title": "Korvane repair service"}, {"op": "term", "list": ["core.repair", "no-licence-words"]}, True),
    ({}, {"op": "term", "list": "no-such-list"}, False),
)  # fmt: skip
def test_term(answer, listing, signal, says):
    assert answer(listing, signal) is says


WASH = {"op": "phrase", "any": ["wash by hands cold", "do not bleached"], "in": ["description"]}


@cases(
    ({"description": "Wash by hands COLD, please"}, WASH, True),
    ({"description": "do not bleached"}, WASH, True),
    ({"description": "do not bleach"}, WASH, False),
    ({"title": "Korvane wash by hands cold"}, WASH, False),
    ({}, WASH, False),
)
def test_phrase(answer, listing, signal, says):
    assert answer(listing, signal) is says


@cases(
    ({"title": "Korvane Rucksack"}, {}, False),
    ({"title": "Korvane for sale Rucksack"}, {}, False),
    ({"title": "Case for Korvane Rucksack"}, {}, True),
    ({"title": "Case for the old Korvane Rucksack"}, {}, False),
    ({"title": "Case for the old Korvane Rucksack"}, {"within": 3}, True),
    ({"title": "Case for genuine Korvane Rucksack"}, {"cancel": "core.genuine_claim"}, False),
    ({"title": "Korvane bag for hiking"}, {"side": "after"}, True),
    ({"title": "Korvane bag for hiking"}, {"side": "any"}, True),
    ({"title": "bag", "brand": "Korvane", "description": "case for Korvane"}, {}, None),
    ({"title": "bag", "brand": "Korvane"}, {"around": "anywhere"}, False),
)
def test_context(answer, listing, signal, says):
    asked = {"op": "context", "list": "core.fit_before", "around": "brand", "side": "before", **signal}  # fmt: skip
    assert answer(listing, asked, brand=IN_TITLE, anywhere=BRAND) is says


REPLICA = {"op": "term", "list": "no-licence-words"}


@cases(
    ({"title": "Korvane replica"}, 1, True),
    ({"title": "replica of Korvane"}, 2, True),
    ({"title": "Korvane rucksack in slate, a replica"}, 3, False),
    ({"title": "Korvane rucksack in slate, a replica"}, 5, True),
    ({"title": "Korvane rucksack"}, 5, None),
    ({"title": "Korvane rucksack", "description": "replica"}, 5, False),
    ({"title": "bag", "brand": "Korvane", "description": "replica"}, 5, None),
)
def test_near(answer, listing, signal, says):
    asked = {"op": "near", "a": "brand", "b": "word", "within": signal}
    assert answer(listing, asked, brand=IN_TITLE, word=REPLICA) is says


STYLE = {"op": "pattern", "find": r"kv-?\d{4}", "literal": "KV-2", "in": ["title"]}


@cases(
    ({"title": "Korvane kv-2210"}, STYLE, True),
    ({"title": "Korvane KV-2210"}, STYLE | {"find": r"(?i)kv-?\d{4}"}, True),
    ({"title": "Korvane KV-2x"}, STYLE, False),
    ({"title": "Korvane kv2210"}, STYLE, False),
    ({"description": "kv-2210"}, STYLE, False),
    ({"description": "kv-2210"}, STYLE | {"in": ["description"]}, True),
    ({}, STYLE | {"in": ["title", "ocr"]}, None),
    ({"title": "Korvane kv-2210"}, STYLE | {"in": ["title", "ocr"]}, True),
)
def test_pattern(answer, listing, signal, says):
    assert answer(listing, signal) is says


CONTACT = {"op": "contact"}


@cases(
    ({"description": "WhatsApp +86 138 0013 8000"}, CONTACT, True),
    ({"description": "WhatsApp +86 138 0013 8000"}, CONTACT | {"kinds": ["whatsapp"]}, True),
    ({"description": "WhatsApp +86 138 0013 8000"}, CONTACT | {"kinds": ["email"]}, False),
    ({"description": "WhatsApp +86 138 0013 8000"}, CONTACT | {"in": ["title"]}, False),
    ({"description": "write to shop@example.com"}, CONTACT | {"evasive": False}, True),
    ({"description": "write to shop (at) example (dot) com"}, CONTACT | {"evasive": False}, False),
    ({"description": "write to shop (at) example (dot) com"}, CONTACT | {"evasive": True}, True),
    ({"title": "Korvane 加微信 abc12345"}, CONTACT | {"kinds": ["wechat"]}, True),
    ({}, CONTACT, False),
    ({}, CONTACT | {"in": ["ocr"]}, None),
)
def test_contact(answer, listing, signal, says):
    assert answer(listing, signal) is says


def test_all_words_of_a_phrase_must_occur(korvane_world, listings):
    """No rule of the packs asks `all`, so its words are not compiled and never occur."""
    signal = msgspec.convert({"op": "phrase", "all": ["oak", "slate"]}, Signal)
    assert phrase_set(signal, "oak") not in korvane_world.lookup.sets
    look = look_at(
        listings({"title": TITLE + " oak"}), korvane_world.snapshot, korvane_world.lookup
    )
    assert not CATALOGUE["phrase"](look, signal, {}).true.any()
