"""Questions about figures, kinds of goods, condition, places and prices."""

from __future__ import annotations

import operator
import struct
from fractions import Fraction
from typing import Any

from countermark.domain.signals import (
    CategorySignal,
    ConditionSignal,
    MakerSignal,
    NumberSignal,
    PlaceSignal,
    PriceSignal,
    RuleSignal,
)
from countermark.testing.interpreter.asking import UNKNOWN, Answer, Asked, Subject
from countermark.testing.interpreter.knowledge import asked_list, falls_under
from countermark.testing.interpreter.seller_question import UNION
from countermark.testing.interpreter.spots import BRAND

BOUNDS = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
}


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
    ends = [subject.listing.get(name) for name in ("market", "ships_from")]
    if None in given.values() or (signal.abroad is not None and None in ends):
        return UNKNOWN
    holds = all(value in asked[name] for name, value in given.items())
    if signal.abroad is not None:
        both = ends[0] == ends[1] or all(end in UNION for end in ends)
        holds = holds and both != signal.abroad
    return Answer(holds, known=True)


def maker(subject: Subject, signal: MakerSignal, asked: Asked) -> Answer:
    """The brand attribute names the mark, another one, nobody, or somebody else."""
    if not (subject.listing.get("brand") or "").strip():
        return UNKNOWN
    lists = {f"list:{asked_list(asked.pack, name)}" for name in signal.lists}
    if any(named.spot.field == BRAND for named in subject.mentions):
        way = "same"
    elif BRAND in subject.named_in:
        way = "other_mark"
    else:
        nobody = any(word.field == BRAND for word in subject.of_sets(lists))
        way = "nobody" if nobody else "other"
    return Answer(way in signal.is_, known=True)


def image(*_: object) -> Answer:
    """A photo shows a known picture: unknown until photos are read."""
    return UNKNOWN


def rule(_: Subject, signal: RuleSignal, asked: Asked) -> Answer:
    """Another rule of the pack holds, its exclusions aside."""
    return asked.when(signal.id)
