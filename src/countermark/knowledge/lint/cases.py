"""KP12 to KP14: tests hold every rule to what it says; results come from whoever ran them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from countermark.domain.packs import Pack
from countermark.domain.rules import Rule, RuleId
from countermark.domain.signals import NumberSignal, PriceSignal
from countermark.knowledge.lint.subject import Remark, Subject, error, rule_place, warning
from countermark.knowledge.rule_logic import Mutant

KP12, KP13, KP14 = "KP12", "KP13", "KP14"
MIN_FIRE, MIN_QUIET, MIN_BLOCKED = 1, 3, 1
NEAR: Final = Decimal("0.05")
"""A case is close to a bound within this share of it, or within one of a whole number."""


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
    """KP12, run: each bound of a rule has a case close to it on either side.

    Args:
        pack: the pack.
        tried: (rule id, signal name) -> values that test cases gave the signal: shares of the band
            for a price, the figure itself for a number.
    """
    for rule in pack.rules:
        for name, compare, bound in _bounds(rule) if rule.status != "retired" else ():
            step = Decimal(1) if bound == bound.to_integral_value() else NEAR
            margin = max(abs(bound) * NEAR, step)
            close = [v for v in tried.get((rule.id, name), ()) if abs(v - bound) <= margin]
            sides = {_HOLDS[compare](value, bound) for value in close}
            for side, what in ((True, "holds"), (False, "fails")):
                if side not in sides:
                    says = f"no case close to {bound} {what} for signal {name}"
                    yield error(KP12, rule_place(rule), says, "add such a case to tests/")


_HOLDS: Final[Mapping[str, Callable[[Decimal, Decimal], bool]]] = {
    "below": operator.lt,
    "above": operator.gt,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
}


def _bounds(rule: Rule) -> Iterator[tuple[str, str, Decimal]]:
    """Every number that a rule compares with: signal, comparison, bound."""
    for name, asked in rule.signals.items():
        if not isinstance(asked, PriceSignal | NumberSignal):
            continue
        for compare in _HOLDS:
            bound = getattr(asked, compare, None)
            if bound is not None:
                yield name, compare, bound


def survivors(pack: Pack, found: Iterable[Mutant]) -> Iterator[Remark]:
    """KP13: every signal whose absence no test noticed, given the mutants that passed all tests."""
    rules = {rule.id: rule for rule in pack.rules}
    for mutant in found:
        says = f'without "{mutant.signal}" in {mutant.line} every test still passes'
        advice = "add a case that needs it, or take it out"
        yield error(KP13, rule_place(rules[mutant.rule.id]), says, advice)


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
