"""Files to a pack: what is read, and what is said about what can not be."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermark.adapters.packs import read_folder
from countermark.domain.packs import Pack
from countermark.errors import PackError
from countermark.knowledge.reading import inspect_files, read_pack

PACKS = Path(__file__).parents[2] / "packs"
MARKS, ALIASES, PRICES = "public/marks.toml", "public/aliases.toml", "public/prices.csv"
PRICE_RULE, TESTS = "public/rules/price.toml", "public/tests/listings.toml"


def test_the_example_pack_has_every_kind_of_knowledge(korvane):
    pack = read_pack(korvane)
    assert (pack.id, pack.serial) == ("korvane.outdoor", 42)
    kinds = (pack.marks, pack.aliases, pack.products, pack.prices, pack.sellers, pack.lists)
    more = (pack.codes, pack.images, pack.rules, pack.tells, pack.cases)
    assert [len(kind) for kind in kinds + more] == [3, 6, 3, 4, 3, 2, 1, 3, 6, 2, 46]


def test_knowledge_has_the_level_of_its_folder(korvane):
    levels = {rule.local_id: rule.level for rule in read_pack(korvane).rules}
    assert levels["price-floor-new"] == "public"
    assert levels["label-wording"] == "members"
    assert levels["v1"] == "venue"


def test_knowledge_remembers_where_it_was_read(korvane):
    pack = read_pack(korvane)
    assert str(pack.aliases[2].origin) == "public/aliases.toml [[alias]] 3"
    assert str(pack.prices[0].origin) == "public/prices.csv row 2"


def test_prices_are_minor_units(korvane):
    band = read_pack(korvane).prices[0]
    assert (band.low, band.typical, band.high, band.currency) == (11900, 14900, 15900, "EUR")


def test_a_test_listing_has_the_columns_of_listings_and_the_defaults_of_its_file(korvane):
    case = next(c for c in read_pack(korvane).cases if c.id == "just-above-the-floor")
    assert case.listing["price_minor"] == 5356
    assert case.listing["seller_id"] == "S-9999"
    assert case.listing["observed_at"].isoformat() == "2026-11-20T00:00:00+00:00"


def test_an_empty_value_of_a_test_listing_is_not_known(korvane):
    cases = {case.id: case for case in read_pack(korvane).cases}
    assert "price_minor" not in cases["no-price-is-unknown-and-not-cheap"].listing


def test_rules_and_tests_use_full_ids(korvane):
    pack = read_pack(korvane)
    assert pack.rules[0].id.startswith("korvane.outdoor/")
    assert {rule for case in pack.cases for rule in case.fire} <= {rule.id for rule in pack.rules}


def test_rules_lists_and_codes_may_stand_in_any_file_of_rules_lists_or_terms(korvane):
    rule = korvane[PRICE_RULE]
    moved = {path: data for path, data in korvane.items() if path != PRICE_RULE}
    moved["public/terms.toml"] += b"\n" + rule
    assert len(read_pack(moved).rules) == len(read_pack(korvane).rules)


def test_a_list_without_languages_is_filed_under_und(korvane):
    words = next(one for one in read_pack(korvane).lists if one.id == "no-licence-words")
    assert "1:1" in words.terms["und"]


FAULTS = [
    ("pack.toml", "serial    = 42", "serial    = 4.5", "serial: expected a whole number, got 4.5"),
    ("pack.toml", '"korvane.outdoor" ', '"Korvane" ', 'id: "Korvane" has not the right form'),
    ("pack.toml", 'level   = "members"', 'level   = "public"', "parts.members: level is public"),
    ("pack.toml", 'format    = "countermark.pack/1"', "", "format: the key is missing"),
    (
        MARKS,
        "nice      = [18, 25]",
        "nice      = [18, 46]",
        "right.1.nice.2: expected a whole number",
    ),
    (MARKS, 'kind  = "word"', 'kind  = "wort"', 'kind: "wort" is not known here'),
    (MARKS, 'owner = "Korvane Works"', 'ownr = "x"', '[[mark]] 1 "korvane", ownr: unknown key'),
    (
        "public/terms.toml",
        "[[list]]",
        "[[lists]]",
        "lists: this table does not belong in this file",
    ),
    (MARKS, 'id    = "tallow"', 'id    = "korvane"', "korvane is written twice"),
    (ALIASES, 'class = "coined"', 'class = "rare"', '[[alias]] 1, class: "rare" is not known here'),
    (ALIASES, ", min = 1 }", ", min = 9 }", "min is 9 but any_of has 4 anchors"),
    (ALIASES, '"style_code"', '"styles"', 'anchors.any_of.3: "styles" has not the right form'),
    ("public/products.csv", ",also,", ",aka,", 'header: column "aka" is not known'),
    ("public/products.csv", "9521234500018", "952-1", 'row 2, gtin: "952-1" is not 8, 12, 13 or'),
    (PRICES, "119.00", "119,00", "row 2: has 10 cells and the header has 9"),
    (PRICES, "119.00", "cheap", 'row 2, low: "cheap" is not an amount'.replace('"', "'")),
    (PRICES, "119.00", "119.001", "has more than the 2 decimals of EUR"),
    (PRICES, "119.00", "1190.00", "must rise and begin above zero"),
    (PRICES, "EUR", "EURO", 'currency: "EURO" is not an ISO 4217 currency code in use'),
    (PRICES, "2026-01-01", "2026-02-30", 'valid_from: "2026-02-30" is not a day of the calendar'),
    (PRICES, "EUR,new,1", "EUR,neu,1", 'condition: "neu" is not one of new, open_box'),
    ("public/sellers.csv", "mark:korvane", "korvane", 'scope: "korvane" is not *, mark:<id>'),
    (
        PRICE_RULE,
        "below = 0.45",
        "below = 0.9",
        "signals.cheap: below is 0.9 and must be in (0, 0.8]",
    ),
    (PRICE_RULE, "below = 0.45", 'below = "0.45"', 'cheap.below: expected a number, got "0.45"'),
    (PRICE_RULE, "below = 0.45", "below = nan", "nan is not a number"),
    (PRICE_RULE, 'op = "condition"', 'op = "state"', 'new.op: "state" is not an operator'),
    (PRICE_RULE, "is = [", "what = [", "signals.new.what: unknown key"),
    (PRICE_RULE, "brand and new", "brand und new", "'und' stands where and, or"),
    (PRICE_RULE, "brand and new", "brand and (new", "')' is missing before 'the end'"),
    (PRICE_RULE, "brand and new", "brand and neu", 'logic.when: "neu" is not a signal'),
    (PRICE_RULE, '["listed", "fit"', '["listed", "fitt"', 'logic.unless: "fitt" is not a signal'),
    (
        PRICE_RULE,
        'around = "brand"',
        'around = "new"',
        'signals.fit: "new" has no place in the text',
    ),
    (PRICE_RULE, "new    =", "not    =", 'signals: "not" can not name a signal'),
    (PRICE_RULE, 'list = "core.fit_before"', 'list = "Core fit"', "neither core.<id> nor the id"),
    (PRICE_RULE, "rev    = 3", "rev    = 3\norigin = 1", "origin: unknown key"),
    (PRICE_RULE, "max_rate = 0.0005", "max_rate = 5", "max_rate is 5 and must be in (0, 1]"),
    (TESTS, "price = 53.56", 'price = "53"', 'listing.price: expected a number, got "53"'),
    (TESTS, "price = 53.56", "prise = 53.56", "listing.prise: unknown key"),
    (TESTS, "price = 53.56", "stock = 1.5", "listing.stock: expected a whole number, got 1.5"),
    (TESTS, 'currency = "EUR"', "", "a price needs a currency"),
    (TESTS, 'id = "cheap-new-zh"', 'id = "cheap-new"', "cheap-new is written twice"),
]


@pytest.mark.parametrize(("path", "old", "new", "says"), FAULTS)
def test_a_fault_is_said_with_its_place_key_and_value(edit, path, old, new, says):
    with pytest.raises(PackError) as caught:
        read_pack(edit(path, old, new))
    message = str(caught.value)
    assert says in message
    assert path in message
    assert message.startswith("pack")
    assert "\n" not in message
    assert not message.endswith(".")


def test_a_choice_is_refused_with_the_choices_there_are(edit):
    reading = inspect_files(edit(MARKS, 'kind  = "word"', 'kind  = "wort"'))
    assert reading.faults[0].hint.startswith("known are word, figurative")


def test_all_faults_are_found_in_one_reading(edit, korvane):
    files = edit(PRICES, "119.00", "cheap")
    files[MARKS] = files[MARKS].replace(b'"word"', b'"wort"')
    reading = inspect_files(files)
    assert reading.pack is None
    assert len(reading.faults) == 3
    with pytest.raises(PackError) as caught:
        read_pack(files)
    assert "2 more faults" in caught.value.hint


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("public/readme.txt", "no such file belongs in a pack"),
        ("secret/marks.toml", "no such file belongs in a pack"),
        ("public/images/logo.svg", "no such file belongs in a pack"),
        ("../marks.toml", "not a plain relative path"),
        ("/public/marks.toml", "not a plain relative path"),
        ("public//marks.toml", "not a plain relative path"),
        ("public\\marks.toml", "not a plain relative path"),
        ("public/Marks.toml", "differ by case only"),
    ],
)
def test_a_file_that_does_not_belong_is_refused(korvane, path, says):
    with pytest.raises(PackError, match=says):
        read_pack({**korvane, path: b""})


def test_a_part_that_the_header_does_not_name_is_refused(edit):
    text = '[parts.members]\nlevel   = "members"\nlicence = "CM-Member-Data-1.0"\n'
    with pytest.raises(PackError, match=r"parts\.members: pack.toml does not name this part"):
        read_pack(edit("pack.toml", text, ""))


def test_a_pack_without_header_is_refused(korvane):
    with pytest.raises(PackError, match="the file is missing"):
        read_pack({path: data for path, data in korvane.items() if path != "pack.toml"})


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_bytes_are_they_give_a_pack_or_faults(korvane, data):
    path = data.draw(st.sampled_from(sorted(korvane)))
    content = korvane[path]
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 12)))
    junk = data.draw(st.one_of(st.binary(max_size=8), st.text(max_size=6).map(str.encode)))
    reading = inspect_files({**korvane, path: content[:start] + junk + content[end:]})
    assert (reading.pack is None) == bool(reading.faults)


def _shipped() -> list[Path]:
    return sorted(path.parent for path in PACKS.glob("**/pack.toml"))


def test_every_pack_that_is_shipped_reads_and_300_take_less_than_three_seconds():
    shipped = [read_folder(path) for path in _shipped()]
    start = time.perf_counter()
    packs = [read_pack(files) for files in shipped]
    spent = time.perf_counter() - start
    assert all(isinstance(pack, Pack) for pack in packs)
    assert spent < 3 * max(1, len(packs) / 300)
