"""One sighting of a listing as the feed gives it: the columns of LISTINGS, in their order."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

from countermark.testing.market.attributes import (
    brand_attribute,
    gtin,
    ships_from,
    stated_condition,
    style_code,
)
from countermark.testing.market.dice import Dice
from countermark.testing.market.drafts import Draft
from countermark.testing.market.scene import Scene
from countermark.testing.market.sellers import Seller
from countermark.testing.market.spec import VENUE, MarketSpec
from countermark.testing.market.wording import Text, price_text, written

_EPOCH: Final = date(1970, 1, 1)
_PRICE_MISSING: Final = 0.010
_PRICE_IN_TEXT: Final = 0.008
_SERIAL: Final = ("watches.watch", "bags.handbag", "electronics.phone", "electronics.laptop")


class Row(NamedTuple):
    """The values of one row of LISTINGS; observed_at is in microseconds since 1970."""

    listing_id: str
    title: str
    description: str | None
    seller_id: str
    seller_name: str
    venue: str
    category: str | None
    brand: str | None
    condition: str | None
    price_minor: int | None
    currency: str | None
    pack_size: int | None
    style_code: str | None
    gtin: str | None
    serial: str | None
    colour: str | None
    size: str | None
    year: int | None
    market: str
    ships_from: str | None
    language: str | None
    stock: int | None
    sold: int
    photos: int
    seller_age_days: int
    seller_listings: int
    seller_rating: float | None
    observed_at: int


def row(
    listing_id: str, draft: Draft, *, seller: Seller, name: str, scene: Scene, dice: Dice
) -> Row:
    """The sighting of `draft`, listed by `seller` under the public name `name`."""
    phrases = scene.phrasebook.phrases[seller.language]
    told = dice.share()
    in_text = price_text(draft.price, seller.currency, dice) if told < _PRICE_IN_TEXT else ""
    text = written(draft, seller, phrases, dice, price=in_text)
    priced = told >= _PRICE_IN_TEXT + _PRICE_MISSING
    description = None if dice.chance(0.03) else text.description
    words = (listing_id, text.title, description, seller.seller_id, name, VENUE)
    goods = _goods(draft, text, seller, dice, priced=priced)
    return Row._make((*words, *goods, *_trade(draft, seller, scene, dice)))


def _goods(
    draft: Draft, text: Text, seller: Seller, dice: Dice, *, priced: bool
) -> tuple[object, ...]:
    """The columns from category to year."""
    return (
        None if dice.chance(0.03) else draft.category,
        brand_attribute(draft, text, dice),
        stated_condition(draft, dice),
        draft.price if priced else None,
        seller.currency if priced or dice.chance(0.5) else None,
        _pack_size(draft, dice),
        style_code(draft, seller, dice),
        gtin(draft, seller, dice),
        _serial(draft, dice),
        text.colour if dice.chance(0.4) else None,
        text.size if text.size and dice.chance(0.6) else None,
        _year(draft, dice),
    )


def _trade(draft: Draft, seller: Seller, scene: Scene, dice: Dice) -> tuple[object, ...]:
    """The columns from market to observed_at."""
    lone = seller.kind in ("second_hand", "opportunist")
    elapsed = (draft.day - seller.starts + 1) / (seller.ends - seller.starts + 1)
    return (
        seller.country,
        ships_from(draft, seller, dice),
        None if dice.chance(0.02) else seller.language,
        _stock(dice, lone=lone),
        _sold(dice, lone=lone),
        dice.whole(1, 5) if lone else dice.whole(1, 9),
        age_days(draft.day, seller),
        max(1, round(seller.size * min(1.0, elapsed))),
        seller.rating,
        moment_us(draft.day, scene.spec),
    )


def age_days(day: float, seller: Seller) -> int:
    """How old the account is on `day` of the period."""
    return max(0, int(day) - seller.opened)


def moment_us(day: float, spec: MarketSpec) -> int:
    """The second at which `day` of the period is, in microseconds since 1970."""
    start = (spec.starts_on - _EPOCH).days * 86_400
    return (start + int(day * 86_400)) * 1_000_000


def _pack_size(draft: Draft, dice: Dice) -> int | None:
    if draft.pack > 1:
        return draft.pack if dice.chance(0.55) else None
    return 1 if dice.chance(0.35) else None


def _serial(draft: Draft, dice: Dice) -> str | None:
    if draft.category not in _SERIAL or not dice.chance(0.05):
        return None
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    return dice.pick(letters) + dice.pick(letters) + str(dice.whole(10_000, 9_999_999))


def _year(draft: Draft, dice: Dice) -> int | None:
    if not dice.chance(0.06):
        return None
    return dice.whole(2012, 2025) if draft.condition == "used" else dice.whole(2023, 2026)


def _stock(dice: Dice, *, lone: bool) -> int | None:
    if dice.chance(0.1):
        return None
    return 1 if lone and dice.chance(0.9) else int(dice.share() ** 3 * 900) + 1


def _sold(dice: Dice, *, lone: bool) -> int:
    if lone:
        return 1 if dice.chance(0.1) else 0
    return min(20_000, int((1.0 - dice.share()) ** -0.9) - 1)
