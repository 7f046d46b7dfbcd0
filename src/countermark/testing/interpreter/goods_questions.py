"""Questions about figures, kinds of goods, condition, places, prices and sellers."""

from __future__ import annotations

import operator
import struct
from fractions import Fraction
from typing import Any

from countermark.domain.catalogue import AuthorisedSeller
from countermark.domain.packs import Pack
from countermark.domain.signals import (
    CategorySignal,
    ConditionSignal,
    NumberSignal,
    PlaceSignal,
    PriceSignal,
    RuleSignal,
    SellerSignal,
)
from countermark.testing.interpreter.asking import UNKNOWN, Answer, Asked, Subject
from countermark.testing.interpreter.knowledge import falls_under

BOUNDS = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
}
EUROPEAN_UNION = [
    "AT",
    "BE",
    "BG",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "DE",
    "GR",
    "HU",
    "IE",
    "IT",
    "LV",
    "LT",
    "LU",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SK",
    "SI",
    "ES",
    "SE",
]


def price(subject: Subject, signal: PriceSignal, _: Asked) -> Answer:
    """The asking price of one piece is below or above a share of the genuine price."""
    asked, band = subject.listing.get("price_minor"), subject.band
    if asked is None or asked <= 0 or band is None or not signal.of.startswith("band."):
        return UNKNOWN
    share = Fraction(asked, subject.pieces // band.pack_size) / getattr(
        band, signal.of.removeprefix("band.")
    )
    low_enough = signal.below is None or share < Fraction(signal.below)
    high_enough = signal.above is None or share > Fraction(signal.above)
    return Answer(low_enough and high_enough, known=True)


def number(subject: Subject, signal: NumberSignal, _: Asked) -> Answer:
    """A figure of the listing or its seller is within bounds."""
    value = _figure(subject, signal.field)
    if value is None:
        return UNKNOWN
    bounds = {name: getattr(signal, name) for name in BOUNDS}
    read = _single if signal.field == "seller_rating" else float
    holds = all(
        BOUNDS[name](read(value), read(bound))
        for name, bound in bounds.items()
        if bound is not None
    )
    return Answer(holds, known=True)


def _single(value: Any) -> float:
    """A number in the precision in which the table of listings keeps it."""
    return float(struct.unpack("f", struct.pack("f", float(value)))[0])


def _figure(subject: Subject, name: str) -> Any:
    match name:
        case "marks_in_title":
            return subject.marks_in_title
        case "pack_size":
            return subject.pieces
        case "title_length" | "description_length":
            text = subject.listing.get(name.removesuffix("_length"))
            return None if text is None else len(text)
        case _:
            return subject.listing.get(name)


def category(subject: Subject, signal: CategorySignal, _: Asked) -> Answer:
    """The goods are of one of these kinds and of none of those."""
    kind = subject.kinds.one
    if not kind:
        return UNKNOWN
    wanted = not signal.is_ or falls_under(kind, signal.is_)
    return Answer(wanted and not falls_under(kind, signal.not_), known=True)


def condition(subject: Subject, signal: ConditionSignal, _: Asked) -> Answer:
    """The goods are offered in one of these conditions."""
    state = subject.condition or "unknown"
    return Answer(state in signal.is_, state != "unknown" or "unknown" in signal.is_)


def place(subject: Subject, signal: PlaceSignal, _: Asked) -> Answer:
    """The listing is offered in, sent from, or written in certain places; every field that is asked must be given."""
    asked = {name: getattr(signal, name) for name in ("market", "ships_from", "language")}
    given = {name: subject.listing.get(name) for name, wanted in asked.items() if wanted}
    if None in given.values():
        return UNKNOWN
    return Answer(all(value in asked[name] for name, value in given.items()), known=True)


def seller(subject: Subject, signal: SellerSignal, _: Asked) -> Answer:
    """The seller may sell the goods of the mark, here and today."""
    listing = subject.listing
    if signal.on_list or None in (listing.get("seller_id"), listing.get("venue")):
        return UNKNOWN
    mark = _mark_asked(subject, signal.authorised_for)
    true = any(
        (one.venue, one.seller_id) == (listing.get("venue"), listing["seller_id"])
        and mark in _scope(pack, one)
        and _covers(one, listing.get("market"))
        for pack, one in subject.knowledge.sellers
    )
    return Answer(true, known=True)


def _mark_asked(subject: Subject, name: str) -> str:
    """The mark that a permission is asked for: that of the listing, one by its id, or that of a style code."""
    if name == "*":
        return subject.mark
    products = [p for p in subject.knowledge.products if p.style_code == name]
    marks = {mark.id for pack in subject.knowledge.packs for mark in pack.marks}
    return products[0].mark if products and name not in marks else name


def _scope(pack: Pack, one: AuthorisedSeller) -> set[str]:
    """The marks that a permission is for; a style stands for its mark."""
    kind, _, value = one.scope.partition(":")
    if kind == "*":
        return {mark.id for mark in pack.marks}
    if kind == "style":
        return {product.mark for product in pack.products if product.style_code == value}
    return {value}


def _covers(one: AuthorisedSeller, market: str | None) -> bool:
    """Whether the permission holds in the market; one that is not stated is covered."""
    in_union = "EU" in one.territory and market in EUROPEAN_UNION
    return market is None or "*" in one.territory or market in one.territory or in_union


def image(*_: object) -> Answer:
    """A photo shows a known picture: unknown until photos are read."""
    return UNKNOWN


def rule(_: Subject, signal: RuleSignal, asked: Asked) -> Answer:
    """Another rule of the pack holds, its exclusions aside."""
    return asked.when(signal.id)
