"""Listings as they were seen, and what was decided about them: what a marketplace keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

import msgspec

from countermark.domain.events import instant
from countermark.domain.tables import ACTIONS

RISK_MILLI: Final = 1_000
"""A stored risk is in whole thousandths of a percent, so that equal risks have equal bytes."""

WATCHED_AT: Final = ("review", "hold", "remove")
"""Actions that put a listing before a person."""

MACHINES: Final = ("gate", "rescan")
"""Who decides without being a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One listing as it was seen at one moment; an edit is a new sighting.

    Attributes:
        member: the marketplace.
        digest: of what the seller says, see `offers.content_digest`.
        previous: the sighting before this one, None of the first.
        content: see `offers.content_bytes`.
    """

    ref: str
    member: str
    venue: str
    listing_id: str
    seller_id: str | None
    digest: str
    seen_at: datetime
    previous: str | None
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows for one sighting; a later decision on the same one supersedes.

    Attributes:
        listing: reference of the sighting.
        risk_milli: 0 to 100,000, see `RISK_MILLI`.
        grounds: rule ids, the strongest first.
        edits: what the seller changed since the sighting before, see `decision.edits`.
        version: snapshot, policy and weights.
        by: who decided: "gate", "rescan", or the reference of a person.
        acting: False where it is only what would have followed (shadow).
        previous: the decision that it supersedes.
        findings: JSON rows of the rules that held, with their facts; empty where none did.
    """

    ref: str
    listing: str
    member: str
    action: str
    risk_milli: int
    claim: str | None
    mark: str | None
    grounds: tuple[str, ...]
    edits: tuple[str, ...] = ()
    version: str
    by: str
    acting: bool
    decided_at: datetime
    previous: str | None = None
    findings: bytes = b""

    def __post_init__(self) -> None:
        """Refuse what no decision can say."""
        if self.action not in ACTIONS or not 0 <= self.risk_milli <= 100 * RISK_MILLI:
            raise ValueError(f"no decision: {self.action!r} at a risk of {self.risk_milli}")


_ENCODER: Final = msgspec.json.Encoder(order="sorted")


def decision_bytes(decision: Decision) -> bytes:
    """What a decision's commitment is made over: canonical JSON of everything but the facts, and their hash."""
    return _ENCODER.encode(
        {
            "acting": decision.acting,
            "action": decision.action,
            "at": instant(decision.decided_at),
            "by": decision.by,
            "claim": decision.claim or "",
            "edits": decision.edits,
            "facts": sha256(decision.findings).hexdigest(),
            "grounds": decision.grounds,
            "listing": decision.listing,
            "mark": decision.mark or "",
            "risk_milli": decision.risk_milli,
            "version": decision.version,
        }
    )
