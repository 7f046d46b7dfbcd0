"""Limits on what a run may do: precision that must be expected, shares that may be acted on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.acting import ALLOW, EVALUATE, HOLD, REMOVE, REVIEW, Levels
from countermark.decision.evidence import Rows
from countermark.decision.policy import Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """Levels that keep every limit, and a note for each limit that was reached."""

    levels: Levels
    notes: tuple[str, ...]


def precise(levels: Levels, rows: Rows, policy: Policy) -> Limited:
    """Levels whose actions are expected to be as precise as the policy asks.

    The mean risk of what is removed, held or reviewed is its expected precision. Where it is under
    the target, the listings of the lowest risk fall to the next milder action that they allow,
    until it is not: from remove to hold, from hold to review, from review to evaluate.
    """
    notes: list[str] = []
    level = levels.level.copy()
    steps = ((REMOVE, "remove", "hold"), (HOLD, "hold", "review"), (REVIEW, "review", "evaluate"))
    for action, name, milder in steps:
        target = getattr(policy.precision_target, name)
        if target is None:
            continue
        order = _by_risk(levels, rows, np.flatnonzero(level == action))
        mean = np.cumsum(levels.risk[order]) / np.arange(1, len(order) + 1)
        surplus = order[int((mean >= 100 * float(target)).sum()) :]
        if not len(surplus):
            continue
        level[surplus] = _milder(action, levels.may_hold[surplus])
        notes.append(
            f"{len(surplus)} of {len(order)} listings {milder} instead of {name}: with them the "
            f"expected precision is under {target}"
        )
    return Limited(levels=replace(levels, level=level), notes=tuple(notes))


def _milder(action: int, may_hold: np.ndarray) -> np.ndarray | int:
    if action == REMOVE:
        return np.where(may_hold, HOLD, REVIEW)
    return action - 1 if action > EVALUATE else ALLOW


def capped(levels: Levels, rows: Rows, policy: Policy, *, scanned: int) -> Limited:
    """Levels that hold or remove no more than the policy's caps; the surplus becomes review.

    First of each seller's listings, then of all: the listings of the lowest risk give way; of
    equal risks those of the later listing id.

    Args:
        scanned: listings scanned in all.
    """
    caps, notes = policy.caps, []
    level = levels.level.copy()
    order = _by_risk(levels, rows, np.flatnonzero(level >= HOLD))
    place = _place_in_seller(rows.seller[order])
    allowed = np.maximum(caps.seller_least, _shares(caps.seller_share, rows.scanned))
    over = order[(rows.seller[order] >= 0) & (place >= np.append(allowed, 0)[rows.seller[order]])]
    level[over] = REVIEW
    if len(over):
        sellers = len(np.unique(rows.seller[over]))
        notes.append(
            f"{len(over)} listings of {sellers} sellers review instead of hold or remove: more "
            f"than {caps.seller_least} and a share of {caps.seller_share} of a seller's listings"
        )
    order = order[level[order] >= HOLD]
    most = max(caps.acted_least, int(caps.acted_share * scanned))
    if len(order) > most:
        level[order[most:]] = REVIEW
        notes.append(
            f"{len(order) - most} listings review instead of hold or remove: more than {most}, "
            f"the cap for {scanned} scanned listings"
        )
    return Limited(levels=replace(levels, level=level), notes=tuple(notes))


def _by_risk(levels: Levels, rows: Rows, at: np.ndarray) -> np.ndarray:
    """`at` ordered by risk, the highest first, then by bits, then by listing id."""
    table = pa.table(
        {
            "risk": levels.risk[at],
            "bits": levels.bits[at],
            "id": rows.ids.take(pa.array(at, pa.int64())),
        }
    )
    keys = [("risk", "descending"), ("bits", "descending"), ("id", "ascending")]
    return np.asarray(at[pc.sort_indices(table, sort_keys=keys).to_numpy()])


def _place_in_seller(seller: np.ndarray) -> np.ndarray:
    """How many listings of the same seller stand before each one."""
    order = np.argsort(seller, kind="stable")
    ordered = seller[order]
    starts = np.searchsorted(ordered, ordered)
    place = np.empty(len(seller), np.int64)
    place[order] = np.arange(len(seller)) - starts
    return place


def _shares(share: Decimal, totals: np.ndarray) -> np.ndarray:
    """The whole number of listings in a share of each total, without rounding errors."""
    top, bottom = share.as_integer_ratio()
    return np.array([top * total // bottom for total in totals.tolist()], np.int64)
