"""What a listing sells: kinds of goods, condition, pieces, model, and the price band of genuine ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from countermark.domain.catalogue import PriceBand, Product
from countermark.domain.tables import CONDITIONS
from countermark.testing.interpreter.knowledge import Knowledge
from countermark.testing.interpreter.spots import BRAND, CATEGORY, PACK_UNIT, TITLE, Spot

ACCESSORY = ("parts", "repair", "media", "services", "toys.miniature")
"""Kinds that overrule the nouns of the goods they are for."""
WORST_FIRST = ("for_parts", "refurbished", "open_box", "used")
MAX_PIECES, MAX_PACK = 1000, 4095
INCLUDED, INCLUDED_WITHIN = "list:core.included", 2  # tokens before a noun
_COUNT = re.compile(r"(?<![a-zA-Z0-9])([0-9]+)\s*[x*×-]?\s*$")


class Kinds(NamedTuple):
    """Kinds of goods by category id.

    Attributes:
        given: what the category field says, or the nouns in a venue's own category text.
        read: the nouns of the title.
        one: the category of the listing, "" not known.
    """

    given: frozenset[str]
    read: frozenset[str]
    one: str


def falls_under(category: str, tops: Iterable[str]) -> bool:
    """Whether a category is one of `tops` or stands below one."""
    return any(category == top or category.startswith(f"{top}.") for top in tops)


def kinds_of(listing: Mapping[str, Any], words: list[Spot], knowledge: Knowledge) -> Kinds:
    """The kinds of goods of a listing; an alliance id is taken as it is, other category text is read."""
    stated = listing.get("category")
    nouns = [
        word
        for word in words
        if word.what.startswith("noun:") and not _comes_with_the_goods(word, words)
    ]
    in_title = [noun for noun in nouns if noun.field == TITLE]
    in_category = [noun for noun in nouns if noun.field == CATEGORY]
    read = frozenset(_kind(word) for word in in_title)
    if stated in knowledge.categories:
        return Kinds(frozenset([stated]), read, stated)
    one = _deciding(in_category) or _deciding(in_title)
    return Kinds(frozenset(_kind(word) for word in in_category), read, one)


def _comes_with_the_goods(noun: Spot, words: Iterable[Spot]) -> bool:
    """Whether a noun follows a word such as "with": it names what comes with the goods, and not the goods."""
    return any(
        word.what == INCLUDED
        and word.field == noun.field
        and 0 < noun.token - word.token_end <= INCLUDED_WITHIN
        for word in words
    )


def _kind(noun: Spot) -> str:
    return noun.what.removeprefix("noun:")


def _deciding(nouns: Iterable[Spot]) -> str:
    """The kind of the last noun, accessories before all others; of nouns that end together the longest."""
    best: Spot | None = None
    for noun in nouns:
        if best is None or _decides(noun) >= _decides(best):
            best = noun
    return "" if best is None else _kind(best)


def _decides(noun: Spot) -> tuple[bool, int, int]:
    return falls_under(_kind(noun), ACCESSORY), noun.token_end, -noun.token


def condition_of(listing: Mapping[str, Any], words: list[Spot]) -> str:
    """What the field says, else the worst that the text says, "new" in the title only; "" not known."""
    given = listing.get("condition")
    if given in CONDITIONS:
        return str(given)
    said = {word.what for word in words if word.field != BRAND}
    for name in WORST_FIRST:
        if f"list:core.cond_{name}" in said:
            return name
    new = any(word.what == "list:core.cond_new" and word.field == TITLE for word in words)
    return "new" if new else ""


def pieces_of(listing: Mapping[str, Any], words: list[Spot]) -> int:
    """Pieces in the offer: the field, else the first number before a counting word in the title, else one."""
    given = listing.get("pack_size")
    if given and given > 0:
        return int(given)
    title = (listing.get("title") or "").encode()
    for word in sorted(words, key=lambda word: word.start):
        if word.what == PACK_UNIT and word.field == TITLE:
            count = _COUNT.search(title[: word.start].decode())
            if count and 0 < int(count[1]) <= MAX_PIECES:
                return int(count[1])
    return 1


def product_of_code(
    listing: Mapping[str, Any], column: str, knowledge: Knowledge
) -> Product | None:
    """The first product with the style code or GTIN that the listing gives."""
    given = listing.get(column)
    return next((p for p in knowledge.products if given and getattr(p, column) == given), None)


def product_of(
    listing: Mapping[str, Any], mark: str, words: list[Spot], kinds: Kinds, knowledge: Knowledge
) -> Product | None:
    """The product: by GTIN, style code, the longest model named in the title, or the mark's range for such goods.

    A model of another kind is not meant: a bag charm of a bag's name is not the bag.
    """
    for column in ("gtin", "style_code"):
        product = product_of_code(listing, column, knowledge)
        if product is not None and product.mark == mark:
            return product
    own = [product for product in knowledge.products if product.mark == mark]
    return _model_named(
        [p for p in own if not kinds.one or _top(p.category) == _top(kinds.one)], words
    ) or _range_of(own, kinds, knowledge)


def _top(category: str) -> str:
    return category.partition(".")[0]


def _model_named(own: Iterable[Product], words: list[Spot]) -> Product | None:
    """The model with the longest name in the title, then the first named, then the later row."""
    best: Product | None = None
    rank = (0, 0)
    for product in own:
        names = {f"model:{text}" for text in (product.name, *product.also)}
        for word in words:
            if (
                word.field == TITLE
                and word.what in names
                and (word.end - word.start, -word.token) >= rank
            ):
                best, rank = product, (word.end - word.start, -word.token)
    return best


def _range_of(own: Iterable[Product], kinds: Kinds, knowledge: Knowledge) -> Product | None:
    """The cheapest range of the mark that the goods belong to: by what is given, else by the title."""
    known = kinds.given or kinds.read
    ranges = [
        p for p in own if p.is_range and any(falls_under(kind, [p.category]) for kind in known)
    ]
    return min(ranges, key=lambda p: _lowest(p, knowledge), default=None)


def _lowest(product: Product, knowledge: Knowledge) -> float:
    return min((band.low for band in knowledge.bands_of(product)), default=float("inf"))


def band_of(
    listing: Mapping[str, Any],
    product: Product | None,
    condition: str,
    pieces: int,
    knowledge: Knowledge,
) -> PriceBand | None:
    """The band of this product, currency, condition and pack; that of exactly this pack wins over that of one piece."""
    if product is None or pieces > MAX_PACK:
        return None
    key = (listing.get("currency"), condition)
    bands = [b for b in knowledge.bands_of(product) if (b.currency, b.condition) == key]
    exact = next((b for b in bands if b.pack_size == pieces), None)
    return exact or next((b for b in bands if b.pack_size == 1), None)
