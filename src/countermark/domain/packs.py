"""One member's knowledge, as read from its pack."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from countermark.domain.catalogue import (
    AuthorisedSeller,
    Category,
    CodeShape,
    ImageRef,
    Noun,
    PriceBand,
    Product,
    Sha256,
    Tell,
)
from countermark.domain.marks import Alias, Language, LocalId, Mark, Text
from countermark.domain.origins import Level
from countermark.domain.rules import Rule, RuleId, TermList, TestCase

OPEN_ISSUER = "starter"
"""Issuer of packs of public knowledge that speak for no brand; the brand's own pack may replace them."""

PackId = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9][a-z0-9-]*(\.[a-z0-9][a-z0-9-]*)+$(?!\n)",
        max_length=80,
        description="<issuer>.<name> in lower-case letters, digits and '-'",
    ),
]


class PackPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One part of a pack: who may read it, and under which licence.

    Attributes:
        audience: the marketplaces that a `venue` part is sealed to, `venue:<name>`.
    """

    level: Level
    licence: Text
    audience: tuple[Text, ...] = ()


class Requires(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a pack needs of the engine and of the core lists.

    Attributes:
        engine: range of engine versions, `>=0.1,<2`.
        lists: name of a core list -> its least version.
    """

    engine: str = ""
    lists: Mapping[str, int] = {}


class GeneratedTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a table in Parquet was made from, since nobody reads it with their eyes.

    Attributes:
        generated: must be true: what people write by hand is CSV.
        source: SHA-256 of the file it was made from, in hex.
    """

    generated: bool
    source: Sha256

    def __post_init__(self) -> None:
        """Refuse a table that was not generated."""
        if not self.generated:
            raise ValueError("generated is false: write the table as CSV")


class PackHeader(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `pack.toml` says about the pack.

    Attributes:
        id: `<issuer>.<name>`, never used again.
        serial: strictly rising; a lower one is refused.
        version: for people.
        issuer: member id in the alliance's registry.
        valid_from: first instant of use, with time zone.
        review_by: day after which all rules fall back to evaluation.
        expires: instant after which the pack is not compiled.
        supersedes: ids of packs that this one replaces.
        tables: path of a table in Parquet -> what it was made from.
    """

    format: Literal["countermark.pack/1"]
    id: PackId
    serial: Annotated[int, Meta(ge=1, le=2**53 - 1)]
    version: Text
    title: Text
    summary: Annotated[str, Meta(max_length=1000)] = ""
    issuer: LocalId
    contact: Text
    licence: Text
    languages: tuple[Language, ...] = ()
    valid_from: Annotated[datetime, Meta(tz=True)]
    review_by: date
    expires: Annotated[datetime, Meta(tz=True)]
    supersedes: tuple[PackId, ...] = ()
    parts: Mapping[Level, PackPart]
    requires: Requires = Requires()
    tables: Mapping[str, GeneratedTable] = {}

    def in_use(self, on: date) -> bool:
        """Whether the pack has begun and not expired on the day `on`, both days included (UTC)."""
        begins, ends = self.valid_from.astimezone(UTC), self.expires.astimezone(UTC)
        return begins.date() <= on <= ends.date()


class LockEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was released of one rule.

    Attributes:
        rev: revision last released.
        logic: hash of its logic, 64 hex digits.
        first_serial, last_serial: packs that carried this rule.
        status: status last released.
    """

    rev: int
    logic: str
    first_serial: int
    last_serial: int
    status: str


class Pack(msgspec.Struct, frozen=True, kw_only=True):
    """One pack: the header, and all the knowledge of the parts that could be read.

    Attributes:
        lock: rules released before, by full id.
    """

    header: PackHeader
    marks: tuple[Mark, ...] = ()
    aliases: tuple[Alias, ...] = ()
    products: tuple[Product, ...] = ()
    prices: tuple[PriceBand, ...] = ()
    sellers: tuple[AuthorisedSeller, ...] = ()
    lists: tuple[TermList, ...] = ()
    codes: tuple[CodeShape, ...] = ()
    images: tuple[ImageRef, ...] = ()
    rules: tuple[Rule, ...] = ()
    tells: tuple[Tell, ...] = ()
    cases: tuple[TestCase, ...] = ()
    nouns: tuple[Noun, ...] = ()
    categories: tuple[Category, ...] = ()
    lock: Mapping[RuleId, LockEntry] = {}

    @property
    def id(self) -> str:
        """`<issuer>.<name>`."""
        return self.header.id

    @property
    def serial(self) -> int:
        """Strictly rising number of this edition."""
        return self.header.serial
