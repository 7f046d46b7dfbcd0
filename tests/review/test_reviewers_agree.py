"""Agreement of reviewers: an exact interval, and kappa as it is in the textbook."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from countermark.review.agreement import agreement

SAID = st.sampled_from([None, "none", "counterfeit", "grey_market"])


def test_kappa_is_that_of_the_worked_example():
    """Fifty grants read by two: 20 both yes, 15 both no, 5 and 10 apart; expected by chance 0.5, kappa 0.4."""
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    found = agreement(pairs)
    assert (found.pairs, found.agreed, found.share) == (50, 35, 0.7)
    assert found.kappa == pytest.approx(0.4)


def test_of_nothing_nothing_is_told():
    found = agreement([])
    assert (found.pairs, found.share, found.low, found.high, found.kappa) == (0, None, 0, 1, None)
    assert agreement([("none", "none")] * 9).kappa is None  # both might be asleep


def test_who_never_agrees_has_a_kappa_below_zero():
    assert agreement([("a", "b"), ("b", "a")]).kappa == -1


@given(st.lists(st.tuples(SAID, SAID), min_size=1))
def test_the_interval_is_exact_and_holds_the_share(pairs):
    found = agreement(pairs)
    exact = binomtest(found.agreed, found.pairs).proportion_ci(0.95, method="exact")
    assert (found.low, found.high) == pytest.approx((exact.low, exact.high), abs=1e-9)
    assert found.low <= found.share <= found.high
    assert found.kappa is None or -1 <= found.kappa <= 1 + 1e-12


@given(st.lists(st.tuples(SAID, SAID)))
def test_it_does_not_matter_who_is_called_the_first(pairs):
    assert agreement(pairs) == agreement([(second, first) for first, second in pairs])
