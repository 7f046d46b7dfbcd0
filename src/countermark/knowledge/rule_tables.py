"""`[[rule]]` and `[[list]]` tables to typed values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from countermark.domain.marks import LocalId, Text
from countermark.domain.origins import Knowledge, Origin
from countermark.domain.rules import (
    Claim,
    Expectation,
    Prior,
    ReasonCode,
    Rule,
    Status,
    TermList,
)
from countermark.domain.signals import (
    BrandSignal,
    CodeSignal,
    ContactSignal,
    PatternSignal,
    PhraseSignal,
    Signal,
    TermSignal,
)
from countermark.knowledge.faults import Where, shown
from countermark.knowledge.logic import LogicError, is_name, names, parse
from countermark.knowledge.toml_tables import Table, placed, signal

PLACED = (BrandSignal, TermSignal, PhraseSignal, PatternSignal, CodeSignal, ContactSignal)
"""Questions whose answer has a place in the text."""
MAX_SIGNALS = 64


class _Logic(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[rule.logic]` as written."""

    when: str
    unless: tuple[str, ...] = ()
    block_on_unknown: bool = False


class _RuleTable(Knowledge, frozen=True, kw_only=True):
    """`[[rule]]` as written: the noun's fields, with signals untyped and logic nested."""

    id: LocalId
    rev: Annotated[int, Meta(ge=1, le=1_000_000)]
    status: Status
    claim: Claim
    title: Text
    reason: ReasonCode
    prior: Prior
    expect: Expectation
    review_by: date | None = None
    falsepositives: tuple[Text, ...] = ()
    disclosable_alone: bool = True
    signals: Annotated[Mapping[str, Any], Meta(min_length=1, max_length=MAX_SIGNALS)]
    logic: _Logic


def read_rule(raw: Table, *, origin: Origin, where: Where) -> Rule:
    """The rule of a `[[rule]]` table.

    Raises:
        PackError: the schema refuses it, `when` can not be parsed, or a name is not a signal.
    """
    table = placed(raw, _RuleTable, origin=origin, where=where)
    signals = {
        name: signal(asked, name=_signal_name(name, where=where), where=where)
        for name, asked in table.signals.items()
    }
    _check_names(table.logic, signals, where=where)
    _check_places(signals, where=where)
    return _rule(table, signals, pack=where.pack)


def _rule(table: _RuleTable, signals: Mapping[str, Signal], *, pack: str) -> Rule:
    """The noun of a table."""
    return Rule(
        origin=table.origin,
        id=f"{pack}/{table.id}",
        rev=table.rev,
        status=table.status,
        claim=table.claim,
        title=table.title,
        reason=table.reason,
        prior=table.prior,
        expect=table.expect,
        review_by=table.review_by,
        falsepositives=table.falsepositives,
        signals=signals,
        when=table.logic.when,
        unless=table.logic.unless,
        block_on_unknown=table.logic.block_on_unknown,
        disclosable_alone=table.disclosable_alone,
    )


def _signal_name(name: str, *, where: Where) -> str:
    """A name that `when` can use."""
    if not is_name(name):
        hint = "use lower-case letters, digits and '_', but not and, or, not, at_least"
        raise where.fault(f"{shown(name)} can not name a signal", key="signals", hint=hint)
    return name


def _check_names(logic: _Logic, signals: Mapping[str, Signal], *, where: Where) -> None:
    """Refuse logic that can not be parsed or names what is not a signal."""
    try:
        used = names(parse(logic.when))
    except LogicError as error:
        raise where.fault(f"{error} in {shown(logic.when)}", key="logic.when") from None
    hint = f"signals are {', '.join(signals)}"
    for key, asked in (("logic.when", used), ("logic.unless", logic.unless)):
        for name in asked:
            if name not in signals:
                raise where.fault(f"{shown(name)} is not a signal of the rule", key=key, hint=hint)
    twice = [name for name in logic.unless if logic.unless.count(name) > 1]
    if twice:
        raise where.fault(f"{shown(twice[0])} stands there twice", key="logic.unless")


def _check_places(signals: Mapping[str, Signal], *, where: Where) -> None:
    """Refuse a question about the place of what has no place in the text."""
    for name, asked in signals.items():
        for other in asked.refers_to:
            key = f"signals.{name}"
            if other not in signals:
                raise where.fault(f"{shown(other)} is not a signal of the rule", key=key)
            if not isinstance(signals[other], PLACED):
                says = f"{shown(other)} has no place in the text"
                kinds = "brand, term, phrase, pattern, code or contact"
                raise where.fault(says, key=key, hint=f"refer to a {kinds} signal")


def read_list(raw: Table, *, origin: Origin, where: Where) -> TermList:
    """The word list of a `[[list]]` table; words without a language are filed under "und"."""
    terms = raw.get("terms")
    plain = {**raw, "terms": {"und": terms}} if isinstance(terms, list) else raw
    made = placed(plain, TermList, origin=origin, where=where)
    for lang, words in made.terms.items():
        _check_words(words, key=f"terms.{lang}", where=where)
    return made


def _check_words(words: tuple[str, ...], *, key: str, where: Where) -> None:
    """Refuse a word that stands twice in one language or has space at an end."""
    seen = set()
    for word in words:
        if word in seen:
            raise where.fault(f"{shown(word)} stands there twice", key=key)
        if word != word.strip():
            raise where.fault(f"{shown(word)} has space at an end", key=key)
        seen.add(word)
