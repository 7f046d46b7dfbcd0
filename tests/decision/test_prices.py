"""Usual prices: cheap is what is far under what others ask for like goods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from markets import named

from countermark.decision.prices import usual_prices, usual_share


def listed(price: int | None, **more: Any) -> dict[str, Any]:
    """A listing whose goods cost 100 US dollars new."""
    known = {"reference_minor": 10_000, "reference_currency": "USD", "currency": "EUR"}
    return {"listing_id": "l", **known, "condition": 0, "price_minor": price, **more}


MANY = [listed(8_000 + k) for k in range(61)]


def test_the_usual_price_is_the_median_of_its_currencies_and_condition() -> None:
    rows = [*MANY, *(listed(3_000, condition=3) for _ in range(31)), listed(1, currency="GBP")]
    usual = usual_prices(named(rows))
    assert set(usual) == {"EUR/USD/0", "EUR/USD/3"}
    assert usual["EUR/USD/0"] == pytest.approx(np.log2(0.803) * 1e6, abs=1)


@pytest.mark.parametrize(
    ("row", "share"),
    [
        (listed(8_030), 1.0),
        (listed(803), 0.1),
        (listed(1_606, pack_size=2), 0.1),
        (listed(None), np.nan),
        (listed(803, currency=None), np.nan),
        (listed(803, currency="GBP"), np.nan),
        (listed(803, condition=-1), np.nan),
        (listed(803, reference_minor=None), np.nan),
    ],
)
def test_a_share_is_known_where_a_usual_price_is(row: dict[str, Any], share: float) -> None:
    found = usual_share(named([row]), np.array([0, -1]), usual_prices(named(MANY)))
    assert found == pytest.approx([share, np.nan], abs=1e-6, nan_ok=True)


def test_without_usual_prices_no_share_is_known() -> None:
    assert np.isnan(usual_share(named(MANY), np.arange(61), {})).all()
