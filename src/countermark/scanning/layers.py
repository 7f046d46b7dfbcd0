"""Rules in the form that one compiled pass reads: their questions numbered, their `when` as a small program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from countermark.domain.rules import Rule
from countermark.domain.signals import CodeSignal, RuleSignal, Signal
from countermark.knowledge.logic import AtLeast, Name, Not, Or, Tree
from countermark.operators.catalogue import CATALOGUE, Operator

ASK, NOT, LEAST = range(3)
"""Steps of a program: put an answer on the stack, turn the last value round, replace the last so many values by whether
enough of them are true."""
Bits = tuple[np.ndarray, np.ndarray]
"""Bool arrays (questions or rules, subjects): true, known."""


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


class Question(NamedTuple):
    """A question of one or more rules.

    Attributes:
        key: equal for equal questions.
        operator: answers it; None for a question about another rule.
        rule: full id of the rule that is asked about, else "".
        pack: id of the pack that asks, where the meaning depends on it, else "".
        around: name -> number, in the layer, of the questions that it looks around.
    """

    key: str
    signal: Signal
    operator: Operator | None
    rule: str
    pack: str
    around: Mapping[str, int]


class Program(NamedTuple):
    """The `when` and `unless` of some rules.

    Attributes:
        steps: int64 (steps, 3): kind, then the question, or how many must be true and of how many.
        first: where the steps of each rule begin, and one entry more.
        room: values that the stack must hold.
        stops: int64 (stops, 2): the question of each `unless`, and whether unknown stops as well.
        first_stop: where the stops of each rule begin, and one entry more.
    """

    steps: np.ndarray
    first: np.ndarray
    room: int
    stops: np.ndarray
    first_stop: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """Rules of one group that are as deep as each other, and their questions, those that others look around first.

    Attributes:
        numbers: for each rule: signal name -> number of its question.
    """

    depth: int
    rules: tuple[PlannedRule, ...]
    questions: tuple[Question, ...]
    numbers: tuple[Mapping[str, int], ...]
    program: Program


def layers_of(rules: Sequence[PlannedRule]) -> tuple[Layer, ...]:
    """The layers of a group of rules, the shallowest first."""
    depths = sorted({planned.depth for planned in rules})
    return tuple(_layer(depth, [p for p in rules if p.depth == depth]) for depth in depths)


def is_local(signal: Signal) -> bool:
    """Whether what the question means depends on the pack that asks: its own rules, lists and code shapes."""
    return isinstance(signal, RuleSignal | CodeSignal) or bool(signal.lists)


def _layer(depth: int, rules: Sequence[PlannedRule]) -> Layer:
    questions: dict[str, Question] = {}
    number: dict[str, int] = {}

    def ask(planned: PlannedRule, name: str) -> int:
        """The number of a question, which is put behind those that it looks around."""
        key, signal = planned.questions[name], planned.rule.signals[name]
        if key not in number:
            around = {other: ask(planned, other) for other in signal.refers_to}
            pack = planned.rule.id.rpartition("/")[0] if is_local(signal) else ""
            operator = CATALOGUE.get(signal.op)
            number[key] = len(number)
            rule = f"{pack}/{signal.id}" if isinstance(signal, RuleSignal) else ""
            questions[key] = Question(key, signal, operator, rule, pack, around)
        return number[key]

    numbers = tuple(
        {name: ask(planned, name) for name in planned.rule.signals} for planned in rules
    )
    return Layer(
        depth=depth, rules=tuple(rules), questions=tuple(questions.values()), numbers=numbers,
        program=_program(rules, numbers),
    )  # fmt: skip


def _program(rules: Sequence[PlannedRule], numbers: Sequence[Mapping[str, int]]) -> Program:
    steps: list[tuple[int, int, int]] = []
    stops: list[tuple[int, bool]] = []
    first, first_stop = [0], [0]
    for planned, number in zip(rules, numbers, strict=True):
        steps += _steps(planned.when, number)
        first.append(len(steps))
        rule = planned.rule
        stops += [(number[name], rule.block_on_unknown) for name in rule.unless]
        first_stop.append(len(stops))
    room = int(np.diff(first).max(initial=0))
    return Program(
        np.array(steps, np.int64).reshape(-1, 3), np.array(first), room,
        np.array(stops, np.int64).reshape(-1, 2), np.array(first_stop),
    )  # fmt: skip


def _steps(tree: Tree, number: Mapping[str, int]) -> Iterable[tuple[int, int, int]]:
    if isinstance(tree, Name):
        yield ASK, number[tree.name], 0
    elif isinstance(tree, Not):
        yield from _steps(tree.term, number)
        yield NOT, 0, 0
    else:
        for term in tree.terms:
            yield from _steps(term, number)
        all_of = len(tree.terms)
        yield (
            LEAST,
            tree.count if isinstance(tree, AtLeast) else 1 if isinstance(tree, Or) else all_of,
            all_of,
        )


@njit(cache=True)
def _run(program: Program, rule: int, answers: Bits, true: np.ndarray, false: np.ndarray) -> None:
    """Run the program of one rule; its value is left in the first rows of the stack `true` and `false`."""
    asked_true, asked_known = answers
    steps, size, top = program.steps, true.shape[1], 0
    for p in range(program.first[rule], program.first[rule + 1]):
        kind, few, many = steps[p, 0], steps[p, 1], steps[p, 2]
        if kind == ASK:
            for k in range(size):
                true[top, k] = asked_known[few, k] & asked_true[few, k]
                false[top, k] = asked_known[few, k] & (not asked_true[few, k])
            top += 1
        elif kind == NOT:
            for k in range(size):
                true[top - 1, k], false[top - 1, k] = false[top - 1, k], true[top - 1, k]
        else:
            top -= many
            for k in range(size):
                trues, falses = 0, 0
                for term in range(top, top + many):
                    trues += true[term, k]
                    falses += false[term, k]
                true[top, k] = trues >= few
                false[top, k] = falses > many - few
            top += 1


@njit(cache=True, nogil=True)
def judge(program: Program, answers: Bits, when: Bits, said: Bits, blocked: np.ndarray) -> None:
    """What rules make of the answers to their questions.

    Args:
        answers: of each question.
        when: written: of each rule whether its `when` holds.
        said: written: whether each rule fires, and whether too little is known to say.
        blocked: written, of each `unless` of each rule: bool, the rule would have fired but for it.
    """
    asked_true, asked_known = answers
    when_true, when_known = when
    fired, unknown = said
    size = fired.shape[1]
    true, false = np.empty((program.room, size), np.bool_), np.empty((program.room, size), np.bool_)
    for rule in range(fired.shape[0]):
        _run(program, rule, answers, true, false)
        for k in range(size):
            when_true[rule, k], when_known[rule, k] = true[0, k], true[0, k] | false[0, k]
            fired[rule, k], unknown[rule, k] = true[0, k], not (true[0, k] | false[0, k])
        for stop in range(program.first_stop[rule], program.first_stop[rule + 1]):
            asked, on_unknown = program.stops[stop, 0], program.stops[stop, 1] != 0
            for k in range(size):
                stops = asked_true[asked, k] | (on_unknown & (not asked_known[asked, k]))
                blocked[stop, k] = true[0, k] & stops
                fired[rule, k] &= not stops
                unknown[rule, k] &= not stops
