"""Questions about sellers, codes, variants, photos and other rules answer true, false or unknown: one table of cases an operator."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from operator_tables import PACK, ROOT, TITLE, cases

from countermark.adapters.packs import read_folder
from countermark.domain.signals import OPERATORS
from countermark.flows.build_snapshot import snapshot_of
from countermark.operators.catalogue import CATALOGUE
from countermark.scanning.looking import look_at
from countermark.scanning.plan import ask, plan_of

HERE = Path(__file__).parent


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
    (HARBOUR, LISTED | {"on_list": "barred"}, False),
    ({**HARBOUR, "seller_id": None}, LISTED | {"on_list": "barred"}, None),
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
    tables = "".join(path.read_text() for path in HERE.glob("test_*_operators.py"))
    tested = {name for name in OPERATORS if f"\ndef test_{name}(" in tables}
    assert tested | {"image"} == set(OPERATORS)
    assert "def test_image_is_unknown" in tables
    assert set(OPERATORS) == set(CATALOGUE) | {"rule"}
