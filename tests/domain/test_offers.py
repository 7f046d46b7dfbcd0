"""Offers and sightings: what is read, what is kept, and what counts as a change."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from hashlib import sha256

import msgspec
import pytest
import rfc8785
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from countermark.domain.ingested import EXTRA_COLUMNS
from countermark.domain.offers import (
    CONTENT,
    FIELDS,
    NOT_CONTENT,
    Offer,
    content_bytes,
    content_digest,
    offer_of,
)
from countermark.domain.sightings import Decision, decision_bytes
from countermark.domain.tables import LISTINGS
from offer_texts import FIELDS as DRAWN
from offer_texts import offers


def read(**values):
    return msgspec.json.decode(json.dumps({"listing_id": "a", "title": "t", **values}), type=Offer)


def test_an_offer_has_the_fields_of_a_listing_but_the_venue_and_a_price():
    assert set(FIELDS) == {*LISTINGS.names, *EXTRA_COLUMNS} - {"venue"}
    assert list(FIELDS) == sorted(FIELDS)
    assert set(CONTENT) | NOT_CONTENT == set(FIELDS)
    assert not set(CONTENT) & NOT_CONTENT


@settings(max_examples=200, deadline=None)
@given(offers(most=30))
def test_what_is_kept_of_an_offer_is_the_offer(offer):
    kept = content_bytes(offer)
    assert offer_of(kept) == offer
    assert content_bytes(offer_of(kept)) == kept
    given_fields = [name for name in FIELDS if getattr(offer, name) is not None]
    assert list(json.loads(kept)) == given_fields


@settings(max_examples=200, deadline=None)
@given(offers(), st.sampled_from(sorted(DRAWN)), st.data())
def test_the_digest_changes_with_all_that_the_seller_says_and_with_nothing_else(offer, name, data):
    other = msgspec.structs.replace(offer, **{name: data.draw(st.none() | DRAWN[name])})
    assume(getattr(other, name) != getattr(offer, name))
    assert (content_digest(other) == content_digest(offer)) == (name in NOT_CONTENT)


@given(st.sampled_from(["listing_id", "title"]))
def test_the_digest_changes_with_id_and_title(name):
    offer = read()
    assert content_digest(msgspec.structs.replace(offer, **{name: "z"})) != content_digest(offer)


@pytest.mark.parametrize(
    "wrong",
    [
        {"listing_id": ""}, {"listing_id": " \u3000"}, {"listing_id": "x" * 201}, {"listing_id": "a\x00"}, {"listing_id": "\x00\n"}, {"seller_id": "a\x00b"}, {"title": ""}, {"title": "\n\t"},
        {"title": "x" * 5_001}, {"brand": "x" * 501}, {"description": "x" * 100_001}, {"price": 12.5}, {"price": "12,00"},
        {"price": "-1"}, {"price": "12\n"}, {"price": "١٢"}, {"price": "1.00000"}, {"price": "1" * 14}, {"price": "1e3"},
        {"price_minor": 0}, {"price_minor": 10**13 + 1}, {"price_minor": 1.5}, {"currency": "EU"}, {"market": "D"},
        {"market": "ßx"}, {"market": "DE\n"}, {"ships_from": "12"}, {"stock": -1}, {"stock": 2**31}, {"pack_size": 0},
        {"seller_rating": 1.01}, {"year": 10_000}, {"observed_at": "yesterday"}, {"venue": "v"}, {"colour": 3},
    ],
)  # fmt: skip
def test_an_offer_that_cannot_be_meant_is_refused(wrong):
    with pytest.raises(msgspec.ValidationError):
        read(**wrong)


@pytest.mark.parametrize(
    "title", [b'"\\ud800"', b'"a\xff"', b'"\xed\xa0\x80"', b'"\\udc00\\ud83d"']
)
def test_text_that_is_no_unicode_never_becomes_an_offer(title):
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        msgspec.json.decode(b'{"listing_id":"a","title":' + title + b"}", type=Offer)


def decision(**changes) -> Decision:
    blank = {"ref": "d1", "listing": "s1", "member": "m1", "action": "hold", "risk_milli": 90_000}
    more = {
        "claim": None,
        "mark": None,
        "grounds": (),
        "version": "v",
        "by": "gate",
        "acting": True,
    }
    return Decision(
        **{**blank, **more, "decided_at": datetime(2026, 11, 24, tzinfo=UTC), **changes}
    )


@pytest.mark.parametrize("wrong", [{"action": "burn"}, {"risk_milli": -1}, {"risk_milli": 100_001}])
def test_a_decision_cannot_say_what_no_decision_says(wrong):
    with pytest.raises(ValueError, match="no decision"):
        decision(**wrong)


@given(
    st.text(max_size=20),
    st.lists(st.text(max_size=9), max_size=3).map(tuple),
    st.binary(max_size=30),
)
def test_the_bytes_of_a_decision_are_canonical_and_hold_the_hash_of_its_facts(mark, grounds, facts):
    data = decision_bytes(decision(mark=mark, grounds=grounds, findings=facts))
    said = json.loads(data)
    assert data == rfc8785.dumps(said)
    assert said["facts"] == sha256(facts).hexdigest()


OTHER = {
    "listing": "s2", "action": "review", "risk_milli": 1, "claim": "grey_market", "mark": "nike", "grounds": ("a/b",),
    "edits": ("title",), "version": "w", "by": "rescan", "acting": False, "decided_at": datetime(2027, 1, 1, tzinfo=UTC),
    "findings": b"[]",
}  # fmt: skip


def test_the_bytes_of_a_decision_tell_everything_but_where_it_is_kept():
    silent = {each.name for each in fields(Decision)} - OTHER.keys()
    assert silent == {"ref", "member", "previous"}
    first = decision()
    seen = {decision_bytes(replace(first, **{name: value})) for name, value in OTHER.items()}
    assert len(seen | {decision_bytes(first)}) == len(OTHER) + 1
