"""What all flows of the review desk share: who reviews, what they may do, what is put before them, what is said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import msgspec

from countermark.domain.access import Action, Actor, Denied, Kind, Purpose, Reason, Thing, decide
from countermark.domain.cases import Case
from countermark.domain.events import Event, EventType
from countermark.domain.labels import Label
from countermark.domain.sightings import MACHINES, Decision, Sighting
from countermark.errors import NotAllowed, NotFound
from countermark.flows.identity import Deed
from countermark.ports import Kept, Message, Unit

OnKind = tuple[Action, Kind]
_TAKING: Final[tuple[OnKind, ...]] = (
    (Action.CLAIM, Kind.CASE),
    (Action.DECIDE, Kind.CASE),
    (Action.DECIDE, Kind.DECISION),
)
_UNDOING: Final[tuple[OnKind, ...]] = ((Action.UNDO, Kind.CASE), (Action.UNDO, Kind.DECISION))
_LEADING: Final[OnKind] = (Action.APPROVE, Kind.CASE)
_HINTS: Final = {
    Reason.FOUR_EYES: "it is your own work that is looked at again: leave it to somebody else",
    Reason.PURPOSE: "begin a session for that purpose",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """Somebody at the desk, as access knows them, in a session of some purpose."""

    actor: Actor
    purpose: Purpose

    @property
    def ref(self) -> str:
        """Reference of the person."""
        return self.actor.id

    @property
    def member(self) -> str:
        """In whose records they work."""
        return self.actor.member

    def refused(self, actions: tuple[OnKind, ...], thing: Thing, on: date) -> Denied | None:
        """Why one of the actions is not theirs to do; None: all are."""
        for action, kind in actions:
            asked = replace(thing, kind=kind)
            answer = decide(self.actor, action, asked, purpose=self.purpose, on=on)
            if isinstance(answer, Denied):
                return answer
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What is put before a reviewer.

    Attributes:
        case: of a second review without whose work it is.
        decision: the one that holds; of a second review what the machine decided, whatever people did since.
    """

    case: Case
    sighting: Sighting
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a person decided, or undid.

    Attributes:
        decision: the one that they made; it holds, but of a second review.
        label: what was found out with it; of an undone decision the one that was withdrawn.
        is_new: False where it was done before, by the same person, and nothing changed.
    """

    case: Case
    decision: Decision
    label: Label | None
    is_new: bool


def shown(case: Case) -> Case:
    """The case as it may be shown: of a second review nobody learns whose work it is."""
    return replace(case, not_for=None) if case.kind == "second_review" else case


def work_of(case: Case, *, unit: Unit) -> Work:
    """The case with what it is about."""
    known = unit.sightings.get(case.subject)
    kept = known.kept
    while case.kind == "second_review" and kept.decision.by not in MACHINES:
        kept = unit.sightings.decision(kept.decision.previous or "")
    return Work(case=shown(case), sighting=known.sighting, decision=kept.decision)


def taking(*, led: bool) -> tuple[OnKind, ...]:
    """What somebody must be allowed to take a case and decide it."""
    return (*_TAKING, _LEADING) if led else _TAKING


def check_taking(case: Case, reviewer: Reviewer, on: date, *, unit: Unit) -> None:
    """Refuse who may not decide a case.

    Raises:
        NotFound: nor know that there is one.
        NotAllowed: as said.
    """
    check(case, taking(led=case.is_led), reviewer, on, unit=unit)


def check_undoing(case: Case, reviewer: Reviewer, on: date, *, unit: Unit) -> None:
    """Refuse who may not undo what a case ended in: what those who lead decided they undo, and nobody another's second review.

    Raises:
        NotFound, NotAllowed: as `check_taking`.
    """
    more: tuple[OnKind, ...] = (_LEADING,) if case.is_led else ()
    if case.kind == "second_review":
        more = _TAKING
    check(case, (*_UNDOING, *more), reviewer, on, unit=unit)


def check(
    case: Case, actions: tuple[OnKind, ...], reviewer: Reviewer, on: date, *, unit: Unit
) -> None:
    """Refuse who may not do all of the actions with a case; see `check_taking`."""
    # Whether it is closed is for the case itself to say, in clearer words.
    thing = Thing(kind=Kind.CASE, owner=case.member, done_by=done_by(case, unit=unit))
    refuse(reviewer.refused(actions, thing, on), case.ref)


def refuse(denied: Denied | None, ref: str | None = None) -> None:
    """Say no; of a case, as if there were none where nobody may know that there is one."""
    if denied is None:
        return
    what = "what is asked for" if ref is None else f"case {ref}"
    if ref is not None and not denied.exists:
        raise NotFound(f"there is no case {ref!r}", hint="copy its reference from the queue")
    hint = _HINTS.get(denied.reason, "ask somebody who leads, or an admin of your member")
    raise NotAllowed(f"that is not yours to do with {what} ({denied.reason})", hint=hint)


def done_by(case: Case, *, unit: Unit) -> frozenset[str]:
    """Whose work a case is a second look at. Of a second review they are all who found out about the same sighting."""
    people = set() if case.not_for is None else {case.not_for}
    if case.kind == "second_review":
        labels = unit.labels.of_listing(case.subject)
        people |= {label.person for label in labels if label.case != case.ref}
    return frozenset(people)


def told(
    what: EventType, subject: str, reviewer: Reviewer, at: datetime, *, step: tuple[Kept, Kept]
) -> Event:
    """That a reviewer led something from one decision to another; where nothing was decided, to the same."""
    before, after = step
    return Deed(actor=reviewer.ref, member=reviewer.member, subject=subject, at=at).event(
        what,
        reason=after.decision.action,
        before=before.commitment,
        after=after.commitment,
        version=after.decision.version,
    )


def news(topic: str, case: Case, step: tuple[Kept, Kept], *, ref: str, at: datetime) -> Message:
    """What the venue is told of a decision; by the decision before, it knows in which order several came."""
    before, after = step
    said = {
        "case": case.ref,
        "listing": case.subject,
        "action": after.decision.action,
        "decision": after.decision.ref,
        "previous": before.decision.ref,
    }
    body = msgspec.json.encode(said)
    return Message(ref=ref, member=case.member, topic=topic, body=body, due_at=at)
