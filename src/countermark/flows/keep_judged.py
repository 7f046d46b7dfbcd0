"""Judged submissions kept: sightings, decisions, cases, events and messages in one transaction, and an answer for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from countermark.decision.edits import SWITCHED, edits_between
from countermark.domain.commitments import NOTHING
from countermark.domain.offers import content_bytes, content_digest, offer_of
from countermark.domain.sightings import Decision, Sighting
from countermark.domain.tables import ACTIONS
from countermark.flows.consequences import Batch, event_of, follow, sealed, write
from countermark.flows.judge_submissions import Judged, JudgedBatch, Submission
from countermark.ports import Chance, Keeping, Known, Unit

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
    batch, answers = Batch(cases=dict(open_cases)), []
    for submission, each in zip(submissions, judged.listings, strict=True):
        key = (submission.member, submission.venue, submission.offer.listing_id)
        before, digest = known.get(key), content_digest(submission.offer)
        if before is not None and _stands(before, digest, judged):
            answers.append(Answer(known=before, is_new=False, notes=each.notes))
            continue
        sighting = _sighting(submission, before, digest, now, next(refs))
        decided = _decision(sighting, each, judged, before, ref=next(refs), now=now)
        kept = sealed(decided, next(nonces))
        seen = Known(sighting=sighting, kept=kept)
        known[key] = seen
        batch.seen.append(seen)
        earlier = NOTHING if before is None else before.kept.commitment
        batch.events.append(
            event_of(
                "listing.judged",
                kept,
                subject=sighting.ref,
                actor=submission.actor,
                before=earlier,
            )
        )
        follow(batch, seen, sighting.previous, refs)
        answers.append(Answer(known=seen, is_new=True, notes=each.notes))
    write(unit, batch)
    return answers


def _stands(before: Known, digest: str, judged: JudgedBatch) -> bool:
    """Whether what was decided about a listing holds: its content is the same, and the gate has not left the shadow since."""
    acts = before.kept.decision.acting or judged.shadow
    return acts and before.sighting.digest == digest


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
