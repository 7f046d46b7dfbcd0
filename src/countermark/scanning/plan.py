"""How the rules of a snapshot are asked: each distinct question once, whoever asks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import msgspec
import numpy as np
import pyarrow as pa

from countermark.domain.rules import Rule, RuleId
from countermark.domain.signals import BrandSignal, RuleSignal
from countermark.domain.tables import FINDINGS
from countermark.knowledge.logic import Tree, evaluate, names, parse
from countermark.knowledge.snapshot import Snapshot
from countermark.operators.base import Answer, Look
from countermark.operators.lookup import Lookup, lookup_of
from countermark.scanning.layers import Layer, PlannedRule, Question, is_local, judge, layers_of

ANY_MARK = -1
MAX_COLUMNS = 64
MAX_DEPTH = 16  # of rules that ask rules; the linter allows 3
AROUND = frozenset({"around", "a", "b"})
"""Arguments that name other signals of the same rule."""
RUNNING = ("evaluation", "active", "sunset")


@dataclass(frozen=True, kw_only=True, repr=False)
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

    @cached_property
    def layers(self) -> Sequence[tuple[int, Layer]]:
        """Mark of the group and rules, in the order in which they are asked: rules that others ask before these."""
        found = [(mark, layer) for mark, rules in self.groups.items() for layer in layers_of(rules)]
        return sorted(found, key=lambda asked: asked[1].depth)

    @cached_property
    def constants(self) -> pa.RecordBatch:
        """What every finding of a rule says alike: one row a rule, columns of `FINDINGS`."""
        rules = [planned.rule for rules in self.groups.values() for planned in rules]
        columns = {
            "rule": [rule.id for rule in rules], "rev": [rule.rev for rule in rules],
            "status": [self.snapshot.granted[rule.id] for rule in rules],
            "claim": [rule.claim for rule in rules], "reason": [rule.reason for rule in rules],
            "disclosable": [rule.disclosable_alone for rule in rules],
        }  # fmt: skip
        schema = pa.schema([FINDINGS.field(name) for name in columns])
        return pa.RecordBatch.from_pydict(columns, schema=schema)

    @cached_property
    def constant_rows(self) -> Mapping[RuleId, int]:
        """The row of each rule in `constants`."""
        return {rule: row for row, rule in enumerate(self.constants.column("rule").to_pylist())}

    @cached_property
    def column_bits(self) -> Sequence[tuple[np.ndarray, np.ndarray]]:
        """Where the answers to `columns` are: for each layer of rules about every mark some questions and the bit of each."""
        bit, found = {key: k for k, key in enumerate(self.columns)}, []
        for mark, layer in self.layers:
            if mark == ANY_MARK:
                keys = [question.key for question in layer.questions]
                asked = [k for k, key in enumerate(keys) if key in bit]
                bits = [bit.pop(keys[k]) for k in asked]
                found.append((np.array(asked, int), np.array(bits, int)))
        return found


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
            local = rule.id.rpartition("/")[0] if is_local(signal) else ""
            asked = {k: v for k, v in msgspec.to_builtins(signal).items() if k not in AROUND}
            text = msgspec.json.encode(asked, order="sorted").decode()
            keys[name] = f"{local}{text}{around}"
        return keys[name]

    for name in rule.signals:
        key(name)
    return keys


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


class Asked(NamedTuple):
    """The rules of one layer asked for the subjects that they are about.

    Attributes:
        mark: of the group of rules, or ANY_MARK.
        subjects: int64 positions in the look.
        answers: to each question of the layer; `true` and `known` are the same as bool (questions, subjects).
        fired, unknown: bool (rules, subjects).
        blocked: bool (`unless` signals of all rules, subjects).
    """

    mark: int
    layer: Layer
    subjects: np.ndarray
    answers: Sequence[Answer]
    true: np.ndarray
    known: np.ndarray
    fired: np.ndarray
    unknown: np.ndarray
    blocked: np.ndarray

    def outcomes(self) -> Iterator[RuleOutcome]:
        """What came of each rule."""
        first = self.layer.program.first_stop
        for k, planned in enumerate(self.layer.rules):
            numbers = self.layer.numbers[k]
            yield RuleOutcome(
                planned=planned, subjects=self.subjects, fired=self.fired[k], unknown=self.unknown[k],
                blocked=dict(zip(planned.rule.unless, self.blocked[first[k] : first[k + 1]], strict=True)),
                answers={name: self.answers[number] for name, number in numbers.items()},
            )  # fmt: skip


def ask(look: Look, plan: Plan) -> list[RuleOutcome]:
    """Every rule asked for the subjects that it is about; those that others ask for before these."""
    return [outcome for asked in ask_layers(look, plan) for outcome in asked.outcomes()]


def ask_layers(look: Look, plan: Plan) -> list[Asked]:
    """The same, layer by layer; layers without subjects are left out."""
    whens: dict[str, Answer] = {}
    parts = _parts(look, plan)
    return [
        _ask_layer(parts[mark], layer, whens, len(look))
        for mark, layer in plan.layers
        if len(parts[mark].subjects)
    ]


class _Part(NamedTuple):
    """The subjects that one group of rules is asked about, and the questions answered for them so far.

    Attributes:
        looks: pack that asks -> the look at these subjects.
        shared: key of the question -> answer.
    """

    mark: int
    looks: dict[str, Look]
    subjects: np.ndarray
    shared: dict[str, Answer]

    def look(self, pack: str) -> Look:
        """The look at these subjects as rules of a pack see it."""
        if pack not in self.looks:
            self.looks[pack] = replace(self.looks[""], pack=pack)
        return self.looks[pack]


def _parts(look: Look, plan: Plan) -> Mapping[int, _Part]:
    """The part of each group of the plan."""
    order = np.argsort(look.mark, kind="stable")
    marks = look.mark[order]
    parts = {}
    for mark in plan.groups:
        if mark == ANY_MARK:
            parts[mark] = _Part(mark, {"": look}, np.arange(len(look)), {})
            continue
        here = slice(np.searchsorted(marks, mark), np.searchsorted(marks, mark, "right"))
        subjects = np.sort(order[here])
        some = look.only(subjects) if len(subjects) else look
        parts[mark] = _Part(mark, {"": some}, subjects, {})
    return parts


def _ask_layer(part: _Part, layer: Layer, whens: dict[str, Answer], size: int) -> Asked:
    """What the rules of a layer say; whether a `when` holds is kept for the rules that ask it.

    Of a subject that a rule is not about, `when` is false: without its mark it can not hold.
    """
    answers: list[Answer] = []
    for question in layer.questions:
        answers.append(_answer(part, question, answers, whens))
    rules, stops, subjects = len(layer.rules), len(layer.program.stops), len(part.subjects)
    true = np.array([answer.true for answer in answers], bool).reshape(-1, subjects)
    known = np.array([answer.known for answer in answers], bool).reshape(-1, subjects)
    fired, unknown, held, told = np.empty((4, rules, subjects), bool)
    blocked = np.empty((stops, subjects), bool)
    judge(layer.program, (true, known), (held, told), (fired, unknown), blocked)
    for k, planned in enumerate(layer.rules):
        if planned.is_asked:
            when = Answer.certain(np.zeros(size, bool))
            when.true[part.subjects], when.known[part.subjects] = held[k], told[k]
            whens[planned.rule.id] = when
    return Asked(part.mark, layer, part.subjects, answers, true, known, fired, unknown, blocked)


def _answer(
    part: _Part, question: Question, answers: Sequence[Answer], whens: Mapping[str, Answer]
) -> Answer:
    """The answer to a question; `answers` are those to the questions of the layer before it."""
    key, signal, operator, rule, pack, around = question
    if operator is None:
        when = whens.get(rule)
        if when is None or not len(when.true):
            return Answer.unknown(len(part.subjects))
        return Answer(when.true[part.subjects], when.known[part.subjects])
    if key not in part.shared:
        beside = {name: answers[number] for name, number in around.items()}
        part.shared[key] = operator(part.look(pack), signal, beside)
    return part.shared[key]
