"""KP15 and KP16: rules that say something and admit errors."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countermark.knowledge.reading import read_pack
from countermark.knowledge.rule_logic import logic_hash

PRICE = "public/rules/price.toml"
WHEN = '"brand and new and cheap"'


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (WHEN, '"brand and new"', 'signal "cheap" is never used'),
        (WHEN, '"brand and cheap and new and not new"', "is never true"),
        (WHEN, '"brand or not brand or cheap or new"', "is always true"),
        (WHEN, '"brand and new and cheap and fit"', "whenever when holds, unless blocks it"),
        (
            'cheap  = { op = "price", below = 0.45, of = "band.low" }',
            'cheap  = { op = "condition", is = ["new"] }',
            'signals "new" and "cheap" ask the same',
        ),
    ],
)
def test_logic_without_sense_is_said(edit, lint, old, new, says):
    remarks = lint(edit(PRICE, old, new), "KP15")
    assert any(says in remark and remark.startswith("W") for remark in remarks)


def test_a_signal_that_only_another_signal_uses_is_used(edit, lint):
    word = 'word = { op = "term", list = "no-licence-words" }'
    near = 'near = { op = "near", a = "brand", b = "word", within = 3 }'
    files = edit(PRICE, "[rule.logic]", f"{word}\n{near}\n\n[rule.logic]")
    files[PRICE] = files[PRICE].replace(b"new and cheap", b"new and cheap and near")
    assert not lint(files, "KP15")


def test_two_rules_of_a_pack_do_not_ask_the_same(edit, korvane, lint):
    twin = korvane[PRICE].decode().replace('"price-floor-new"', '"price-floor-too"')
    remarks = lint(edit("public/rules/twin.toml", None, twin), "KP15")
    assert any("asks exactly what rule korvane.outdoor/" in remark for remark in remarks)


def test_a_rule_of_another_pack_does_not_ask_the_same(korvane, lint, context):
    rule = next(one for one in read_pack(korvane).rules if one.local_id == "price-floor-new")
    other = replace(context, other_logic={logic_hash(rule): "nordhal.shoes/cheap"})
    (remark,) = lint(korvane, "KP15", other)
    assert "asks exactly what rule nordhal.shoes/cheap asks" in remark


@pytest.mark.parametrize("entry", ["[]", '["none"]', '["None."]', '["n/a", "-"]'])
def test_every_rule_may_be_wrong(edit, lint, entry):
    old = '["clearance by an authorised dealer that is not on the list yet"]'
    (remark,) = lint(edit(PRICE, old, entry), "KP16")
    assert remark.startswith("W KP16 public/rules/price.toml [[rule]] 1 price-floor-new")
