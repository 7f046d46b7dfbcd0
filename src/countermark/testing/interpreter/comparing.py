"""The interpreter and the fast path beside each other: what they say otherwise of the same listings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import pyarrow as pa

from countermark.domain.packs import Pack
from countermark.knowledge.compiling import PackSource, build_snapshot
from countermark.knowledge.compiling.building import is_common_word
from countermark.knowledge.recognition import HOW
from countermark.scanning.looking import look_at
from countermark.scanning.plan import Plan, RuleOutcome, ask, plan_of
from countermark.testing.interpreter.interpreting import Interpreter, Mention, Outcome

FIELDS = ("title", "description", "attributes.brand", "category")


class Difference(NamedTuple):
    """One listing of which the two do not say the same.

    Attributes:
        listing: its known values.
        expected, got: what only the interpreter says, and what only the fast path says. An outcome that is neither
            fired, unknown nor blocked is as good as none.
    """

    listing: Mapping[str, Any]
    expected: frozenset[Mention | Outcome]
    got: frozenset[Mention | Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Packs ready for both ways of judging."""

    plan: Plan
    interpreter: Interpreter

    def differences(self, batch: pa.RecordBatch) -> Iterator[Difference]:
        """The listings of a batch (`domain.tables.LISTINGS`) of which the two do not say the same."""
        for row, got in zip(batch.to_pylist(), self.fast(batch), strict=True):
            read = self.interpreter.read(row)
            expected = _telling([*read.mentions, *read.outcomes])
            if expected != got:
                known = {name: value for name, value in row.items() if value is not None}
                yield Difference(known, expected - got, got - expected)

    def fast(self, batch: pa.RecordBatch) -> list[frozenset[Mention | Outcome]]:
        """What the fast path says of each listing."""
        look = look_at(batch, self.plan.snapshot, self.plan.lookup)
        marks = [*(mark.id for mark in self.plan.snapshot.marks), ""]
        said: list[list[Mention | Outcome]] = [[] for _ in range(len(batch))]
        found = look.mentions
        for owner, *place in zip(
            found.owner, found.field, found.start, found.end, found.how, strict=True
        ):
            field, start, end, how = map(int, place)
            said[look.row[owner]].append(
                Mention(marks[look.mark[owner]], FIELDS[field], start, end, HOW[how])
            )
        for outcome in ask(look, self.plan):
            for k, subject in enumerate(outcome.subjects):
                said[look.row[subject]].append(_outcome(outcome, k, marks[look.mark[subject]]))
        return [_telling(row) for row in said]


def _outcome(outcome: RuleOutcome, k: int, mark: str) -> Outcome:
    blocked = frozenset(name for name, stops in outcome.blocked.items() if stops[k])
    return Outcome(
        outcome.planned.rule.id, mark, bool(outcome.fired[k]), bool(outcome.unknown[k]), blocked
    )


def _telling(said: Sequence[Mention | Outcome]) -> frozenset[Mention | Outcome]:
    """Mentions, and the outcomes that say anything."""
    return frozenset(
        one for one in said if isinstance(one, Mention) or one.fired or one.unknown or one.blocked
    )


def comparison_of(packs: Sequence[Pack], *, vocabulary: Sequence[str], as_of: date) -> Comparison:
    """Both ways of judging with these packs.

    The interpreter is given the fast path's filter of everyday words, which may know a word too many: how seldom
    that is, is a question of its own.
    """
    sources = [PackSource(pack=pack, sha256="0" * 64) for pack in packs]
    snapshot = build_snapshot(sources, vocabulary=vocabulary, as_of=as_of)
    knowledge = Interpreter.of(packs, vocabulary=vocabulary, as_of=as_of).knowledge
    everyday = is_common_word(snapshot.names.near.common)
    return Comparison(
        plan=plan_of(snapshot), interpreter=Interpreter(replace(knowledge, is_everyday=everyday))
    )
