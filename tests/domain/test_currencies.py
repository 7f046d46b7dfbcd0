"""Amounts in minor units."""

from __future__ import annotations

import pytest

from countermark.domain.currencies import parse_minor


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("119.00", "EUR", 11900),
        ("119", "EUR", 11900),
        ("0.5", "USD", 50),
        ("1200", "JPY", 1200),
        ("1200.00", "JPY", 1200),
        ("1.234", "KWD", 1234),
        ("007.10", "EUR", 710),
    ],
)
def test_amounts_are_exact(text, currency, minor):
    assert parse_minor(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.234", "EUR"),
        ("1.5", "JPY"),
        ("-1", "EUR"),
        ("1,50", "EUR"),
        ("", "EUR"),
        ("1e3", "EUR"),
        ("\u0661", "EUR"),
        ("1", "eur"),
        ("1", "XXX"),
        ("9" * 13, "EUR"),
    ],
)
def test_what_is_not_an_amount_is_refused(text, currency):
    with pytest.raises(ValueError, match=r"amount|decimals|currency"):
        parse_minor(text, currency)
