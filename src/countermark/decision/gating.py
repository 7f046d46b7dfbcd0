"""What follows for listings that are judged one by one as they come, before anybody can buy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from countermark.decision.acting import HOLD, REVIEW, Levels, levels_of
from countermark.decision.deciding import Basis
from countermark.decision.evidence import Rows, rows_of
from countermark.decision.grounds import grounds_of
from countermark.decision.scoring import scores_of
from countermark.decision.standing import standings
from countermark.decision.window import Tally, Window
from countermark.domain.sightings import RISK_MILLI
from countermark.domain.tables import ACTIONS, CLAIMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What follows for one listing; see `domain.sightings.Decision`."""

    action: str
    risk_milli: int
    claim: str | None = None
    mark: str | None = None
    grounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """What follows for some listings.

    Attributes:
        by_id: of each listing that names a mark or has a finding; every other is allowed.
        tally: what to count of them.
        notes: breakers that tripped and caps that were reached, one sentence each.
    """

    by_id: Mapping[str, Judgement]
    tally: Tally
    notes: tuple[str, ...]


def gate(
    findings: pa.Table, named: pa.Table, *, basis: Basis, window: Window, listings: int
) -> Gated:
    """Each listing judged alone, as `deciding.decide` judges one whose seller is not known.

    What other listings come with it makes no difference but through the window: breakers and the cap on actions count
    what the gate did lately. The precision that a run must be expected to have is not asked here, since a
    listing cannot be judged by those that come after it; thresholds and breakers stand for it.

    Args:
        findings, named: of a scan of these listings; schemas `FINDINGS` and `NAMED`.
        listings: how many were scanned.
    """
    if not findings.num_rows and not named.num_rows:
        return Gated(by_id={}, tally=Tally(listings=listings, fired={}), notes=())
    rows = rows_of(_unowned(findings), _unowned(named))
    known = window.total
    stand = standings(
        rows.fired,
        policy=basis.policy,
        rules=basis.rules,
        scanned=known.listings + listings,
        before=known.fired,
    )
    may = stand.of_key
    scores = scores_of(rows, named, weights=basis.weights, rules=basis.rules, standing=may)
    levels = levels_of(rows, scores, weights=basis.weights, policy=basis.policy, standing=may)
    levels, notes = _capped(levels, basis, known, listings)
    grounds = grounds_of(rows, scores, levels, may).to_pylist()
    tally = Tally(
        listings=listings,
        acted=int(np.count_nonzero(levels.level >= HOLD)),
        fired=_fired(rows),
    )
    judged = _judgements(rows, levels, grounds, _marks(rows, findings, named))
    return Gated(by_id=judged, tally=tally, notes=(*stand.notes, *notes))


def _unowned(table: pa.Table) -> pa.Table:
    at = table.schema.get_field_index("seller_id")
    return table.set_column(at, table.schema.field(at), pa.nulls(len(table), pa.string()))


def _capped(
    levels: Levels, basis: Basis, known: Tally, listings: int
) -> tuple[Levels, tuple[str, ...]]:
    """Levels that keep the policy's cap on actions over the window.

    The surplus becomes review: what is of lowest risk, of equal risks what stands last.
    """
    caps = basis.policy.caps
    most = max(caps.acted_least, int(caps.acted_share * (known.listings + listings)))
    acting = np.flatnonzero(levels.level >= HOLD)
    surplus = len(acting) - max(0, most - known.acted)
    if surplus <= 0:
        return levels, ()
    order = acting[np.lexsort((-acting, levels.bits[acting], levels.risk[acting]))]
    level = levels.level.copy()
    level[order[:surplus]] = REVIEW
    note = f"{surplus} listings review instead of hold or remove: more than {most} of the last {known.listings + listings}"
    return replace(levels, level=level), (note,)


def _fired(rows: Rows) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for key, count in zip(
        rows.fired.keys,
        np.bincount(rows.fired.key, minlength=len(rows.fired.keys)).tolist(),
        strict=True,
    ):
        counts[key.rule] += count
    return counts


def _marks(rows: Rows, findings: pa.Table, named: pa.Table) -> list[str | None]:
    """The mark that each listing names, of one that is not among `named` that of its first finding."""
    of_named, of_finding = named.column("mark").to_pylist(), findings.column("mark").to_pylist()
    first: list[str | None] = [None] * len(rows)
    for row, finding in zip(rows.fired.row[::-1], rows.fired.finding[::-1], strict=True):
        first[row] = of_finding[finding]
    return [
        of_named[at] if at >= 0 else own for at, own in zip(rows.named.tolist(), first, strict=True)
    ]


def _judgements(
    rows: Rows, levels: Levels, grounds: list[list[str]], marks: list[str | None]
) -> Mapping[str, Judgement]:
    risk = np.rint(np.clip(levels.counterfeit, 0, 100) * RISK_MILLI).astype(int).tolist()
    columns = (rows.ids.to_pylist(), levels.level.tolist(), risk, levels.claim.tolist())
    return {
        listing: Judgement(
            action=ACTIONS[level],
            risk_milli=milli,
            claim=CLAIMS[claim] if claim >= 0 else None,
            mark=mark,
            grounds=tuple(ground),
        )
        for listing, level, milli, claim, mark, ground in zip(*columns, marks, grounds, strict=True)
    }
