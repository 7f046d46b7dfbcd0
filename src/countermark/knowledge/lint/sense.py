"""KP15 and KP16: rules that say something, once, and admit where they may be wrong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec
import numpy as np

from countermark.domain.rules import Rule
from countermark.knowledge.lint.subject import (
    Remark,
    Subject,
    folded,
    rule_place,
    warning,
    when_names,
)
from countermark.knowledge.logic import evaluate, parse
from countermark.knowledge.rule_logic import logic_hash

KP15, KP16 = "KP15", "KP16"
MAX_TABLE_NAMES: Final = 14
NOTHING: Final = frozenset({"", "none", "no", "n/a", "-", "unknown", "tbd"})


def meaningful(subject: Subject) -> Iterator[Remark]:
    """KP15: unused or repeated signals, logic that is constant, logic that another rule has."""
    seen = dict(subject.context.other_logic)
    for rule in subject.live_rules:
        place = rule_place(rule)
        yield from _unused(rule, place)
        yield from _constant(rule, place)
        twin = seen.setdefault(logic_hash(rule), rule.id)
        if twin != rule.id:
            yield warning(KP15, place, f"asks exactly what rule {twin} asks", "keep one of them")


def _unused(rule: Rule, place: str) -> Iterator[Remark]:
    """Signals without use, and signals that are the same question."""
    used = {*when_names(rule), *rule.unless}
    used |= {other for name in used for other in rule.signals[name].refers_to}
    same: dict[bytes, str] = {}
    for name, asked in rule.signals.items():
        if name not in used:
            advice = "use it in when or unless, or take it out"
            yield warning(KP15, place, f'signal "{name}" is never used', advice)
        first = same.setdefault(msgspec.json.encode(asked), name)
        if first != name:
            says = f'signals "{first}" and "{name}" ask the same'
            yield warning(KP15, place, says, "keep one of them")


def _constant(rule: Rule, place: str) -> Iterator[Remark]:
    """Logic that is always true or never fires."""
    names = tuple(dict.fromkeys((*when_names(rule), *rule.unless)))
    if len(names) > MAX_TABLE_NAMES:
        return
    rows = np.arange(1 << len(names))
    known = np.ones(len(rows), bool)
    values = {name: ((rows >> bit & 1).astype(bool), known) for bit, name in enumerate(names)}
    held = evaluate(parse(rule.when), values)[0]
    blocked = np.zeros(len(rows), bool)
    for name in rule.unless:
        blocked |= values[name][0]
    if held.all():
        yield warning(KP15, place, f'when "{rule.when}" is always true', "demand something")
    elif not held.any():
        yield warning(KP15, place, f'when "{rule.when}" is never true', "resolve the contradiction")
    elif not (held & ~blocked).any():
        says = "whenever when holds, unless blocks it"
        yield warning(KP15, place, says, "take the signal out of one of them")


def admits_errors(subject: Subject) -> Iterator[Remark]:
    """KP16: every rule can be wrong, and its author says when."""
    for rule in subject.live_rules:
        if all(folded(entry).strip(".") in NOTHING for entry in rule.falsepositives):
            says = "falsepositives names no innocent listing"
            advice = "name those that it may fire on; every rule has some"
            yield warning(KP16, rule_place(rule), says, advice)
