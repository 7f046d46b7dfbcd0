"""What a rule's signals, `when` and `unless` mean together: outcome, hash, and parts taken away."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import msgspec

from countermark.domain.rules import Rule
from countermark.domain.signals import Signal
from countermark.knowledge.canonical import canonical_json
from countermark.knowledge.logic import (
    And,
    AtLeast,
    Bits,
    Known,
    Name,
    Not,
    Or,
    Tree,
    canonical,
    evaluate,
    names,
    parse,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a rule says to one listing or a batch; every field has the type of the values given.

    Attributes:
        fired: `when` holds and nothing blocks.
        held: `when` holds.
        known: whether `when` is known.
        blocked: for each `unless` signal, whether it stops a `when` that holds.
    """

    fired: Bits
    held: Bits
    known: Bits
    blocked: Mapping[str, Bits]


def outcome(tree: Tree, rule: Rule, values: Mapping[str, Known]) -> Outcome:
    """The outcome of `rule`, whose parsed `when` is `tree`, given the values of its signals."""
    held, known = evaluate(tree, values)
    blocked = {}
    fired = held
    for name in rule.unless:
        true, is_known = values[name]
        true = true & is_known
        passes = is_known ^ true if rule.block_on_unknown else held ^ (held & true)
        blocked[name] = held ^ (held & passes)
        fired = fired & passes
    return Outcome(fired=fired, held=held, known=known, blocked=blocked)


def without(tree: Tree, name: str) -> Tree | None:
    """The tree with every use of a name taken away; None where nothing is left.

    A term that loses its name is dropped from its `and`, `or` or `at_least`, whose count never
    exceeds what is left. This is the mutation that a pack's tests must notice.
    """
    if isinstance(tree, Name):
        return None if tree.name == name else tree
    if isinstance(tree, Not):
        term = without(tree.term, name)
        return None if term is None else Not(term)
    terms = tuple(term for part in tree.terms if (term := without(part, name)) is not None)
    if len(terms) <= 1:
        return terms[0] if terms else None
    if isinstance(tree, AtLeast):
        return AtLeast(min(tree.count, len(terms)), terms)
    return And(terms) if isinstance(tree, And) else Or(terms)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A rule with one signal taken away; some test of its pack must fail on it.

    Attributes:
        rule: the changed rule, under the id of the original.
        signal: what was taken away.
        line: where: `when` or `unless`.
    """

    rule: Rule
    signal: str
    line: Literal["when", "unless"]


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Every rule that differs from `rule` by one signal less in `when` or in `unless`."""
    tree = parse(rule.when)
    for name in names(tree):
        rest = without(tree, name)
        if rest is not None:
            changed = msgspec.structs.replace(rule, when=canonical(rest))
            yield Mutant(rule=changed, signal=name, line="when")
    for name in rule.unless:
        rest_of = tuple(other for other in rule.unless if other != name)
        changed = msgspec.structs.replace(rule, unless=rest_of)
        yield Mutant(rule=changed, signal=name, line="unless")


def logic_hash(rule: Rule) -> str:
    """SHA-256, in hex, of what the rule asks: its signals, `when`, `unless`, and nothing else.

    Spacing, the order of lists and of `unless`, and arguments equal to their default do not count.
    """
    logic = {
        "signals": {name: plain_signal(asked) for name, asked in rule.signals.items()},
        "when": canonical(parse(rule.when)),
        "unless": sorted(rule.unless),
        "block_on_unknown": rule.block_on_unknown,
    }
    return hashlib.sha256(canonical_json(logic)).hexdigest()


def plain_signal(asked: Signal) -> dict[str, Any]:
    """A signal as JSON values: decimals as text, lists sorted, a single list name as a list."""
    values: dict[str, Any] = msgspec.to_builtins(asked, builtin_types=(Decimal,))
    plain = {key: _plain(value) for key, value in values.items()}
    for key in ("list", "cancel"):
        if isinstance(plain.get(key), str):
            plain[key] = [plain[key]]
    return plain


def _plain(value: Any) -> Any:
    """One argument as a JSON value without floats."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return sorted(value) if isinstance(value, list | tuple) else value
