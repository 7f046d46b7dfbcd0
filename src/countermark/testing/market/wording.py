"""What sellers write about a draft."""

from __future__ import annotations

from typing import Final, NamedTuple

from countermark.domain.currencies import decimals
from countermark.testing.market import naming
from countermark.testing.market.contacts import handle
from countermark.testing.market.descriptions import description
from countermark.testing.market.dice import Dice
from countermark.testing.market.drafts import UNNAMED, Draft
from countermark.testing.market.measures import size
from countermark.testing.market.phrasebook import Phrases
from countermark.testing.market.sellers import Seller
from countermark.testing.market.titles import title
from countermark.testing.market.voices import Voice

_SIGNS: Final = {"USD": "$", "EUR": "€", "GBP": "£", "CNY": "¥", "JPY": "¥", "KRW": "₩"}


class Text(NamedTuple):
    """A listing's words, and those in them that also are columns."""

    title: str
    description: str
    name: str
    maker: str
    colour: str
    size: str


def written(draft: Draft, seller: Seller, phrases: Phrases, dice: Dice, *, price: str) -> Text:
    """The words of `draft` by `seller`; `price` is told in the description unless it is empty."""
    voice = Voice(seller.voice, dice)
    fill = _fill(draft, seller, phrases, voice, dice=dice)
    fill["price"] = price
    return Text(
        title=title(draft, phrases, fill, voice, dice=dice),
        description=description(draft, phrases, fill, voice, dice=dice),
        name=fill["name"],
        maker=fill["maker"],
        colour=fill["colour"],
        size=fill["size"],
    )


def price_text(minor: int, currency: str, dice: Dice) -> str:
    """A price as people write it, such as "$120" or "120.50 EUR"."""
    digits = decimals(currency)
    amount = f"{minor / 10**digits:.{digits}f}".removesuffix(".00")
    sign = _SIGNS.get(currency)
    return f"{sign}{amount}" if sign and dice.chance(0.5) else f"{amount} {currency}"


def _fill(
    draft: Draft, seller: Seller, phrases: Phrases, voice: Voice, *, dice: Dice
) -> dict[str, str]:
    """The words for the places of the templates."""
    name = _name(draft, phrases.language, dice)
    contact = ""
    if "contact" in draft.manners:
        contact = handle(seller.voice, seller.country, phrases.language, dice)
    return {
        "name": name,
        "goods": _goods(draft, name, dice),
        "noun": _noun(draft, phrases, dice),
        "acc": phrases.accessories[draft.thing] if draft.kind == "accessory" else "",
        "colour": dice.pick(phrases.words["colours"]),
        "size": _size(draft, seller, dice),
        "cond": dice.pick(phrases.condition[draft.condition]),
        "adj": voice.pick(phrases.words["adjectives"], 3) if dice.chance(0.8) else "",
        "maker": naming.maker(seller.voice) if dice.chance(0.6) else "",
        "n": str(draft.pack),
        "handle": contact,
    }


def _name(draft: Draft, language: str, dice: Dice) -> str:
    if draft.brand is None or draft.evasion == UNNAMED:
        return ""
    if draft.evasion:
        return naming.brand_evaded(draft.brand, draft.evasion, dice)
    return naming.brand_written(draft.brand, language, dice)


def _goods(draft: Draft, name: str, dice: Dice) -> str:
    if draft.goods is None or draft.brand is None or not name:
        return ""
    hides = draft.kind == "fake" and bool(draft.evasion)
    return naming.goods_written(name, draft.brand, draft.goods.name, dice, hides=hides)


def _noun(draft: Draft, phrases: Phrases, dice: Dice) -> str:
    if draft.kind == "plain":
        return phrases.plain[draft.thing]
    if draft.kind == "everyday":
        return phrases.everyday[draft.thing][0]
    nouns = phrases.nouns.get(draft.goods.category) if draft.goods else None
    return dice.pick(nouns) if nouns else ""


def _size(draft: Draft, seller: Seller, dice: Dice) -> str:
    if draft.kind in ("accessory", "everyday", "about") or not dice.chance(0.75):
        return ""
    named = draft.goods is None or bool(draft.goods.name)
    return size(draft.category, seller.country, named=named, dice=dice)
