"""KP01: names that do not exist."""

from __future__ import annotations

from dataclasses import replace

import pytest

PRICE, CATALOGUE = "public/rules/price.toml", "public/rules/catalogue.toml"
TESTS = "public/tests/listings.toml"


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        ("public/aliases.toml", 'mark  = "korvane"', 'mark  = "corvane"', 'mark "corvane"'),
        ("public/aliases.toml", "mark:korvane", "mark:corvane", 'mark "corvane"'),
        ("public/products.csv", "rucksack,slate", "rucksack,slate", ""),
        ("public/products.csv", "tallow,lighting", "talow,lighting", 'mark "talow"'),
        ("public/products.csv", "kv-serial", "kv-number", 'code "kv-number"'),
        ("public/prices.csv", "KV-3105", "KV-3106", 'style "KV-3106"'),
        ("public/sellers.csv", "mark:korvane", "mark:corvane", 'mark "corvane"'),
        ("public/sellers.csv", "mark:korvane", "style:KV-1", 'style "KV-1"'),
        ("public/images/index.csv", "ridge-logo", "ridge-mark", 'mark "ridge-mark"'),
        ("public/images/index.csv", "KV-2210", "KV-1", 'style "KV-1"'),
        ("public/marks.toml", '"logo-ridge"', '"logo"', 'image "logo"'),
        ("members/tells.toml", '["KV-2210"]', '["KV-1"]', 'style "KV-1"'),
        ("members/tells.toml", '"serial-format"', '"serials"', 'rule "serials"'),
        (PRICE, 'mark = "korvane"', 'mark = "corvane"', 'mark "corvane"'),
        (PRICE, 'authorised_for = "korvane"', 'authorised_for = "KV-1"', 'mark or style "KV-1"'),
        (PRICE, "core.fit_before", "core.fits", 'list "core.fits"'),
        (PRICE, "core.genuine_claim", "genuine", 'list "genuine"'),
        (CATALOGUE, '"no-licence-words"', '"words"', 'list "words"'),
        (CATALOGUE, 'kind = "kv-serial"', 'kind = "kv-x"', 'code "kv-x"'),
        (TESTS, 'fire = ["price-floor-new"]', 'fire = ["price-flor"]', 'rule "price-flor"'),
        (TESTS, '{ "price-floor-new" = ["fit"] }', '{ "x" = ["fit"] }', 'rule "x"'),
        (TESTS, '= ["fit"] }', '= ["new"] }', 'exclusion "new"'),
        (TESTS, 'mentions = ["tallow"]', 'mentions = ["candle"]', 'mark "candle"'),
    ],
)
def test_a_name_that_does_not_exist_is_an_error(edit, lint, path, old, new, says):
    remarks = lint(edit(path, old, new), "KP01")
    expected = f"{says} does not exist" if says else ""
    assert all(remark.startswith("E KP01 ") for remark in remarks)
    assert any(expected in remark for remark in remarks) if says else not remarks


def test_a_rule_both_fired_and_blocked_is_an_error(edit, lint):
    blocked = 'fire = []\nblocked = { "price-floor-new" = ["fit"] }'
    both = blocked.replace("[]", '["price-floor-new"]')
    assert "both fired and blocked" in lint(edit("public/tests/listings.toml", blocked, both))[0]


def test_categories_are_checked_where_they_are_known(edit, lint, context):
    files = edit("public/products.csv", "bags.rucksack", "bags.rucksac")
    known = replace(context, categories=frozenset({"bags.rucksack", "apparel.jacket"}))
    assert not lint(files, "KP01")
    assert any('category "bags.rucksac"' in remark for remark in lint(files, "KP01", known))


def test_core_lists_are_checked_where_they_are_known(edit, lint, context):
    files = edit(PRICE, "core.fit_before", "core.fits")
    assert not lint(files, "KP01", replace(context, core_lists=None))


def test_rules_that_ask_each_other_in_a_circle_are_an_error(edit, lint):
    signal = 'never  = { op = "rule", id = "impossible-variant" }'
    files = edit(CATALOGUE, 'never  = { op = "variant", colour = "not_offered" }', signal)
    assert "more than 3 deep or in a circle" in lint(files, "KP01")[0]


def test_a_retired_rule_may_name_what_is_gone(edit, lint):
    files = edit(PRICE, "core.fit_before", "core.fits")
    files[PRICE] = files[PRICE].replace(b'"active"', b'"retired"')
    assert not lint(files, "KP01")
