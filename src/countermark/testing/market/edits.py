"""Later sightings: changed prices and words, and innocent listings that turn into fakes."""

from __future__ import annotations

from typing import Final, NamedTuple

from countermark.testing.market.dice import Dice
from countermark.testing.market.drafts import Draft, draft, evaded_again
from countermark.testing.market.rows import Row, age_days, moment_us, row
from countermark.testing.market.scene import Scene
from countermark.testing.market.sellers import Seller
from countermark.testing.market.truth import edit_truth

_PRICE: Final = 0.06
_TITLE: Final = 0.02
_SWITCH: Final = {"ring": 0.03, "opportunist": 0.02}
"""How often an innocent listing of such a seller becomes a counterfeit one."""
_REWORD: Final = 0.25
"""How often a counterfeit of before the enforcement is written anew after it."""
_REPEATED: Final = 0.25
"""How often a change is followed by another one."""


class Edit(NamedTuple):
    """A later sighting and what is true of it."""

    row: Row
    truth: tuple[object, ...]


def edits_of(first: Row, made: Draft, *, seller: Seller, scene: Scene, dice: Dice) -> list[Edit]:
    """The later sightings of the listing first seen as `first`, in order of time."""
    edits: list[Edit] = []
    latest, now = first, made
    last = scene.spec.days
    while True:
        day = dice.between(now.day, last)
        change = _change(now, day, seller, scene, dice)
        if not change or day - now.day < 0.05:
            return edits
        now = now._replace(day=day)
        if change == "switch":
            now = draft(seller, scene, dice, kind="fake", day=day)
        elif change == "reword":
            now = evaded_again(now, dice)
        latest = _changed(latest, now, change, seller=seller, scene=scene, dice=dice)
        edits.append(Edit(latest, edit_truth(latest, now, change)))
        if not dice.chance(_REPEATED):
            return edits


def _change(now: Draft, day: float, seller: Seller, scene: Scene, dice: Dice) -> str:
    """What changes on `day`; empty: nothing."""
    roll = dice.share()
    if now.kind == "plain" and roll < _SWITCH.get(seller.kind, 0.0):
        return "switch"
    enforced = scene.spec.enforced_after
    if now.kind == "fake" and not now.evasion and now.day < enforced <= day and roll < _REWORD:
        return "reword"
    if roll > 1 - _PRICE:
        return "price"
    return "title" if roll > 1 - _PRICE - _TITLE else ""


def _changed(
    latest: Row, now: Draft, change: str, *, seller: Seller, scene: Scene, dice: Dice
) -> Row:
    """The next sighting; what the seller did not change stays as it was."""
    seen_at = moment_us(now.day, scene.spec)
    age = age_days(now.day, seller)
    if change == "price":
        price = latest.price_minor
        if price is not None:
            price = max(1, round(price * dice.pick((0.8, 0.85, 0.9, 0.95, 1.05, 1.1))))
        return latest._replace(price_minor=price, observed_at=seen_at, seller_age_days=age)
    fresh = row(
        latest.listing_id,
        now,
        seller=seller,
        name=latest.seller_name,
        scene=scene,
        dice=dice,
    )
    if change == "switch":
        return fresh._replace(sold=latest.sold, photos=latest.photos)
    return latest._replace(
        title=fresh.title,
        description=fresh.description if change == "reword" else latest.description,
        brand=fresh.brand if change == "reword" else latest.brand,
        observed_at=seen_at,
        seller_age_days=age,
    )
