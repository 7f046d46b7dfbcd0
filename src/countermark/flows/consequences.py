"""What follows from decisions in the records: sightings, cases, events and messages, written together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import msgspec

from countermark.domain.cases import Case
from countermark.domain.commitments import NOTHING, commitment
from countermark.domain.events import Event, EventType, instant
from countermark.domain.offers import offer_of
from countermark.domain.sightings import WATCHED_AT, Decision, decision_bytes
from countermark.ports import Kept, Known, Message, Unit
from countermark.review.harm import harm_of

SYSTEM = "system"
"""The actor of what nobody in particular does."""


@dataclass(slots=True)
class Batch:
    """What one transaction will write.

    Attributes:
        seen: new sightings.
        decided: new decisions about sightings that are there.
        cases: all that are open, by their sighting.
        changed: references of those of them that are to be saved.
    """

    seen: list[Known] = field(default_factory=list)
    decided: list[Kept] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def sealed(decision: Decision, nonce: bytes) -> Kept:
    """A decision with the commitment to it."""
    return Kept(
        decision=decision, nonce=nonce, commitment=commitment(nonce, decision_bytes(decision))
    )


def event_of(
    kind: EventType, of: Kept, *, subject: str, actor: str = SYSTEM, before: str = NOTHING
) -> Event:
    """What is told of a thing that became so by a decision."""
    decision = of.decision
    return Event(
        type=kind,
        at=instant(decision.decided_at),
        actor=actor,
        member=decision.member,
        subject=subject,
        before=before,
        after=of.commitment,
        reason=decision.action,
        version=decision.version,
    )


def follow(batch: Batch, seen: Known, previous: str | None, refs: Iterator[str]) -> None:
    """A case for a person and a message to others, where the decision asks for it and acts.

    A case that is open about the listing goes on about the new sighting, whatever it is judged: nobody leaves the queue by
    an edit, nor sinks in it.

    Args:
        previous: the sighting before, or the same where only the decision is new.
    """
    kept, decision = seen.kept, seen.kept.decision
    case = batch.cases.pop(previous or "", None)
    if case is not None:
        risk = max(case.risk_milli, decision.risk_milli)
        harm = max(case.harm, harm_of(risk, offer_of(seen.sighting.content)).number)
        moved = replace(case, subject=decision.listing, risk_milli=risk, harm=harm)
        batch.cases[decision.listing] = moved
        batch.changed.add(case.ref)
        return
    if decision.action not in WATCHED_AT or not decision.acting:
        return
    opened = Case(
        ref=next(refs),
        member=decision.member,
        subject=decision.listing,
        risk_milli=decision.risk_milli,
        harm=harm_of(decision.risk_milli, offer_of(seen.sighting.content)).number,
        opened_at=decision.decided_at,
    )
    batch.cases[decision.listing] = opened
    batch.events.append(event_of("case.opened", kept, subject=opened.ref))
    _tell(batch, "case.opened", opened, kept, next(refs))


def withdraw(batch: Batch, case: Case, kept: Kept, refs: Iterator[str]) -> None:
    """A case that nobody works on ended, since what it was opened for does not hold any more."""
    ended = case.withdraw(outcome=kept.decision.ref)
    batch.cases[case.subject] = ended
    batch.changed.add(case.ref)
    batch.events.append(event_of("case.closed", kept, subject=case.ref))
    _tell(batch, "case.closed", ended, kept, next(refs))


def _tell(batch: Batch, topic: str, case: Case, kept: Kept, ref: str) -> None:
    decision = kept.decision
    said = {"case": case.ref, "listing": decision.listing, "action": decision.action}
    batch.messages.append(
        Message(
            ref=ref,
            member=decision.member,
            topic=topic,
            body=msgspec.json.encode(said),
            due_at=decision.decided_at,
        )
    )


def write(unit: Unit, batch: Batch) -> None:
    """Write all of it."""
    unit.sightings.add(batch.seen)
    unit.sightings.supersede(batch.decided)
    unit.cases.add([case for case in batch.cases.values() if not case.revision])
    for case in batch.cases.values():
        if case.revision and case.ref in batch.changed:
            unit.cases.save(case)
    unit.journal.append(batch.events)
    unit.outbox.put(batch.messages)
