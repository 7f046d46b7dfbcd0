"""Offers of any kind that the gate reads, drawn by Hypothesis."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import msgspec
from hypothesis import strategies as st

from countermark.domain.ingested import LIMITS, OTHER_LIMIT
from countermark.domain.offers import Offer

ODD = (
    "",
    " ",
    "_",
    "\t",
    "\x1c",
    "\x85",
    "\xa0",
    "\u3000",
    "\u200b",
    "\x00",
    "İ",
    "ß",
    "ſ",
    "ﬀ",
    "é",
    "🔥",
    "نايك",
    "耐克",
)
TEXT = st.one_of(
    st.text(max_size=12),
    st.lists(st.sampled_from([*ODD, "a", "-", "NEW", "new", "1"]), max_size=5).map("".join),
)
SHORT = st.one_of(
    TEXT, st.just("x" * OTHER_LIMIT), st.just("名" * OTHER_LIMIT), st.just("🔥" * OTHER_LIMIT)
)
CONDITIONS = st.one_of(
    TEXT,
    st.sampled_from(
        ["new", "New", " used ", "Open_Box", "open  box", "OPEN\u3000BOX", "for parts", "FOR_PARTS", "全新", "Brand New", "neu",
         "pre-owned", "mint", "NEW\x00", "", "  ", "_", "İ", "certified__refurbished", "open\x0bbox", "open\xa0box", "ﬀ"]
    ),
)  # fmt: skip
CURRENCIES = st.one_of(
    st.sampled_from(["EUR", "usd", "JPY", "kwd", "KWD", "CLF", "Krw", "XXQ", "   ", "ſek", "ıQD", "ßp ", "12€", "\x00\x00\x00"]),
    st.text(min_size=3, max_size=3),
)  # fmt: skip
DIGITS = st.text("0123456789", min_size=1, max_size=13)
PRICES = st.one_of(
    st.tuples(DIGITS, st.text("0123456789", max_size=4)).map(lambda p: ".".join(filter(None, p))),
    st.tuples(DIGITS, st.sampled_from(["5", "005", "015", "5000", "4999", "0050", "995", "0051"])).map(".".join),
    st.sampled_from(["0", "0.00", "1.299", "12.500", "0.500", "1000.500", "1.0150", "9" * 13, "0" * 13, "99999999999.995"]),
)  # fmt: skip
COUNT = st.integers(0, 2**31 - 1)
CODE = st.sampled_from(["DE", "de", "cN", "us"])
ZONES = st.one_of(
    st.none(), st.just(UTC),
    st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)  # fmt: skip
IDS = st.one_of(
    st.just("x" * LIMITS["listing_id"]),
    TEXT.map(lambda t: f"{t}1".replace("\x00", "")[-LIMITS["listing_id"] :]),
)
TITLES = st.one_of(TEXT.map(lambda t: f"{t}x"), st.just("名" * LIMITS["title"]))

FIELDS = {
    **dict.fromkeys(("brand", "category", "colour", "gtin", "language", "seller_name", "serial", "size", "style_code"), SHORT),
    **dict.fromkeys(("photos", "seller_age_days", "seller_listings", "sold", "stock"), COUNT),
    "seller_id": SHORT.map(lambda t: t.replace("\x00", "")), "condition": CONDITIONS, "currency": CURRENCIES, "price": PRICES, "price_minor": st.integers(1, 10**13),
    "description": st.one_of(SHORT, st.just("x" * LIMITS["description"])), "market": CODE, "ships_from": CODE,
    "observed_at": st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES),  # noqa: DTZ001
    "pack_size": st.integers(1, 2**31 - 1), "seller_rating": st.floats(0, 1), "year": st.integers(0, 9999),
}  # fmt: skip


@st.composite
def offers(draw, *, most: int = 6) -> Offer:
    """An offer with a few of the fields."""
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), unique=True, max_size=most))
    if draw(st.booleans()):
        names = {*names, "price", "currency"} - {"price_minor"}
    given = {name: draw(FIELDS[name]) for name in sorted(names)}
    made = Offer(listing_id=draw(IDS), title=draw(TITLES), **given)
    return msgspec.json.decode(msgspec.json.encode(made), type=Offer)
