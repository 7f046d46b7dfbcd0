"""A policy file to a `Policy`, with errors that name file, key, value and what would work."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn

import msgspec

from countermark.decision.policy_schema import (
    Policy,
    Thresholds,
    grant_of,
    policy_id,
    policy_of,
    policy_plain,
)
from countermark.domain.tables import ACTIONS
from countermark.errors import PolicyError
from countermark.knowledge.faults import Where, shown
from countermark.knowledge.schema_faults import plain_fault

__all__ = ["Policy", "grant_of", "parse_policy", "policy_id", "policy_of", "policy_plain"]

_SHARES: Final = ("caps.acted_share", "caps.seller_share")
_TARGETS: Final = ("review", "hold", "remove")


def parse_policy(text: str, *, source: str) -> Policy:
    """The policy that a TOML text states.

    Args:
        source: what errors call the text, usually its path.

    Raises:
        PolicyError: not TOML, an unknown or missing key, a value of the wrong type or out of
            range, thresholds out of order, or `learned_only` without a target to be over.
    """
    raw = _table(text, source)
    _refuse_quoted_numbers(raw, source)
    try:
        policy = msgspec.convert(raw, Policy)
    except msgspec.ValidationError as error:
        fault = plain_fault(error, raw=raw, kind=Policy, where=Where(pack="", file=source), key="")
        says = str(fault).removeprefix("pack: ")
        raise PolicyError(says, hint=fault.hint or "see policies/balanced.toml") from None
    _check(policy, source)
    return policy


def _table(text: str, source: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=_exact)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        says = str(error) or "nested too deeply"
        raise PolicyError(
            f"{source}: not TOML: {says[:1].lower()}{says[1:]}",
            hint="compare it with policies/balanced.toml",
        ) from None


def _exact(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(f"{text} is not a number")
    return number


def _refuse_quoted_numbers(raw: Mapping[str, Any], source: str, prefix: str = "") -> None:
    """A number in quotes would be read as one, and is most likely a slip."""
    for key, value in raw.items():
        if isinstance(value, Mapping) and key not in ("granted", "edits"):  # these hold words
            _refuse_quoted_numbers(value, source, f"{prefix}{key}.")
        elif prefix and isinstance(value, str):
            _fault(source, f"{prefix}{key}", value, "write a number, without quotes")


def _fault(source: str, key: str, value: object, hint: str) -> NoReturn:
    raise PolicyError(f"{source}, {key}: {shown(value)} cannot be used", hint=hint)


def _check(policy: Policy, source: str) -> None:
    for claim in policy.claims.__struct_fields__:
        _check_thresholds(getattr(policy.claims, claim), source, f"claims.{claim}")
    review_at = policy.sellers.review_at
    if review_at is not None and not 0 < review_at <= 100:
        _fault(
            source, "sellers.review_at", review_at, "a risk is in percent, over 0 and at most 100"
        )
    for key in _SHARES:
        share = getattr(policy.caps, key.rpartition(".")[2])
        if not 0 <= share <= 1:
            _fault(source, key, share, "a share is from 0 to 1")
    factor = policy.breakers.breaker_factor
    if factor is not None and not 1 <= factor <= 1000:
        _fault(source, "breakers.breaker_factor", factor, "a factor is from 1 to 1000")
    for key, pattern in _patterns(policy):
        if not pattern or pattern != "".join(pattern.split()):
            _fault(source, key, pattern, 'name a rule id or a pattern such as "core.*"')
    _check_targets(policy, source)


def _patterns(policy: Policy) -> Iterator[tuple[str, str]]:
    yield from (("breakers.suspended", pattern) for pattern in policy.breakers.suspended)
    yield from (("granted", pattern) for pattern in policy.granted)


def _check_thresholds(thresholds: Thresholds, source: str, where: str) -> None:
    """Refuse risks outside (0, 100], and a milder action that begins at a higher risk."""
    last_key, last = "", Decimal(0)
    for action, value in zip(ACTIONS[1:], thresholds.in_order, strict=True):
        key = f"{action}_at"
        if value is None:
            continue
        if not 0 < value <= 100:
            _fault(source, f"{where}.{key}", value, "a risk is in percent, over 0 and at most 100")
        if value < last:
            raise PolicyError(
                f"{source}, {where}: {last_key} is {last} and {key} is {value}",
                hint="they must satisfy evaluate_at <= review_at <= hold_at <= remove_at",
            )
        last_key, last = key, value


def _check_targets(policy: Policy, source: str) -> None:
    for name in _TARGETS:
        target = getattr(policy.precision_target, name)
        if target is not None and not 0 < target <= 1:
            _fault(
                source, f"precision_target.{name}", target, "a precision is over 0 and at most 1"
            )
    if not policy.learned_only:
        return
    thresholds = [getattr(policy.claims, claim) for claim in policy.claims.__struct_fields__]
    for name in _TARGETS[1:]:
        used = any(getattr(each, f"{name}_at") is not None for each in thresholds)
        if used and getattr(policy.precision_target, name) is None:
            raise PolicyError(
                f"{source}, learned_only: true, but precision_target.{name} is missing",
                hint=f"state precision_target.{name}, or remove every {name}_at",
            )
