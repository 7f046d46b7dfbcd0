"""A second, blind review of what somebody decided, and how far such pairs agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from countermark.domain.access import Action, Kind, Thing
from countermark.domain.cases import Case
from countermark.domain.labels import Label
from countermark.errors import NotPossible
from countermark.flows.desk import OnKind, Reviewer, check, refuse, shown, told
from countermark.ports import Keeping, Unit
from countermark.review.agreement import Agreement, agreement

_OPENING: Final[tuple[OnKind, ...]] = ((Action.CREATE, Kind.CASE),)
_SEEING: Final[tuple[OnKind, ...]] = ((Action.SEE, Kind.LABEL),)
_AT_ONCE: Final = 1_000


def ask_second(case_ref: str, *, reviewer: Reviewer, keeping: Keeping) -> Case:
    """A new case about the same sighting, for anybody but those who found out about it already.

    It is as harmful as the first, stands in the same queue, and does not follow the listing when that is edited.

    Raises:
        NotFound, NotAllowed: see `desk.check_taking`.
        NotPossible: nobody decided the case, or it is a second review itself.
        Conflict: one is open already.
    """
    with keeping.records.writing(reviewer.member) as unit:
        now = keeping.clock.now()
        first = unit.cases.get(case_ref)
        check(first, _OPENING, reviewer, now.date(), unit=unit)
        label = None if first.outcome is None else unit.labels.of_decision(first.outcome)
        if label is None or first.kind != "review":
            raise NotPossible(
                f"case {case_ref} is no review that somebody decided",
                hint="a second review is asked of a closed review",
            )
        second = Case(
            ref=keeping.chance.refs(1)[0],
            kind="second_review",
            member=first.member,
            subject=first.subject,
            risk_milli=first.risk_milli,
            harm=first.harm,
            opened_at=now,
            not_for=label.person,
        )
        unit.cases.add([second])
        kept = unit.sightings.decision(label.decision)
        event = told("case.opened", second.ref, reviewer, now, step=(kept, kept))
        unit.journal.append([event])
        return shown(unit.cases.get(second.ref))


def measure_agreement(*, reviewer: Reviewer, keeping: Keeping) -> Agreement:
    """How far second reviews of the member agree with the first ones, as far as both still stand.

    Raises:
        NotAllowed: labels are not theirs to see.
    """
    with keeping.records.reading(reviewer.member) as unit:
        labels = Thing(kind=Kind.LABEL, owner=reviewer.member)
        today = keeping.clock.now().date()
        refuse(reviewer.refused(_SEEING, labels, today))
        return agreement(_pairs(reviewer.member, unit=unit))


def _pairs(member: str, *, unit: Unit) -> Iterator[tuple[str | None, str | None]]:
    """What was said first and what second of each sighting that has both."""
    for second in _blind(member, unit=unit):
        standing = [
            each
            for each in unit.labels.of_listing(second.listing)
            if each.withdrawn_at is None and not each.blind and each.person != second.person
        ]
        if standing:
            yield standing[0].claim, second.claim


def _blind(member: str, *, unit: Unit) -> Iterator[Label]:
    after = ""
    while page := unit.labels.standing(member, after, _AT_ONCE):
        yield from (each.label for each in page if each.label.blind)
        after = page[-1].label.ref
