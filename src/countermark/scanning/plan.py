"""How the rules of a snapshot are asked: each distinct question once, whoever asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import msgspec
import numpy as np

from countermark.domain.rules import Rule
from countermark.domain.signals import BrandSignal, CodeSignal, RuleSignal, Signal
from countermark.knowledge.logic import Tree, evaluate, names, parse
from countermark.knowledge.snapshot import Snapshot
from countermark.operators.base import Answer, Look
from countermark.operators.catalogue import CATALOGUE
from countermark.operators.lookup import Lookup, lookup_of

ANY_MARK = -1
MAX_COLUMNS = 64
MAX_DEPTH = 16  # of rules that ask rules; the linter allows 3
AROUND = frozenset({"around", "a", "b"})
"""Arguments that name other signals of the same rule."""
RUNNING = ("evaluation", "active", "sunset")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRule:
    """One rule ready to be asked.

    Attributes:
        gate: number of the one mark without which the rule can not hold, or ANY_MARK.
        depth: 0 for a rule that asks no other, else one more than the deepest of those it asks.
        is_asked: whether another rule asks it.
        questions: signal name -> key of the shared question.
    """

    gate: int
    depth: int
    is_asked: bool
    rule: Rule
    when: Tree
    questions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Plan:
    """What is asked of a batch.

    Attributes:
        groups: number of the mark -> the rules about it; ANY_MARK for rules about every mark.
        columns: keys of the questions of rules about every mark, at most 64, in order of the rules.
    """

    snapshot: Snapshot
    lookup: Lookup
    groups: Mapping[int, tuple[PlannedRule, ...]]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleOutcome:
    """One rule asked for some subjects.

    Attributes:
        subjects: int64 positions in the look.
        fired, unknown: bool; `unknown` where too little was known to say.
        blocked: `unless` signal -> bool, the rule would have fired but for it.
        answers: signal name -> answer.
    """

    planned: PlannedRule
    subjects: np.ndarray
    fired: np.ndarray
    unknown: np.ndarray
    blocked: Mapping[str, np.ndarray]
    answers: Mapping[str, Answer]


def plan_of(snapshot: Snapshot) -> Plan:
    """The plan for all rules of a snapshot that run at all."""
    lookup = lookup_of(snapshot)
    groups: dict[int, list[PlannedRule]] = {}
    asked = {other for rule in snapshot.rules for other in _asked_rules(rule)}
    running = {r.id: r for r in snapshot.rules if snapshot.granted[r.id] in RUNNING}
    for rule in running.values():
        when = parse(rule.when)
        gate = gate_of(rule, when, lookup)
        planned = PlannedRule(
            gate=gate, depth=_depth(rule, running), is_asked=rule.id in asked,
            rule=rule, when=when, questions=_questions(rule),
        )  # fmt: skip
        groups.setdefault(gate, []).append(planned)
    keys = dict.fromkeys(
        key for planned in groups.get(ANY_MARK, []) for key in planned.questions.values()
    )
    return Plan(
        snapshot=snapshot, lookup=lookup, groups={mark: tuple(rules) for mark, rules in groups.items()},
        columns=tuple(keys)[:MAX_COLUMNS],
    )  # fmt: skip


def _questions(rule: Rule) -> dict[str, str]:
    """A key for each signal: equal questions around equal questions have equal keys."""
    keys: dict[str, str] = {}

    def key(name: str) -> str:
        if name not in keys:
            signal = rule.signals[name]
            around = [key(other) for other in signal.refers_to]
            local = rule.id.rpartition("/")[0] if _is_local(signal) else ""
            asked = {k: v for k, v in msgspec.to_builtins(signal).items() if k not in AROUND}
            text = msgspec.json.encode(asked, order="sorted").decode()
            keys[name] = f"{local}{text}{around}"
        return keys[name]

    for name in rule.signals:
        key(name)
    return keys


def _is_local(signal: Signal) -> bool:
    """Whether what the question means depends on the pack that asks: its own rules, lists and code shapes."""
    return isinstance(signal, RuleSignal | CodeSignal) or bool(signal.lists)


def gate_of(rule: Rule, when: Tree, lookup: Lookup) -> int:
    """The one mark without which `when` is certainly false, whatever the other signals say, or ANY_MARK."""
    asked = names(when)
    marks = {name: s.mark for name in asked if isinstance(s := rule.signals[name], BrandSignal)}
    for mark in dict.fromkeys(marks.values()):
        true, known = evaluate(when, {name: (False, marks.get(name) == mark) for name in asked})
        if mark in lookup.marks and known and not true:
            return lookup.marks[mark]
    return ANY_MARK


def _asked_rules(rule: Rule) -> list[str]:
    """Full ids of the rules that a rule asks."""
    pack = rule.id.rpartition("/")[0]
    return [f"{pack}/{s.id}" for s in rule.signals.values() if isinstance(s, RuleSignal)]


def _depth(rule: Rule, running: Mapping[str, Rule], limit: int = MAX_DEPTH) -> int:
    """How many rules deep the answer to a rule lies; a circle, which the linter refuses, ends at the limit."""
    asked = [running[other] for other in _asked_rules(rule) if other in running]
    if not asked or not limit:
        return 0
    return 1 + max(_depth(other, running, limit - 1) for other in asked)


def ask(look: Look, plan: Plan) -> list[RuleOutcome]:
    """Every rule asked for the subjects it is about; those that others ask for before these."""
    whens: dict[str, Answer] = {}
    parts = _parts(look, plan)
    queue = [
        (planned, parts[mark])
        for mark, rules in plan.groups.items()
        if len(parts[mark].subjects)
        for planned in rules
    ]
    queue.sort(key=lambda asked: asked[0].depth)
    return [_ask_rule(part, planned, whens, len(look)) for planned, part in queue]


class _Part(NamedTuple):
    """The subjects that one group of rules is asked about, and the questions answered for them so far."""

    look: Look
    subjects: np.ndarray
    shared: dict[str, Answer]


def _parts(look: Look, plan: Plan) -> Mapping[int, _Part]:
    """The part of each group of the plan."""
    order = np.argsort(look.mark, kind="stable")
    marks = look.mark[order]
    parts = {}
    for mark in plan.groups:
        if mark == ANY_MARK:
            parts[mark] = _Part(look, np.arange(len(look)), {})
            continue
        here = slice(np.searchsorted(marks, mark), np.searchsorted(marks, mark, "right"))
        subjects = np.sort(order[here])
        parts[mark] = _Part(look.only(subjects) if len(subjects) else look, subjects, {})
    return parts


def _ask_rule(
    part: _Part, planned: PlannedRule, whens: dict[str, Answer], size: int
) -> RuleOutcome:
    """What one rule says of its subjects; whether its `when` holds is kept for the rules that ask it.

    Of a subject that the rule is not about, `when` is false: without its mark it can not hold.
    """
    answers = {name: _answer(part, planned, name, whens) for name in planned.rule.signals}
    true, known = evaluate(planned.when, {name: (a.true, a.known) for name, a in answers.items()})
    if planned.is_asked:
        when = Answer.certain(np.zeros(size, bool))
        when.true[part.subjects], when.known[part.subjects] = true, known
        whens[planned.rule.id] = when
    return _outcome(planned, part.subjects, true, known, answers)


def _answer(part: _Part, planned: PlannedRule, name: str, whens: Mapping[str, Answer]) -> Answer:
    key, shared = planned.questions[name], part.shared
    if key not in shared:
        signal: Signal = planned.rule.signals[name]
        pack = planned.rule.id.rpartition("/")[0]
        if isinstance(signal, RuleSignal):
            when = whens.get(f"{pack}/{signal.id}", Answer.unknown(0))
            if not len(when.true):
                return Answer.unknown(len(part.subjects))
            return Answer(when.true[part.subjects], when.known[part.subjects])
        around = {other: _answer(part, planned, other, whens) for other in signal.refers_to}
        asking = replace(part.look, pack=pack) if _is_local(signal) else part.look
        shared[key] = CATALOGUE[signal.op](asking, signal, around)
    return shared[key]


def _outcome(
    planned: PlannedRule,
    subjects: np.ndarray,
    true: np.ndarray,
    known: np.ndarray,
    answers: Mapping[str, Answer],
) -> RuleOutcome:
    blocked: dict[str, np.ndarray] = {}
    stopped = np.zeros(len(true), bool)
    for name in planned.rule.unless:
        answer = answers[name]
        stops = answer.true | (~answer.known if planned.rule.block_on_unknown else False)
        blocked[name] = true & stops
        stopped |= stops
    return RuleOutcome(
        planned=planned,
        subjects=subjects,
        fired=true & ~stopped,
        unknown=~known & ~stopped,
        blocked=blocked,
        answers=answers,
    )
