"""What a listing sells: kinds of goods, condition, pieces, model, and the price band of genuine ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from countermark.domain.catalogue import PriceBand, Product
from countermark.domain.tables import CONDITIONS
from countermark.testing.interpreter.goods_heads import MADE_FOR_GOODS, Head
from countermark.testing.interpreter.knowledge import Knowledge, falls_under
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
        stated: the one category that the field states, "" none.
        head: the head noun of the title, None before it is looked for and where there is none.
    """

    given: frozenset[str]
    read: frozenset[str]
    stated: str
    head: Head | None = None

    @property
    def head_tells(self) -> bool:
        """Whether the goods go by the head noun.

        Where nothing is stated, where it says more exactly what is stated, and where the goods are made for others.
        """
        if self.head is None:
            return False
        below = falls_under(self.head.category, [self.stated])
        return not self.stated or below or falls_under(self.head.category, MADE_FOR_GOODS)

    @property
    def one(self) -> str:
        """The category of the listing, "" not known."""
        return self.head.category if self.head and self.head_tells else self.stated

    @property
    def sold(self) -> frozenset[str]:
        """Every kind that the goods are of."""
        return self.head.kinds if self.head and self.head_tells else self.given


def kinds_of(listing: Mapping[str, Any], words: list[Spot], knowledge: Knowledge) -> Kinds:
    """The kinds of goods of a listing; an alliance id is taken as it is, other category text is read."""
    stated = listing.get("category")
    nouns = [
        word
        for word in words
        if word.what.startswith("noun:") and not _comes_with_the_goods(word, words)
    ]
    in_category = [noun for noun in nouns if noun.field == CATEGORY]
    read = frozenset(_kind(noun) for noun in nouns if noun.field == TITLE)
    if stated in knowledge.categories:
        return Kinds(frozenset([stated]), read, stated)
    return Kinds(frozenset(_kind(word) for word in in_category), read, _deciding(in_category))


def _comes_with_the_goods(noun: Spot, words: Iterable[Spot]) -> bool:
    """Whether a noun follows a word such as "with": it names what comes with the goods, and not the goods."""
    return any(
        word.what == INCLUDED
        and word.field == noun.field
        and 0 < noun.token - word.token_end <= INCLUDED_WITHIN
        for word in words
    )


def _kind(noun: Spot) -> str:
    return noun.what.split(":")[2]


def _deciding(nouns: list[Spot]) -> str:
    """The kind of the last noun, accessories before all others; of nouns that end together the longest."""
    return _kind(min(nouns, key=_decides)) if nouns else ""


def _decides(noun: Spot) -> tuple[bool, int, int, str]:
    kind = _kind(noun)
    return not falls_under(kind, ACCESSORY), -noun.token_end, noun.token, kind


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
    """The product: by GTIN, style code, the longest model named in the title, or the mark's range for such goods."""
    for column in ("gtin", "style_code"):
        product = product_of_code(listing, column, knowledge)
        if product is not None and product.mark == mark:
            return product
    own = [product for product in knowledge.products if product.mark == mark]
    meant = [product for product in own if _may_be_sold(product.category, kinds)]
    return _model_named(meant, words) or _range_of(own, kinds.sold, knowledge)


def _may_be_sold(category: str, kinds: Kinds) -> bool:
    """Whether the goods may be a model of this category.

    A charger of a tablet's name is not the tablet, nor a bag charm of a bag's name the bag. The head noun must be of
    the model's own category, unless it stands in a name; what is stated only of its branch of the tree.
    """
    head = kinds.head
    if head and head.apart and not any(falls_under(kind, [category]) for kind in head.kinds):
        return False
    if not kinds.stated or falls_under(kinds.stated, [category]):
        return True
    return _top(kinds.stated) == _top(category) and not falls_under(kinds.stated, MADE_FOR_GOODS)


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


def _range_of(own: Iterable[Product], kinds: Iterable[str], knowledge: Knowledge) -> Product | None:
    """The cheapest range of the mark for goods of these kinds, else for the kinds one step above, and so on.

    Goods made for others have no range but their own.
    """
    ranges = [product for product in own if product.is_range]
    while kinds:
        fitting = [p for p in ranges if p.category in kinds]
        if fitting:
            return min(fitting, key=lambda p: _lowest(p, knowledge))
        kinds = [
            kind.rpartition(".")[0]
            for kind in kinds
            if "." in kind and not falls_under(kind, MADE_FOR_GOODS)
        ]
    return None


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
