"""What the gate is sent and answers, as JSON; the typed client speaks the same."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from countermark.domain.events import instant
from countermark.domain.offers import Offer
from countermark.domain.sightings import RISK_MILLI
from countermark.flows.keep_judged import Answer

MOST_LISTINGS = 1_000
"""Listings that one request may bring."""

Venue = Annotated[str, Meta(max_length=100)]


class GateRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Listings of one venue.

    Attributes:
        venue: one that the member runs; may be left out by who runs only one.
    """

    listings: Annotated[list[Offer], Meta(min_length=1, max_length=MOST_LISTINGS)]
    venue: Venue | None = None


class GateDecision(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What follows for one listing.

    Attributes:
        listing_id: the venue's.
        listing, decision: references to the sighting and to the decision, for later questions.
        action: allow, evaluate, review, hold or remove. In shadow always allow.
        would: in shadow, what would have followed.
        risk: 0 to 100; of 100 listings like it so many are counterfeit.
        grounds: rules, the strongest first.
        edits: what changed since the sighting before; "switched" first where other goods stand there now.
        notes: values that could not be used.
        new: false where the same content was judged before, and this is what was decided then.
        error: why this listing was not judged; then nothing else is known of it.
    """

    listing_id: str | None
    listing: str = ""
    decision: str = ""
    action: str = ""
    would: str | None = None
    risk: float | None = None
    claim: str | None = None
    mark: str | None = None
    grounds: tuple[str, ...] = ()
    edits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    new: bool | None = None
    decided_at: str = ""
    version: str = ""
    error: str | None = None


class GateResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A decision for each listing, in their order."""

    decisions: list[GateDecision]


class Loaded(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate judges by from now on: snapshot, policy and weights."""

    version: str


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """How the server is."""

    status: str


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong (RFC 9457).

    Attributes:
        title: the status in words.
        detail: one line that names thing, value and place.
        hint: what would work.
    """

    status: int
    title: str
    detail: str
    hint: str = ""


def decision_out(answer: Answer) -> GateDecision:
    """An answer as the venue is told."""
    decision = answer.known.kept.decision
    return GateDecision(
        listing_id=answer.known.sighting.listing_id,
        listing=answer.known.sighting.ref,
        decision=decision.ref,
        action=decision.action if decision.acting else "allow",
        would=None if decision.acting else decision.action,
        risk=decision.risk_milli / RISK_MILLI,
        claim=decision.claim,
        mark=decision.mark,
        grounds=decision.grounds,
        edits=decision.edits,
        notes=answer.notes,
        new=answer.is_new,
        decided_at=instant(decision.decided_at),
        version=decision.version,
    )
