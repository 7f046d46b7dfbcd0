"""A person's decision undone with all that followed from it; and that undone as well."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NoReturn

from countermark.domain.cases import Case
from countermark.domain.events import EventType
from countermark.domain.labels import Label
from countermark.domain.sightings import Decision
from countermark.errors import Conflict, NotPossible
from countermark.flows.consequences import sealed
from countermark.flows.desk import Decided, Reviewer, check_undoing, news, shown, told
from countermark.ports import Keeping, Kept, Unit


def undo(case_ref: str, decision_ref: str, *, reviewer: Reviewer, keeping: Keeping) -> Decided:
    """The decision that held before `decision_ref` holds again, as a new decision by the person who undoes it.

    Of a decision that closed the case: the case is in its queue again, the label is withdrawn, the venue is told. Of a
    decision that undid another one, which is then in force again: the case is closed, the label stands again, the venue is
    told. A second review has only itself to unwind. To undo twice is to undo once, if nothing happened in between.

    Raises:
        NotFound, NotAllowed: see `desk.check_undoing`.
        Conflict: something else holds by now: the seller edited the listing, or somebody else decided it or has the case.
        NotPossible: the decision is none that people made.
    """
    with keeping.records.writing(reviewer.member) as unit:
        now = keeping.clock.now()
        case = unit.cases.get(case_ref)
        check_undoing(case, reviewer, now.date(), unit=unit)
        named = unit.sightings.decision(decision_ref)
        if case.kind == "second_review":
            return _unwound_opinion(case, named, reviewer, now, unit=unit)
        holds = _holding(case, unit=unit)
        if holds.decision.ref != decision_ref:
            return _undone_before(case, named.decision, holds, reviewer, unit=unit)
        label = _label_of(case, named.decision, unit=unit)
        earlier = unit.sightings.decision(named.decision.previous or "").decision
        refs = keeping.chance.refs(3)
        nonce = keeping.chance.nonces(1)[0]
        restored = _restored(earlier, named, reviewer, ref=refs[0], now=now, nonce=nonce)
        made = restored.decision
        if case.state == "closed":
            unit.labels.withdraw(label.ref, made.decided_at)
            saved = unit.cases.save(case.reopen())
            label = replace(label, withdrawn_at=made.decided_at)
        else:
            claimed = case.claim(reviewer.ref, now)
            saved = unit.cases.save(claimed.close(reviewer.ref, now, outcome=made.ref))
            label = _again(label, made, ref=refs[1])
            unit.labels.add(label)
        _tell(saved, (named, restored), reviewer, ref=refs[2], unit=unit)
    return Decided(case=saved, decision=made, label=label, is_new=True)


def _again(label: Label, made: Decision, *, ref: str) -> Label:
    """What was found out stands again, with another decision and by whom it was."""
    return replace(label, ref=ref, decision=made.ref, decided_at=made.decided_at, withdrawn_at=None)


def _tell(case: Case, step: tuple[Kept, Kept], reviewer: Reviewer, *, ref: str, unit: Unit) -> None:
    """The listing stands otherwise, and so does the case: what holds, the events and the venue's message."""
    at = step[1].decision.decided_at
    unit.sightings.supersede([step[1]])
    what: EventType = "case.closed" if case.state == "closed" else "case.reopened"
    listing = told("listing.undone", case.subject, reviewer, at, step=step)
    unit.journal.append([listing, told(what, case.ref, reviewer, at, step=step)])
    unit.outbox.put([news("listing.undone", case, step, ref=ref, at=at)])


def _holding(case: Case, *, unit: Unit) -> Kept:
    """What holds for the listing, if it is still the one that the case is about."""
    known = unit.sightings.get(case.subject)
    seen = known.sighting
    last = unit.sightings.known(seen.member, seen.venue, [seen.listing_id])[seen.listing_id]
    if last.sighting.ref != seen.ref:
        _edited(case)
    return known.kept


def _edited(case: Case) -> NoReturn:
    raise Conflict(
        f"the listing of case {case.ref} was edited since it was decided",
        hint="decide about the listing as it is now",
    )


def _undone_before(
    case: Case, named: Decision, holds: Kept, reviewer: Reviewer, *, unit: Unit
) -> Decided:
    """What the same person did a moment ago, when they said it twice; for all others it is too late."""
    if named.listing != case.subject:
        _edited(case)
    now = holds.decision
    if now.previous == named.ref and now.by == reviewer.ref and named.previous is not None:
        earlier = unit.sightings.decision(named.previous).decision
        if _content(earlier) == _content(now):
            label = unit.labels.of_decision(case.outcome or named.ref)
            return Decided(case=case, decision=now, label=label, is_new=False)
    raise Conflict(
        f"another decision than {named.ref} holds for the listing of case {case.ref}",
        hint="look at the case again; it may have been undone already",
    )


def _content(decision: Decision) -> Decision:
    """What is decided, whoever decided it when."""
    return replace(decision, ref="", by="", previous=None, decided_at=decision.decided_at.min)


def _label_of(case: Case, named: Decision, *, unit: Unit) -> Label:
    """The label that goes or comes with the undoing of a decision: of a closed case its own, else of what it undid."""
    of = named.ref if case.state == "closed" else named.previous
    label = unit.labels.of_decision(of or "")
    stands = label is not None and label.withdrawn_at is None
    if label is None or label.case != case.ref or stands != (case.state == "closed"):
        raise NotPossible(
            f"decision {named.ref} is none that a person made in case {case.ref}",
            hint="only what people decide can be undone; decide the case instead",
        )
    return label


def _restored(
    earlier: Decision, named: Kept, reviewer: Reviewer, *, ref: str, now: datetime, nonce: bytes
) -> Kept:
    decision = replace(
        earlier,
        ref=ref,
        by=reviewer.ref,
        previous=named.decision.ref,
        # however the clock was set, what follows comes after what it follows
        decided_at=max(now, named.decision.decided_at),
    )
    return sealed(decision, nonce)


def _unwound_opinion(
    case: Case, named: Kept, reviewer: Reviewer, now: datetime, *, unit: Unit
) -> Decided:
    """A second review back in the queue, of which nothing followed but a label."""
    label = unit.labels.of_decision(named.decision.ref)
    if label is None or label.case != case.ref:
        raise NotPossible(
            f"decision {named.decision.ref} is none that a person made in case {case.ref}",
            hint="name the decision that the case ended in",
        )
    if case.outcome != named.decision.ref:
        undone = label.withdrawn_at is not None and label.person == reviewer.ref
        if undone and case.state != "closed":
            return Decided(case=shown(case), decision=named.decision, label=label, is_new=False)
        raise Conflict(f"case {case.ref} ended otherwise by now", hint="look at the case again")
    at = max(now, named.decision.decided_at)
    unit.labels.withdraw(label.ref, at)
    saved = unit.cases.save(case.reopen())
    event = told("case.reopened", case.ref, reviewer, at, step=(named, named))
    unit.journal.append([event])
    gone = replace(label, withdrawn_at=at)
    return Decided(case=shown(saved), decision=named.decision, label=gone, is_new=True)
