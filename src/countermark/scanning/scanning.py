"""The one function that batch and gate share: a batch and a plan in, findings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from countermark.scanning.findings import findings_table
from countermark.scanning.looking import look_at
from countermark.scanning.named import named_table
from countermark.scanning.plan import Asked, Plan, ask_layers


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCount:
    """How often one rule was asked and what came of it, in listings that name what it is about."""

    asked: int = 0
    fired: int = 0
    unknown: int = 0
    blocked: Mapping[str, int]

    def __add__(self, other: RuleCount) -> RuleCount:
        """Both counts together."""
        names = dict.fromkeys([*self.blocked, *other.blocked])
        blocked = {name: self.blocked.get(name, 0) + other.blocked.get(name, 0) for name in names}
        return RuleCount(
            asked=self.asked + other.asked, fired=self.fired + other.fired, unknown=self.unknown + other.unknown,
            blocked=blocked,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """What a scan of one batch found.

    Attributes:
        findings: schema `domain.tables.FINDINGS`.
        named: schema `domain.tables.NAMED`.
        counts: rule id -> how often it was asked.
    """

    findings: pa.Table
    named: pa.Table
    counts: Mapping[str, RuleCount]


def scan(batch: pa.RecordBatch, plan: Plan) -> Scanned:
    """The findings of every rule in a batch of listings; no input, output, clock or chance."""
    look = look_at(batch, plan.snapshot, plan.lookup)
    asked = ask_layers(look, plan)
    return Scanned(
        findings=findings_table(look, asked, plan),
        named=named_table(look, asked, plan),
        counts=_counts(asked),
    )


def _counts(asked: Sequence[Asked]) -> dict[str, RuleCount]:
    counts = {}
    for part in asked:
        fired, unknown, blocked = (
            np.count_nonzero(bits, axis=1).tolist()
            for bits in (part.fired, part.unknown, part.blocked)
        )
        first = part.layer.program.first_stop.tolist()
        for k, planned in enumerate(part.layer.rules):
            stops = zip(planned.rule.unless, blocked[first[k] : first[k + 1]], strict=True)
            counts[planned.rule.id] = RuleCount(
                asked=len(part.subjects), fired=fired[k], unknown=unknown[k], blocked=dict(stops)
            )
    return counts
