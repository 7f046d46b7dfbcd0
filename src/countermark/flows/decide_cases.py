"""A person decides a case: the decision, what follows from it and what was found out, all or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from countermark.domain.cases import Case
from countermark.domain.decisions import LABEL_CLAIMS
from countermark.domain.labels import MAX_NOTE, Label
from countermark.domain.tables import CLAIMS
from countermark.errors import Conflict, UsageError
from countermark.flows.consequences import sealed
from countermark.flows.desk import Decided, Reviewer, check_taking, news, shown, told
from countermark.ports import Keeping, Kept, Unit

DECIDABLE: Final = ("allow", "hold", "remove")
"""What a person decides; that somebody should look at it is what they are there for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewDecision:
    """What a person says of a case.

    Attributes:
        seen: reference of the sighting that they looked at.
        action: one of `DECIDABLE`.
        claim: one of `tables.CLAIMS`, without which nothing is held or removed.
        label: what the listing turned out to be, one of `decisions.LABEL_CLAIMS`; None: they cannot tell.
        note: why, for people only.
    """

    seen: str
    action: str
    claim: str | None = None
    label: str | None = None
    note: str = ""


def decide(case_ref: str, said: ReviewDecision, *, reviewer: Reviewer, keeping: Keeping) -> Decided:
    """The case closed by the person's decision, which supersedes the one that held.

    A second review changes nothing of the listing: its decision is kept beside the one that holds. Said twice by the same
    person it is one decision.

    Raises:
        UsageError: what was said cannot be.
        NotFound, NotAllowed: see `desk.check_taking`.
        Conflict: it is not with the reviewer, or about another sighting by now.
        NotPossible: it is closed.
    """
    _check(said)
    with keeping.records.writing(reviewer.member) as unit:
        now = keeping.clock.now()
        case = unit.cases.get(case_ref)
        check_taking(case, reviewer, now.date(), unit=unit)
        before = _same(case, said, reviewer, unit=unit)
        if before is not None:
            return before
        refs = iter(keeping.chance.refs(3))
        kept = unit.sightings.get(case.subject).kept
        closed = case.close(reviewer.ref, now, outcome=next(refs))
        if case.subject != said.seen:
            raise Conflict(
                f"the listing of case {case.ref} was edited after you looked at it",
                hint="look at it as it is now and decide again",
            )
        # however the clock was set, what follows comes after what it follows
        at = max(now, kept.decision.decided_at)
        nonce = keeping.chance.nonces(1)[0]
        decided = _decided(closed, said, kept, reviewer, at=at, nonce=nonce)
        label = _label(closed, said, reviewer, ref=next(refs), at=at)
        _keep(closed, (kept, decided), reviewer, refs, unit=unit)
        unit.labels.add(label)
        saved = unit.cases.save(closed)
    return Decided(case=shown(saved), decision=decided.decision, label=label, is_new=True)


def _check(said: ReviewDecision) -> None:
    if said.action not in DECIDABLE:
        raise UsageError(
            f"{said.action!r} is nothing that a person decides",
            hint=f"one of {', '.join(DECIDABLE)}",
        )
    if said.claim not in (None, *CLAIMS):
        raise UsageError(f"{said.claim!r} is no claim", hint=f"one of {', '.join(CLAIMS)}")
    if said.label not in (None, *LABEL_CLAIMS):
        raise UsageError(f"{said.label!r} is no label", hint=f"one of {', '.join(LABEL_CLAIMS)}")
    if said.action != "allow" and (said.claim is None or said.label == "none"):
        raise UsageError(
            f"nothing speaks for {said.action!r}",
            hint="say what is wrong with the listing, or allow it",
        )
    if len(said.note) > MAX_NOTE or "\0" in said.note:
        raise UsageError(
            "the note cannot be kept", hint=f"at most {MAX_NOTE} characters, none of them NUL"
        )


def _same(case: Case, said: ReviewDecision, reviewer: Reviewer, *, unit: Unit) -> Decided | None:
    """What the reviewer's own decision was, if the case was closed by it and it said just this."""
    label = None if case.outcome is None else unit.labels.of_decision(case.outcome)
    if label is None or label.person != reviewer.ref or label.withdrawn_at is not None:
        return None
    made = unit.sightings.decision(label.decision).decision
    repeated = ReviewDecision(
        seen=label.listing,
        action=made.action,
        claim=made.claim,
        label=label.claim,
        note=label.note,
    )
    if made.by != reviewer.ref or repeated != said:
        return None
    return Decided(case=shown(case), decision=made, label=label, is_new=False)


def _decided(
    closed: Case,
    said: ReviewDecision,
    kept: Kept,
    reviewer: Reviewer,
    *,
    at: datetime,
    nonce: bytes,
) -> Kept:
    """The person's decision: the machine's facts, and what the person made of them."""
    decision = replace(
        kept.decision,
        ref=closed.outcome or "",
        action=said.action,
        claim=said.claim,
        by=reviewer.ref,
        acting=closed.kind == "review",
        decided_at=at,
        previous=kept.decision.ref,
    )
    return sealed(decision, nonce)


def _label(
    closed: Case, said: ReviewDecision, reviewer: Reviewer, *, ref: str, at: datetime
) -> Label:
    return Label(
        ref=ref,
        member=closed.member,
        listing=closed.subject,
        case=closed.ref,
        decision=closed.outcome or "",
        claim=said.label,
        person=reviewer.ref,
        blind=closed.kind == "second_review",
        note=said.note,
        decided_at=at,
    )


def _keep(
    closed: Case, step: tuple[Kept, Kept], reviewer: Reviewer, refs: Iterator[str], *, unit: Unit
) -> None:
    """The decision and what follows from it."""
    decided = step[1]
    at = decided.decision.decided_at
    events = [told("case.closed", closed.ref, reviewer, at, step=step)]
    if closed.kind == "second_review":
        unit.sightings.note([decided])
    else:
        unit.sightings.supersede([decided])
        events.insert(0, told("listing.decided", closed.subject, reviewer, at, step=step))
        unit.outbox.put([news("listing.decided", closed, step, ref=next(refs), at=at)])
    unit.journal.append(events)
