"""Cases: two people, a leader and a clock, and what may become of one piece of work."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from countermark.domain.cases import CASE_STATES, CLAIM_FOR, Case
from countermark.errors import Conflict, NotPossible

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
PEOPLE = st.sampled_from(["ann", "bob"])


def case(**changes) -> Case:
    blank = {"ref": "c1", "member": "m1", "subject": "s1", "risk_milli": 50_000, "opened_at": START}
    return Case(**{**blank, **changes})


class Desk(RuleBasedStateMachine):
    """One case beside a plain account of it: who has it until when, whether leaders must see it, how it ended."""

    def __init__(self):
        super().__init__()
        self.case, self.now = case(), START
        self.holder, self.until, self.led, self.outcome = None, START, False, None

    def with_whom(self):
        return self.holder if self.now < self.until else None

    def attempt(self, may, act):
        """The case after `act`, which must be refused exactly where `may` is an error."""
        if may is None:
            self.case = act()
            return True
        with pytest.raises(may):
            act()
        return False

    def refusal(self, person):
        if self.outcome:
            return NotPossible
        return None if self.with_whom() == person else Conflict

    @rule(step=st.sampled_from([TICK, CLAIM_FOR - TICK, CLAIM_FOR, timedelta(minutes=1)]))
    def time_passes(self, step):
        self.now += step

    @rule(person=PEOPLE)
    def claim(self, person):
        may = None if self.with_whom() in (None, person) else Conflict
        if self.attempt(
            NotPossible if self.outcome else may, lambda: self.case.claim(person, self.now)
        ):
            self.holder, self.until = person, self.now + CLAIM_FOR

    @rule(person=PEOPLE)
    def release(self, person):
        if self.attempt(self.refusal(person), lambda: self.case.release(person, self.now)):
            self.holder = None

    @rule(person=PEOPLE)
    def escalate(self, person):
        if self.attempt(self.refusal(person), lambda: self.case.escalate(person, self.now)):
            self.holder, self.led = None, True

    @rule(person=PEOPLE)
    def close(self, person):
        if self.attempt(
            self.refusal(person), lambda: self.case.close(person, self.now, outcome="d9")
        ):
            self.holder, self.outcome = None, "d9"

    @rule()
    def reopen(self):
        if self.attempt(None if self.outcome else NotPossible, self.case.reopen):
            self.outcome = None

    @invariant()
    def tells_the_same(self):
        assert self.case.held_by(self.now) == self.with_whom()
        assert self.case.outcome == self.outcome
        assert (self.case.state == "closed") == (self.outcome is not None)
        assert (self.case.state == "escalated") == (self.led and not self.outcome)
        assert (self.case.not_for is not None) == self.led == self.case.is_led

    @invariant()
    def stays_the_same_piece_of_work(self):
        assert (self.case.ref, self.case.member, self.case.subject) == ("c1", "m1", "s1")
        assert (self.case.opened_at, self.case.risk_milli, self.case.revision) == (START, 50_000, 0)
        assert self.case.state in CASE_STATES


Desk.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
TestDesk = Desk.TestCase


def test_a_claim_lasts_until_the_last_moment_before_its_end():
    held = case().claim("ann", START)
    end = START + CLAIM_FOR
    assert held.held_by(end - TICK) == "ann"
    assert held.held_by(end) is None
    with pytest.raises(Conflict, match="with somebody else"):
        held.claim("bob", end - TICK)
    assert held.claim("bob", end).held_by(end) == "bob"
    with pytest.raises(Conflict, match="not claimed by you any more"):
        held.close("ann", end, outcome="d1")


def test_who_claims_again_keeps_it_longer():
    later = START + timedelta(minutes=10)
    again = case().claim("ann", START).claim("ann", later)
    assert again.held_by(START + CLAIM_FOR) == "ann"
    assert again.claimed_until == later + CLAIM_FOR


def test_an_escalated_case_stays_with_those_who_lead_whoever_claims_it():
    led = case().claim("ann", START).escalate("ann", START)
    assert led.held_by(START) is None
    assert led.claim("bob", START).release("bob", START).state == "escalated"


def test_a_second_review_is_for_one_persons_eyes():
    second = case(kind="second_review", not_for="ann").claim("bob", START)
    with pytest.raises(NotPossible, match="is a second review and cannot be escalated"):
        second.escalate("bob", START)
    assert second.close("bob", START, outcome="d1").reopen().state == "open"


@pytest.mark.parametrize(
    "wrong", [{"state": "lost"}, {"claimed_by": "ann"}, {"claimed_until": START}]
)
def test_a_case_cannot_be_what_no_case_is(wrong):
    with pytest.raises(ValueError, match="case"):
        case(**wrong)
