"""Rules, the word lists they read, and the cases that test them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from countermark.domain.marks import LocalId, Text
from countermark.domain.origins import Knowledge
from countermark.domain.signals import Signal

RuleId = str
"""`<pack id>/<local id>`."""

Status = Literal["draft", "evaluation", "active", "sunset", "retired"]
"""What the author asks for; each marketplace grants its own."""

Claim = Literal["suspected_counterfeit", "declared_replica", "misuse_of_mark", "grey_market"]
Prior = Literal["weak", "moderate", "strong", "conclusive"]
ReasonCode = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]{2,79}$(?!\n)",
        description="a code in lower-case letters, digits and '_'",
    ),
]


class Expectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the author expects of a rule on ordinary traffic.

    Attributes:
        max_rate: share of all listings that fire it, at most; in (0, 1].
        min_precision: share of its findings that are right, at least; in (0, 1].
    """

    max_rate: Decimal
    min_precision: Decimal

    def __post_init__(self) -> None:
        """Refuse shares outside their range."""
        for name, share in (("max_rate", self.max_rate), ("min_precision", self.min_precision)):
            if not 0 < share <= 1:
                raise ValueError(f"{name} is {share} and must be in (0, 1]")


class Rule(Knowledge, frozen=True, kw_only=True):
    """One statement of what a combination of signals means.

    Attributes:
        id: `<pack id>/<local id>`.
        rev: raised whenever the logic changes.
        title: what the rule sees, for people.
        reason: code of the reason that a seller may be told.
        prior: how much the author trusts it before anything is measured.
        review_by: last day on which it may act without a new look; None: that of its pack.
        falsepositives: innocent listings that it may fire on.
        signals: the named questions.
        when: expression over the names, as written.
        unless: names of signals each of which alone stops the rule.
        block_on_unknown: whether an unknown `unless` stops it too.
        disclosable_alone: whether it may be the only ground of an action.
    """

    id: RuleId
    rev: Annotated[int, Meta(ge=1, le=1_000_000)]
    status: Status
    claim: Claim
    title: Text
    reason: ReasonCode
    prior: Prior
    expect: Expectation
    review_by: date | None = None
    falsepositives: tuple[Text, ...] = ()
    signals: Mapping[str, Signal]
    when: str
    unless: tuple[str, ...] = ()
    block_on_unknown: bool = False
    disclosable_alone: bool = True

    @property
    def local_id(self) -> str:
        """The id inside the pack."""
        return self.id.rpartition("/")[2]


class TermList(Knowledge, frozen=True, kw_only=True):
    """A list of words with one meaning.

    Attributes:
        id: local; other packs name a list of the core pack `core.<id>`.
        note: what a word of the list tells.
        match: `token`: whole words, in unspaced scripts anywhere. Nothing looser: a word that
            counts inside other words fires on them.
        terms: words by language; those of a list without languages stand under "und".
        version: raised by the author when a word is added or taken away.
        expires: last day of use; None: that of the pack.
    """

    id: LocalId
    note: Annotated[str, Meta(max_length=500)] = ""
    match: Literal["token"] = "token"
    terms: Mapping[str, tuple[Text, ...]]
    version: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    expires: date | None = None

    def in_use(self, on: date) -> bool:
        """Whether the list still counts on the day `on`."""
        return self.expires is None or on <= self.expires

    @property
    def words(self) -> tuple[str, ...]:
        """The words of all languages, in the order written."""
        return tuple(word for words in self.terms.values() for word in words)


class TestCase(Knowledge, frozen=True, kw_only=True):
    """One listing and what the rules of its pack must say to it.

    The world is closed: a rule of the pack that is not named must stay quiet.

    Attributes:
        listing: values by column of `domain.tables.LISTINGS`, the file's defaults included; a
            column that is absent is not known.
        fire: full ids of the rules that must fire.
        blocked: full rule id -> the `unless` signals that stop it, exactly.
        todo_fire: rules that should fire and do not yet.
        mentions: marks that must be named, and no other; None: not asked.
    """

    __test__: ClassVar[bool] = False

    id: LocalId
    listing: Mapping[str, Any]
    fire: tuple[RuleId, ...] = ()
    blocked: Mapping[RuleId, tuple[str, ...]] = {}
    todo_fire: tuple[RuleId, ...] = ()
    mentions: tuple[str, ...] | None = None
