"""How one marketplace wants risks judged and what may follow automatically."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from countermark.knowledge.canonical import canonical_json

GRANTS: Final = ("draft", "evaluation", "active")
"""Statuses that a policy can grant, the least first."""

Grant = Literal["draft", "evaluation", "active"]
Count = Annotated[int, Meta(ge=0)]


class Thresholds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which risk on, in percent, what may follow for one claim; None: never."""

    evaluate_at: Decimal | None = None
    review_at: Decimal | None = None
    hold_at: Decimal | None = None
    remove_at: Decimal | None = None

    @property
    def in_order(self) -> tuple[Decimal | None, ...]:
        """Thresholds of evaluate, review, hold and remove."""
        return self.evaluate_at, self.review_at, self.hold_at, self.remove_at


class Claims(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The thresholds of each claim; a claim that is left out causes nothing."""

    suspected_counterfeit: Thresholds = Thresholds()
    declared_replica: Thresholds = Thresholds()
    misuse_of_mark: Thresholds = Thresholds()
    grey_market: Thresholds = Thresholds()


class Caps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much may be held or removed before a person has looked.

    Attributes:
        acted_share: share of the scanned listings, in [0, 1].
        acted_least: that many are allowed whatever the share says.
        seller_share: share of one seller's listings, in [0, 1].
        seller_least: that many of one seller are allowed whatever the share says.
    """

    acted_share: Decimal = Decimal("0.02")
    acted_least: Count = 20
    seller_share: Decimal = Decimal("0.5")
    seller_least: Count = 5


class Breakers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which rules are stopped from acting.

    Attributes:
        suspended: rule ids or patterns that may only evaluate.
        breaker_factor: a rule that fires on more than this many times its `expect.max_rate` is
            suspended for the run; None: never.
        least_findings: findings below which a rate is not judged.
    """

    suspended: tuple[str, ...] = ()
    breaker_factor: Decimal | None = Decimal(3)
    least_findings: Count = 20


class Targets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The precision that each action must be expected to have, in (0, 1]; None: not asked."""

    review: Decimal | None = None
    hold: Decimal | None = None
    remove: Decimal | None = None


class SellerReview(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an account is put before a person.

    Attributes:
        review_at: risk of the account in percent; None: never.
        least_suspects: listings reviewed, held or removed that it must have.
    """

    review_at: Decimal | None = None
    least_suspects: Count = 2


class Edits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows at least when a listing that is up comes to offer other goods.

    Attributes:
        switched: of a listing that names a mark now; see `decision.edits`.
    """

    switched: Literal["allow", "evaluate", "review"] = "review"


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One marketplace's policy.

    Attributes:
        granted: rule id or pattern -> the highest status that this venue grants; the most specific
            entry counts, and a rule that none names is only evaluated.
        learned_only: whether hold and remove need a rule whose measured precision is, with 95 %
            certainty, over the target of the action.
    """

    id: Annotated[str, Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", description="a-z, 0-9 and '-'")]
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    claims: Claims = Claims()
    caps: Caps = Caps()
    breakers: Breakers = Breakers()
    precision_target: Targets = Targets()
    sellers: SellerReview = SellerReview()
    edits: Edits = Edits()
    granted: Mapping[str, Grant] = {}
    learned_only: bool = False


def policy_plain(policy: Policy) -> dict[str, Any]:
    """The policy as plain JSON values, as a run keeps it; numbers as decimal text."""
    plain: dict[str, Any] = msgspec.to_builtins(policy)
    return plain


def policy_of(plain: Mapping[str, Any]) -> Policy:
    """The policy that `policy_plain` wrote."""
    return msgspec.convert(plain, Policy)


def policy_id(policy: Policy) -> str:
    """The name of a policy: "p-" and 12 hex digits of what it says; comments do not count."""
    return f"p-{hashlib.sha256(canonical_json(_plain(policy))).hexdigest()[:12]}"


def _plain(value: object) -> object:
    """A value as canonical JSON has it: numbers as normalised decimal text."""
    if isinstance(value, msgspec.Struct):
        return {name: _plain(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def grant_of(rule: str, granted: Mapping[str, Grant]) -> Grant:
    """The highest status that a policy grants to a rule.

    A full id counts before a pattern, a pattern with more plain characters before one with fewer;
    of equally specific patterns the stricter counts.
    """
    if rule in granted:
        return granted[rule]
    fitting = [(_plainness(pattern), pattern) for pattern in granted if fnmatchcase(rule, pattern)]
    if not fitting:
        return "evaluation"
    most = max(plain for plain, _ in fitting)
    return min((granted[p] for plain, p in fitting if plain == most), key=GRANTS.index)


def _plainness(pattern: str) -> int:
    """How many characters of a pattern stand for themselves."""
    return sum(sign not in "*?[]" for sign in pattern)
