"""Rescans: what changes when knowledge did, what stays a person's, and that a preview changes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from countermark.decision.window import Window
from countermark.domain.commitments import NOTHING
from countermark.errors import RecordsError
from countermark.flows import rescan_listings as flow
from countermark.flows.consequences import sealed
from countermark.flows.judge_submissions import judge
from countermark.flows.keep_judged import SWITCHED_GROUND
from countermark.flows.rescan_listings import plain, rescan_listings
from gate_parts import FAKE, PLAIN, POLICY, TITLES, VENUE, Gate, gate_knowledge, keeping_in, sent

LENIENT = POLICY.replace("review_at = 10", "review_at = 99").replace(
    "hold_at = ", "hold_at = 99 # "
)
NOW = ("review", "hold", "remove")


@pytest.fixture
def keeping(tmp_path):
    made = keeping_in(tmp_path)
    yield made
    made.records.close()


@pytest.fixture
def strict(plan, snapshot):
    return gate_knowledge(plan, snapshot)


@pytest.fixture
def lenient(plan, snapshot):
    return gate_knowledge(plan, snapshot, policy=LENIENT)


@pytest.fixture
def rescan(keeping):
    def act(knowledge, *, member="m1", preview=False):
        def judged(submissions):
            offers, venues = [s.offer for s in submissions], [s.venue for s in submissions]
            return judge(offers, venues, knowledge, Window())[0]

        pages = list(rescan_listings(member, judge=judged, keeping=keeping, preview=preview))
        return plain(pages[-1]) if pages else None

    return act


def listings():
    return [sent(f"l{k}", title) for k, title in enumerate(TITLES)]


def actions(kept):
    return {key[2]: known.kept.decision.action for key, known in kept.latest.items()}


def test_nothing_that_is_judged_the_same_is_decided_again(keeping, strict, rescan):
    gate = Gate(knowledge=strict, keeping=keeping)
    gate(*listings())
    before = gate.kept
    assert rescan(strict)["changed"] == 0
    assert gate.kept == before


def test_everything_comes_out_as_the_gate_would_decide_it_now(tmp_path, strict, lenient, keeping, rescan):  # fmt: skip
    old = Gate(knowledge=lenient, keeping=keeping)
    old(*listings())
    (tmp_path / "fresh").mkdir()
    fresh = Gate(knowledge=strict, keeping=keeping_in(tmp_path / "fresh"))
    fresh(*listings())
    found = rescan(strict)
    assert found["judged"] == len(TITLES)
    assert actions(old.kept) == actions(fresh.kept)
    assert {key[2] for key in old.kept.cases} == {key[2] for key in fresh.kept.cases}
    assert sum(found["moves"].values()) == len(found["examples"]) > 0
    fresh.keeping.records.close()


def test_a_preview_counts_the_same_and_changes_nothing(keeping, strict, lenient, rescan):
    gate = Gate(knowledge=lenient, keeping=keeping)
    gate(*listings())
    before = gate.kept
    seen = rescan(strict, preview=True)
    assert gate.kept == before
    assert rescan(strict) == seen


def test_each_new_decision_supersedes_the_one_before_and_is_told_once(keeping, strict, lenient, rescan):  # fmt: skip
    gate = Gate(knowledge=lenient, keeping=keeping)
    (was,) = gate(sent())
    told = len(gate.kept.events)
    rescan(strict)
    (now,) = gate.kept.latest.values()
    decision = now.kept.decision
    assert now.sighting == was.known.sighting
    assert (decision.previous, decision.by) == (was.known.kept.decision.ref, "rescan")
    assert decision.action in NOW
    judged, opened = gate.kept.events[told:]
    assert (judged.type, judged.before, judged.after) == (
        "listing.judged", was.known.kept.commitment, now.kept.commitment,
    )  # fmt: skip
    assert (opened.type, opened.before) == ("case.opened", NOTHING)
    assert len(gate.kept.cases) == len(gate.kept.messages) == 1


def test_a_case_that_waits_is_withdrawn_when_nothing_is_left_of_it(keeping, strict, lenient, rescan):  # fmt: skip
    gate = Gate(knowledge=strict, keeping=keeping)
    gate(sent())
    (case,) = gate.kept.cases.values()
    assert rescan(lenient)["changed"] == 1
    (known,) = gate.kept.latest.values()
    with keeping.records.reading() as unit:
        ended = unit.cases.get(case.ref)
    assert gate.kept.cases == {}
    assert (ended.state, ended.outcome) == ("closed", known.kept.decision.ref)
    assert [event.subject for event in gate.kept.told("case.closed")] == [case.ref]
    assert [message.topic for message in gate.kept.messages] == ["case.opened", "case.closed"]


@pytest.mark.parametrize("step", ["claim", "escalate"])
def test_a_case_that_somebody_works_on_stays(keeping, strict, lenient, rescan, step):
    gate = Gate(knowledge=strict, keeping=keeping)
    gate(sent())
    (case,) = gate.kept.cases.values()
    with keeping.records.writing() as unit:
        now = keeping.clock.now()
        claimed = unit.cases.save(case.claim("p1", now))
        if step == "escalate":
            unit.cases.save(claimed.escalate("p1", now))
    rescan(lenient)
    (after,) = gate.kept.cases.values()
    assert after.ref == case.ref


def test_what_a_person_decided_stands(keeping, strict, lenient, rescan):
    gate = Gate(knowledge=strict, keeping=keeping)
    (answer,) = gate(sent())
    was = answer.known.kept.decision
    mine = replace(was, ref="f" * 32, action="allow", by="p1", previous=was.ref)
    with keeping.records.writing() as unit:
        unit.sightings.supersede([sealed(mine, b"n" * 16)])
    before = gate.kept
    found = rescan(strict)
    assert (found["by_people"], found["changed"]) == (1, 0)
    assert gate.kept == before


def test_a_listing_that_is_edited_meanwhile_is_left_to_the_gate(keeping, strict, lenient):
    gate = Gate(knowledge=lenient, keeping=keeping)
    gate(sent(), sent("l2"))

    def judged(submissions):
        gate(sent(title="Rolex watch AAA replica"))
        offers, venues = [s.offer for s in submissions], [s.venue for s in submissions]
        return judge(offers, venues, strict, Window())[0]

    found = next(rescan_listings("m1", judge=judged, keeping=keeping, preview=False))
    assert found.overtaken == 1
    by = {key[2]: known.kept.decision.by for key, known in gate.kept.latest.items()}
    assert by == {"l1": "gate", "l2": "rescan"}


def test_other_goods_in_a_listings_place_still_wait_for_a_person(keeping, strict, lenient, rescan):
    gate = Gate(knowledge=lenient, keeping=keeping)
    gate(sent(title=PLAIN))
    gate(sent(title="Gucci leather belt"))
    (before,) = gate.kept.latest.values()
    assert SWITCHED_GROUND in before.kept.decision.grounds
    rescan(strict)
    rescan(lenient)
    (after,) = gate.kept.latest.values()
    assert after.kept.decision.action in NOW
    assert SWITCHED_GROUND in after.kept.decision.grounds
    assert len(gate.kept.cases) == 1


def test_only_the_members_own_listings_are_judged(keeping, strict, lenient, rescan):
    gate = Gate(knowledge=lenient, keeping=keeping)
    gate(sent(), sent(member="m2", venue="souk.example"))
    assert rescan(strict)["judged"] == 1
    by = {key[0]: known.kept.decision.by for key, known in gate.kept.latest.items()}
    assert by == {"m1": "rescan", "m2": "gate"}
    assert rescan(strict, member="m3") is None


def test_pages_make_no_difference_and_an_interrupted_rescan_goes_on(keeping, strict, lenient, rescan, monkeypatch):  # fmt: skip
    gate = Gate(knowledge=lenient, keeping=keeping)
    gate(*listings(), sent("again", FAKE))
    monkeypatch.setattr(flow, "PAGE", 2)
    whole = rescan(strict, preview=True)
    pages, asked = [], 0

    def judged(submissions):
        nonlocal asked
        asked += 1
        if asked == 3:
            raise RecordsError("the power went off", hint="wait")
        offers, venues = [s.offer for s in submissions], [s.venue for s in submissions]
        return judge(offers, venues, strict, Window())[0]

    with pytest.raises(RecordsError):
        pages.extend(
            map(plain, rescan_listings("m1", judge=judged, keeping=keeping, preview=False))
        )
    rest = rescan(strict)
    assert pages[-1]["changed"] + rest["changed"] == whole["changed"]
    assert rescan(strict)["changed"] == 0


def test_venues_and_titles_of_what_moves_are_shown(keeping, strict, lenient, rescan):
    gate = Gate(knowledge=lenient, keeping=keeping)
    gate(sent())
    (example,) = rescan(strict, preview=True)["examples"]
    assert example[:2] == [VENUE, "l1"]


def test_what_was_decided_in_shadow_acts_after_a_rescan(keeping, strict, rescan):
    gate = Gate(knowledge=replace(strict, shadow=True), keeping=keeping)
    gate(sent())
    assert gate.kept.cases == {}
    assert rescan(strict)["changed"] == 1
    (known,) = gate.kept.latest.values()
    assert known.kept.decision.acting
    assert len(gate.kept.cases) == len(gate.kept.messages) == 1
