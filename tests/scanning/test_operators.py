"""Every operator answers true, false or unknown: one table of cases an operator, about one made-up brand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
import pytest

from countermark.adapters.packs import read_folder
from countermark.domain.signals import OPERATORS, Signal
from countermark.flows.build_snapshot import snapshot_of
from countermark.knowledge.compiling.words import phrase_set
from countermark.operators.catalogue import CATALOGUE
from countermark.scanning.looking import look_at
from countermark.scanning.plan import ask, plan_of

ROOT = Path(__file__).parents[2]
PACK = ROOT / "tests/data/packs/korvane.outdoor"
TITLE = "Korvane Ridge 30 Rucksack slate"
EUR = {"currency": "EUR", "condition": "new"}
BRAND = {"op": "brand"}
IN_TITLE = {"op": "brand", "in": ["title"]}
"""The signal `brand` that context and near look around."""


@pytest.fixture(scope="module")
def world():
    """The core pack and the example of the format."""
    packs = [read_folder(ROOT / "packs/core"), read_folder(PACK)]
    words = ["for", "the", "and", "candle", "tallow", "lamp"]
    return plan_of(snapshot_of(packs, vocabulary=words, as_of=date(2026, 11, 24)))


@pytest.fixture
def answer(world, listings):
    """What an operator says to a listing that names Korvane: True, False, or None for unknown."""

    def act(listing, signal, **around):
        look = look_at(listings({"title": TITLE, **listing}), world.snapshot, world.lookup)
        known = {name: one(look, given, {}) for name, given in around.items()}
        said = one(look, signal, known)
        subject = int(np.flatnonzero(look.mark == world.lookup.marks["korvane"])[0])
        assert not (said.true & ~said.known).any()
        return bool(said.true[subject]) if said.known[subject] else None

    def one(look, given, around):
        signal = msgspec.convert(given, Signal)
        return CATALOGUE[signal.op](replace(look, pack="korvane.outdoor"), signal, around)

    return act


def cases(*rows):
    """One test for each row, named by what it says."""
    ids = [json.dumps(row[:-1], ensure_ascii=False)[:70] for row in rows]
    return pytest.mark.parametrize(("listing", "signal", "says"), rows, ids=ids)


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


BELOW = {"op": "price", "below": 0.45}


@cases(
    ({**EUR, "price_minor": 5354}, BELOW, True),
    ({**EUR, "price_minor": 5355}, BELOW, False),
    ({**EUR, "price_minor": 10_700, "pack_size": 2}, BELOW, True),
    ({**EUR, "price_minor": 10_720, "pack_size": 2}, BELOW, False),
    ({**EUR, "price_minor": 30_000}, {"op": "price", "above": 2}, True),
    ({**EUR, "price_minor": 20_000}, {"op": "price", "above": 2}, False),
    ({**EUR, "price_minor": 6_000}, BELOW | {"of": "band.typical"}, True),
    ({**EUR, "price_minor": 6_000}, BELOW | {"of": "category_median"}, None),
    (EUR, BELOW, None),
    ({**EUR, "price_minor": 3900, "currency": "USD"}, BELOW, None),
    ({**EUR, "price_minor": 3900, "currency": None}, BELOW, None),
    ({**EUR, "price_minor": 3900, "condition": None}, BELOW, None),
    ({**EUR, "price_minor": 3900, "condition": "refurbished"}, BELOW, None),
    ({**EUR, "price_minor": 3900, "condition": "used"}, BELOW, False),
    ({**EUR, "price_minor": 3900, "title": "Korvane socks"}, BELOW, None),
)
def test_price(answer, listing, signal, says):
    assert answer(listing, signal) is says


YOUNG = {"op": "number", "field": "seller_age_days", "lt": 30}


@cases(
    ({"seller_age_days": 29}, YOUNG, True),
    ({"seller_age_days": 30}, YOUNG, False),
    ({}, YOUNG, None),
    ({"stock": 0}, {"op": "number", "field": "stock", "eq": 0}, True),
    ({"stock": 5}, {"op": "number", "field": "stock", "ge": 5, "le": 5}, True),
    ({"stock": 5}, {"op": "number", "field": "stock", "gt": 5}, False),
    ({"seller_rating": 0.5}, {"op": "number", "field": "seller_rating", "lt": 0.6}, True),
    ({}, {"op": "number", "field": "title_length", "eq": len(TITLE)}, True),
    ({}, {"op": "number", "field": "description_length", "ge": 0}, None),
    ({"description": ""}, {"op": "number", "field": "description_length", "eq": 0}, True),
    ({}, {"op": "number", "field": "marks_in_title", "eq": 1}, True),
    ({}, {"op": "number", "field": "pack_size", "eq": 1}, True),
    ({"title": "3 pcs Korvane socks"}, {"op": "number", "field": "pack_size", "eq": 3}, True),
)
def test_number(answer, listing, signal, says):
    assert answer(listing, signal) is says


@cases(
    ({"category": "bags.rucksack"}, {"op": "category", "is": ["bags.rucksack"]}, True),
    ({"category": "bags.rucksack"}, {"op": "category", "is": ["bags"]}, True),
    ({"category": "bags.rucksack"}, {"op": "category", "is": ["parts"]}, False),
    ({"category": "bags.rucksack"}, {"op": "category", "is": ["bags"], "not": ["bags.rucksack"]}, False),
    ({"category": "bags.rucksack"}, {"op": "category", "not": ["parts"]}, True),
    ({"title": "Korvane jacket"}, {"op": "category", "is": ["apparel"]}, True),
    ({"title": "Korvane Xyz"}, {"op": "category", "is": ["apparel"]}, None),
    ({"title": "Korvane Xyz"}, {"op": "category", "not": ["apparel"]}, None),
)  # fmt: skip
def test_category(answer, listing, signal, says):
    assert answer(listing, signal) is says


NEW = {"op": "condition", "is": ["new", "open_box"]}


@cases(
    ({"condition": "new"}, NEW, True),
    ({"condition": "used"}, NEW, False),
    ({}, NEW, None),
    ({"title": "brand new Korvane rucksack"}, NEW, True),
    ({"title": "Korvane rucksack", "description": "worn once"}, NEW, False),
    ({"condition": "new", "description": "worn once"}, NEW, True),
    ({}, {"op": "condition", "is": ["unknown"]}, True),
    ({"condition": "new"}, {"op": "condition", "is": ["unknown"]}, False),
    ({}, {"op": "condition", "is": ["used", "unknown"]}, True),
)
def test_condition(answer, listing, signal, says):
    assert answer(listing, signal) is says


@cases(
    ({"market": "DE"}, {"op": "place", "market": ["DE", "AT"]}, True),
    ({"market": "FR"}, {"op": "place", "market": ["DE", "AT"]}, False),
    ({}, {"op": "place", "market": ["DE"]}, None),
    ({"ships_from": "CN", "language": "en"}, {"op": "place", "ships_from": ["CN"], "language": ["en"]}, True),
    ({"ships_from": "CN", "language": "de"}, {"op": "place", "ships_from": ["CN"], "language": ["en"]}, False),
    ({"ships_from": "CN"}, {"op": "place", "ships_from": ["CN"], "language": ["en"]}, None),
)  # fmt: skip
def test_place(answer, listing, signal, says):
    assert answer(listing, signal) is says


HARBOUR = {"venue": "harbour-market", "seller_id": "S-1001"}
LISTED = {"op": "seller"}


@cases(
    (HARBOUR, LISTED, True),
    ({**HARBOUR, "market": "FR"}, LISTED, True),
    ({**HARBOUR, "market": "US"}, LISTED, False),
    ({**HARBOUR, "seller_id": "S-9"}, LISTED, False),
    ({**HARBOUR, "venue": "elsewhere"}, LISTED, False),
    ({**HARBOUR, "seller_id": None}, LISTED, None),
    ({**HARBOUR, "venue": None}, LISTED, None),
    ({**HARBOUR, "seller_id": "S-1002", "market": "AT"}, LISTED | {"authorised_for": "korvane"}, True),
    ({**HARBOUR, "seller_id": "S-1002", "market": "FR"}, LISTED | {"authorised_for": "korvane"}, False),
    ({**HARBOUR, "seller_id": "S-1002"}, LISTED | {"authorised_for": "KV-2210"}, True),
    ({**HARBOUR, "seller_id": "S-1002"}, LISTED | {"authorised_for": "tallow"}, False),
    ({**HARBOUR, "seller_id": "S-1003"}, LISTED | {"authorised_for": "KV-2210"}, True),
    ({**HARBOUR, "seller_id": "S-1003"}, LISTED | {"authorised_for": "KV-3105"}, False),
    ({**HARBOUR, "seller_id": "S-1003", "style_code": "KV-2210"}, LISTED, True),
    ({**HARBOUR, "seller_id": "S-1003", "title": "Korvane Stormline Shell jacket"}, LISTED, False),
    ({**HARBOUR, "seller_id": "S-1003", "title": "Korvane Xyz"}, LISTED, False),
    (HARBOUR, LISTED | {"authorised_for": "nobody"}, False),
    (HARBOUR, LISTED | {"on_list": "banned"}, None),
)  # fmt: skip
def test_seller(answer, listing, signal, says):
    assert answer(listing, signal) is says


GTIN, SERIAL = {"op": "code", "kind": "gtin"}, {"op": "code", "kind": "kv-serial"}


@cases(
    ({"gtin": "9521234500018"}, GTIN | {"check": "present"}, True),
    ({}, GTIN | {"check": "present"}, False),
    ({"gtin": "9521234500018"}, GTIN | {"check": "bad_check_digit"}, False),
    ({"gtin": "9521234500019"}, GTIN | {"check": "bad_check_digit"}, True),
    ({}, GTIN | {"check": "bad_check_digit"}, None),
    ({"gtin": "12345"}, GTIN | {"check": "malformed"}, True),
    ({"gtin": "9521234500018"}, GTIN | {"check": "malformed"}, False),
    ({"gtin": "4006381333931"}, GTIN | {"check": "unknown"}, True),
    ({"gtin": "9521234500018"}, GTIN | {"check": "unknown"}, False),
    ({"gtin": "9521234500032"}, GTIN | {"check": "other_product"}, True),
    ({"gtin": "9521234500018"}, GTIN | {"check": "other_product"}, False),
    ({"serial": "AB-12"}, {"op": "code", "kind": "serial", "check": "malformed"}, None),
    ({"serial": "AB-12"}, {"op": "code", "kind": "serial", "check": "present"}, True),
    ({}, {"op": "code", "kind": "serial", "check": "present", "in": ["ocr"]}, None),
    ({"style_code": "KV-9999"}, {"op": "code", "kind": "style", "check": "unknown"}, True),
    ({"serial": "KVAB123456"}, SERIAL | {"check": "malformed"}, False),
    ({"serial": "KVIO123456"}, SERIAL | {"check": "malformed"}, True),
    ({"serial": "none"}, SERIAL | {"check": "malformed"}, None),
    (
        {"description": "no KVIO123456"},
        SERIAL | {"check": "malformed", "in": ["description"]},
        True,
    ),
    ({"serial": "KVAB123456"}, SERIAL | {"check": "cloned"}, False),
)
def test_code(answer, listing, signal, says):
    assert answer(listing, signal) is says


COLOUR, YEAR = {"op": "variant", "colour": "not_offered"}, {"op": "variant", "year": "not_offered"}


@cases(
    ({"colour": "pink"}, COLOUR, True),
    ({"colour": "Slate"}, COLOUR, False),
    ({}, COLOUR, None),
    ({"title": "Korvane socks", "colour": "pink"}, COLOUR, None),
    ({"year": 2022}, YEAR, True),
    ({"year": 2023}, YEAR, False),
    ({}, YEAR, None),
    ({"colour": "pink", "year": 2023}, COLOUR | YEAR, False),
    ({"colour": "pink", "year": 2022}, COLOUR | YEAR, True),
    ({"size": "XXL"}, {"op": "variant", "size": "not_offered"}, None),
)
def test_variant(answer, listing, signal, says):
    assert answer(listing, signal) is says


@cases(
    ({"photos": 3}, {"op": "image", "ref": "logo-ridge", "method": "pdq", "max": 30}, None),
    ({}, {"op": "image", "ref": "logo", "method": "embedding", "max": 0.5}, None),
)
def test_image_is_unknown_until_photos_are_read(answer, listing, signal, says):
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


def test_all_words_of_a_phrase_must_occur(world, listings):
    """No rule of the packs asks `all`, so its words are not compiled and never occur."""
    signal = msgspec.convert({"op": "phrase", "all": ["oak", "slate"]}, Signal)
    assert phrase_set(signal, "oak") not in world.lookup.sets
    look = look_at(listings({"title": TITLE + " oak"}), world.snapshot, world.lookup)
    assert not CATALOGUE["phrase"](look, signal, {}).true.any()


RULES = """
[[rule]]
id = "base"
rev = 1
status = "evaluation"
claim = "suspected_counterfeit"
title = "A rule that another asks for"
reason = "product_does_not_exist"
prior = "weak"
expect = {{ max_rate = 0.1, min_precision = 0.5 }}
falsepositives = ["none"]
[rule.signals]
brand = {{ op = "brand", mark = "korvane" }}
young = {{ op = "number", field = "seller_age_days", lt = 30 }}
stop = {{ op = "condition", is = ["used"] }}
[rule.logic]
when = "brand and young"
unless = ["stop"]

[[rule]]
id = "asks"
rev = 1
status = "evaluation"
claim = "suspected_counterfeit"
title = "A rule that asks for another"
reason = "product_does_not_exist"
prior = "weak"
expect = {{ max_rate = 0.1, min_precision = 0.5 }}
falsepositives = ["none"]
[rule.signals]
brand = {{ op = "brand", mark = "korvane" }}
other = {{ op = "rule", id = "{asked}" }}
[rule.logic]
when = "brand and other"
"""


@pytest.mark.parametrize(
    ("asked", "listing", "says"),
    [
        ("base", {"seller_age_days": 3}, True),
        ("base", {"seller_age_days": 3, "condition": "used"}, True),  # its exclusions are not asked
        ("base", {"seller_age_days": 300}, False),
        ("base", {}, None),
    ],
)
def test_rule(listings, asked, listing, says):
    files = {k: v for k, v in read_folder(PACK).items() if "rules" not in k and "tests" not in k}
    files["public/rules/two.toml"] = RULES.format(asked=asked).encode()
    packs = [read_folder(ROOT / "packs/core"), files]
    plan = plan_of(snapshot_of(packs, vocabulary=["for"], as_of=date(2026, 11, 24)))
    look = look_at(listings({"title": TITLE, **listing}), plan.snapshot, plan.lookup)
    (outcome,) = [o for o in ask(look, plan) if o.planned.rule.local_id == "asks"]
    assert (bool(outcome.fired[0]) if not outcome.unknown[0] else None) is says


def test_every_operator_has_its_table():
    tested = {
        name.removeprefix("test_").partition("_")[0] for name in globals() if name[:5] == "test_"
    }
    assert set(OPERATORS) <= tested
    assert set(OPERATORS) == set(CATALOGUE) | {"rule"}
