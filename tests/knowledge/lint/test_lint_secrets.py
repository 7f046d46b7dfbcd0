"""KP18 and KP19: what must not stand where it stands."""

from __future__ import annotations

import pytest

TERMS, PRICE, TESTS = "public/terms.toml", "public/rules/price.toml", "public/tests/listings.toml"
VENUE = "venue/rules/r1.toml"


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (
            TERMS,
            '"mirror quality"',
            '"Blue Door Stock"',
            f"holds a word of list {VENUE} [[list]] 1",
        ),
        ("CHANGELOG.md", "Two new", "v-codes; two new", f"holds the name of list {VENUE}"),
        (
            TERMS,
            "genuine.",
            "genuine: do not bleached.",
            "holds a word of members/rules/label.toml",
        ),
        (
            TESTS,
            "Nordhal 30L rucksack",
            "Korvane Ridge 30, paper lantern grade",
            "the title of venue",
        ),
        ("members/tells.toml", "flat tape", "paper lantern grade tape", f"a word of list {VENUE}"),
        (VENUE, '"<sealed>"', '"Sold as blue door stock"', "title holds a word of list"),
        ("venue/rules/blue-door-stock.toml", None, "", ""),
        ("venue/rules/v-codes.toml", None, "", "the file's name holds the name of list"),
    ],
)
def test_a_secret_in_a_more_open_place_is_an_error(edit, lint, path, old, new, says):
    remarks = lint(edit(path, old, new), "KP18")
    assert all(remark.startswith("E KP18") for remark in remarks)
    assert any(says in remark for remark in remarks) if says else not remarks


def test_the_remark_does_not_repeat_the_secret(edit, lint):
    remarks = lint(edit(TERMS, '"mirror quality"', '"blue door stock"'), "KP18")
    assert not any("blue door" in remark for remark in remarks)


def test_a_secret_may_stand_in_its_own_part_and_in_more_secret_ones(korvane, lint):
    assert not lint(korvane, "KP18")


def test_a_part_of_a_longer_word_is_not_the_secret(edit, lint):
    assert not lint(edit(TERMS, '"mirror quality"', '"blue door stockings"'), "KP18")


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (TERMS, '"mirror quality"', '"write to jo@shop.de"', "holds a mail address"),
        (TERMS, '"mirror quality"', '"call +49 170 1234567"', "holds a telephone number"),
        (TERMS, '"mirror quality"', '"DE89 3704 0044 0532 0130 00"', "holds an account number"),
        ("public/sellers.csv", "Alpine Lane GmbH", "Jo jo@shop.de", "holds a mail address"),
        (TERMS, '"mirror quality"', '"Turkish"', '"Turkish" stands for who people are'),
        ("public/rules/catalogue.toml", '"no replica"', '"foreigners"', '"foreigners" stands for'),
    ],
)
def test_personal_data_and_traits_are_errors(edit, lint, path, old, new, says):
    remarks = lint(edit(path, old, new), "KP19")
    assert remarks
    assert all(says in remark and remark.startswith("E KP19") for remark in remarks)


def test_the_personal_data_is_not_repeated(edit, lint):
    (remark,) = lint(edit(TERMS, '"mirror quality"', '"call +49 170 1234567"'), "KP19")
    assert "1234567" not in remark


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("write to jo@shop.de", 1),
        ("write to jo@shop.example", 0),
        ("call +49 170 1234567", 1),
        ("call +1 202 555 0143", 0),
        ("GTIN 9521234500018 and KV-2210", 0),
        ("0,5 x 1200 mm, 1:18, 2026-11-20", 0),
    ],
)
def test_test_listings_hold_invented_people_only(edit, lint, text, count):
    remarks = lint(edit(TESTS, "rucksack for hiking", text), "KP19")
    assert len(remarks) == count
    assert all(remark.startswith("W KP19") for remark in remarks)


@pytest.mark.parametrize(
    ("place", "is_error"),
    [('ships_from = ["CN"]', True), ('language = ["zh"]', True), ('market = ["FR"]', False)],
)
def test_where_people_come_from_is_never_the_only_ground(edit, lint, place, is_error):
    old = '{ op = "price", below = 0.45, of = "band.low" }'
    remarks = lint(edit(PRICE, old, f'{{ op = "place", {place} }}'), "KP19")
    assert bool(remarks) == is_error


@pytest.mark.parametrize(("word", "count"), [("S-1001", 1), ("a" * 64, 0)])
def test_a_list_of_sellers_in_clear_is_an_error(edit, lint, word, count):
    rule = "public/rules/price.toml"
    files = edit(
        rule,
        '{ op = "seller", authorised_for = "korvane" }',
        '{ op = "seller", on_list = "barred" }',
    )
    files[TERMS] += f'\n[[list]]\nid = "barred"\nterms = ["{word}"]\n'.encode()
    remarks = lint(files, "KP19")
    assert len(remarks) == count
    assert all("is asked for sellers and holds words in clear" in remark for remark in remarks)
