"""The review desk: taking cases, deciding them, undoing it, second looks; over a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from countermark.domain.access import Purpose, Role
from countermark.domain.cases import CLAIM_FOR
from countermark.domain.commitments import commitment
from countermark.domain.decisions import LABELS
from countermark.domain.sightings import decision_bytes
from countermark.errors import Conflict, NotAllowed, NotFound, NotPossible, UsageError
from countermark.flows.decide_cases import ReviewDecision, decide
from countermark.flows.export_labels import export_labels
from countermark.flows.review_cases import (
    MOST_HELD,
    claim,
    claim_next,
    escalate,
    look,
    release,
)
from countermark.flows.second_reviews import ask_second, measure_agreement
from countermark.flows.train_weights import labels_of
from countermark.flows.undo_reviews import undo
from desk_parts import (
    ANN,
    BOB,
    LEA,
    LOU,
    OTHER,
    SetClock,
    judged,
    open_case,
    pardon,
    person,
    removal,
    state_of,
    told_by,
)
from gate_parts import START, keeping_in


@pytest.fixture
def keeping(tmp_path):
    made = replace(keeping_in(tmp_path), clock=SetClock())
    yield made
    made.records.close()


@pytest.fixture
def case(keeping):
    """An open review of one listing."""
    return open_case(keeping)


def at(keeping, **later):
    keeping.clock.at = START + timedelta(**later)


def decided(keeping, case, by=ANN, said=None):
    claim(case.ref, reviewer=by, keeping=keeping)
    return decide(case.ref, said or removal(case), reviewer=by, keeping=keeping)


def holds(keeping, case):
    with keeping.records.reading() as unit:
        return unit.sightings.get(case.subject).kept


# the queue


def test_a_case_is_as_harmful_as_the_listing_and_never_less_after_an_edit(keeping):
    case = open_case(keeping, price_minor=20_000, currency="EUR", stock=5, sold=9, category="auto.brake")  # fmt: skip
    assert case.harm == 50_000 * 1_000 * 10 * 20
    milder = open_case(keeping, title="another", price_minor=100, currency="EUR", risk=10_000)
    assert (milder.ref, milder.harm, milder.risk_milli) == (case.ref, case.harm, 50_000)
    worse = open_case(keeping, title="a third", price_minor=20_000, currency="EUR", stock=50, sold=9, category="auto.brake")  # fmt: skip
    assert (worse.ref, worse.harm) == (case.ref, case.harm * 10)


def test_the_next_case_is_the_most_harmful_that_nobody_has(keeping):
    refs = [open_case(keeping, f"l{k}", risk=risk).ref for k, risk in enumerate((20_000, 90_000, 50_000))]  # fmt: skip
    found = [claim_next(who, keeping=keeping).case for who in (ANN, BOB, ANN)]
    assert [each.ref for each in found] == [refs[1], refs[2], refs[0]]
    assert [each.claimed_by for each in found] == ["ann", "bob", "ann"]
    assert claim_next(BOB, keeping=keeping) is None
    keeping.clock.at += CLAIM_FOR
    assert claim_next(BOB, keeping=keeping).case.ref == refs[1]
    with pytest.raises(Conflict, match="not claimed by you any more"):
        release(refs[1], reviewer=ANN, keeping=keeping)


def test_what_is_put_before_somebody_is_what_the_case_is_about(keeping, case):
    work = claim(case.ref, reviewer=ANN, keeping=keeping)
    assert (work.sighting.ref, work.decision.by) == (case.subject, "gate")
    assert look(case.ref, reviewer=BOB, keeping=keeping) == work


def test_nobody_holds_more_than_they_can_decide(keeping):
    cases = [open_case(keeping, f"l{k}") for k in range(MOST_HELD + 1)]
    for each in cases[:-1]:
        claim(each.ref, reviewer=ANN, keeping=keeping)
    for take in (lambda: claim_next(ANN, keeping=keeping), lambda: claim(cases[-1].ref, reviewer=ANN, keeping=keeping)):  # fmt: skip
        with pytest.raises(NotPossible, match="you hold 20 cases already"):
            take()
    at(keeping, minutes=10)
    kept = claim(cases[0].ref, reviewer=ANN, keeping=keeping).case  # which they have, for longer
    assert kept.claimed_until == START + timedelta(minutes=10) + CLAIM_FOR


def test_an_escalated_case_is_for_those_who_lead_but_not_for_who_escalated_it(keeping, case):
    claim(case.ref, reviewer=LEA, keeping=keeping)
    escalate(case.ref, reviewer=LEA, keeping=keeping)
    for who in (ANN, BOB, LEA):
        with pytest.raises(NotAllowed, match="not yours to do"):
            claim(case.ref, reviewer=who, keeping=keeping)
        assert claim_next(who, keeping=keeping) is None
    with pytest.raises(NotAllowed):
        claim_next(ANN, keeping=keeping, escalated=True)
    assert claim_next(LEA, keeping=keeping, escalated=True) is None
    assert claim_next(LOU, keeping=keeping, escalated=True).case.state == "escalated"
    made = decide(case.ref, pardon(case), reviewer=LOU, keeping=keeping)
    for who in (ANN, LEA):
        with pytest.raises(NotAllowed):
            undo(case.ref, made.decision.ref, reviewer=who, keeping=keeping)
    back = undo(case.ref, made.decision.ref, reviewer=LOU, keeping=keeping)
    assert (back.case.state, back.case.not_for) == ("escalated", "lea")


@pytest.mark.parametrize(
    "who",
    [
        person("vic", Role.VIEWER),
        person("ivy", Role.INVESTIGATOR),
        person("ada", Role.ADMIN),
        person("ann", purpose=Purpose.STATISTICS),
        person("ann", disabled=True),
    ],
)
def test_who_may_not_decide_cannot_take_a_case_either(keeping, case, who):
    refused = NotFound if who.actor.disabled else NotAllowed
    with pytest.raises(refused):
        claim(case.ref, reviewer=who, keeping=keeping)
    with pytest.raises(NotAllowed):
        claim_next(who, keeping=keeping)
    assert told_by(keeping.records).kinds["case.claimed"] == 0


def test_another_members_case_is_as_if_it_were_not_there(keeping, case):
    theirs = open_case(keeping, member=OTHER)
    made = decided(keeping, case)
    spy = person("ann", Role.LEAD_ANALYST, member=OTHER)
    calls = (
        lambda ref: claim(ref, reviewer=spy, keeping=keeping),
        lambda ref: release(ref, reviewer=spy, keeping=keeping),
        lambda ref: escalate(ref, reviewer=spy, keeping=keeping),
        lambda ref: look(ref, reviewer=spy, keeping=keeping),
        lambda ref: decide(ref, removal(case), reviewer=spy, keeping=keeping),
        lambda ref: undo(ref, made.decision.ref, reviewer=spy, keeping=keeping),
        lambda ref: ask_second(ref, reviewer=spy, keeping=keeping),
    )
    for call in calls:
        said = []
        for ref in (case.ref, "0" * 32):
            with pytest.raises(NotFound) as refused:
                call(ref)
            said.append((str(refused.value).replace(ref, "R"), refused.value.hint))
        assert said[0] == said[1]
    with pytest.raises(NotFound, match="there is no decision"):
        undo(theirs.ref, made.decision.ref, reviewer=spy, keeping=keeping)
    assert claim_next(spy, keeping=keeping).case.ref == theirs.ref
    assert export_labels(reviewer=spy, keeping=keeping).num_rows == 0


# deciding


def test_a_decision_has_all_that_follows_from_it(keeping, case):
    before, heard = holds(keeping, case), told_by(keeping.records).kinds
    claim(case.ref, reviewer=ANN, keeping=keeping)
    made = decide(case.ref, removal(case), reviewer=ANN, keeping=keeping)
    kept = holds(keeping, case)
    assert made.is_new
    assert kept.decision == made.decision
    assert kept.commitment == commitment(kept.nonce, decision_bytes(made.decision))
    decision = made.decision
    assert (decision.action, decision.claim, decision.by, decision.acting, decision.previous) == ("remove", "suspected_counterfeit", "ann", True, before.decision.ref)  # fmt: skip
    assert (decision.grounds, decision.findings, decision.risk_milli) == (before.decision.grounds, b"[]", 50_000)  # fmt: skip
    assert (made.case.state, made.case.outcome) == ("closed", decision.ref)
    label = made.label
    assert (label.claim, label.origin, label.inclusion, label.person, label.listing, label.note) == ("counterfeit", "review", None, "ann", case.subject, "logo")  # fmt: skip
    told = told_by(keeping.records)
    assert told.kinds - heard == {"case.claimed": 1, "listing.decided": 1, "case.closed": 1, "message listing.decided": 1}  # fmt: skip
    for event, subject in zip(told.events[-2:], (case.subject, case.ref), strict=True):
        assert (event.subject, event.actor, event.before, event.after, event.reason) == (subject, "ann", before.commitment, kept.commitment, "remove")  # fmt: skip
    assert told.messages[-1] == {"topic": "listing.decided", "case": case.ref, "listing": case.subject, "action": "remove", "decision": decision.ref, "previous": before.decision.ref}  # fmt: skip


def test_who_submits_twice_decides_once_and_is_told_the_same(keeping, case):
    made = decided(keeping, case)
    heard = told_by(keeping.records)
    again = decide(case.ref, removal(case), reviewer=ANN, keeping=keeping)
    assert again == replace(made, is_new=False)
    assert told_by(keeping.records) == heard
    for who, said in ((ANN, pardon(case)), (ANN, removal(case, note="")), (BOB, removal(case))):
        with pytest.raises(NotPossible, match="is closed"):
            decide(case.ref, said, reviewer=who, keeping=keeping)


@pytest.mark.parametrize(
    "wrong, says",
    [
        ({"action": "review"}, "nothing that a person decides"),
        ({"claim": "ugly"}, "is no claim"),
        ({"label": "ugly"}, "is no label"),
        ({"claim": None}, "nothing speaks for 'remove'"),
        ({"label": "none"}, "nothing speaks for 'remove'"),
        ({"note": "x" * 2_001}, "the note cannot be kept"),
        ({"note": "\0"}, "the note cannot be kept"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_words(keeping, case, wrong, says):
    claim(case.ref, reviewer=ANN, keeping=keeping)
    with pytest.raises(UsageError, match=says):
        decide(case.ref, removal(case, **wrong), reviewer=ANN, keeping=keeping)


def test_only_who_has_the_case_decides_it_and_only_about_what_they_saw(keeping, case):
    with pytest.raises(Conflict, match="not claimed by you"):
        decide(case.ref, removal(case), reviewer=ANN, keeping=keeping)
    claim(case.ref, reviewer=ANN, keeping=keeping)
    with pytest.raises(Conflict, match="not claimed by you"):
        decide(case.ref, removal(case), reviewer=BOB, keeping=keeping)
    edited = open_case(keeping, title="something else")
    assert edited.held_by(START) == "ann"
    heard = told_by(keeping.records)
    with pytest.raises(Conflict, match="was edited after you looked at it"):
        decide(case.ref, removal(case), reviewer=ANN, keeping=keeping)
    assert told_by(keeping.records) == heard
    assert decide(case.ref, removal(edited), reviewer=ANN, keeping=keeping).is_new


def test_a_clock_that_goes_back_gives_no_case_to_two_and_keeps_the_order(keeping, case):
    claim(case.ref, reviewer=ANN, keeping=keeping)
    at(keeping, days=-1)
    with pytest.raises(Conflict, match="with somebody else"):
        claim(case.ref, reviewer=BOB, keeping=keeping)
    made = decide(case.ref, removal(case), reviewer=ANN, keeping=keeping)
    assert made.decision.decided_at == START
    at(keeping, days=-2)
    back = undo(case.ref, made.decision.ref, reviewer=ANN, keeping=keeping)
    assert back.decision.decided_at == START
    assert [m["topic"] for m in told_by(keeping.records).messages][-2:] == ["listing.decided", "listing.undone"]  # fmt: skip


# undoing


def test_undoing_unwinds_everything(keeping, case):
    before, held = state_of(keeping.records, case.ref), holds(keeping, case)
    made = decided(keeping, case)
    assert state_of(keeping.records, case.ref) != before
    heard = told_by(keeping.records).kinds
    back = undo(case.ref, made.decision.ref, reviewer=BOB, keeping=keeping)
    assert state_of(keeping.records, case.ref) == before
    assert (back.decision.by, back.decision.previous) == ("bob", made.decision.ref)
    assert (back.case.state, back.case.outcome) == ("open", None)
    assert back.label == replace(made.label, withdrawn_at=START)
    told = told_by(keeping.records)
    assert told.kinds - heard == {"listing.undone": 1, "case.reopened": 1, "message listing.undone": 1}  # fmt: skip
    assert told.messages[-1] == {"topic": "listing.undone", "case": case.ref, "listing": case.subject, "action": held.decision.action, "decision": back.decision.ref, "previous": made.decision.ref}  # fmt: skip
    with keeping.records.reading() as unit:
        assert unit.sightings.decision(made.decision.ref).decision == made.decision


def test_undoing_what_was_undone_brings_it_back_and_so_on(keeping, case):
    before = state_of(keeping.records, case.ref)
    made = decided(keeping, case)
    after, last = state_of(keeping.records, case.ref), made
    for turn in range(4):
        last = undo(case.ref, last.decision.ref, reviewer=(BOB, ANN)[turn % 2], keeping=keeping)
        assert state_of(keeping.records, case.ref) == (after if turn % 2 else before)
    assert (last.case.state, last.case.outcome) == ("closed", last.decision.ref)
    assert (last.label.person, last.label.withdrawn_at) == ("ann", None)


def test_undoing_twice_is_undoing_once(keeping, case):
    made = decided(keeping, case)
    back = undo(case.ref, made.decision.ref, reviewer=ANN, keeping=keeping)
    heard = told_by(keeping.records)
    assert undo(case.ref, made.decision.ref, reviewer=ANN, keeping=keeping) == replace(back, is_new=False)  # fmt: skip
    with pytest.raises(Conflict, match="another decision than .* holds"):
        undo(case.ref, made.decision.ref, reviewer=BOB, keeping=keeping)
    assert told_by(keeping.records) == heard


@pytest.mark.parametrize("action", ["allow", "review"])
def test_what_was_decided_about_a_listing_as_it_was_cannot_be_undone_after_an_edit(keeping, case, action):  # fmt: skip
    made = decided(keeping, case)
    judged(keeping, title="something else", action=action)
    heard = told_by(keeping.records)
    with pytest.raises(Conflict, match="was edited since"):
        undo(case.ref, made.decision.ref, reviewer=ANN, keeping=keeping)
    assert told_by(keeping.records) == heard


def test_what_was_undone_cannot_be_brought_back_after_an_edit_nor_while_another_has_the_case(keeping, case):  # fmt: skip
    made = decided(keeping, case)
    back = undo(case.ref, made.decision.ref, reviewer=ANN, keeping=keeping)
    claim(case.ref, reviewer=BOB, keeping=keeping)
    with pytest.raises(Conflict, match="with somebody else"):
        undo(case.ref, back.decision.ref, reviewer=ANN, keeping=keeping)
    judged(keeping, title="something else")
    with pytest.raises(Conflict, match="was edited since"):
        undo(case.ref, back.decision.ref, reviewer=BOB, keeping=keeping)


def test_only_what_people_decided_in_the_case_can_be_undone(keeping, case):
    with pytest.raises(NotPossible, match="none that a person made"):
        undo(case.ref, holds(keeping, case).decision.ref, reviewer=ANN, keeping=keeping)
    other = open_case(keeping, "l2")
    made = decided(keeping, other)
    with pytest.raises(Conflict):
        undo(case.ref, made.decision.ref, reviewer=ANN, keeping=keeping)


# second reviews


def second_of(keeping, case, by=LEA):
    return ask_second(case.ref, reviewer=by, keeping=keeping)


def test_a_second_review_tells_nothing_of_the_first_and_is_not_for_who_made_it(keeping, case):
    first = decided(keeping, case, said=removal(case, claim="declared_replica"))
    second = second_of(keeping, case)
    assert claim_next(ANN, keeping=keeping) is None
    with pytest.raises(NotAllowed, match="four_eyes"):
        claim(second.ref, reviewer=ANN, keeping=keeping)
    works = [claim_next(BOB, keeping=keeping), look(second.ref, reviewer=BOB, keeping=keeping)]
    for work in works:
        assert work.decision.by == "gate"
        assert not any(word in repr(work) for word in ("ann", first.decision.ref, "remove", "declared_replica", "logo"))  # fmt: skip
    held, heard = holds(keeping, case), told_by(keeping.records).kinds
    made = decide(second.ref, pardon(second), reviewer=BOB, keeping=keeping)
    assert "ann" not in repr(made.case)
    assert (made.decision.acting, made.label.blind, made.case.outcome) == (False, True, made.decision.ref)  # fmt: skip
    assert holds(keeping, case) == held
    assert told_by(keeping.records).kinds - heard == {"case.closed": 1}
    found = measure_agreement(reviewer=LEA, keeping=keeping)
    assert (found.pairs, found.agreed) == (1, 0)


def test_a_second_review_undone_is_open_again_for_the_same_people(keeping, case):
    decided(keeping, case)
    second = second_of(keeping, case)
    made = decided(keeping, second, by=BOB, said=pardon(second))
    with pytest.raises(NotAllowed):
        undo(second.ref, made.decision.ref, reviewer=ANN, keeping=keeping)
    back = undo(second.ref, made.decision.ref, reviewer=BOB, keeping=keeping)
    assert undo(second.ref, made.decision.ref, reviewer=BOB, keeping=keeping) == replace(back, is_new=False)  # fmt: skip
    assert (back.case.state, back.label.withdrawn_at) == ("open", START)
    assert measure_agreement(reviewer=LEA, keeping=keeping).pairs == 0
    assert decided(keeping, second, by=BOB, said=removal(second)).is_new
    assert measure_agreement(reviewer=LEA, keeping=keeping).agreed == 1


def test_a_second_review_stays_with_what_was_seen_and_outlives_an_undo_of_the_first(keeping, case):
    first = decided(keeping, case)
    second = second_of(keeping, case)
    with pytest.raises(Conflict, match="is open"):
        second_of(keeping, case)
    undo(case.ref, first.decision.ref, reviewer=ANN, keeping=keeping)
    edited = open_case(keeping, title="something else")
    assert edited.ref == case.ref
    work = claim_next(BOB, keeping=keeping)
    assert {work.case.ref, claim_next(BOB, keeping=keeping).case.ref} == {case.ref, second.ref}
    assert look(second.ref, reviewer=BOB, keeping=keeping).sighting.ref == case.subject


def test_a_third_look_is_for_none_of_the_two_before(keeping, case):
    decided(keeping, case)
    second = second_of(keeping, case)
    decided(keeping, second, by=BOB, said=pardon(second))
    third = second_of(keeping, case)
    assert claim_next(ANN, keeping=keeping) is claim_next(BOB, keeping=keeping) is None
    assert claim_next(LEA, keeping=keeping).case.ref == third.ref


@pytest.mark.parametrize("who", [person("vic", Role.VIEWER), person("ada", Role.ADMIN)])
def test_a_second_review_is_asked_of_what_somebody_decided_by_who_may(keeping, case, who):
    with pytest.raises(NotPossible, match="is no review that somebody decided"):
        second_of(keeping, case)
    decided(keeping, case)
    with pytest.raises(NotAllowed):
        second_of(keeping, case, by=who)
    second = second_of(keeping, case)
    decided(keeping, second, by=BOB)
    with pytest.raises(NotPossible):
        second_of(keeping, second)


# labels


def test_labels_are_exported_as_training_reads_them(keeping):
    cases = [open_case(keeping, f"l{k}") for k in range(4)]
    decided(keeping, cases[0])
    decided(keeping, cases[1], said=pardon(cases[1], label=None))
    second = second_of(keeping, cases[0])
    decided(keeping, second, by=BOB, said=pardon(second))
    gone = decided(keeping, cases[2])
    undo(cases[2].ref, gone.decision.ref, reviewer=ANN, keeping=keeping)
    decided(keeping, cases[3], said=ReviewDecision(seen=cases[3].subject, action="hold", claim="grey_market", label="grey_market"))  # fmt: skip
    judged(keeping, "l3", title="edited since")
    table = export_labels(reviewer=LEA, keeping=keeping)
    assert table.schema == LABELS
    assert [(r["listing_id"], r["claim"], r["origin"], r["inclusion"]) for r in table.to_pylist()] == [("l0", "counterfeit", "review", None), ("l1", None, "review", None), ("l0", "none", "review", None)]  # fmt: skip
    assert export_labels(reviewer=LEA, keeping=keeping, edited=True).column("listing_id").to_pylist()[-1] == "l3"  # fmt: skip
    assert export_labels(reviewer=LEA, keeping=keeping, venue="elsewhere").num_rows == 0
    assert labels_of(table, source="desk").num_rows == 3
    with pytest.raises(NotAllowed):
        export_labels(reviewer=ANN, keeping=keeping)
