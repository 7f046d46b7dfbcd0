"""Permissions of sellers: the fast path against the written definition, over every scope, place and question."""

from __future__ import annotations

import hashlib
import itertools

import pytest

from countermark.domain.places import EUROPEAN_UNION
from countermark.testing.interpreter.seller_question import UNION

SELLERS = "venue,seller_id,name,scope,territory,valid_from,valid_to,evidence\n"


def permission(scope, territory):
    return f"v,s1,Shop,{scope},{territory},2026-01-01,,\n"


def asks(*questions):
    signals = "".join(f's{k} = {{ op = "seller", authorised_for = "{asked}" }}\n' for k, asked in enumerate(questions))  # fmt: skip
    return "".join(
        f"""
[[rule]]
id = "r{k}"
rev = 1
status = "active"
claim = "grey_market"
title = "x"
reason = "asked_for_a_test"
prior = "weak"
expect = {{ max_rate = 1, min_precision = 0.01 }}
[rule.signals]
{signals}
[rule.logic]
when = "s{k}"
"""
        for k in range(len(questions))
    )


LISTINGS = [
    {"title": title, "category": kind, "market": market, "seller_id": who, "venue": venue}
    for (title, kind), market, who, venue in itertools.product(
        (("Bellissa", None), ("Bellissa Rosa Grande bag", None), ("Bellissa", "electronics"), ("Tallow bag", None), ("Bellissa and Tallow bags", None)),
        (None, "DE", "CH", "EU"), ("s1", "s2", None), ("v", None),
    )
]  # fmt: skip


@pytest.mark.parametrize(
    "scope",
    ["*", "mark:bellissa", "mark:tallow", "style:B-1", "style:bellissa:any:electronics", "style:X"],
)
@pytest.mark.parametrize("territory", ["*", "EU", "DE|AT", "CH"])
def test_every_scope_and_territory_covers_what_is_written(compared, listings, scope, territory):
    both = compared(
        asks("*", "bellissa", "tallow", "B-1", "bellissa:any:electronics", "nobody"),
        sellers_csv=SELLERS + permission(scope, territory),
    )
    assert list(both.differences(listings(*LISTINGS))) == []


@pytest.mark.parametrize("ends", ["", "expires = 2026-11-01"])
def test_a_list_of_sellers_is_of_hashes(compared, listings, ends):
    listed = hashlib.sha256(b"v\ts1").hexdigest()
    terms = f'[[list]]\nid = "barred"\n{ends}\nterms = ["{listed}", "{"0" * 64}"]\n'
    rule = asks("x").replace('authorised_for = "x"', 'on_list = "barred"')
    both = compared(rule, terms_toml=terms)
    assert list(both.differences(listings(*LISTINGS))) == []
    fired = [
        any(one[0].endswith("r0") and one.fired for one in said if hasattr(one, "fired"))
        for said in both.fast(listings(*LISTINGS))
    ]
    wanted = [one["seller_id"] == "s1" and one["venue"] == "v" and not ends for one in LISTINGS]
    assert fired == wanted


def test_the_union_has_27_members():
    assert len(UNION) == 27
    assert UNION == EUROPEAN_UNION
