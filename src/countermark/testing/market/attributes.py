"""The attribute columns that sellers fill in: often, wrongly, or not at all."""

from __future__ import annotations

from typing import Final

from countermark.testing.market.dice import Dice
from countermark.testing.market.drafts import Draft
from countermark.testing.market.sellers import Seller
from countermark.testing.market.wording import Text

_BRAND_GIVEN: Final = {
    "genuine": 0.66,
    "clearance": 0.64,
    "used": 0.58,
    "grey": 0.56,
    "fake": 0.46,
    "replica": 0.2,
    "wanted": 0.3,
    "repair": 0.2,
    "about": 0.12,
    "box": 0.45,
    "misuse": 0.08,
    "accessory": 0.06,
}
"""How often the brand attribute names the brand, where the name is not evaded."""

_NO_BRAND: Final = ("Unbranded", "No brand", "OEM", "Generic", "n/a", "No Brand")
_SHY: Final = frozenset({"fake", "replica", "misuse", "accessory"})
_FROM_CHINA: Final = {
    "plain": 0.3,
    "everyday": 0.1,
    "accessory": 0.45,
    "dupe": 0.3,
    "misuse": 0.5,
    "fake": 0.42,
    "replica": 0.55,
}
_TRANSIT: Final = ("HK", "TR", "AE", "SG", "PL", "NL", "MY")
_ABROAD: Final = ("US", "HK", "JP", "GB", "DE", "AE", "KR", "PL")


def brand_attribute(draft: Draft, text: Text, dice: Dice) -> str | None:
    """What the seller puts into the brand attribute."""
    roll = dice.share()
    if draft.brand is None or draft.kind == "dupe":
        return _own_make(text, roll / 0.42, dice)
    given = 0.08 if draft.evasion else _BRAND_GIVEN[draft.kind]
    if roll < given:
        return draft.brand.name
    if draft.evasion:
        return (text.name or None) if roll < given + 0.12 else _no_brand(roll, dice)
    if draft.kind in ("accessory", "misuse") and roll < given + 0.3:
        return text.maker or None
    return _no_brand(roll, dice) if draft.kind in _SHY else None


def _own_make(text: Text, roll: float, dice: Dice) -> str | None:
    if roll < 0.7:
        return text.maker or None
    return dice.pick(_NO_BRAND) if roll < 1 else None


def _no_brand(roll: float, dice: Dice) -> str | None:
    return dice.pick(_NO_BRAND) if roll > 0.85 else None


def stated_condition(draft: Draft, dice: Dice) -> str | None:
    """What the condition attribute says; sometimes nothing, seldom "new" for used goods."""
    roll = dice.share()
    if roll < (0.28 if draft.condition == "used" else 0.16):
        return None
    return "new" if roll > 0.985 else draft.condition


def style_code(draft: Draft, seller: Seller, dice: Dice) -> str | None:
    """The catalogue's code of the goods, where the seller copied it."""
    if draft.goods is None or not draft.goods.name:
        return None
    if draft.kind not in ("genuine", "clearance", "grey", "fake", "used"):
        return None
    share = 0.4 if seller.kind == "authorised_store" else 0.05
    return draft.goods.style_code if dice.chance(share) else None


def gtin(draft: Draft, seller: Seller, dice: Dice) -> str | None:
    """An article number of 13 digits; some have a wrong check digit."""
    shares = {"genuine": 0.25, "clearance": 0.25, "grey": 0.15, "fake": 0.08, "used": 0.04}
    share = 0.6 if seller.kind == "authorised_store" else shares.get(draft.kind, 0.08)
    if not dice.chance(share):
        return None
    digits = [dice.whole(0, 9) for _ in range(12)]
    check = -sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10
    if dice.chance(0.3 if draft.kind == "fake" else 0.01):
        check = (check + dice.whole(1, 9)) % 10
    return "".join(map(str, [*digits, check]))


def ships_from(draft: Draft, seller: Seller, dice: Dice) -> str | None:
    """The country the goods are sent from, ISO 3166-1."""
    roll = dice.share()
    if roll < 0.05:
        return None
    if draft.kind == "grey":
        return dice.pick(_ABROAD) if roll < 0.7 else seller.country
    if roll < 0.05 + _FROM_CHINA.get(draft.kind, 0.02):
        return "CN"
    suspect = draft.kind in ("fake", "replica")
    return dice.pick(_TRANSIT) if roll > (0.88 if suspect else 0.975) else seller.country
