"""Judged submissions kept: sightings, decisions, cases, events and messages in one transaction, and an answer for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import msgspec

from countermark.decision.edits import SWITCHED, edits_between
from countermark.decision.gating import Judgement
from countermark.domain.cases import Case
from countermark.domain.commitments import NOTHING, commitment
from countermark.domain.events import Event, EventType, instant
from countermark.domain.offers import content_bytes, content_digest, offer_of
from countermark.domain.sightings import WATCHED_AT, Decision, Sighting, decision_bytes
from countermark.domain.tables import ACTIONS
from countermark.flows.judge_submissions import Judged
from countermark.ports import Chance, Clock, Kept, Known, Message, Records, Unit

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
    judged: Sequence[Judged], *, records: Records, clock: Clock, chance: Chance
) -> list[Answer]:
    """Keep what is new of some judged submissions, all in one transaction, and say what holds for each.

    The same content as a listing's last sighting changes nothing: the decision that holds is the answer. Changed content
    is a new sighting. A listing that a person must see becomes a case in the same transaction, so does every event.

    Raises:
        RecordsError: nothing was kept.
    """
    with records.writing() as unit:
        return _keep_in(unit, judged, clock.now(), chance)


def _keep_in(unit: Unit, judged: Sequence[Judged], now: datetime, chance: Chance) -> list[Answer]:
    known = _known(unit, judged)
    refs, nonces = iter(chance.refs(4 * len(judged))), iter(chance.nonces(len(judged)))
    open_cases = unit.cases.open_of([each.sighting.ref for each in known.values()])
    batch, answers = _Batch(cases=dict(open_cases)), []
    for each in judged:
        submission = each.submission
        key = (submission.member, submission.venue, submission.offer.listing_id)
        before, digest = known.get(key), content_digest(submission.offer)
        if before is not None and before.sighting.digest == digest:
            answers.append(Answer(known=before, is_new=False, notes=each.notes))
            continue
        seen = _seen(each, before, digest, now, refs=refs, nonce=next(nonces))
        known[key] = seen
        batch.seen.append(seen)
        batch.events.append(
            _event(
                "listing.judged",
                seen.kept.decision,
                subject=seen.sighting.ref,
                actor=submission.actor,
                before=NOTHING if before is None else before.kept.commitment,
                after=seen.kept.commitment,
            )
        )
        _follow(batch, seen, refs)
        answers.append(Answer(known=seen, is_new=True, notes=each.notes))
    _write(unit, batch)
    return answers


def _known(unit: Unit, judged: Sequence[Judged]) -> dict[tuple[str, str, str], Known]:
    """What is known of the listings, by member, venue and id."""
    asked: dict[tuple[str, str], list[str]] = {}
    for each in judged:
        of = each.submission
        asked.setdefault((of.member, of.venue), []).append(of.offer.listing_id)
    return {
        (member, venue, listing_id): known
        for (member, venue), ids in asked.items()
        for listing_id, known in unit.sightings.known(
            member, venue, list(dict.fromkeys(ids))
        ).items()
    }


def _seen(
    judged: Judged,
    before: Known | None,
    digest: str,
    now: datetime,
    *,
    refs: Iterator[str],
    nonce: bytes,
) -> Known:
    """The new sighting of a listing and the decision about it."""
    submission, judgement = judged.submission, judged.judgement
    edits: tuple[str, ...] = ()
    if before is not None:
        edits = edits_between(offer_of(before.sighting.content), submission.offer)
        judgement = _of_edited(judged, edits, before)
    sighting = Sighting(
        ref=next(refs),
        member=submission.member,
        venue=submission.venue,
        listing_id=submission.offer.listing_id,
        seller_id=submission.offer.seller_id,
        digest=digest,
        seen_at=now,
        previous=None if before is None else before.sighting.ref,
        content=content_bytes(submission.offer),
    )
    decision = Decision(
        ref=next(refs),
        listing=sighting.ref,
        member=submission.member,
        action=judgement.action,
        risk_milli=judgement.risk_milli,
        claim=judgement.claim,
        mark=judgement.mark,
        grounds=judgement.grounds,
        edits=edits,
        version=judged.version,
        by="gate",
        acting=not judged.shadow,
        decided_at=now,
        previous=None if before is None else before.kept.decision.ref,
        findings=judged.findings,
    )
    kept = Kept(
        decision=decision, nonce=nonce, commitment=commitment(nonce, decision_bytes(decision))
    )
    return Known(sighting=sighting, kept=kept)


def _of_edited(judged: Judged, edits: Sequence[str], before: Known) -> Judgement:
    """A judgement with what follows from other goods in an old listing's place, where they name another mark."""
    judgement, least = judged.judgement, judged.switched
    switched = SWITCHED in edits and judgement.mark not in (None, before.kept.decision.mark)
    if not switched or ACTIONS.index(judgement.action) >= ACTIONS.index(least):
        return judgement
    return replace(judgement, action=least, grounds=(*judgement.grounds, SWITCHED_GROUND))


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
    an edit.
    """
    decision = seen.kept.decision
    case = batch.cases.pop(seen.sighting.previous or "", None)
    if case is not None:
        moved = replace(case, subject=decision.listing, risk_milli=decision.risk_milli)
        batch.cases[decision.listing] = moved
        return
    if decision.action not in WATCHED_AT or not decision.acting:
        return
    opened = Case(
        ref=next(refs),
        member=decision.member,
        subject=decision.listing,
        risk_milli=decision.risk_milli,
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
