"""Questions about words: which mark is named, how, and what stands around the name."""

from __future__ import annotations

import re2

from countermark.domain.signals import (
    BrandSignal,
    ContactSignal,
    ContextSignal,
    NearSignal,
    PatternSignal,
    PhraseSignal,
    TermSignal,
)
from countermark.domain.signals.base import names
from countermark.features.contacts import contacts
from countermark.testing.interpreter.asking import SEARCHED, Answer, Asked, Subject, found, searched
from countermark.testing.interpreter.knowledge import asked_list
from countermark.testing.interpreter.spots import Spot, text_of

CLASSES = ("coined", "ambiguous", "generic")


def brand(subject: Subject, signal: BrandSignal, _: Asked) -> Answer:
    """The listing names the mark, in one of the ways asked."""
    least = CLASSES.index(signal.min_class or CLASSES[-1])
    places = tuple(
        named.spot
        for named in subject.mentions
        if named.spot.field in signal.in_
        and signal.mark in ("*", named.entry.mark)
        and (not signal.how or named.how in signal.how)
        and CLASSES.index(named.entry.class_) <= least
    )
    return found(places, signal.in_)


def term(subject: Subject, signal: TermSignal, asked: Asked) -> Answer:
    """The listing uses a word of a known list, disguised or not."""
    words = subject.of_sets(_sets(asked, signal.lists))
    return found(
        tuple(word for word in words if word.field in signal.in_ and word.field in SEARCHED),
        signal.in_,
    )


def _sets(asked: Asked, lists: tuple[str, ...]) -> set[str]:
    return {f"list:{asked_list(asked.pack, name)}" for name in lists}


def phrase(subject: Subject, signal: PhraseSignal, _: Asked) -> Answer:
    """The listing uses one of the rule's own words, and all of those that must occur."""
    wanted = ([set(signal.any)] if signal.any else []) + [{text} for text in signal.all]
    places: tuple[Spot, ...] = ()
    for texts in wanted:
        words = subject.of_sets({f"phrase:{text}" for text in texts})
        places = tuple(
            word for word in words if word.field in signal.in_ and word.field in SEARCHED
        )
        if not places:
            return Answer(true=False, known=searched(signal.in_))
    return Answer(true=True, known=True, places=places)


def context(subject: Subject, signal: ContextSignal, asked: Asked) -> Answer:
    """A word of a list stands beside a place, and near the same place no word that cancels it."""
    around = asked.other(signal.around).places
    words = subject.of_sets(_sets(asked, names(signal.list)))
    cancels = subject.of_sets(_sets(asked, names(signal.cancel)))
    places = tuple(
        place
        for place in around
        if any(_beside(place, word, signal.side, signal.within) for word in words)
        and not any(_beside(place, word, "any", signal.within) for word in cancels)
    )
    return Answer(bool(places), bool(around), places)


def _beside(place: Spot, word: Spot, side: str, within: int) -> bool:
    """Whether a word stands at that side of a place, at most so many tokens away, and does not overlap it."""
    distance = place.distance(word)
    if not distance or distance > within:
        return False
    return side == "any" or (side == "before") == (word.token_end < place.token)


def near(_: Subject, signal: NearSignal, asked: Asked) -> Answer:
    """Two things that the listing says stand close together."""
    some, others = asked.other(signal.a).places, asked.other(signal.b).places
    places = tuple(
        one
        for one in some
        if any(
            (distance := one.distance(other)) is not None and distance <= signal.within
            for other in others
        )
    )
    return Answer(bool(places), bool(some) and bool(others), places)


def pattern(subject: Subject, signal: PatternSignal, _: Asked) -> Answer:
    """A text contains the literal, and matches the pattern."""
    texts = [text_of(subject.listing, field) for field in signal.in_ if field in SEARCHED]
    true = any(
        signal.literal.lower() in text.lower() and re2.search(signal.find, text) for text in texts
    )
    return Answer(true, true or searched(signal.in_))


def contact(subject: Subject, signal: ContactSignal, _: Asked) -> Answer:
    """A text invites the buyer to deal elsewhere, in one of the ways asked."""
    true = any(
        (not signal.kinds or one.kind in signal.kinds) and signal.evasive in (None, one.evasive)
        for field in signal.in_
        if field in SEARCHED
        for one in contacts(text_of(subject.listing, field))
    )
    return Answer(true, true or searched(signal.in_))
