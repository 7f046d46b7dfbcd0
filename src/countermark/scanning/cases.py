"""A pack's test cases run: what differs, which bounds they try, which mutants none notices."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np

from countermark.domain.packs import Pack
from countermark.domain.rules import Rule, RuleId
from countermark.domain.signals import NumberSignal, PriceSignal, RuleSignal
from countermark.knowledge.lint.cases import CaseResult
from countermark.knowledge.logic import evaluate, names, parse
from countermark.knowledge.rule_logic import Mutant, mutants, outcome
from countermark.knowledge.snapshot import Snapshot
from countermark.operators.base import Look
from countermark.operators.lookup import Lookup
from countermark.scanning.case_questions import Demand
from countermark.scanning.case_seen import Seen, differences, listings_of
from countermark.scanning.layers import PlannedRule
from countermark.scanning.looking import look_at
from countermark.scanning.plan import Plan, RuleOutcome, ask, gate_of, plan_of

DIGITS = 12
"""Decimals of a tried value: more than bounds are written with, and none of float noise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRun:
    """The cases of one pack, run.

    Attributes:
        results: one for each case, in order.
        tried: (rule, signal) -> values that decided whether the rule fires: shares of the band
            for a price, the figure itself for a number.
        mutants: every rule with one signal less; `survivors`: those on which no case fails.
    """

    demands: tuple[Demand, ...]
    plan: Plan
    seen: Seen
    results: tuple[CaseResult, ...]
    tried: Mapping[tuple[RuleId, str], tuple[Decimal, ...]]
    mutants: tuple[Mutant, ...]
    survivors: tuple[Mutant, ...]


def run_cases(
    demands: Sequence[Demand],
    *,
    pack: Pack,
    snapshot: Snapshot,
    marks: frozenset[str] | None = None,
) -> CaseRun:
    """The cases of `pack` run against `snapshot`, which holds the pack; drafts are run too.

    Args:
        demands: of every case.
        pack: its rules are held to account.
        snapshot: the pack, with the core pack and whatever else the cases need.
        marks: the marks that `mentions` speaks of; others count only where a case names them.
            None: all of the snapshot.
    """
    plan = plan_of(_with_drafts(snapshot, pack))
    look = look_at(listings_of([demand.case for demand in demands]), plan.snapshot, plan.lookup)
    seen = Seen.of(look, ask(look, plan))
    results = tuple(_result(demand, seen, row, marks) for row, demand in enumerate(demands))
    running = [rule for rule in pack.rules if rule.status != "retired"]
    trials = [mutant for rule in running for mutant in mutants(rule) if not _is_same(mutant)]
    passing = [row for row, result in enumerate(results) if not result.unexpected]
    return CaseRun(
        demands=tuple(demands), plan=plan, seen=seen, results=results,
        tried=_tried(seen, running), mutants=tuple(trials),
        survivors=tuple(_survivors(trials, demands, passing, look, plan)),
    )  # fmt: skip


def _with_drafts(snapshot: Snapshot, pack: Pack) -> Snapshot:
    """The snapshot in which the drafts of a pack are evaluated."""
    drafts = {rule.id: "evaluation" for rule in pack.rules if rule.status == "draft"}
    return replace(snapshot, granted={**snapshot.granted, **drafts})


def _result(demand: Demand, seen: Seen, row: int, marks: frozenset[str] | None) -> CaseResult:
    """What one case shows."""
    unexpected = [*differences(demand, seen, row), *_misnamed(demand, seen.marks(row), marks)]
    cured = sorted(rule for rule in demand.todo - demand.fire if seen.fires(rule, row))
    return CaseResult(case=demand.place, unexpected=tuple(unexpected), cured=tuple(cured))


def _misnamed(demand: Demand, found: frozenset[str], marks: frozenset[str] | None) -> Iterator[str]:
    """Marks that the listing names otherwise than the case demands."""
    if demand.marks is None:
        return
    spoken_of = found if marks is None else found & (marks | demand.marks)
    for mark in sorted(demand.marks - spoken_of):
        yield f'mark "{mark}" must be named and is not'
    for mark in sorted(spoken_of - demand.marks):
        yield f'mark "{mark}" is named and must not be'


def _is_same(mutant: Mutant) -> bool:
    """Whether a mutant asks the same as its rule, since what is left looks around what was taken.

    Words beside a name are found only where there is a name: `brand and style` is `style`, if
    `style` looks around `brand`. No test could tell them apart.
    """
    if mutant.line == "unless":
        return False
    when = parse(mutant.rule.when)
    around = {name: mutant.signal in mutant.rule.signals[name].refers_to for name in names(when)}
    true, known = evaluate(when, {name: (False, found) for name, found in around.items()})
    return bool(known and not true)


def _tried(seen: Seen, rules: Sequence[Rule]) -> dict[tuple[RuleId, str], tuple[Decimal, ...]]:
    """The values that decided, by rule and signal."""
    tried = {}
    for rule in rules:
        found = seen.outcomes.get(rule.id)
        for name, asked in rule.signals.items() if found else ():
            fact = asked.field if isinstance(asked, NumberSignal) else "asked_share"
            facts = found.answers[name].facts if found else {}
            if found and fact in facts and isinstance(asked, PriceSignal | NumberSignal):
                values = facts[fact][_decides(found, name)]
                known = np.unique(values[~np.isnan(values)]).tolist()
                tried[rule.id, name] = tuple(Decimal(str(round(v, DIGITS))) for v in known)
    return tried


def _decides(found: RuleOutcome, name: str) -> np.ndarray:
    """The subjects for which the rule fires or not as this signal says."""
    values = {other: (answer.true, answer.known) for other, answer in found.answers.items()}
    known = np.ones(len(found.subjects), bool)
    rule, when = found.planned.rule, found.planned.when
    held = outcome(when, rule, {**values, name: (known, known)}).fired
    failed = outcome(when, rule, {**values, name: (~known, known)}).fired
    return np.asarray(held != failed)


def _survivors(
    trials: Sequence[Mutant],
    demands: Sequence[Demand],
    passing: Sequence[int],
    look: Look,
    plan: Plan,
) -> Iterator[Mutant]:
    """The mutants under which every case that passed still passes."""
    for mutant in trials:
        family = _family(mutant.rule.id, plan)
        seen = Seen.of(look, ask(look, _mutated(plan, mutant, family)))
        if not any(any(differences(demands[row], seen, row, family)) for row in passing):
            yield mutant


def _family(rule: RuleId, plan: Plan) -> frozenset[RuleId]:
    """A rule with all that ask it and all that it asks, however far away; mostly itself alone."""
    asks = {
        planned.rule.id: {
            f"{planned.rule.id.rpartition('/')[0]}/{signal.id}"
            for signal in planned.rule.signals.values()
            if isinstance(signal, RuleSignal)
        }
        for planned in _planned(plan)
    }
    family, size = {rule}, 0
    while len(family) > size:
        size = len(family)
        family |= {id_ for id_, asked in asks.items() if asked & family}
        family |= {id_ for member in family for id_ in asks.get(member, ())}
    return frozenset(family)


def _planned(plan: Plan) -> Iterator[PlannedRule]:
    """Every rule of a plan."""
    for rules in plan.groups.values():
        yield from rules


def _mutated(plan: Plan, mutant: Mutant, family: frozenset[RuleId]) -> Plan:
    """The plan of a family of rules in which one rule is a mutant."""
    groups: dict[int, list[PlannedRule]] = {}
    for planned in _planned(plan):
        if planned.rule.id in family:
            mine = planned.rule.id == mutant.rule.id
            changed = _as_mutant(planned, mutant.rule, plan.lookup) if mine else planned
            groups.setdefault(changed.gate, []).append(changed)
    return replace(plan, groups={mark: tuple(rules) for mark, rules in groups.items()})


def _as_mutant(planned: PlannedRule, rule: Rule, lookup: Lookup) -> PlannedRule:
    """The plan of a mutant; one that no longer demands its mark is asked of every listing."""
    when = parse(rule.when)
    return replace(planned, rule=rule, when=when, gate=gate_of(rule, when, lookup))
