"""What rules made of test listings, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from countermark.domain.rules import RuleId, TestCase
from countermark.domain.tables import LISTINGS
from countermark.knowledge.logic import names
from countermark.operators.base import Look
from countermark.scanning.case_questions import Demand
from countermark.scanning.plan import RuleOutcome


def listings_of(cases: Sequence[TestCase]) -> pa.RecordBatch:
    """The listings of the cases, one a row, in the form of `domain.tables.LISTINGS`."""
    empty = dict.fromkeys(LISTINGS.names)
    rows = [{**empty, **case.listing, "listing_id": str(k)} for k, case in enumerate(cases)]
    return pa.RecordBatch.from_pylist(rows, schema=LISTINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the rules made of the rows of a look.

    Attributes:
        outcomes: by rule; a rule about a mark that no row names is missing.
    """

    look: Look
    outcomes: Mapping[RuleId, RuleOutcome]

    @classmethod
    def of(cls, look: Look, outcomes: Sequence[RuleOutcome]) -> Seen:
        """The outcomes by rule."""
        return cls(look=look, outcomes={o.planned.rule.id: o for o in outcomes})

    def marks(self, row: int) -> frozenset[str]:
        """Ids of the marks that a row names."""
        named = self.look.mark[(self.look.row == row) & (self.look.mark >= 0)].tolist()
        return frozenset(self.look.snapshot.marks[mark].id for mark in named)

    def fires(self, rule: RuleId, row: int) -> bool:
        """Whether a rule fires on a row, for one of the marks that it names."""
        outcome = self.outcomes.get(rule)
        return outcome is not None and bool(outcome.fired[self._subjects(outcome, row)].any())

    def blocked(self, rule: RuleId, row: int) -> frozenset[str]:
        """The `unless` signals that stop a rule on a row."""
        outcome = self.outcomes.get(rule)
        if outcome is None or self.fires(rule, row):
            return frozenset()
        subjects = self._subjects(outcome, row)
        return frozenset(name for name, stops in outcome.blocked.items() if stops[subjects].any())

    def why_quiet(self, rule: RuleId, row: int) -> str:
        """What keeps a rule from firing on a row, in words."""
        if rule not in self.look.snapshot.granted:
            return "there is no such rule"
        outcome = self.outcomes.get(rule)
        subjects = np.zeros(0, np.int64) if outcome is None else self._subjects(outcome, row)
        if outcome is None or not len(subjects):
            return "the listing names no mark that it is about"
        if stopped := self.blocked(rule, row):
            return f"{', '.join(sorted(stopped))} blocks it"
        asked = names(outcome.planned.when)
        wrong = [
            f"{name} is {'false' if outcome.answers[name].known[subjects].any() else 'unknown'}"
            for name in asked
            if not outcome.answers[name].true[subjects].any()
        ]
        return ", ".join(wrong) or "no mark of the listing has all of it"

    def _subjects(self, outcome: RuleOutcome, row: int) -> np.ndarray:
        """Positions in the outcome of the subjects of a row."""
        return np.flatnonzero(self.look.row[outcome.subjects] == row)


def differences(
    demand: Demand, seen: Seen, row: int, rules: frozenset[RuleId] | None = None
) -> Iterator[str]:
    """What a row shows otherwise than its case demands of rules, in words.

    Args:
        demand: of the case.
        seen: what was made of the rows.
        row: the row of the case.
        rules: only these; None: all that the case asks about.
    """
    for rule in sorted(demand.asked if rules is None else demand.asked & rules):
        shown = f'rule "{rule.rpartition("/")[2]}"'
        fires = seen.fires(rule, row)
        if fires and rule not in demand.fire | demand.todo:
            yield f"{shown} fires and must stay quiet"
        elif not fires and rule in demand.fire:
            yield f"{shown} must fire and stays quiet: {seen.why_quiet(rule, row)}"
        elif rule in demand.blocked and not fires:
            found, wanted = seen.blocked(rule, row), demand.blocked[rule]
            if found != wanted:
                listed = ", ".join(sorted(wanted)) or "nothing"
                yield f"{shown} must be blocked by {listed}: {seen.why_quiet(rule, row)}"
