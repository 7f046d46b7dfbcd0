"""What tests of the review desk are made of: people, listings that were judged somehow, what happened to them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from countermark.adapters.records.tables import OUTBOX
from countermark.domain.access import Actor, MemberKind, Purpose, Role
from countermark.domain.cases import Case
from countermark.domain.events import Event
from countermark.flows.decide_cases import ReviewDecision
from countermark.flows.desk import Reviewer
from countermark.flows.judge_submissions import Judged, JudgedBatch
from countermark.flows.keep_judged import keep
from countermark.ports import Keeping, Known, Records
from gate_parts import START, sent

ME, OTHER = "m1", "m2"


@dataclass(slots=True)
class SetClock:
    """A `ports.Clock` that a test sets, forwards or backwards."""

    at: datetime = START

    def now(self) -> datetime:
        return self.at


def person(name: str, *roles: Role, member: str = ME, **more: Any) -> Reviewer:
    """Somebody at the desk of a marketplace, an analyst if nothing else is said."""
    purpose = more.pop("purpose", Purpose.ENFORCEMENT)
    has = frozenset(roles or (Role.ANALYST,))
    actor = Actor(id=name, member=member, kind=MemberKind.MARKETPLACE, roles=has, **more)
    return Reviewer(actor=actor, purpose=purpose)


ANN, BOB = person("ann"), person("bob")
LEA, LOU = person("lea", Role.LEAD_ANALYST), person("lou", Role.LEAD_ANALYST)


def judged(
    keeping: Keeping,
    listing_id: str = "l1",
    *,
    action: str = "review",
    risk: int = 50_000,
    **said: Any,
) -> Known:
    """A listing that the gate judged so, as it is kept."""
    found = Judged(action, risk, "suspected_counterfeit", "gucci", ("core.general/x",), b"[]", ())
    batch = JudgedBatch((found,), "s/p/w", False, "review")
    (answer,) = keep([sent(listing_id, **said)], batch, keeping=keeping)
    return answer.known


def open_case(keeping: Keeping, listing_id: str = "l1", **said: Any) -> Case:
    """The open review about a listing that is judged now."""
    known = judged(keeping, listing_id, **said)
    with keeping.records.reading() as unit:
        return unit.cases.open_of([known.sighting.ref])[known.sighting.ref]


def removal(case: Case, **more: Any) -> ReviewDecision:
    """That the listing of a case is a fake."""
    made = {"seen": case.subject, "action": "remove", "claim": "suspected_counterfeit", "label": "counterfeit", "note": "logo"}  # fmt: skip
    return ReviewDecision(**made | more)


def pardon(case: Case, **more: Any) -> ReviewDecision:
    """That nothing is wrong with it."""
    return ReviewDecision(**{"seen": case.subject, "action": "allow", "label": "none"} | more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a member's records tell of what happened."""

    events: list[Event] = field(default_factory=list)
    messages: list[dict[str, str]] = field(default_factory=list)

    @property
    def kinds(self) -> Counter[str]:
        """How many events and messages there are of each kind."""
        said = Counter(each.type for each in self.events)
        return said + Counter("message " + each["topic"] for each in self.messages)


def told_by(records: Records, member: str = ME) -> Told:
    """All of it."""
    with records.reading(member) as unit:
        events = [
            msgspec.json.decode(body, type=Event) for _, body in unit.journal.after(0, 99_999)
        ]
        mine = select(OUTBOX.c.topic, OUTBOX.c.body).where(OUTBOX.c.member == member)
        rows = unit.outbox.connection.execute(mine.order_by(OUTBOX.c.due_at, OUTBOX.c.ref)).all()
    return Told(events=events, messages=[{"topic": r.topic} | json.loads(r.body) for r in rows])


def state_of(records: Records, case_ref: str, member: str = ME) -> tuple[Any, ...]:
    """How a case, its listing and what was found out about it stand, apart from references, times and who did it."""
    with records.reading(member) as unit:
        case = unit.cases.get(case_ref)
        known = unit.sightings.get(case.subject)
        found = [x.label for x in unit.labels.standing(member, "", 9_999)]
        free = unit.cases.queue(member, now=START.replace(year=9000), limit=9_999)
        led = unit.cases.queue(member, now=START.replace(year=9000), limit=9_999, escalated=True)
    decision = replace(known.kept.decision, ref="", by="", previous=None, decided_at=START)
    stands = replace(case, revision=0, claimed_by=None, claimed_until=None, outcome=None)
    if stands.state == "claimed":
        stands = replace(stands, state="open")
    labels = [(x.case, x.listing, x.claim, x.person, x.blind, x.note) for x in found]
    return stands, decision, labels, [x.ref for x in free], [x.ref for x in led]
