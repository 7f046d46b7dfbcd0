"""Accounts: their risk comes from their listings, and many like ones say little more than one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markets import findings, named, rule

from countermark.decision.accounts import account_bits
from countermark.decision.evidence import rows_of


def risk(*probabilities: float) -> float:
    """The risk of one account with listings of these risks, 0 to 1."""
    listed = [{"listing_id": f"l{k}", "seller_id": "s"} for k in range(len(probabilities))]
    rows = rows_of(findings([rule("r")], []), named(listed))
    return float(1 / (1 + np.exp2(-account_bits(rows, np.array(probabilities))[0])))


@pytest.mark.parametrize("probability", [0.001, 0.2, 0.5, 0.99])
def test_an_account_with_one_listing_has_its_risk(probability: float) -> None:
    assert risk(probability) == pytest.approx(probability)


def test_two_suspects_are_worse_than_one_and_less_than_two_independent_ones() -> None:
    assert 0.5 < risk(0.5, 0.5) < 0.75


def test_a_hundred_ordinary_listings_do_not_make_a_suspect() -> None:
    assert risk(*[0.01] * 100) < 0.04


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6), st.integers(0, 5), st.floats(0, 1))
def test_a_higher_risk_of_a_listing_never_lowers_that_of_its_account(
    some: list[float], at: int, higher: float
) -> None:
    more = list(some)
    more[at % len(some)] = max(higher, some[at % len(some)])
    assert risk(*more) >= risk(*some) - 1e-12


def test_listings_without_a_seller_make_no_account() -> None:
    rows = rows_of(findings([rule("r")], []), named([{"listing_id": "l", "seller_id": None}]))
    assert len(account_bits(rows, np.array([0.9]))) == 0
