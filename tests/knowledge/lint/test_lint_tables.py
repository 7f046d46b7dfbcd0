"""KP17 and KP20: codes, pictures, rights and rows in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.knowledge.lint.tables import has_check_digit

PRODUCTS, INDEX, LOGO = (
    "public/products.csv",
    "public/images/index.csv",
    "public/images/logo-ridge.png",
)
MARKS = "public/marks.toml"


@pytest.mark.parametrize("gtin", ["9521234500018", "036000291452", "96385074", "10614141000415"])
def test_known_check_digits_are_right(gtin):
    assert has_check_digit(gtin)


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), st.integers(0, 12), st.integers(1, 9))
def test_a_single_wrong_digit_is_always_noticed(body, place, change):
    (gtin,) = (body + str(last) for last in range(10) if has_check_digit(body + str(last)))
    wrong = gtin[:place] + str((int(gtin[place]) + change) % 10) + gtin[place + 1 :]
    assert not has_check_digit(wrong)


@pytest.mark.parametrize(
    ("path", "old", "new", "says"),
    [
        (PRODUCTS, "9521234500018", "9521234500019", "has a wrong check digit"),
        (PRODUCTS, "9521234500025", "9521234500018", "already belongs to style KV-2210"),
        (PRODUCTS, "2022-10-01,2025-12-31", "2025-12-31,2022-10-01", "is before first_sold"),
        (
            "public/sellers.csv",
            "2026-01-01,2026-12-31",
            "2026-12-31,2026-01-01",
            "before valid_from",
        ),
        (INDEX, "logo-ridge.png", "logo-ridge2.png", "is missing"),
        (INDEX, "ridge-logo,", "ridge-logo,0", ""),
        ("public/images/other.png", None, "", "the picture is not in the index"),
    ],
)
def test_a_table_that_contradicts_itself_is_an_error(edit, lint, path, old, new, says):
    remarks = lint(edit(path, old, new), "KP17") if says else ["E "]
    assert any(says in remark and remark.startswith("E") for remark in remarks)


def test_a_picture_that_is_not_the_one_of_the_index_is_an_error(korvane, lint):
    remarks = lint({**korvane, LOGO: b"GIF89a"}, "KP17")
    assert any("sha256 of public/images/logo-ridge.png is" in remark for remark in remarks)
    assert any("is not a png picture" in remark for remark in remarks)


def test_a_picture_has_a_largest_size(korvane, lint):
    remarks = lint({**korvane, LOGO: korvane[LOGO] + bytes(2 << 20)}, "KP17")
    assert any("bytes and may have 2097152" in remark for remark in remarks)


def test_one_text_that_names_two_marks_is_said(edit, lint):
    text = """[[alias]]
mark = "tallow"
text = "KORVANE"
lang = "und"
kind = "coded"
class = "coined"
"""
    files = edit("public/aliases.toml", "[[alias]]", f"{text}\n[[alias]]")
    (remark,) = lint(files, "KP17")
    assert remark.startswith("W KP17")
    assert 'already names mark "tallow"' in remark


@pytest.mark.parametrize(
    ("path", "old", "new", "remark"),
    [
        (MARKS, "2033-07-01", "2026-11-23", "E KP20 public/marks.toml [[mark]] 2: right EUIPO"),
        (MARKS, "2024-03-10", "2027-03-10", "E KP20 public/marks.toml [[mark]] 1: right EUIPO"),
        (MARKS, "nice      = [11]", "nice      = [25]", "W KP20 public/products.csv row 4: mark"),
        (
            "public/sellers.csv",
            "2027-12-31",
            "2026-11-23",
            "W KP20 public/sellers.csv row 2: seller",
        ),
        (
            "public/prices.csv",
            "2027-03-31",
            "2026-11-23",
            "W KP20 public/prices.csv row 2: 1 price",
        ),
    ],
)
def test_what_is_not_in_force_is_said(edit, lint, path, old, new, remark):
    assert any(line.startswith(remark) for line in lint(edit(path, old, new), "KP20"))


@pytest.mark.parametrize(
    ("signal", "says"),
    [
        ('{ op = "category", is = ["lighting.lamp"] }', 'asks for lighting, and mark "korvane" has no class'),
        ('{ op = "place", market = ["DE", "US"] }', "asks for market US, and mark"),
        ('{ op = "category", is = ["bags"] }', ""),
        ('{ op = "place", market = ["DE", "FR"] }', ""),
    ],
)  # fmt: skip
def test_a_rule_about_what_no_right_covers_is_an_error(edit, lint, signal, says):
    rule = "public/rules/price.toml"
    files = edit(rule, "brand and new and cheap", "brand and new and cheap and scope")
    files[rule] = files[rule].replace(b"[rule.logic]", f"scope = {signal}\n[rule.logic]".encode())
    found = [line for line in lint(files, "KP20") if line.startswith("E KP20 public/rules/price")]
    assert [says in line for line in found] == ([True] if says else [])


def test_a_rule_on_a_dead_right_is_an_error(edit, lint):
    remarks = lint(edit(MARKS, "2034-03-09", "2020-01-01"), "KP20")
    assert any('rests on mark "korvane"' in remark for remark in remarks)


def test_one_right_of_several_that_lapsed_is_a_warning(edit, lint):
    more = """[[mark.right]]
office = "DPMA"
number = "1"
status = "expired"
nice = [18]
territory = ["DE"]
"""
    files = edit(MARKS, '[[mark]]\nid    = "tallow"', f'{more}\n[[mark]]\nid    = "tallow"')
    (remark,) = lint(files, "KP20")
    assert remark.startswith("W KP20")


def test_a_mark_without_right_yields_suspects_only_and_is_no_error(korvane, lint):
    text = korvane[MARKS].decode().split("[[mark]]")
    bare = "[[mark]]" + text[1].split("[[mark.right]]")[0] + "[[mark]]" + "[[mark]]".join(text[2:])
    (remark,) = lint({**korvane, MARKS: bare.encode()}, "KP20")
    assert remark == 'W KP20 public/marks.toml [[mark]] 1: mark "korvane" states no right'


def test_everything_runs_out(korvane, lint, context):
    later = replace(context, as_of=date(2040, 1, 1))
    assert len([line for line in lint(korvane, "KP20", later) if line.startswith("E")]) > 3
