"""Offers of the gate to listings: what a file with the same values would give."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.domain.offers import Offer
from countermark.domain.tables import LISTINGS
from countermark.ingest.mapping import ColumnMapping
from countermark.ingest.normalising import normalise
from countermark.ingest.offers import listings_of
from offer_texts import offers

VENUE = "bazaar.example"


def at_the_gate(offer):
    """The listing of one offer, and what was said about it."""
    batch, notes = listings_of([offer], [offer.listing_id], [VENUE])
    return batch.to_pylist()[0], sorted(notes[0])


def in_a_file(offer):
    """The same from a file whose one row has the fields that were given, and the venue."""
    values = {name: getattr(offer, name) for name in offer.__struct_fields__}
    row = {name: [value] for name, value in values.items() if value is not None}
    done = normalise(pa.table({**row, "venue": [VENUE]}), ColumnMapping(), source="f")
    said = [f"{n['column']} {n['value']!r}: {n['reason']}" for n in done.notes.to_pylist()]
    return done.listings.to_pylist()[0], sorted(said)


@settings(max_examples=600, deadline=None)
@given(offers())
def test_an_offer_is_the_listing_that_a_file_would_give(offer):
    assert at_the_gate(offer) == in_a_file(offer)


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [
        ("12.00", "EUR", 1200), ("12", "eur", 1200), ("12.5", "JPY", 12), ("13.5", "JPY", 14), ("1.234", "KWD", 1234),
        ("1.0150", "EUR", 102), ("1.0050", "EUR", 100), ("1000.015", "USD", 100_002), ("1.299", "EUR", None),
        ("12.500", "JPY", None), ("0.500", "EUR", 50), ("0.00", "EUR", None), ("99999999999.995", "EUR", 10**13),
        ("9999999999999", "KWD", None), ("12.00", "XXQ", None), ("12.00", "ſek", None),
    ],
)  # fmt: skip
def test_a_price_is_exact_in_minor_units(price, currency, minor):
    offer = Offer(listing_id="a", title="t", price=price, currency=currency)
    row, said = at_the_gate(offer)
    assert row["price_minor"] == minor
    assert (row, said) == in_a_file(offer)


@pytest.mark.parametrize(
    ("given", "column", "value", "says"),
    [
        ({"condition": "mint"}, "condition", None, "is none of"), ({"condition": " OPEN_\u3000box"}, "condition", "open_box", ""),
        ({"condition": "  "}, "condition", None, ""), ({"condition": ""}, "condition", None, ""),
        ({"currency": "xxq"}, "currency", None, "not an ISO 4217"), ({"currency": "   "}, "currency", None, ""),
        ({"market": "de"}, "market", "DE", ""), ({"gtin": "400 638-1333\u2009931"}, "gtin", "4006381333931", ""),
        ({"price": "12.00"}, "price_minor", None, ""), ({"price": "12.00", "price_minor": 5}, "price_minor", 5, ""),
    ],
)  # fmt: skip
def test_values_take_their_form_or_are_set_aside_with_a_word(given, column, value, says):
    row, said = at_the_gate(Offer(listing_id="a", title="t", **given))
    assert row[column] == value
    assert bool(said) == bool(says)
    assert all(says in each for each in said)


@settings(max_examples=50, deadline=None)
@given(st.lists(offers(), max_size=5))
def test_offers_do_not_touch_each_other(some):
    ids, venues = [f"{k}" for k in range(len(some))], [VENUE] * len(some)
    batch, notes = listings_of(some, ids, venues)
    assert batch.schema == LISTINGS
    rows = [
        {**row, "listing_id": offer.listing_id}
        for row, offer in zip(batch.to_pylist(), some, strict=True)
    ]
    alone = [at_the_gate(offer) for offer in some]
    assert [(row, sorted(said)) for row, said in zip(rows, notes, strict=True)] == alone
