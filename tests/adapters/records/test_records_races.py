"""Reviewers who do the same at the same moment, over both databases: one does it, the others are told or get something else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from countermark.adapters.records import open_records
from countermark.errors import Conflict, CountermarkError, NotPossible
from countermark.flows.decide_cases import decide
from countermark.flows.review_cases import claim, claim_next
from countermark.flows.undo_reviews import undo
from countermark.ports import Keeping
from desk_parts import ANN, SetClock, open_case, person, removal, state_of, told_by
from gate_parts import SeededChance


@pytest.fixture
def desks(records, url):
    """Two openings of the same records, each with a chance of its own."""
    other = open_records(url)
    clock = SetClock()
    yield [Keeping(records=each, clock=clock, chance=SeededChance(k)) for k, each in enumerate((records, other))]  # fmt: skip
    other.close()


def at_once(count, act):
    """What each of them got, or was told."""

    def tried(number):
        try:
            return act(number)
        except CountermarkError as refused:
            return refused

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(tried, range(count)))


def test_two_reviewers_never_get_the_same_case(desks):
    cases = {open_case(desks[0], f"l{k}").ref for k in range(24)}
    found = at_once(32, lambda k: claim_next(person(f"p{k}"), keeping=desks[k % 2]))
    got = [work.case.ref for work in found if work is not None]
    assert set(got) == cases
    assert len(got) == 24


def test_of_several_who_claim_one_case_one_has_it(desks):
    case = open_case(desks[0])
    found = at_once(8, lambda k: claim(case.ref, reviewer=person(f"p{k}"), keeping=desks[k % 2]))
    assert sorted(type(each).__name__ for each in found) == ["Conflict"] * 7 + ["Work"]


def test_a_decision_that_is_submitted_many_times_is_made_once_and_undone_once(desks):
    case = open_case(desks[0])
    before, heard = state_of(desks[0].records, case.ref), told_by(desks[0].records).kinds
    claim(case.ref, reviewer=ANN, keeping=desks[0])
    made = at_once(8, lambda k: decide(case.ref, removal(case), reviewer=ANN, keeping=desks[k % 2]))
    assert sorted(each.is_new for each in made) == [False] * 7 + [True]
    (decision,) = {each.decision.ref for each in made}
    back = at_once(8, lambda k: undo(case.ref, decision, reviewer=ANN, keeping=desks[k % 2]))
    assert sorted(each.is_new for each in back) == [False] * 7 + [True]
    assert state_of(desks[0].records, case.ref) == before
    told = told_by(desks[0].records).kinds - heard
    assert told == {"case.claimed": 1, "listing.decided": 1, "case.closed": 1, "listing.undone": 1, "case.reopened": 1, "message listing.decided": 1, "message listing.undone": 1}  # fmt: skip


def test_an_edit_and_a_decision_at_once_leave_no_decision_about_what_nobody_saw(desks):
    for number in range(10):
        case = open_case(desks[0], f"l{number}")
        claim(case.ref, reviewer=ANN, keeping=desks[0])
        acts = (
            lambda case=case: decide(case.ref, removal(case), reviewer=ANN, keeping=desks[0]),
            lambda number=number: open_case(desks[1], f"l{number}", title="something else"),
        )
        done, edited = at_once(2, lambda k, acts=acts: acts[k]())
        with desks[0].records.reading() as unit:
            now = unit.cases.get(case.ref)
            last = unit.sightings.get(edited.subject).kept.decision
        assert last.by == "gate"  # the edited listing is judged anew, whoever came first
        if isinstance(done, Conflict):
            assert (now.subject, now.outcome, edited.ref) == (edited.subject, None, case.ref)
            with pytest.raises(Conflict, match="was edited"):
                decide(case.ref, removal(case), reviewer=ANN, keeping=desks[0])
            decide(case.ref, replace(removal(case), seen=edited.subject), reviewer=ANN, keeping=desks[0])  # fmt: skip
        else:
            assert (now.subject, now.outcome) == (case.subject, done.decision.ref)
            assert edited.ref != case.ref
            with pytest.raises(NotPossible):
                claim(case.ref, reviewer=ANN, keeping=desks[0])
