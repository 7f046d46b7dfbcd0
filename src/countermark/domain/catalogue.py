"""What a pack knows about goods: kinds, products, prices, sellers, codes and reference pictures.

Rows of CSV files become these values; `knowledge.columns` holds the columns.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from countermark.domain.marks import LocalId, Text
from countermark.domain.origins import Knowledge

Condition = Literal["new", "open_box", "refurbished", "used", "for_parts"]
ImageRole = Literal["logo", "packshot", "label", "packaging", "detail"]
Sha256 = Annotated[
    str, Meta(pattern=r"^[0-9a-f]{64}$(?!\n)", description="64 hexadecimal digits, lower case")
]


class Category(Knowledge, frozen=True, kw_only=True):
    """One kind of goods of the alliance's tree; `bags.handbag` stands below `bags`."""

    id: str
    title: str

    @property
    def parent(self) -> str:
        """Id of the kind above; "" at the top."""
        return self.id.rpartition(".")[0]


class Noun(Knowledge, frozen=True, kw_only=True):
    """A word by which a listing's text shows what kind of goods it is."""

    category: str
    lang: str
    noun: str


class Product(Knowledge, frozen=True, kw_only=True):
    """One product of a mark, or the range of all its goods in a category.

    Attributes:
        style_code: the brand's own code; several rows may share it, one a GTIN.
        gtin: 8, 12, 13 or 14 digits, or "".
        name: as the brand calls it; "" for the range of all goods of the mark in the category.
        also: other names in use.
        colours: those it was made in; empty: not stated.
        first_sold, last_sold: days, both included; None: not stated.
        serial_rule: id of the code shape that its serials follow, or "".
    """

    style_code: str
    gtin: str = ""
    name: str = ""
    also: tuple[str, ...] = ()
    mark: str
    category: str
    colours: tuple[str, ...] = ()
    first_sold: date | None = None
    last_sold: date | None = None
    serial_rule: str = ""

    @property
    def is_range(self) -> bool:
        """Whether the row stands for all goods of the mark in its category."""
        return not self.name


class PriceBand(Knowledge, frozen=True, kw_only=True):
    """What genuine goods of one style, currency, condition and pack size really sell for.

    Attributes:
        pack_size: pieces in the price, at least 1.
        low, typical, high: minor units of `currency` per pack; 0 < low <= typical <= high.
        valid_from, valid_to: days, both included; `valid_to` None: until further notice.
    """

    style_code: str
    currency: str
    condition: Condition
    pack_size: int
    low: int
    typical: int
    high: int
    valid_from: date
    valid_to: date | None = None

    def __post_init__(self) -> None:
        """Refuse a band that is out of order."""
        if not 0 < self.low <= self.typical <= self.high:
            raise ValueError(
                f"the band {self.low}, {self.typical}, {self.high} must rise and begin above zero"
            )
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError(
                f"the band ends on {self.valid_to}, before it begins on {self.valid_from}"
            )

    def valid(self, on: date) -> bool:
        """Whether the band holds on the day `on`."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class AuthorisedSeller(Knowledge, frozen=True, kw_only=True):
    """One account that the brand lets sell its goods.

    Attributes:
        scope: "*", `mark:<id>` or `style:<code>`.
        territory: ISO 3166-1 alpha-2 codes or "EU"; ("*",) for everywhere.
        valid_from, valid_to: days, both included; `valid_to` None: until further notice.
        evidence: where the permission is on file.
    """

    venue: str
    seller_id: str
    name: str
    scope: str
    territory: tuple[str, ...]
    valid_from: date
    valid_to: date | None = None
    evidence: str = ""

    def valid(self, on: date) -> bool:
        """Whether the permission holds on the day `on`."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class CodeShape(Knowledge, frozen=True, kw_only=True):
    """What a brand's serials look like.

    Attributes:
        find: RE2 pattern of what looks like one.
        valid: RE2 pattern of what a genuine one looks like.
        cloned: genuine serials known to be copied, each as the SHA-256 of its text.
    """

    id: LocalId
    find: Annotated[str, Meta(min_length=1, max_length=500)]
    valid: Annotated[str, Meta(min_length=1, max_length=500)]
    cloned: tuple[Sha256, ...] = ()


class ImageRef(Knowledge, frozen=True, kw_only=True):
    """One reference picture of the index.

    Attributes:
        file: path inside `images/`; "" where the picture is kept away and only its prints given.
        product, mark: style code and mark id, or "".
        sha256: of the file's bytes, 64 hex digits.
        pdq: perceptual print, 64 hex digits, or "".
    """

    id: str
    file: str = ""
    role: ImageRole
    product: str = ""
    mark: str = ""
    sha256: str
    pdq: str = ""
    licence: str = ""


class Tell(Knowledge, frozen=True, kw_only=True):
    """A question about the goods themselves, for people, vision models and laboratories.

    Attributes:
        products: style codes it applies to.
        look_at: where to look, `photo:zip-puller`.
        genuine, fake: the answers that genuine and fake goods give.
        since: first day of production it holds for.
        rule: id of a rule of this pack that uses the answer, or "".
    """

    id: LocalId
    rev: Annotated[int, Meta(ge=1, le=1_000_000)]
    products: tuple[Text, ...] = msgspec.field(name="product")
    look_at: Text
    question: Text
    genuine: Text
    fake: Text
    strength: Literal["weak", "moderate", "strong", "conclusive"]
    since: date | None = None
    sources: tuple[Text, ...] = ()
    rule: str = ""
