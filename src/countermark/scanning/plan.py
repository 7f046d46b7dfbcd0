"""How the rules of a snapshot are asked: each distinct question once, whoever asks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from countermark.domain.rules import Rule
from countermark.domain.signals import BrandSignal, RuleSignal, Signal
from countermark.knowledge.logic import Tree, evaluate, names, parse
from countermark.knowledge.snapshot import Snapshot
from countermark.operators.base import Answer, Look
from countermark.operators.catalogue import CATALOGUE
from countermark.operators.lookup import Lookup, lookup_of

ANY_MARK = -1
MAX_COLUMNS = 64
RUNNING = ("evaluation", "active", "sunset")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRule:
    """One rule ready to be asked.

    Attributes:
        gate: number of the one mark that the rule is about, or ANY_MARK.
        questions: signal name -> key of the shared question.
    """

    gate: int
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
    for rule in snapshot.rules:
        if snapshot.granted[rule.id] in RUNNING:
            gate = _gate(rule, lookup)
            planned = PlannedRule(
                gate=gate, rule=rule, when=parse(rule.when), questions=_questions(rule)
            )
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
            local = (
                rule.id.rpartition("/")[0] if isinstance(signal, RuleSignal) or signal.lists else ""
            )
            around_names = set(signal.refers_to)
            asked = {
                k: v
                for k, v in msgspec.to_builtins(signal).items()
                if not (isinstance(v, str) and v in around_names)
            }
            text = msgspec.json.encode(asked, order="sorted").decode()
            keys[name] = f"{local}{text}{around}"
        return keys[name]

    for name in rule.signals:
        key(name)
    return keys


def _gate(rule: Rule, lookup: Lookup) -> int:
    """The one mark that the rule is about, or ANY_MARK."""
    asked = [rule.signals[name] for name in names(parse(rule.when))]
    marks = {s.mark for s in asked if isinstance(s, BrandSignal)}
    if len(marks) == 1 and "*" not in marks:
        return lookup.marks.get(marks.pop(), ANY_MARK)
    return ANY_MARK


def ask(look: Look, plan: Plan) -> list[RuleOutcome]:
    """Every rule asked for the subjects it is about."""
    outcomes: list[RuleOutcome] = []
    order = np.argsort(look.mark, kind="stable")
    marks = look.mark[order]
    for mark, rules in plan.groups.items():
        if mark == ANY_MARK:
            subjects, part = np.arange(len(look)), look
        else:
            subjects = np.sort(
                order[np.searchsorted(marks, mark) : np.searchsorted(marks, mark, "right")]
            )
            part = look.only(subjects) if len(subjects) else look
        if len(subjects):
            outcomes += _ask_rules(part, rules, subjects)
    return outcomes


def _ask_rules(
    look: Look, rules: tuple[PlannedRule, ...], subjects: np.ndarray
) -> list[RuleOutcome]:
    shared: dict[str, Answer] = {}
    whens: dict[str, Answer] = {}
    outcomes = []
    for planned in _dependencies_first(rules):
        answers = {
            name: _answer(look, planned, name, shared, whens) for name in planned.rule.signals
        }
        true, known = evaluate(
            planned.when, {name: (a.true, a.known) for name, a in answers.items()}
        )
        whens[planned.rule.id] = Answer(true, known)
        outcomes.append(_outcome(planned, subjects, true, known, answers))
    return outcomes


def _dependencies_first(rules: tuple[PlannedRule, ...]) -> list[PlannedRule]:
    """Rules that other rules ask for before those that ask; the linter has refused circles."""
    asks = {
        r.rule.id: any(isinstance(s, RuleSignal) for s in r.rule.signals.values()) for r in rules
    }
    return sorted(rules, key=lambda planned: asks[planned.rule.id])


def _answer(
    look: Look,
    planned: PlannedRule,
    name: str,
    shared: dict[str, Answer],
    whens: Mapping[str, Answer],
) -> Answer:
    key = planned.questions[name]
    if key not in shared:
        signal: Signal = planned.rule.signals[name]
        if isinstance(signal, RuleSignal):
            sibling = f"{planned.rule.id.rpartition('/')[0]}/{signal.id}"
            return whens.get(sibling, Answer.unknown(len(look)))
        around = {other: _answer(look, planned, other, shared, whens) for other in signal.refers_to}
        asking = replace(look, pack=planned.rule.id.rpartition("/")[0]) if signal.lists else look
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
