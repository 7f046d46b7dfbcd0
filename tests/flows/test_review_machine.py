"""Reviewers, a seller who edits and a clock: whatever they do in whatever order, the desk stays true to a plain account."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from countermark.domain.access import Role
from countermark.domain.cases import CLAIM_FOR
from countermark.errors import Conflict, NotAllowed, NotPossible
from countermark.flows.decide_cases import decide
from countermark.flows.review_cases import claim, claim_next, escalate, release
from countermark.flows.undo_reviews import undo
from desk_parts import SetClock, judged, pardon, person, removal, told_by
from gate_parts import START, keeping_in

SERIAL = count(1)
NAMES = {
    "ann": Role.ANALYST,
    "bob": Role.ANALYST,
    "lea": Role.LEAD_ANALYST,
    "lou": Role.LEAD_ANALYST,
}
PEOPLE, LISTINGS = st.sampled_from(sorted(NAMES)), st.sampled_from(["l1", "l2"])
PICK = st.integers(0, 99)


@dataclass
class Account:
    """One case as a plain account has it."""

    ref: str
    listing: str
    subject: str
    harm: int
    opened_at: datetime
    holder: str | None = None
    until: datetime = START
    escalated_by: str | None = None
    outcome: str | None = None

    def with_whom(self, now):
        return self.holder if self.outcome is None and now < self.until else None


@dataclass
class Made:
    """One decision that was ever made. `label_of`: the person whose label stands with it."""

    by: str
    previous: str | None
    says: tuple
    subject: str
    decision: object = None
    case: str | None = None
    is_undoing: bool = False
    label_of: str | None = None
    finder: str | None = None


class Desk(RuleBasedStateMachine):
    """Records beside the account, in a member of its own for each run."""

    kept = None  # one file for all runs

    def __init__(self):
        super().__init__()
        self.member = f"m{next(SERIAL)}"
        self.keeping, self.clock = self.kept, self.kept.clock
        self.clock.at = START
        self.people = {name: person(name, role, member=self.member) for name, role in NAMES.items()}
        self.cases, self.made, self.latest, self.holds = {}, {}, {}, {}
        self.texts, self.heard = count(), Counter()

    @initialize()
    def two_cases_are_open(self):
        self.seller_writes("l1", "review", 5)
        self.seller_writes("l2", "hold", 7)

    # what the world does

    @rule(
        listing=LISTINGS,
        action=st.sampled_from(["review", "hold", "allow"]),
        risk=st.integers(1, 9),
    )
    def seller_writes(self, listing, action, risk):
        known = judged(
            self.keeping,
            listing,
            action=action,
            risk=risk * 10_000,
            title=f"t{next(self.texts)}",
            member=self.member,
        )
        before, self.latest[listing] = self.latest.get(listing), known.sighting.ref
        decision = known.kept.decision
        self.note(decision, by="gate")
        self.heard["listing.judged"] += 1
        for case in self.cases.values():
            if case.subject == before and case.outcome is None:
                case.subject, case.harm = known.sighting.ref, max(case.harm, risk * 500_000)
                return
        if action == "allow":
            return
        with self.keeping.records.reading(self.member) as unit:
            opened = unit.cases.open_of([known.sighting.ref])[known.sighting.ref]
        self.cases[opened.ref] = Account(
            ref=opened.ref,
            listing=listing,
            subject=opened.subject,
            harm=risk * 500_000,
            opened_at=self.clock.at,
        )
        self.heard.update({"case.opened": 1, "message case.opened": 1})

    @rule(
        step=st.sampled_from(
            [
                timedelta(microseconds=1),
                timedelta(minutes=1),
                CLAIM_FOR,
                -timedelta(minutes=2),
                -CLAIM_FOR,
            ]
        )
    )
    def time_passes(self, step):
        self.clock.at += step

    # what reviewers do

    @rule(name=PEOPLE, pick=PICK)
    def claims(self, name, pick):
        if (case := self.some(pick)) is None:
            return
        refused = self.not_theirs(case, name)
        if refused is None and case.outcome is not None:
            refused = NotPossible
        if refused is None and case.with_whom(self.clock.at) not in (None, name):
            refused = Conflict
        if self.tried(
            refused, lambda: claim(case.ref, reviewer=self.people[name], keeping=self.keeping)
        ):
            self.taken(case, name)

    @rule(name=PEOPLE, escalated=st.booleans())
    def claims_the_next(self, name, escalated):
        leads = NAMES[name] is Role.LEAD_ANALYST
        free = [
            c
            for c in self.cases.values()
            if c.outcome is None
            and not c.with_whom(self.clock.at)
            and (c.escalated_by is not None) == escalated
            and c.escalated_by != name
        ]
        best = min(free, key=lambda c: (-c.harm, c.opened_at, c.ref), default=None)
        take = lambda: claim_next(self.people[name], keeping=self.keeping, escalated=escalated)  # noqa: E731
        work = self.tried(NotAllowed if escalated and not leads else None, take, nothing=None)
        if best is None or work is None:
            assert work is None
            return
        assert work.case.ref == best.ref
        self.taken(best, name)

    @rule(name=PEOPLE, pick=PICK, hand_on=st.booleans())
    def gives_back(self, name, pick, hand_on):
        if (case := self.some(pick)) is None:
            return
        if pick % 2:
            self.claims(name, pick)
        name = self.holder_or(name, case, pick)
        act = escalate if hand_on else release
        if self.tried(
            self.not_with(case, name),
            lambda: act(case.ref, reviewer=self.people[name], keeping=self.keeping),
        ):
            case.holder = None
            case.escalated_by = name if hand_on else case.escalated_by
            self.heard["case.escalated" if hand_on else "case.released"] += 1

    @rule(
        name=PEOPLE,
        pick=PICK,
        guilty=st.booleans(),
        twice=st.booleans(),
    )
    def takes_and_decides(self, name, pick, guilty, twice):
        """What most often happens."""
        self.claims(name, pick)
        self.decides(name, pick, guilty, stale=False, twice=twice)

    @rule(
        name=PEOPLE,
        pick=PICK,
        guilty=st.booleans(),
        stale=st.booleans(),
        twice=st.booleans(),
    )
    def decides(self, name, pick, guilty, stale, twice):
        if (case := self.some(pick)) is None:
            return
        name = self.holder_or(name, case, pick)
        case_then = replace_subject(case, stale)
        said = (removal if guilty else pardon)(case_then)
        refused = (
            self.not_theirs(case, name)
            or self.not_with(case, name)
            or (Conflict if stale else None)
        )
        again = self.made.get(case.outcome)
        if (
            refused is NotPossible
            and not stale
            and again.by == name == again.finder
            and again.says[:2] == (said.action, said.claim)
        ):
            refused = None
        act = lambda: decide(case.ref, said, reviewer=self.people[name], keeping=self.keeping)  # noqa: E731
        if not (done := self.tried(refused, act)):
            return
        assert done.is_new == (case.outcome is None)
        if done.is_new:
            made = self.note(done.decision, by=name, case=case.ref)
            made.label_of = made.finder = name
            case.outcome, case.holder = done.decision.ref, None
            self.heard.update(
                {"listing.decided": 1, "case.closed": 1, "message listing.decided": 1}
            )
        if twice:
            assert decide(
                case.ref, said, reviewer=self.people[name], keeping=self.keeping
            ) == replace(done, is_new=False)

    @rule(name=PEOPLE, pick=PICK)
    def undoes_what_came_last(self, name, pick):
        self.undoes(name, 4 * pick, 0)

    @rule(name=PEOPLE, pick=PICK, which=st.integers(0, 3))
    def undoes(self, name, pick, which):
        if (case := self.some(pick)) is None:
            return
        refs = [ref for ref, made in self.made.items() if made.subject == case.subject][::-1]
        ref = refs[min(which // 2, len(refs) - 1)]  # mostly the last
        refused, is_new = self.may_undo(case, ref, name)
        act = lambda: undo(case.ref, ref, reviewer=self.people[name], keeping=self.keeping)  # noqa: E731
        if not (done := self.tried(refused, act)):
            return
        assert done.is_new == is_new
        if not is_new:
            return
        named = self.made[ref]
        earlier = self.made[named.previous]
        made = self.note(done.decision, by=name, case=case.ref)
        assert made.says == earlier.says
        made.is_undoing = True
        self.heard.update({"listing.undone": 1, "message listing.undone": 1})
        if case.outcome is not None:
            named.label_of, case.outcome = None, None
            self.heard["case.reopened"] += 1
        else:
            made.label_of = made.finder = earlier.finder
            case.outcome, case.holder = done.decision.ref, None
            self.heard["case.closed"] += 1

    # the account

    def some(self, pick):
        """A case, mostly one that is open."""
        refs = sorted(
            ref for ref, case in self.cases.items() if pick % 4 == 0 or case.outcome is None
        )
        refs = refs or sorted(self.cases)
        return self.cases[refs[pick % len(refs)]] if refs else None

    def holder_or(self, name, case, pick):
        """Mostly whoever has the case, so that things come about."""
        return (case.with_whom(self.clock.at) or name) if pick % 4 else name

    def tried(self, refused, act, nothing=False):
        if refused is None:
            return act()
        before = told_by(self.keeping.records, self.member)
        with pytest.raises(refused):
            act()
        assert told_by(self.keeping.records, self.member) == before
        return nothing

    def taken(self, case, name):
        case.holder, case.until = name, self.clock.at + CLAIM_FOR
        self.heard["case.claimed"] += 1

    def note(self, decision, by, case=None):
        says = (decision.action, decision.claim, decision.risk_milli, decision.acting)
        made = Made(
            by=by,
            previous=decision.previous,
            says=says,
            subject=decision.listing,
            decision=decision,
            case=case,
        )
        self.made[decision.ref] = made
        self.holds[decision.listing] = decision.ref
        return made

    def not_theirs(self, case, name):
        led = case.escalated_by
        return (
            NotAllowed if led is not None and (NAMES[name] is Role.ANALYST or led == name) else None
        )

    def not_with(self, case, name):
        if case.outcome is not None:
            return NotPossible
        return None if case.with_whom(self.clock.at) == name else Conflict

    def may_undo(self, case, ref, name):
        if refused := self.not_theirs(case, name):
            return refused, False
        if self.latest[case.listing] != case.subject:
            return Conflict, False
        holding, named = self.made[self.holds[case.subject]], self.made[ref]
        if self.holds[case.subject] != ref:
            earlier = self.made.get(named.previous)
            repeated = (
                holding.previous == ref
                and holding.by == name
                and earlier is not None
                and earlier.subject == case.subject
                and earlier.says == holding.says
            )
            return (None, False) if repeated else (Conflict, False)
        if case.outcome == ref:
            return None, True
        if named.case != case.ref or not named.is_undoing:
            return NotPossible, False
        return (
            (Conflict, False) if case.with_whom(self.clock.at) not in (None, name) else (None, True)
        )

    # what must always be so

    @invariant()
    def each_case_is_with_one_person_at_most_and_stands_as_accounted(self):
        now = self.clock.at
        with self.keeping.records.reading(self.member) as unit:
            for case in self.cases.values():
                kept = unit.cases.get(case.ref)
                assert (kept.held_by(now), kept.outcome, kept.subject, kept.harm, kept.not_for) == (
                    case.with_whom(now),
                    case.outcome,
                    case.subject,
                    case.harm,
                    case.escalated_by,
                )
                assert (kept.state == "closed") == (case.outcome is not None)
                assert kept.outcome or (kept.state == "escalated") == (
                    case.escalated_by is not None
                )
            held = {
                name: [c.ref for c in unit.cases.held(self.member, name, now=now)] for name in NAMES
            }
        assert held == {
            name: sorted(c.ref for c in self.cases.values() if c.with_whom(now) == name)
            for name in NAMES
        }

    @invariant()
    def no_decision_is_ever_lost_and_the_last_one_holds(self):
        with self.keeping.records.reading(self.member) as unit:
            for ref, made in self.made.items():
                assert unit.sightings.decision(ref).decision == made.decision
            for subject, ref in self.holds.items():
                assert unit.sightings.get(subject).kept.decision.ref == ref

    @invariant()
    def each_decision_that_acts_has_its_consequences_and_nothing_else_has_any(self):
        told = told_by(self.keeping.records, self.member)
        assert told.kinds == self.heard
        by_people = {ref: made for ref, made in self.made.items() if made.by != "gate"}
        assert {m["decision"]: m["action"] for m in told.messages if "decision" in m} == {
            ref: made.says[0] for ref, made in by_people.items()
        }
        with self.keeping.records.reading(self.member) as unit:
            labels = [each.label for each in unit.labels.standing(self.member, "", 999)]
            sealed = [unit.sightings.decision(ref).commitment for ref in by_people]
        assert sorted((label.decision, label.person) for label in labels) == sorted(
            (ref, made.label_of) for ref, made in by_people.items() if made.label_of
        )
        assert {label.decision for label in labels} == {
            c.outcome for c in self.cases.values() if c.outcome
        }
        assert sorted(
            e.after for e in told.events if e.type in ("listing.decided", "listing.undone")
        ) == sorted(sealed)


def replace_subject(case, stale):
    return replace(case, subject="f" * 32) if stale else case


Desk.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


class TestDesk(Desk.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        Desk.kept = replace(keeping_in(cls.folder.name), clock=SetClock())

    @classmethod
    def tearDownClass(cls):
        Desk.kept.records.close()
        cls.folder.cleanup()
