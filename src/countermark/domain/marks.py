"""Marks, the rights in them, and the names by which listings mention them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from countermark.domain.origins import Knowledge

NiceClass = Annotated[int, Meta(ge=1, le=45)]
Text = Annotated[str, Meta(min_length=1, max_length=200)]
LocalId = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$(?!\n)",
        description="lower-case letters, digits, '-' and '_', at most 64",
    ),
]
Territory = Annotated[
    str, Meta(pattern=r"^(\*|[A-Z]{2})$(?!\n)", description="an ISO 3166-1 alpha-2 code, EU or *")
]
Language = Annotated[
    str,
    Meta(
        pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$(?!\n)",
        description="a BCP 47 language such as de, zh-Latn or und",
    ),
]

MarkKind = Literal[
    "word", "figurative", "combined", "shape", "colour", "position", "pattern", "design"
]
RightStatus = Literal["applied", "opposed", "registered", "expired", "cancelled"]
AliasKind = Literal["official", "transliteration", "misspelling", "coded"]
Distinctiveness = Literal["coined", "ambiguous", "generic"]
"""How surely the word alone means the brand, the surest first."""

STRONG_ANCHORS: Final = ("brand_attribute", "product_name", "style_code", "gtin", "logo")
"""Anchors that settle a generic word alone; of the others it needs two."""

Anchor = Annotated[
    str,
    Meta(
        pattern=rf"^({'|'.join(STRONG_ANCHORS)}|mark:[a-z0-9_-]+|category:[a-z0-9_.]+)$(?!\n)",
        description=f"one of {', '.join(STRONG_ANCHORS)}, mark:<id>, category:<id>",
    ),
]


class Right(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One registered right in a mark, as its registry states it.

    Attributes:
        office: "EUIPO", "WIPO", "USPTO", ... as the office calls itself.
        nice: Nice classes of goods and services, 1 to 45.
        territory: ISO 3166-1 alpha-2 codes, or "EU".
        valid_from, expires: first and last day in force, both included; None: not stated.
    """

    office: Text
    number: Text
    status: RightStatus
    nice: Annotated[tuple[NiceClass, ...], Meta(min_length=1)]
    territory: Annotated[tuple[Territory, ...], Meta(min_length=1)]
    valid_from: date | None = None
    expires: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether this right is registered and in force on the day `on`."""
        began = self.valid_from is None or self.valid_from <= on
        return (
            self.status == "registered" and began and (self.expires is None or on <= self.expires)
        )


class Mark(Knowledge, frozen=True, kw_only=True):
    """One mark: a word, a picture, or both.

    Attributes:
        text: the words; "" for a mark without words.
        image: id of the reference picture, or "".
        owner: who owns the mark, where that is public knowledge.
        nice: classes the brand is known for, where no right is stated.
        rights: without any, the mark yields suspects only and never a notice.
    """

    id: LocalId
    kind: MarkKind
    text: Annotated[str, Meta(max_length=200)] = ""
    image: str = ""
    owner: str = ""
    nice: tuple[NiceClass, ...] = ()
    rights: tuple[Right, ...] = msgspec.field(default=(), name="right")

    def __post_init__(self) -> None:
        """Refuse a mark that shows nothing."""
        if not self.text and not self.image:
            raise ValueError("a mark needs a text or an image")

    @property
    def nice_classes(self) -> frozenset[int]:
        """Every class that the mark or one of its rights names."""
        return frozenset(self.nice).union(*(right.nice for right in self.rights))


class Anchors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must stand beside a word that is not distinctive, before it counts as a mention.

    Attributes:
        any_of: `brand_attribute`, `product_name`, `style_code`, `gtin`, `logo`, `mark:<id>`,
            `category:<id>`.
        min: how many of them.
    """

    any_of: Annotated[tuple[Anchor, ...], Meta(min_length=1)]
    min: Annotated[int, Meta(ge=1)] = 1

    def __post_init__(self) -> None:
        """Refuse a demand that can not be met."""
        if self.min > len(self.any_of):
            raise ValueError(f"min is {self.min} but any_of has {len(self.any_of)} anchors")


class Alias(Knowledge, frozen=True, kw_only=True):
    """One name by which listings mention a mark.

    Attributes:
        lang: BCP 47 language of the text, "und" for any.
        class_: how distinctive the author takes the word to be; the compiler measures, and may
            only make it stricter.
        never_near: words beside which the alias means something else.
    """

    mark: LocalId
    text: Text
    lang: Language
    kind: AliasKind
    class_: Distinctiveness = msgspec.field(name="class")
    anchors: Anchors | None = None
    never_near: tuple[Text, ...] = ()
