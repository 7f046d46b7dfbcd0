"""KP02 and KP03: issuer, order, terms and dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

HEADER, PRICE = "pack.toml", "public/rules/price.toml"


@pytest.mark.parametrize(
    ("path", "old", "new", "remark"),
    [
        (HEADER, 'issuer    = "korvane"', 'issuer    = "nordhal"', 'E KP02 pack.toml: id is "korv'),
        (HEADER, "supersedes = []", 'supersedes = ["nordhal.x"]', "W KP02 pack.toml: supersedes"),
        (HEADER, "ip-desk@korvane.example", "the desk", 'E KP03 pack.toml: contact is "the desk"'),
        (
            HEADER,
            '["venue:harbour-market", "venue:parcel-bay"]',
            "[]",
            "E KP03 pack.toml: part venue",
        ),
        (HEADER, "2027-05-01 ", "2027-11-03 ", "E KP03 pack.toml: review_by is 2027-11-03"),
        (HEADER, "2027-05-01 ", "2026-10-31 ", "E KP03 pack.toml: review_by is 2026-10-31"),
        (HEADER, "2027-11-01T", "2028-11-02T", "E KP03 pack.toml: expires is 2028-11-02"),
        (
            PRICE,
            "2027-03-31",
            "2027-11-03",
            "E KP03 public/rules/price.toml [[rule]] 1 price-floor",
        ),
        ("public/images/index.csv", ",reference-only", ",", 'image "logo-ridge" has no licence'),
    ],
)
def test_terms_out_of_order_are_said(edit, lint, path, old, new, remark):
    assert any(remark in line for line in lint(edit(path, old, new)))


@pytest.mark.parametrize(
    ("day", "remarks"),
    [
        (date(2026, 11, 24), set()),
        (date(2027, 4, 1), {"W the review was due on 2027-03-31"}),
        (date(2027, 6, 1), {"W the review was due on 2027-05-01", "W list "}),
        (date(2027, 11, 2), {"E the pack expired on 2027-11-01"}),
    ],
)
def test_what_is_overdue_is_said(korvane, lint, context, day, remarks):
    lines = lint(korvane, "KP03", replace(context, as_of=day))
    assert bool(lines) == bool(remarks)
    for remark in remarks:
        severity, says = remark.split(" ", 1)
        assert any(line.startswith(severity) and says in line for line in lines)


def test_the_serial_rises(korvane, lint, context):
    assert not lint(korvane, "KP02", replace(context, released_serial=41))
    remarks = lint(korvane, "KP02", replace(context, released_serial=42))
    assert remarks == ["E KP02 pack.toml: serial is 42 and 42 was released"]


def test_a_broken_promise_of_the_lock_is_an_error(locked_korvane, lint):
    text = locked_korvane[PRICE].replace(b"below = 0.45", b"below = 0.44")
    (remark,) = lint({**locked_korvane, PRICE: text}, "KP02")
    assert remark.startswith('E KP02 rules.lock.json: rule "price-floor-new" the logic changed')


def test_a_secret_rule_is_named_beside_its_own_lock_only(locked_korvane, lint):
    path = "venue/rules/r1.toml"
    text = locked_korvane[path].replace(b'unless = ["listed", "fit"]', b'unless = ["listed"]')
    (remark,) = lint({**locked_korvane, path: text}, "KP02")
    assert "venue/rules.lock.json" in remark


LISTS = {"core.fit_before": 3, "core.style_after": 1, "core.genuine_claim": 1, "core.repair": 1}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (">=0.1,<2", ">=2,<3", "it needs engine >=2 and this is"),
        (">=0.1,<2", "~1", 'engine "~1" is not a bound of versions'),
        ('fit_before"    = 1', 'fit_before"    = 4', "list core.fit_before in version 4 and 3 is"),
        ("core.repair", "core.repairs", "it needs list core.repairs, which is in no core pack"),
        ('fit_before"    = 1', 'fit_before"    = 3', ""),
    ],
)  # fmt: skip
def test_what_the_pack_requires_must_be_there(edit, lint, context, old, new, says):
    known = replace(context, core_versions=LISTS)
    remarks = lint(edit(HEADER, old, new), "KP03", known)
    assert [says in remark for remark in remarks] == ([True] if says else [])


@pytest.mark.parametrize("ends", ["", "expires = 2027-06-01"])
def test_agreed_words_that_last_too_long_are_a_warning(edit, lint, ends):
    (remark,) = lint(edit("venue/rules/r1.toml", "expires = 2027-02-28", ends), "KP03")
    assert remark.startswith("W KP03 venue/rules/r1.toml [[list]] 1")
