"""KP12 to KP14: tests hold every rule to what it says; results come from whoever ran them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from countermark.domain.packs import Pack
from countermark.domain.rules import Rule, RuleId
from countermark.domain.signals import NumberSignal, PriceSignal
from countermark.knowledge.lint.subject import Remark, Subject, error, rule_place, warning

KP12, KP13, KP14 = "KP12", "KP13", "KP14"
MIN_FIRE, MIN_QUIET, MIN_BLOCKED = 1, 3, 1
NEAR: Final = Decimal("0.05")
"""A case is just beside a bound if it lies within this share of it."""


def enough_cases(subject: Subject) -> Iterator[Remark]:
    """KP12, as written: a rule has cases that fire it, that leave it quiet, and that block it."""
    for rule in subject.live_rules:
        cases = subject.pack.cases
        fire = sum(rule.id in case.fire for case in cases)
        quiet = sum(rule.id not in case.fire + case.todo_fire for case in cases)
        blocked = sum(rule.id in case.blocked for case in cases)
        counts = [("fire it", fire, MIN_FIRE), ("leave it quiet", quiet, MIN_QUIET)]
        if rule.unless:
            counts.append(("block it", blocked, MIN_BLOCKED))
        for what, count, least in counts:
            if count < least:
                says = f"{count} cases {what} and {least} must"
                yield error(KP12, rule_place(rule), says, "add cases to tests/")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """What one test case made of the rules when it was run.

    Attributes:
        case: place and id of the case.
        unexpected: what differs from what the case says, in words; empty: it passed.
        cured: `todo_fire` rules that fire now.
    """

    case: str
    unexpected: tuple[str, ...] = ()
    cured: tuple[RuleId, ...] = ()


def case_results(results: Iterable[CaseResult]) -> Iterator[Remark]:
    """KP12, run: every case that failed, and every known miss that is none any more."""
    for result in results:
        for says in result.unexpected:
            yield error(KP12, result.case, says, "correct the rule or the case")
        for rule in result.cured:
            says = f'rule "{rule.rpartition("/")[2]}" fires now'
            yield error(KP12, result.case, says, "move it from todo_fire to fire")


def boundaries(
    pack: Pack, tried: Mapping[tuple[RuleId, str], Iterable[Decimal]]
) -> Iterator[Remark]:
    """KP12, run: for each number of a rule, one case just under it and one just over it.

    Args:
        pack: the pack.
        tried: (rule id, signal name) -> values that test cases gave the signal: shares of the band
            for a price, the figure itself for a number.
    """
    for rule in pack.rules:
        for name, bound in _bounds(rule) if rule.status != "retired" else ():
            values = list(tried.get((rule.id, name), ()))
            margin = max(abs(bound) * NEAR, Decimal(1) if bound == bound.to_integral() else NEAR)
            under = any(bound - margin <= value < bound for value in values)
            over = any(bound <= value <= bound + margin for value in values)
            for side, there in (("under", under), ("at or over", over)):
                if not there:
                    says = f"no case lies just {side} {bound} of signal {name}"
                    yield error(KP12, rule_place(rule), says, "add such a case to tests/")


def _bounds(rule: Rule) -> Iterator[tuple[str, Decimal]]:
    """Every number that a rule compares with, by signal."""
    for name, asked in rule.signals.items():
        found: tuple[Decimal | None, ...] = ()
        if isinstance(asked, PriceSignal):
            found = (asked.below, asked.above)
        elif isinstance(asked, NumberSignal):
            found = (asked.lt, asked.le, asked.gt, asked.ge, asked.eq)
        yield from ((name, bound) for bound in found if bound is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survivor:
    """A change of a rule that no test case noticed.

    Attributes:
        rule: full id.
        signal: the signal taken away.
        line: `when` or `unless`.
    """

    rule: RuleId
    signal: str
    line: str


def survivors(pack: Pack, found: Iterable[Survivor]) -> Iterator[Remark]:
    """KP13: every signal whose absence no test noticed."""
    rules = {rule.id: rule for rule in pack.rules}
    for survivor in found:
        place = rule_place(rules[survivor.rule]) if survivor.rule in rules else survivor.rule
        says = f'without "{survivor.signal}" in {survivor.line} every test still passes'
        yield error(KP13, place, says, "add a case that needs it, or take it out")


def too_frequent(pack: Pack, rates: Mapping[RuleId, tuple[int, int]]) -> Iterator[Remark]:
    """KP14: rules that fire on ordinary listings more often than their author expects.

    Args:
        pack: the pack.
        rates: rule id -> (times fired, listings scanned) on a shared set of ordinary listings.
    """
    for rule in pack.rules:
        fired, scanned = rates.get(rule.id, (0, 0))
        if fired > rule.expect.max_rate * scanned:
            says = f"fired {fired} times on {scanned} ordinary listings"
            advice = f"narrow it: expect.max_rate is {rule.expect.max_rate}"
            yield error(KP14, rule_place(rule), says, advice)
        elif scanned == 0 and rule.status == "active" and rates:
            says = "was not run on ordinary listings"
            yield warning(KP14, rule_place(rule), says, "run the background set")
