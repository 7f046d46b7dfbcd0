from collections import defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.domain.currencies import decimals
from countermark.testing.market.places import PER_USD, rounded_minor


@given(st.sampled_from(sorted(PER_USD)), st.floats(0.5, 20_000), st.floats(0, 0.999))
def test_rounding_keeps_prices_near_and_above_nothing(currency, dollars, ending):
    amount = dollars * PER_USD[currency]
    minor = rounded_minor(amount, currency, ending)
    assert minor >= 1
    assert minor / 10 ** decimals(currency) == pytest.approx(amount, rel=0.35, abs=1100)


@pytest.fixture(scope="module")
def shares(market, catalogue):
    """Asking prices as shares of the typical genuine price, by kind; dollars and single packs."""
    typical = {brand.mark: brand.goods[0].bands["USD", "new"].typical for brand in catalogue.brands}
    lowest = {brand.mark: brand.goods[0].bands["USD", "new"].low for brand in catalogue.brands}
    found = defaultdict(list)
    for row, truth in zip(market.rows("listings"), market.rows("truth/listings"), strict=True):
        known = truth["mark"] and row["price_minor"] and row["currency"] == "USD"
        if known and truth["mark"] not in ("hp", "pampers", "chanel"):
            share = row["price_minor"] / typical[truth["mark"]]
            found[truth["kind"]].append((share, row["price_minor"] >= lowest[truth["mark"]]))
    return found


def test_counterfeits_are_mostly_cheap_but_some_ask_what_is_usual(shares):
    asked = sorted(share for share, _ in shares["fake"])
    assert asked[len(asked) // 2] < 0.5
    assert sum(share > 0.78 for share in asked) / len(asked) > 0.05


@pytest.mark.parametrize(("kind", "under"), [("genuine", 0.06), ("clearance", 0.16)])
def test_some_honest_new_goods_cost_less_than_the_band_which_may_be_old(shares, kind, under):
    outside = [not fits for _, fits in shares[kind]]
    assert 0 < sum(outside) / len(outside) < under


def test_clearance_goes_down_to_the_low_end_of_the_band(shares):
    clearance, genuine = (
        sorted(share for share, _ in shares[kind]) for kind in ("clearance", "genuine")
    )
    assert clearance[len(clearance) // 2] < 0.8 * genuine[len(genuine) // 2]


def test_grey_goods_are_ten_to_thirty_five_percent_cheaper(shares):
    asked = [share for share, _ in shares["grey"]]
    assert all(0.6 < share < 0.95 for share in asked)
