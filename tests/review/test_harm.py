"""Expected harm: what comes first in the queue, and that no number that somebody typed breaks it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.domain.currencies import CURRENCIES
from countermark.domain.offers import Offer
from countermark.domain.sightings import RISK_MILLI
from countermark.review.harm import (
    DANGER,
    MOST_HARM,
    UNKNOWN_PRICE,
    UNKNOWN_STOCK,
    danger_of,
    harm_of,
)
from countermark.review.scale import POWER_OF, scaled

COUNTS = st.none() | st.integers(0, 2**31 - 1)
PRICES = st.none() | st.integers(1, 10**13)
CATEGORIES = st.sampled_from([None, "", "bags", "health.medicine.insulin", "AUTO.brake", *DANGER])
OFFERS = st.builds(
    Offer, listing_id=st.just("l"), title=st.just("t"), price_minor=PRICES, stock=COUNTS, sold=COUNTS,
    currency=st.sampled_from([None, "EUR", "JPY", "KWD", "CLF", "LBP", "???"]), category=CATEGORIES,
)  # fmt: skip
RISKS = st.integers(0, 100 * RISK_MILLI)


def offer(**said) -> Offer:
    return Offer(**{"listing_id": "l", "title": "t", **said})


def changed(one: Offer, **said) -> Offer:
    return Offer(**{name: getattr(one, name) for name in Offer.__struct_fields__} | said)


def test_harm_is_the_product_of_its_factors_and_says_them():
    harm = harm_of(50_000, offer(price="19.99", currency="EUR", stock=3, sold=9, category="health.medicine"))  # fmt: skip
    assert (harm.risk_milli, harm.value, harm.reach, harm.danger) == (50_000, 57, 10, 20)
    assert harm.number == 50_000 * 57 * 10 * 20
    assert harm.assumed == ()


def test_what_an_offer_does_not_say_is_assumed_and_said_to_be():
    harm = harm_of(1_000, offer())
    assert (harm.value, harm.reach, harm.danger) == (UNKNOWN_PRICE * UNKNOWN_STOCK, 1, 1)
    assert harm.assumed == ("price", "stock", "sold", "category")
    assert "price" in harm_of(1_000, offer(price_minor=10_000)).assumed  # of no currency


@given(OFFERS, RISKS)
def test_no_offer_leaves_the_bounds(one, risk):
    assert 1 <= harm_of(risk, one).number <= MOST_HARM < 2**53


@given(OFFERS, RISKS, RISKS)
def test_more_risk_is_never_less_harm(one, risk, more):
    low, high = sorted((risk, more))
    assert harm_of(low, one).number <= harm_of(high, one).number


@given(OFFERS, RISKS, st.sampled_from(["stock", "sold"]), st.tuples(st.integers(0, 2**31 - 1), st.integers(0, 2**31 - 1)))  # fmt: skip
def test_more_pieces_are_never_less_harm(one, risk, name, counts):
    low, high = (harm_of(risk, changed(one, **{name: count})).number for count in sorted(counts))
    assert low <= high


@given(OFFERS, RISKS, st.sampled_from(sorted(CURRENCIES)), st.tuples(st.integers(1, 10**13), st.integers(1, 10**13)))  # fmt: skip
def test_a_higher_price_is_never_less_harm(one, risk, currency, prices):
    low, high = (
        harm_of(risk, changed(one, price_minor=minor, currency=currency)).number
        for minor in sorted(prices)
    )
    assert low <= high


@given(OFFERS, RISKS, CATEGORIES, CATEGORIES)
def test_more_dangerous_goods_are_never_less_harm(one, risk, first, second):
    low, high = sorted((first, second), key=danger_of)
    assert (
        harm_of(risk, changed(one, category=low)).number
        <= harm_of(risk, changed(one, category=high)).number
    )


@pytest.mark.parametrize(
    "category, danger",
    [
        ("health.medicine.insulin", 20),
        (" Health.Device ", 10),
        ("healthy", 1),
        ("apparel.shirt", 1),
        (".", 1),
        (None, 1),
        ("auto.brake", 20),
    ],
)
def test_the_closest_category_counts(category, danger):
    assert danger_of(category) == danger


def test_every_currency_has_a_place_on_the_scale():
    assert set(POWER_OF) == CURRENCIES
    assert {code: scaled(minor, code) for code, minor in (("EUR", 10_099), ("JPY", 16_000), ("KWD", 9_000), ("CLF", 10_000), ("VND", 250_000))} == {"EUR": 100, "JPY": 160, "KWD": 9, "CLF": 100, "VND": 25}  # fmt: skip
    with pytest.raises(ValueError, match="not an ISO 4217"):
        scaled(1, "XXX")
