"""KP07 to KP11: cheap, fair and honest rules."""

from __future__ import annotations

import pytest

PRICE, CATALOGUE = "public/rules/price.toml", "public/rules/catalogue.toml"
CHEAP = '{ op = "price", below = 0.45, of = "band.low" }'
WHEN = 'when   = "brand and new and cheap"'
BAND_NEW = "KV-2210,EUR,new,1,119.00,149.00,159.00,2026-01-01,2027-03-31\n"


@pytest.mark.parametrize(
    ("when", "is_gated"),
    [
        ("brand and new and cheap", True),
        ("new and cheap", False),
        ("brand or cheap", False),
        ("not brand and cheap and new", False),
        ("at_least(2, brand, new, cheap)", False),
        ("brand and (new or cheap)", True),
        ("at_least(3, brand, new, cheap)", True),
    ],
)
def test_a_rule_can_not_hold_without_an_anchor(edit, lint, when, is_gated):
    remarks = lint(edit(PRICE, WHEN, f'when = "{when}"'), "KP07")
    assert bool(remarks) != is_gated
    assert all("can hold without an anchor" in remark for remark in remarks)


@pytest.mark.parametrize(
    ("find", "says"),
    [
        ("KV(?=[0-9])", "is not an RE2 pattern (invalid perl operator: (?=)"),
        (r"(KV)\\1", "is not an RE2 pattern"),
        ("(KV[0-9]{1,500}){3}", "is not an RE2 pattern|steps and may have 2000"),
        ("(KVAB)?", "fits the empty text"),
        ("KV([^a]{90}){10}", "steps and may have 2000"),
    ],
)
def test_a_pattern_is_re2_and_small_and_says_something(edit, lint, find, says):
    signal = f'new    = {{ op = "pattern", find = "{find}", literal = "KVAB" }}'
    files = edit(PRICE, 'new    = { op = "condition", is = ["new"] }', signal)
    (remark,) = lint(files, "KP07")
    assert any(part in remark for part in says.split("|"))
    assert "signals.new.find" in remark


def test_the_patterns_of_codes_are_checked_too(edit, lint):
    (remark,) = lint(edit(CATALOGUE, r"'\bKV[A-Z0-9]{6,12}\b'", "'KV(?!X)'"), "KP07")
    assert "[[code]] 1 kv-serial find" in remark


def test_a_rule_has_a_budget(edit, lint):
    pattern = '{ op = "pattern", find = "abcd[0-9]", literal = "abcd" }'
    signals = "".join(f"p{n} = {pattern}\n" for n in range(6))
    (remark,) = lint(edit(PRICE, "[rule.signals]\n", f"[rule.signals]\n{signals}"), "KP07")
    assert "the rule costs" in remark


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (PRICE, "brand and new and cheap", "brand and cheap", "no condition asked"),
        (PRICE, 'is = ["new"]', 'is = ["refurbished"]', "no price band for condition refurbished"),
        ("public/prices.csv", "KV-2210,EUR,used", "KV-2210,GBP,used", "bands in GBP but none for"),
        ("public/prices.csv", BAND_NEW, BAND_NEW * 2, "already has a band on 2026-01-01"),
    ],
)
def test_a_price_is_judged_in_its_condition_and_band(edit, lint, path, old, new, says):
    remarks = lint(edit(path, old, new), "KP08")
    assert any(says in remark and remark.startswith("E") for remark in remarks)


def test_bands_that_follow_each_other_do_not_overlap(edit, lint):
    later = BAND_NEW.replace("2026-01-01,2027-03-31", "2027-04-01,")
    assert not lint(edit("public/prices.csv", BAND_NEW, BAND_NEW + later), "KP08")


@pytest.mark.parametrize(
    ("asked", "is_spared"),
    [
        ('{ op = "seller" }', True),
        ('{ op = "seller", authorised_for = "korvane" }', True),
        ('{ op = "seller", authorised_for = "KV-2210" }', True),
        ('{ op = "seller", authorised_for = "tallow" }', False),
        ('{ op = "seller", on_list = "no-licence-words" }', False),
    ],
)
def test_a_rule_on_a_mark_spares_its_authorised_sellers(edit, lint, asked, is_spared):
    old = '{ op = "seller", authorised_for = "korvane" }'
    remarks = lint(edit(PRICE, old, asked), "KP09")
    assert bool(remarks) != is_spared
    assert all('authorised sellers of mark "korvane"' in remark for remark in remarks)


def test_a_seller_that_is_asked_in_when_is_not_spared(edit, lint):
    files = edit(PRICE, '"brand and new and cheap"', '"brand and new and cheap and not listed"')
    files[PRICE] = files[PRICE].replace(b'unless = ["listed", ', b"unless = [")
    assert len(lint(files, "KP09")) == 1


def test_a_rule_on_a_mark_spares_goods_that_only_fit_it(edit, lint):
    (remark,) = lint(edit(PRICE, '["listed", "fit", "style", "part"]', '["listed"]'), "KP10")
    assert remark.startswith("W KP10 public/rules/price.toml [[rule]] 1 price-floor-new")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({WHEN: 'when = "brand and new"'}, "of everything that names the brand"),
        ({'"suspected_counterfeit"': '"declared_replica"'}, "reads no words of the listing"),
        ({'"suspected_counterfeit"': '"grey_market"'}, "grey_market from figures alone"),
        ({'"moderate"': '"strong"'}, "prior is strong and its grounds are only price"),
        (
            {CHEAP: '{ op = "place", ships_from = ["FR"] }'},
            "says nothing about whether goods are genuine",
        ),
    ],
)
def test_a_claim_rests_on_its_own_kind_of_ground(edit, lint, changes, says):
    ((old, new),) = changes.items()
    (remark,) = lint(edit(PRICE, old, new), "KP11")
    assert remark.startswith("E KP11 ")
    assert says in remark


@pytest.mark.parametrize(
    ("how", "count"),
    [('["lookalike", "leet"]', 0), ('["coded"]', 0), ('["official", "coded"]', 1), ("[]", 1)],
)
def test_a_disguised_name_is_a_ground_of_its_own(edit, lint, how, count):
    files = edit(PRICE, 'mark = "korvane", in', f'mark = "korvane", how = {how}, in')
    files[PRICE] = files[PRICE].replace(WHEN.encode(), b'when   = "brand and new"')
    assert len(lint(files, "KP11")) == count


def test_misuse_of_a_mark_needs_the_mark(edit, lint):
    files = edit(PRICE, '"suspected_counterfeit"', '"misuse_of_mark"')
    files[PRICE] = files[PRICE].replace(b'"brand and new and cheap"', b'"new and cheap"')
    assert any("looks for no mark" in remark for remark in lint(files, "KP11"))


def test_a_rule_that_builds_on_another_takes_its_grounds(edit, lint):
    signal = 'cheap  = { op = "rule", id = "impossible-variant" }'
    files = edit(PRICE, f"cheap  = {CHEAP}", signal)
    assert not lint(files, "KP11")
