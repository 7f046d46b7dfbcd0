"""Questions about the listing's figures, goods, seller, codes and photos."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from countermark.domain.catalogue import Condition
from countermark.domain.marks import LocalId, Text
from countermark.domain.signals.base import (
    Field,
    Language,
    ListNames,
    Place,
    SignalBase,
    check_lists,
    names,
)

NumberField = Literal[
    "stock",
    "sold",
    "photos",
    "seller_age_days",
    "seller_listings",
    "seller_rating",
    "marks_in_title",
    "title_length",
    "description_length",
    "pack_size",
]


class PriceSignal(SignalBase, frozen=True, kw_only=True, tag="price"):
    """The asking price is far from what genuine goods cost.

    Unknown without a price, or without a band for the same style, currency, condition, pack size
    and day.

    Attributes:
        below: share of `of`, in (0, 0.8]; a higher bar would call a discount a fake.
        above: share of `of`, above 0.
    """

    below: Decimal | None = None
    above: Decimal | None = None
    of: Literal["band.low", "band.typical", "band.high", "category_median"] = "band.low"

    def __post_init__(self) -> None:
        """Refuse shares outside their range."""
        if self.below is None and self.above is None:
            raise ValueError("a price needs below or above")
        if self.below is not None and not Decimal(0) < self.below <= Decimal("0.8"):
            raise ValueError(f"below is {self.below} and must be in (0, 0.8]")
        if self.above is not None and not Decimal(0) < self.above <= Decimal(100):
            raise ValueError(f"above is {self.above} and must be in (0, 100]")


class NumberSignal(SignalBase, frozen=True, kw_only=True, tag="number"):
    """A figure of the listing or its seller is unusual.

    Attributes:
        field: a count, an age in days, a share (`seller_rating`) or a length in characters.
        lt, le, gt, ge, eq: bounds; all that are given must hold.
    """

    field: NumberField
    lt: Decimal | None = None
    le: Decimal | None = None
    gt: Decimal | None = None
    ge: Decimal | None = None
    eq: Decimal | None = None

    def __post_init__(self) -> None:
        """Refuse a comparison with nothing."""
        if all(bound is None for bound in (self.lt, self.le, self.gt, self.ge, self.eq)):
            raise ValueError("a number needs one of lt, le, gt, ge, eq")


class CategorySignal(SignalBase, frozen=True, kw_only=True, tag="category"):
    """The goods are of a certain kind.

    Attributes:
        is_, not_: category ids, their descendants included; one of the first, none of the second.
    """

    is_: tuple[Text, ...] = msgspec.field(default=(), name="is")
    not_: tuple[Text, ...] = msgspec.field(default=(), name="not")

    def __post_init__(self) -> None:
        """Refuse a question about no category."""
        if not self.is_ and not self.not_:
            raise ValueError("a category needs is or not")


class ConditionSignal(SignalBase, frozen=True, kw_only=True, tag="condition"):
    """The goods are offered in a certain condition."""

    is_: Annotated[tuple[Condition | Literal["unknown"], ...], Meta(min_length=1)] = msgspec.field(
        name="is"
    )


class PlaceSignal(SignalBase, frozen=True, kw_only=True, tag="place"):
    """The listing is offered in, sent from, or written in the language of, certain places.

    Attributes:
        market, ships_from: ISO 3166-1 alpha-2 codes.
        language: ISO 639-1 codes. Every set that is given must contain the listing's value.
        abroad: whether it is sent from another country than it is offered in; the European Union
            counts as one. None: not asked.
    """

    market: tuple[Place, ...] = ()
    ships_from: tuple[Place, ...] = ()
    language: tuple[Language, ...] = ()
    abroad: bool | None = None

    def __post_init__(self) -> None:
        """Refuse a question about no place."""
        if not (self.market or self.ships_from or self.language) and self.abroad is None:
            raise ValueError("a place needs market, ships_from, language or abroad")


NOBODYS: Final = "core.no_brand"
"""The list of words by which a brand attribute says that goods are nobody's."""


class MakerSignal(SignalBase, frozen=True, kw_only=True, tag="maker"):
    """The brand attribute says whose make the goods are.

    Attributes:
        is_: `same`: the attribute names the mark; `other_mark`: it names another mark; `nobody`:
            it holds a word of `list`; `other`: it says something else. The first that holds counts.
        list: words by which the attribute says that the goods are nobody's.
    """

    is_: Annotated[
        tuple[Literal["same", "other_mark", "nobody", "other"], ...], Meta(min_length=1)
    ] = msgspec.field(name="is")
    list: ListNames = NOBODYS

    def __post_init__(self) -> None:
        """Refuse what can not be the name of a list."""
        check_lists(self.lists)

    @property
    def lists(self) -> tuple[str, ...]:
        """Names of the term lists asked."""
        return names(self.list)


class SellerSignal(SignalBase, frozen=True, kw_only=True, tag="seller"):
    """The seller is one that the brand has authorised.

    Attributes:
        authorised_for: mark id or style code; "*" for the mark that the listing names.
        on_list: when given, the question is whether the seller stands on this list instead. Its
            words are hashes, since accounts may be people: SHA-256, in hex, of venue, a tab and
            seller id.
    """

    authorised_for: str = "*"
    on_list: str | None = None

    def __post_init__(self) -> None:
        """Refuse two questions in one."""
        if self.on_list and self.authorised_for != "*":
            raise ValueError("a seller is asked for authorised_for or on_list, not both")
        check_lists(self.lists)

    @property
    def lists(self) -> tuple[str, ...]:
        """The list of sellers asked."""
        return () if self.on_list is None else (self.on_list,)


class CodeSignal(SignalBase, frozen=True, kw_only=True, tag="code"):
    """A code that the listing shows is impossible, copied, or belongs to other goods.

    Attributes:
        kind: `gtin`, `style`, `serial`, `licence`, or the id of a code shape of the same pack.
        in_: where to look; empty: the attribute of that kind.
    """

    kind: LocalId
    check: Literal["malformed", "bad_check_digit", "unknown", "other_product", "cloned", "present"]
    in_: tuple[Field, ...] = msgspec.field(default=(), name="in")


class VariantSignal(SignalBase, frozen=True, kw_only=True, tag="variant"):
    """The listing names a model in a colour, size or year in which it was never made.

    Each part that is given must hold.
    """

    colour: Literal["not_offered"] | None = None
    size: Literal["not_offered"] | None = None
    year: Literal["not_offered"] | None = None

    def __post_init__(self) -> None:
        """Refuse a question about no variant."""
        if self.colour is None and self.size is None and self.year is None:
            raise ValueError("a variant needs colour, size or year")


class ImageSignal(SignalBase, frozen=True, kw_only=True, tag="image"):
    """A photo of the listing shows a known picture or logo.

    Unknown until the photos were looked at.

    Attributes:
        ref: id of a reference picture of the same pack, or a role such as `logo`.
        method: how the pictures are compared.
        max: largest distance that counts: bits of 256 for `pdq`, 0 to 1 for the others.
    """

    ref: LocalId
    method: Literal["pdq", "embedding", "logo_detector"]
    max: Decimal

    def __post_init__(self) -> None:
        """Refuse a distance that the method can not have."""
        top = 256 if self.method == "pdq" else 1
        if not 0 <= self.max <= top:
            raise ValueError(f"max is {self.max} and must be in [0, {top}] for {self.method}")


class RuleSignal(SignalBase, frozen=True, kw_only=True, tag="rule"):
    """Another rule of the same pack holds for the listing.

    Attributes:
        id: local id of that rule; its exclusions are not asked.
    """

    id: LocalId
