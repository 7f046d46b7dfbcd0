"""Offers: what a venue says of one listing through the gate, every field typed."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from operator import attrgetter
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from countermark.domain.ingested import LIMITS, OTHER_LIMIT

Short = Annotated[str, Meta(max_length=OTHER_LIMIT)]
NOT_BLANK: Final = r"[^\s\x1c-\x1f\x85\ufeff]"  # \S of Python, ECMAScript and Rust alike
NO_NUL: Final = r"^[^\x00]*$"  # which PostgreSQL keeps in no text; one such id would undo all that is kept with it
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
# "$" also holds before a last line break, which the look ahead refuses; and \d would mean the digits of every script.
Code2 = Annotated[str, Meta(pattern=r"^[A-Za-z]{2}$(?!\n)")]
Price = Annotated[str, Meta(pattern=r"^[0-9]{1,13}(\.[0-9]{1,4})?$(?!\n)")]

_DAY: Final = r"[1-9][0-9]{3}-((0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-9])|(0[13-9]|1[0-2])-30|(0[13578]|1[02])-31)"
_TIME: Final = (
    r"([01][0-9]|2[0-3])(:[0-5][0-9]){2}(\.[0-9]{1,6})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
)
_FORM: Final = {
    "pattern": f"^{_DAY}T{_TIME}$"
}  # for readers of the document, whose validators often pass over formats
Moment = Annotated[datetime, Meta(extra_json_schema=_FORM)]


class Offer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):  # fmt: skip
    """One listing as its venue sends it; the fields of `tables.LISTINGS` but the venue, and `price`.

    Money is either `price_minor`, whole minor units, or `price`, a decimal text such as "1299.00";
    never a float. A field that is left out is not known. Ids hold no zero byte, which PostgreSQL has no text for.
    """

    brand: Short | None = None
    category: Short | None = None
    colour: Short | None = None
    condition: Short | None = None
    currency: Annotated[str, Meta(min_length=3, max_length=3)] | None = None
    description: Annotated[str, Meta(max_length=LIMITS["description"])] | None = None
    gtin: Short | None = None
    language: Short | None = None
    listing_id: Annotated[
        str, Meta(pattern=r"^(?=[\s\S]*\S)[^\x00]+$", max_length=LIMITS["listing_id"])
    ]
    market: Code2 | None = None
    observed_at: Moment | None = None
    pack_size: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    photos: Count | None = None
    price: Price | None = None
    price_minor: Annotated[int, Meta(ge=1, le=10**13)] | None = None
    seller_age_days: Count | None = None
    seller_id: Annotated[str, Meta(max_length=OTHER_LIMIT, pattern=NO_NUL)] | None = None
    seller_listings: Count | None = None
    seller_name: Short | None = None
    seller_rating: Annotated[float, Meta(ge=0, le=1)] | None = None
    serial: Short | None = None
    ships_from: Code2 | None = None
    size: Short | None = None
    sold: Count | None = None
    stock: Count | None = None
    style_code: Short | None = None
    title: Annotated[str, Meta(pattern=NOT_BLANK, max_length=LIMITS["title"])]
    year: Annotated[int, Meta(ge=0, le=9999)] | None = None

    def __post_init__(self) -> None:
        """Refuse a moment that no calendar of UTC has: 1 January of the year 1 in the morning, in the far East."""
        if self.observed_at is not None and self.observed_at.tzinfo is not None:
            try:
                self.observed_at.astimezone(UTC)
            except OverflowError:
                raise ValueError("observed_at is beyond the calendar") from None


FIELDS: Final = Offer.__struct_fields__
NOT_CONTENT: Final = frozenset(
    {"observed_at", "stock", "sold", "seller_age_days", "seller_listings", "seller_rating"}
)
"""Fields that change without an edit: a listing whose stock fell is not another listing."""

CONTENT: Final = tuple(name for name in FIELDS if name not in NOT_CONTENT)
"""Fields that the seller writes."""

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Offer)
_CONTENT_OF: Final = attrgetter(*CONTENT)


def content_bytes(offer: Offer) -> bytes:
    """What is kept of an offer: JSON of the fields that were given, in the order of their names."""
    return _ENCODER.encode(offer)


def offer_of(content: bytes) -> Offer:
    """The offer that `content_bytes` wrote."""
    return _DECODER.decode(content)


def content_digest(offer: Offer) -> str:
    """64 hex digits: equal for two sightings in which the seller says the same."""
    return sha256(_ENCODER.encode(_CONTENT_OF(offer))).hexdigest()
