"""What each rule may cause in this run: nothing, an evaluation, or an action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

import numpy as np

from countermark.decision.evidence import Fired, RuleKey
from countermark.decision.policy import Policy, grant_of
from countermark.domain.rules import Rule

NOTHING, WATCHED, ACTING = 0, 1, 2
"""Standings: a watched rule may lead to `evaluate` and to nothing else."""

_NONE_BEFORE: Final[Mapping[str, int]] = {}
_OF_STATUS: Final = {"active": ACTING, "evaluation": WATCHED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standings:
    """The standing of each rule that fired.

    Attributes:
        of_key: int8, NOTHING, WATCHED or ACTING, by position in `Fired.keys`.
        notes: why a rule was stopped, one sentence each.
    """

    of_key: np.ndarray
    notes: tuple[str, ...] = ()


def snapshot_standings(fired: Fired) -> Standings:
    """Standings as the snapshot grants them, without a policy."""
    values = [_OF_STATUS.get(key.status, NOTHING) for key in fired.keys]
    return Standings(of_key=np.array(values, np.int8))


def standings(
    fired: Fired,
    *,
    policy: Policy,
    rules: Sequence[Rule],
    scanned: int,
    before: Mapping[str, int] = _NONE_BEFORE,
) -> Standings:
    """Standings under a policy: the lower of what the snapshot and the policy grant.

    A rule that the policy suspends, or that fires on more than `breaker_factor` times the share
    of listings that its author expects, is watched at most.

    Args:
        scanned: how many listings were scanned.
        before: by rule id, for how many of these it fired beside those of `fired`.
    """
    by_id = {rule.id: rule for rule in rules}
    counts = np.bincount(fired.key, minlength=len(fired.keys))
    values, notes = [], []
    for key, count in zip(fired.keys, counts.tolist(), strict=True):
        granted = grant_of(key.rule, policy.granted)
        standing = min(_OF_STATUS.get(key.status, NOTHING), _OF_STATUS.get(granted, NOTHING))
        fired_for = count + before.get(key.rule, 0)
        stopped = _stopped(key, fired_for, by_id, policy=policy, scanned=scanned)
        if stopped and standing == ACTING:
            standing = WATCHED
            notes.append(stopped)
        values.append(standing)
    return Standings(of_key=np.array(values, np.int8), notes=tuple(notes))


def _stopped(
    key: RuleKey, count: int, rules: Mapping[str, Rule], *, policy: Policy, scanned: int
) -> str:
    """Why a rule may not act in this run; "" if it may."""
    breakers = policy.breakers
    pattern = next((p for p in breakers.suspended if fnmatchcase(key.rule, p)), None)
    if pattern is not None:
        return f"{key.rule} only evaluates: the policy suspends {pattern}"
    factor = breakers.breaker_factor
    if key.rule not in rules or factor is None or count < breakers.least_findings:
        return ""
    expected = rules[key.rule].expect.max_rate
    if count <= factor * expected * scanned:
        return ""
    return (
        f"{key.rule} only evaluates: it fired for {count} of {scanned} listings, more than "
        f"{factor} times the share of {expected} that its author expects"
    )
