"""Questions about what the listing's text says."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from countermark.domain.marks import Distinctiveness, Text
from countermark.domain.signals.base import (
    Field,
    ListNames,
    SignalBase,
    SignalName,
    check_lists,
    names,
)

Recognition = Literal[
    "official",
    "transliteration",
    "misspelling",
    "coded",
    "lookalike",
    "leet",
    "separated",
    "stretched",
    "fuzzy",
    "model",
]
ContactKind = Literal["phone", "wechat", "whatsapp", "telegram", "email", "url"]
Fields = Annotated[tuple[Field, ...], Meta(min_length=1)]
Phrases = Annotated[tuple[Text, ...], Meta(max_length=20)]
Words = Annotated[int, Meta(ge=1, le=20)]


class BrandSignal(SignalBase, frozen=True, kw_only=True, tag="brand"):
    """The listing names a protected mark.

    Attributes:
        mark: id of the mark; "*" for any mark that the snapshot knows.
        min_class: the least distinctive class of alias that counts.
        how: ways of recognition that count; empty: every way.
    """

    mark: str = "*"
    in_: Fields = msgspec.field(default=("title", "attributes.brand"), name="in")
    min_class: Distinctiveness | None = None
    how: tuple[Recognition, ...] = ()


class TermSignal(SignalBase, frozen=True, kw_only=True, tag="term"):
    """The listing uses a word of a known list."""

    list: ListNames
    in_: Fields = msgspec.field(default=("title", "description"), name="in")

    def __post_init__(self) -> None:
        """Refuse a question about no list."""
        if not self.lists:
            raise ValueError("a term needs a list")
        check_lists(self.lists)

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the term lists asked."""
        return names(self.list)


class PhraseSignal(SignalBase, frozen=True, kw_only=True, tag="phrase"):
    """The listing uses one of these words.

    Attributes:
        any, all: at least one of the first and every one of the second must occur.
    """

    any: Phrases = ()
    all: Phrases = ()
    in_: Fields = msgspec.field(default=("title", "description"), name="in")

    def __post_init__(self) -> None:
        """Refuse a phrase without words."""
        if not self.any and not self.all:
            raise ValueError("a phrase needs words in any or all")


class ContextSignal(SignalBase, frozen=True, kw_only=True, tag="context"):
    """Words beside the brand say that the goods only fit it, look like it, or are about it.

    Attributes:
        around: the signal whose place in the text is looked at.
        side: where the word stands, seen from that place.
        within: distance in words.
        cancel: lists whose words near the same place undo it, as claims of authenticity do.
    """

    list: ListNames
    around: SignalName
    side: Literal["before", "after", "any"] = "any"
    within: Words = 2
    cancel: ListNames = ()

    def __post_init__(self) -> None:
        """Refuse a question about no list."""
        if not self.list:
            raise ValueError("a context needs a list")
        check_lists(self.lists)

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the term lists asked, those that cancel included."""
        return names(self.list) + names(self.cancel)

    @property
    def refers_to(self) -> tuple[str, ...]:
        """The signal whose place is looked at."""
        return (self.around,)


class NearSignal(SignalBase, frozen=True, kw_only=True, tag="near"):
    """Two things that the listing says stand close together.

    Attributes:
        a, b: signals with a place in the text.
        within: distance in words.
    """

    a: SignalName
    b: SignalName
    within: Words

    @property
    def refers_to(self) -> tuple[str, ...]:
        """The two signals whose places are compared."""
        return (self.a, self.b)


class PatternSignal(SignalBase, frozen=True, kw_only=True, tag="pattern"):
    """The listing's text follows a known pattern.

    Attributes:
        find: RE2 pattern.
        literal: text that every match contains; the pattern is tried only where it occurs.
    """

    find: Annotated[str, Meta(min_length=4, max_length=500)]
    literal: Annotated[str, Meta(min_length=4, max_length=100)]
    in_: Fields = msgspec.field(default=("title", "description"), name="in")


class ContactSignal(SignalBase, frozen=True, kw_only=True, tag="contact"):
    """The listing invites the buyer to leave the marketplace.

    Attributes:
        kinds: ways of contact that count; empty: every way.
        evasive: whether the contact is written so as to escape a filter; None: either.
    """

    kinds: tuple[ContactKind, ...] = ()
    evasive: bool | None = None
    in_: Fields = msgspec.field(default=("title", "description"), name="in")
