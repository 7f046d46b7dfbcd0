"""Judged submissions kept: sightings, decisions, cases, events and messages in one transaction, and an answer for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import msgspec

from countermark.decision.edits import SWITCHED, edits_between
from countermark.domain.cases import Case
from countermark.domain.commitments import NOTHING, commitment
from countermark.domain.events import Event, EventType, instant
from countermark.domain.offers import content_bytes, content_digest, offer_of
from countermark.domain.sightings import WATCHED_AT, Decision, Sighting, decision_bytes
from countermark.domain.tables import ACTIONS
from countermark.flows.judge_submissions import Judged, JudgedBatch, Submission
from countermark.ports import Chance, Keeping, Kept, Known, Message, Unit
from countermark.review.harm import harm_of

SWITCHED_GROUND: Final = "core.listing/switched"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the venue is told.

    Attributes:
        known: the sighting and the decision that holds.
        is_new: False where the same content was judged before; then that decision stands.
        notes: values that could not be used, one sentence each.
    """

    known: Known
    is_new: bool
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Batch:
    """What one transaction will write."""

    seen: list[Known] = field(default_factory=list)
    cases: dict[str, Case] = field(default_factory=dict)  # all that are open, by their sighting
    events: list[Event] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)


def keep(
    submissions: Sequence[Submission],
    judged: JudgedBatch,
    *,
    keeping: Keeping,
) -> list[Answer]:
    """Keep what is new of some judged submissions, all in one transaction, and say what holds for each.

    The same content as a listing's last sighting changes nothing: the decision that holds is the answer. Changed content
    is a new sighting. A listing that a person must see becomes a case in the same transaction, so does every event.

    Raises:
        RecordsError: nothing was kept.
    """
    with keeping.records.writing() as unit:
        return _keep_in(unit, submissions, judged, keeping.clock.now(), keeping.chance)


def _keep_in(
    unit: Unit,
    submissions: Sequence[Submission],
    judged: JudgedBatch,
    now: datetime,
    chance: Chance,
) -> list[Answer]:
    known = _known(unit, submissions)
    refs, nonces = iter(chance.refs(4 * len(submissions))), iter(chance.nonces(len(submissions)))
    open_cases = unit.cases.open_of([each.sighting.ref for each in known.values()])
    batch, answers = _Batch(cases=dict(open_cases)), []
    for submission, each in zip(submissions, judged.listings, strict=True):
        key = (submission.member, submission.venue, submission.offer.listing_id)
        before, digest = known.get(key), content_digest(submission.offer)
        if before is not None and before.sighting.digest == digest:
            answers.append(Answer(known=before, is_new=False, notes=each.notes))
            continue
        sighting = _sighting(submission, before, digest, now, next(refs))
        decided = _decision(sighting, each, judged, before, ref=next(refs), now=now)
        nonce = next(nonces)
        sealed = commitment(nonce, decision_bytes(decided))
        seen = Known(sighting=sighting, kept=Kept(decision=decided, nonce=nonce, commitment=sealed))
        known[key] = seen
        batch.seen.append(seen)
        earlier = NOTHING if before is None else before.kept.commitment
        batch.events.append(
            _event(
                "listing.judged",
                decided,
                subject=sighting.ref,
                actor=submission.actor,
                before=earlier,
                after=sealed,
            )
        )
        _follow(batch, seen, refs)
        answers.append(Answer(known=seen, is_new=True, notes=each.notes))
    _write(unit, batch)
    return answers


def _known(unit: Unit, submissions: Sequence[Submission]) -> dict[tuple[str, str, str], Known]:
    """What is known of the listings, by member, venue and id."""
    asked: dict[tuple[str, str], dict[str, None]] = {}
    for each in submissions:
        asked.setdefault((each.member, each.venue), {})[each.offer.listing_id] = None
    return {
        (member, venue, listing_id): known
        for (member, venue), ids in asked.items()
        for listing_id, known in unit.sightings.known(member, venue, list(ids)).items()
    }


def _sighting(
    submission: Submission, before: Known | None, digest: str, now: datetime, ref: str
) -> Sighting:
    return Sighting(
        ref=ref,
        member=submission.member,
        venue=submission.venue,
        listing_id=submission.offer.listing_id,
        seller_id=submission.offer.seller_id,
        digest=digest,
        seen_at=now,
        previous=None if before is None else before.sighting.ref,
        content=content_bytes(submission.offer),
    )


def _decision(
    sighting: Sighting,
    each: Judged,
    judged: JudgedBatch,
    before: Known | None,
    *,
    ref: str,
    now: datetime,
) -> Decision:
    """The decision about a new sighting, with what follows from an edit that puts other goods in its place."""
    edits: tuple[str, ...] = ()
    action, grounds = each.action, each.grounds
    if before is not None:
        edits = edits_between(offer_of(before.sighting.content), offer_of(sighting.content))
        new_mark = each.mark not in (None, before.kept.decision.mark)
        milder = ACTIONS.index(action) < ACTIONS.index(judged.switched)
        if SWITCHED in edits and new_mark and milder:
            action, grounds = judged.switched, (*grounds, SWITCHED_GROUND)
    return Decision(
        ref=ref,
        listing=sighting.ref,
        member=sighting.member,
        action=action,
        risk_milli=each.risk_milli,
        claim=each.claim,
        mark=each.mark,
        grounds=grounds,
        edits=edits,
        version=judged.version,
        by="gate",
        acting=not judged.shadow,
        decided_at=now,
        previous=None if before is None else before.kept.decision.ref,
        findings=each.findings,
    )


def _event(
    kind: EventType, of: Decision, *, subject: str, actor: str, before: str, after: str
) -> Event:
    return Event(
        type=kind,
        at=instant(of.decided_at),
        actor=actor,
        member=of.member,
        subject=subject,
        before=before,
        after=after,
        reason=of.action,
        version=of.version,
    )


def _follow(batch: _Batch, seen: Known, refs: Iterator[str]) -> None:
    """A case for a person and a message to others, where the decision asks for it and acts.

    A case that is open about the listing goes on about the new sighting, whatever it is judged: nobody leaves the queue by
    an edit, nor sinks in it.
    """
    decision = seen.kept.decision
    case = batch.cases.pop(seen.sighting.previous or "", None)
    if case is not None:
        risk = max(case.risk_milli, decision.risk_milli)
        harm = max(case.harm, harm_of(risk, offer_of(seen.sighting.content)).number)
        moved = replace(case, subject=decision.listing, risk_milli=risk, harm=harm)
        batch.cases[decision.listing] = moved
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
    after = seen.kept.commitment
    batch.events.append(
        _event(
            "case.opened", decision, subject=opened.ref, actor="system", before=NOTHING, after=after
        )
    )
    said = {"case": opened.ref, "listing": decision.listing, "action": decision.action}
    batch.messages.append(
        Message(
            ref=next(refs),
            member=decision.member,
            topic="case.opened",
            body=msgspec.json.encode(said),
            due_at=decision.decided_at,
        )
    )


def _write(unit: Unit, batch: _Batch) -> None:
    unit.sightings.add(batch.seen)
    fresh = {each.sighting.ref for each in batch.seen}
    unit.cases.add([case for case in batch.cases.values() if not case.revision])
    for case in batch.cases.values():
        if case.revision and case.subject in fresh:
            unit.cases.save(case)
    unit.journal.append(batch.events)
    unit.outbox.put(batch.messages)
