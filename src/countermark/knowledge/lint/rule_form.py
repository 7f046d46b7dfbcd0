"""KP07 to KP10: a rule is cheap to run, judges prices fairly, and spares the innocent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import re2

from countermark.domain.catalogue import PriceBand
from countermark.domain.rules import Rule
from countermark.domain.signals import (
    BrandSignal,
    CategorySignal,
    CodeSignal,
    ConditionSignal,
    ContextSignal,
    ImageSignal,
    PatternSignal,
    PhraseSignal,
    PriceSignal,
    SellerSignal,
    TermSignal,
)
from countermark.knowledge.lint.subject import (
    Remark,
    Subject,
    error,
    rule_place,
    unless_signals,
    warning,
    when_names,
    when_signals,
)
from countermark.knowledge.logic import evaluate, parse

KP07, KP08, KP09, KP10 = "KP07", "KP08", "KP09", "KP10"
ANCHORS: Final = (BrandSignal, TermSignal, PhraseSignal, PatternSignal, CodeSignal, ImageSignal)
"""Questions that few listings answer with yes, and that are answered for all listings at once."""
CONTEXTS: Final = (ContextSignal, TermSignal, PhraseSignal, CategorySignal)
"""Questions that can tell goods which only fit, resemble or are about the brand's."""
COST: Final[Mapping[str, int]] = {
    "pattern": 20,
    "image": 10,
    "code": 5,
    "context": 3,
    "near": 3,
    "contact": 3,
    "term": 2,
    "phrase": 2,
    "variant": 2,
}
"""Relative cost of a question; 1 for those not named."""
MAX_COST: Final = 100
MAX_PROGRAM: Final = 2_000
"""Largest compiled size of a pattern, in instructions."""


def cheap_to_run(subject: Subject) -> Iterator[Remark]:
    """KP07: an anchor gates the rule, patterns are RE2, the cost stays in the budget."""
    for rule in subject.live_rules:
        place = rule_place(rule)
        if not _is_gated(rule):
            says = f'when "{rule.when}" can hold without an anchor'
            advice = "demand a brand, term, phrase, pattern, code or image signal"
            yield error(KP07, place, says, advice)
        cost = sum(COST.get(asked.op, 1) for asked in rule.signals.values())
        if cost > MAX_COST:
            says = f"the rule costs {cost} and may cost {MAX_COST}"
            yield error(KP07, place, says, "use fewer patterns or split the rule")
        for name, asked in rule.signals.items():
            if isinstance(asked, PatternSignal):
                yield from _pattern(asked.find, f"{place} signals.{name}.find")
    for code in subject.pack.codes:
        yield from _pattern(code.find, f"{code.origin} {code.id} find")
        yield from _pattern(code.valid, f"{code.origin} {code.id} valid")


def _is_gated(rule: Rule) -> bool:
    """Whether `when` is certainly false where no anchor holds, whatever the rest says."""
    values = {name: (False, isinstance(rule.signals[name], ANCHORS)) for name in when_names(rule)}
    true, known = evaluate(parse(rule.when), values)
    return bool(known and not true)


def _pattern(find: str, place: str) -> Iterator[Remark]:
    """Whether a pattern is RE2, not too large, and says something."""
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(find, options)
    except re2.error as problem:
        says = f"'{find}' is not an RE2 pattern ({_reason(problem)})"
        yield error(KP07, place, says, "RE2 has no look-around and no back-references")
        return
    if compiled.programsize > MAX_PROGRAM:
        says = f"'{find}' compiles to {compiled.programsize} steps and may have {MAX_PROGRAM}"
        yield error(KP07, place, says, "make its repetitions smaller")
    if compiled.fullmatch(""):
        says = f"'{find}' fits the empty text"
        yield error(KP07, place, says, "demand at least one character")


def _reason(problem: Exception) -> str:
    """What RE2 says, as text."""
    reason = problem.args[0] if problem.args else problem
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def fair_prices(subject: Subject) -> Iterator[Remark]:
    """KP08: a price is compared in a known condition, with a band that exists."""
    yield from _overlapping_bands(subject)
    for rule in subject.live_rules:
        asked = tuple(rule.signals.values())
        if not any(isinstance(one, PriceSignal) for one in asked):
            continue
        used = when_signals(rule) + unless_signals(rule)
        conditions = [one for one in used if isinstance(one, ConditionSignal)]
        if not conditions:
            says = "a price is judged and no condition asked"
            advice = 'add a signal { op = "condition", is = ["new"] } and demand it'
            yield error(KP08, rule_place(rule), says, advice)
            continue
        wanted: set[str] = {condition for one in conditions for condition in one.is_}
        marks = {one.mark for one in asked if isinstance(one, BrandSignal) and one.mark != "*"}
        yield from _missing_bands(subject, rule, marks, wanted)


def _missing_bands(
    subject: Subject, rule: Rule, marks: set[str], conditions: set[str]
) -> Iterator[Remark]:
    """Marks and currencies for which the rule can never know the price."""
    for mark in sorted(marks):
        styles = {product.style_code for product in subject.pack.products if product.mark == mark}
        bands = [band for band in subject.pack.prices if band.style_code in styles]
        fitting = {band.currency for band in bands if band.condition in conditions}
        wanted = ", ".join(sorted(conditions))
        if not fitting:
            says = f'mark "{mark}" has no price band for condition {wanted}'
            yield error(KP08, rule_place(rule), says, "add bands to prices.csv")
        for currency in sorted({band.currency for band in bands} - fitting) if fitting else ():
            says = f'mark "{mark}" has bands in {currency} but none for condition {wanted}'
            yield error(KP08, rule_place(rule), says, "add bands to prices.csv")


def _overlapping_bands(subject: Subject) -> Iterator[Remark]:
    """Two bands for the same goods on the same day."""
    bands = sorted(subject.pack.prices, key=lambda band: band.valid_from)
    last: dict[tuple[object, ...], PriceBand] = {}
    for band in bands:
        key = (band.style_code, band.currency, band.condition, band.pack_size)
        before = last.get(key)
        last[key] = band
        if before and (before.valid_to is None or before.valid_to >= band.valid_from):
            says = f"{', '.join(map(str, key))} already has a band on {band.valid_from}"
            yield error(KP08, band.origin, says, f"end the one of {before.origin} before")


def spares_authorised(subject: Subject) -> Iterator[Remark]:
    """KP09: a rule on a mark spares the sellers that the mark's owner authorised."""
    for rule in subject.live_rules:
        excluded = {
            asked.authorised_for
            for asked in unless_signals(rule)
            if isinstance(asked, SellerSignal) and asked.on_list is None
        }
        for mark in sorted(
            {one.mark for one in when_signals(rule) if isinstance(one, BrandSignal)}
        ):
            styles = {item.style_code for item in subject.pack.products if item.mark == mark}
            if not excluded & {"*", mark, *styles}:
                says = f'nothing in unless spares the authorised sellers of mark "{mark}"'
                advice = 'add a signal { op = "seller" } to unless'
                yield error(KP09, rule_place(rule), says, advice)


def spares_bystanders(subject: Subject) -> Iterator[Remark]:
    """KP10: a rule on a mark spares goods that fit, resemble or are about it, and wanted notes."""
    for rule in subject.live_rules:
        names_brand = any(isinstance(asked, BrandSignal) for asked in when_signals(rule))
        spares = any(isinstance(asked, CONTEXTS) for asked in unless_signals(rule))
        if names_brand and not spares:
            says = "nothing in unless spares goods that only fit the brand, or talk about it"
            advice = "add a context signal with core.fit_before, core.wanted or core.repair"
            yield warning(KP10, rule_place(rule), says, advice)
