"""The review desk's queue: take a case for a while, give it back, hand it to those who lead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from countermark.domain.access import Action, Kind, Reason, Thing
from countermark.domain.cases import Case
from countermark.domain.events import EventType
from countermark.errors import NotPossible
from countermark.flows.desk import (
    OnKind,
    Reviewer,
    Work,
    check,
    check_taking,
    done_by,
    refuse,
    shown,
    taking,
    told,
    work_of,
)
from countermark.ports import Keeping, Unit

MOST_HELD: Final = 20
"""Cases that one person may hold at once: more than anybody decides before the claims expire."""

_LOOKED_AT: Final = 50
_GIVING_BACK: Final[tuple[OnKind, ...]] = ((Action.CLAIM, Kind.CASE),)
_ESCALATING: Final[tuple[OnKind, ...]] = ((Action.ESCALATE, Kind.CASE),)
_SEEING: Final[tuple[OnKind, ...]] = ((Action.SEE, Kind.CASE),)


def claim_next(reviewer: Reviewer, *, keeping: Keeping, escalated: bool = False) -> Work | None:
    """The most harmful case that is free, now with the reviewer; None: none is for them.

    Two who ask at once get two cases. Second looks at the reviewer's own work are passed over.

    Args:
        escalated: from the queue of those who lead.

    Raises:
        NotAllowed: nothing in the queue is theirs to decide.
        NotPossible: they hold `MOST_HELD` already.
    """
    with keeping.records.writing(reviewer.member) as unit:
        now = keeping.clock.now()
        queue = Thing(kind=Kind.CASE, owner=reviewer.member)
        needed = taking(led=escalated)
        refuse(reviewer.refused(needed, queue, now.date()))
        _check_held(reviewer, now, unit=unit)
        for case in _waiting(reviewer.member, now, escalated, unit=unit):
            theirs = Thing(kind=Kind.CASE, owner=case.member, done_by=done_by(case, unit=unit))
            refused = reviewer.refused(needed, theirs, now.date())
            if refused is None:
                return _claimed(case, reviewer, now, unit=unit)
            if refused.reason is not Reason.FOUR_EYES:
                refuse(refused, case.ref)
    return None


def claim(case_ref: str, *, reviewer: Reviewer, keeping: Keeping) -> Work:
    """The case, now with the reviewer, who may claim again to keep it longer.

    Raises:
        NotFound, NotAllowed: see `desk.check_taking`.
        Conflict: somebody else has it.
        NotPossible: it is closed, or they hold `MOST_HELD` already.
    """
    with keeping.records.writing(reviewer.member) as unit:
        now = keeping.clock.now()
        case = unit.cases.get(case_ref)
        check_taking(case, reviewer, now.date(), unit=unit)
        if case.held_by(now) != reviewer.ref:
            _check_held(reviewer, now, unit=unit)
        return _claimed(case, reviewer, now, unit=unit)


def release(case_ref: str, *, reviewer: Reviewer, keeping: Keeping) -> Case:
    """The case back in the queue.

    Raises:
        NotFound, NotAllowed: see `desk.check_taking`.
        Conflict: it is not with the reviewer.
        NotPossible: it is closed.
    """
    with keeping.records.writing(reviewer.member) as unit:
        now = keeping.clock.now()
        case = unit.cases.get(case_ref)
        check(case, _GIVING_BACK, reviewer, now.date(), unit=unit)
        saved = unit.cases.save(case.release(reviewer.ref, now))
        _tell("case.released", saved, reviewer, now, unit=unit)
    return shown(saved)


def escalate(case_ref: str, *, reviewer: Reviewer, keeping: Keeping) -> Case:
    """The case in the queue of those who lead; the reviewer, even if they lead, leaves it to others.

    Raises:
        As `release`; NotPossible also of a second review.
    """
    with keeping.records.writing(reviewer.member) as unit:
        now = keeping.clock.now()
        case = unit.cases.get(case_ref)
        check(case, _ESCALATING, reviewer, now.date(), unit=unit)
        saved = unit.cases.save(case.escalate(reviewer.ref, now))
        _tell("case.escalated", saved, reviewer, now, unit=unit)
    return shown(saved)


def look(case_ref: str, *, reviewer: Reviewer, keeping: Keeping) -> Work:
    """The case with what it is about, for whoever may see it.

    Raises:
        NotFound, NotAllowed: see `desk.check_taking`.
    """
    with keeping.records.reading(reviewer.member) as unit:
        case = unit.cases.get(case_ref)
        check(case, _SEEING, reviewer, keeping.clock.now().date(), unit=unit)
        return work_of(case, unit=unit)


def _waiting(member: str, now: datetime, escalated: bool, *, unit: Unit) -> Iterator[Case]:
    last = None
    while page := unit.cases.queue(
        member, now=now, limit=_LOOKED_AT, after=last, escalated=escalated
    ):
        yield from page
        last = page[-1]


def _check_held(reviewer: Reviewer, now: datetime, *, unit: Unit) -> None:
    if len(unit.cases.held(reviewer.member, reviewer.ref, now=now)) >= MOST_HELD:
        raise NotPossible(
            f"you hold {MOST_HELD} cases already", hint="decide or release some of them first"
        )


def _claimed(case: Case, reviewer: Reviewer, now: datetime, *, unit: Unit) -> Work:
    saved = unit.cases.save(case.claim(reviewer.ref, now))
    _tell("case.claimed", saved, reviewer, now, unit=unit)
    return work_of(saved, unit=unit)


def _tell(what: EventType, case: Case, reviewer: Reviewer, now: datetime, *, unit: Unit) -> None:
    """That something was done with a case while what holds for its listing stayed what it was."""
    kept = unit.sightings.get(case.subject).kept
    unit.journal.append([told(what, case.ref, reviewer, now, step=(kept, kept))])
