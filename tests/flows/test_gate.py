"""Judging and keeping: what is kept of a listing each time it comes, over a real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from countermark.adapters.records import open_records
from countermark.decision.edits import SWITCHED
from countermark.decision.window import Window
from countermark.domain.cases import CLAIM_FOR
from countermark.domain.commitments import NOTHING, commitment
from countermark.domain.offers import content_digest, offer_of
from countermark.domain.sightings import WATCHED_AT, decision_bytes
from countermark.flows.judge_submissions import GateScan, judge, packed, unpacked
from countermark.flows.keep_judged import SWITCHED_GROUND, keep
from gate_parts import FAKE, PLAIN, TITLES, VENUE, Gate, gate_knowledge, keeping_in, said_in, sent

KEY = ("m1", VENUE, "l1")


@pytest.fixture
def keeping(tmp_path):
    made = keeping_in(tmp_path)
    yield made
    made.records.close()


@pytest.fixture
def knowledge(plan, snapshot):
    return gate_knowledge(plan, snapshot)


@pytest.fixture
def gate(knowledge, keeping):
    return Gate(knowledge=knowledge, keeping=keeping)


def test_a_new_listing_is_kept_with_its_decision_case_events_and_message(gate):
    (answer,) = gate(sent(seller_id="s1", stock=4))
    kept, sighting, decision = gate.kept, answer.known.sighting, answer.known.kept.decision
    assert answer.is_new
    assert kept.latest == {KEY: answer.known}
    assert offer_of(sighting.content) == sent(seller_id="s1", stock=4).offer
    assert (sighting.digest, sighting.previous) == (
        content_digest(offer_of(sighting.content)),
        None,
    )
    assert (sighting.seller_id, decision.edits, decision.previous, decision.by) == (
        "s1",
        (),
        None,
        "gate",
    )
    assert decision.action in WATCHED_AT
    assert decision.acting
    assert decision.mark == "gucci"
    rows = msgspec.json.decode(decision.findings)
    assert {row["rule"] for row in rows} >= {
        ground for ground in decision.grounds if ground.startswith("core.")
    }
    case, (message,) = kept.cases[KEY], kept.messages
    assert (case.subject, case.risk_milli, case.state) == (
        sighting.ref,
        decision.risk_milli,
        "open",
    )
    assert said_in(message) == {
        "case": case.ref,
        "listing": sighting.ref,
        "action": decision.action,
    }
    judged, opened = kept.events
    assert (judged.type, judged.subject, judged.actor) == ("listing.judged", sighting.ref, "k1")
    assert (judged.before, judged.after, judged.reason) == (
        NOTHING,
        answer.known.kept.commitment,
        decision.action,
    )
    assert (opened.type, opened.subject, opened.actor) == ("case.opened", case.ref, "system")
    assert judged.version == opened.version == gate.knowledge.basis.version


def test_a_listing_without_evidence_is_allowed_at_the_floor_and_makes_no_case(gate):
    (answer,) = gate(sent(title="oak table"))
    decision = answer.known.kept.decision
    assert (decision.action, decision.grounds, decision.findings, decision.mark) == (
        "allow",
        (),
        b"",
        None,
    )
    assert decision.risk_milli == round(gate.knowledge.basis.weights.floor_risk * 1_000)
    assert (gate.kept.cases, gate.kept.messages) == ({}, [])
    assert [event.type for event in gate.kept.events] == ["listing.judged"]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"stock": 1, "sold": 900, "seller_rating": 0.1, "seller_age_days": 3, "seller_listings": 7},
    ],
)
def test_the_same_content_again_changes_nothing(gate, change):
    (first,) = gate(sent(stock=5))
    before = gate.kept
    (again,) = gate(sent(**{"stock": 5, **change}))
    assert not again.is_new
    assert again.known == first.known
    assert gate.kept == before


def test_the_notes_of_what_was_sent_now_are_told_each_time(gate):
    first, again = gate(sent(currency="XXQ"))[0], gate(sent(currency="XXQ"))[0]
    assert first.notes == again.notes == ("currency 'XXQ': is not an ISO 4217 code in use",)


def test_an_edit_is_a_new_sighting_chained_to_the_last(gate):
    (first,) = gate(sent(title=PLAIN))
    (second,) = gate(sent(title=f"{PLAIN} blue", colour="blue"))
    old, new = first.known, second.known
    assert second.is_new
    assert new.sighting.previous == old.sighting.ref
    assert new.kept.decision.previous == old.kept.decision.ref
    assert new.kept.decision.edits == ("colour", "title")
    assert gate.kept.latest == {KEY: new}
    events = gate.kept.told("listing.judged")
    assert [event.before for event in events] == [NOTHING, old.kept.commitment]
    assert [event.after for event in events] == [old.kept.commitment, new.kept.commitment]


@pytest.mark.parametrize("together", [False, True])
def test_who_goes_back_to_the_first_version_is_seen_a_third_time(gate, together):
    versions = [sent(title=PLAIN), sent(title=f"{PLAIN} blue"), sent(title=PLAIN)]
    answers = gate(*versions) if together else [gate(each)[0] for each in versions]
    refs = [answer.known.sighting.ref for answer in answers]
    assert [answer.is_new for answer in answers] == [True] * 3
    assert len(set(refs)) == 3
    assert [answer.known.sighting.previous for answer in answers] == [None, *refs[:2]]
    assert gate.kept.latest == {KEY: answers[2].known}
    chain = [answer.known.kept.commitment for answer in answers]
    assert [event.before for event in gate.kept.events] == [NOTHING, *chain[:2]]


def test_the_same_listing_twice_in_one_batch_is_one_sighting(gate):
    first, again = gate(sent(), sent(stock=3))
    assert (first.is_new, again.is_new) == (True, False)
    assert first.known == again.known
    assert [event.type for event in gate.kept.events] == ["listing.judged", "case.opened"]


@pytest.mark.parametrize("together", [False, True])
@pytest.mark.parametrize(
    "titles", [(FAKE, f"{FAKE} brown"), (FAKE, PLAIN), (FAKE, PLAIN, FAKE, "oak table")]
)
def test_an_open_case_goes_on_about_the_newest_sighting(gate, together, titles):
    versions = [sent(title=title) for title in titles]
    answers = gate(*versions) if together else [gate(each)[0] for each in versions]
    kept = gate.kept
    case, (opened,) = kept.cases[KEY], kept.told("case.opened")
    assert list(kept.cases) == [KEY]
    assert (case.ref, case.subject) == (opened.subject, answers[-1].known.sighting.ref)
    assert case.risk_milli == max(answer.known.kept.decision.risk_milli for answer in answers)
    assert len(kept.messages) == 1
    assert said_in(kept.messages[0])["case"] == case.ref


def test_a_case_stays_with_the_person_who_took_it_when_the_listing_is_edited(gate, keeping):
    gate(sent())
    now = keeping.clock.now()
    claimed = gate_case(gate).claim("ann", now)
    with keeping.records.writing() as unit:
        unit.cases.save(claimed)
    gate(sent(title=f"{FAKE} brown"))
    assert gate_case(gate).held_by(now) == "ann"
    assert gate_case(gate).held_by(now + CLAIM_FOR) is None


def gate_case(gate):
    return gate.kept.cases[KEY]


def test_after_its_case_was_closed_an_edited_listing_is_a_new_case(gate, keeping):
    gate(sent())
    closed = gate_case(gate)
    with keeping.records.writing() as unit:
        now = keeping.clock.now()
        claimed = unit.cases.save(closed.claim("ann", now))
        unit.cases.save(claimed.close("ann", now + timedelta(seconds=1), outcome="d9"))
    assert not gate(sent())[0].is_new
    assert gate.kept.cases == {}
    gate(sent(title=f"{FAKE} brown"))
    assert gate_case(gate).ref != closed.ref
    assert len(gate.kept.messages) == 2


def test_other_goods_under_a_mark_in_the_place_of_plain_ones_are_looked_at(gate):
    quiet = "Nike Air Max 90 shoes"
    alone = gate(sent("l2", quiet))[0].known.kept.decision
    assert alone.action not in WATCHED_AT
    gate(sent(title="cotton shirt"))
    (switched,) = gate(sent(title=quiet))
    decision = switched.known.kept.decision
    assert decision.edits == (SWITCHED, "title")
    assert (decision.action, decision.grounds[-1]) == ("review", SWITCHED_GROUND)
    assert (decision.risk_milli, decision.mark) == (alone.risk_milli, "nike")
    assert KEY in gate.kept.cases


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Nike shoes", "Nike running cap"),
        ("Nike socks", "cotton shirt"),
        ("Air Max 90 shoes", "Nike Air Max 90 shoes"),
    ],
)
def test_the_same_mark_no_mark_or_the_same_goods_are_judged_alone(gate, before, after):
    gate(sent(title=before))
    (edited,) = gate(sent(title=after))
    (alone,) = gate(sent("l9", after))
    assert edited.known.kept.decision.action == alone.known.kept.decision.action
    assert SWITCHED_GROUND not in edited.known.kept.decision.grounds


def test_in_the_shadow_decisions_are_kept_and_nothing_follows(plan, snapshot, keeping):
    gate = Gate(knowledge=gate_knowledge(plan, snapshot, shadow=True), keeping=keeping)
    answers = gate(sent(), sent("l2", PLAIN)) + gate(sent("l2", FAKE))
    assert [answer.known.kept.decision.acting for answer in answers] == [False] * 3
    assert answers[0].known.kept.decision.action in WATCHED_AT
    kept = gate.kept
    assert (kept.cases, kept.messages, kept.told("case.opened")) == ({}, [], [])
    assert len(kept.events) == 3


def test_a_case_that_is_open_when_the_shadow_falls_still_goes_on(gate, plan, snapshot, keeping):
    gate(sent())
    shadow = Gate(knowledge=gate_knowledge(plan, snapshot, shadow=True), keeping=keeping)
    (edited,) = shadow(sent(title=PLAIN))
    assert gate_case(gate).subject == edited.known.sighting.ref


def test_equal_ids_on_several_venues_and_of_several_members_are_several_listings(gate):
    places = [("m1", "a.example"), ("m1", "b.example"), ("m2", "c.example")]
    titles = [FAKE, PLAIN, "Nike shoes"]
    batch = [sent(title=t, member=m, venue=v) for (m, v), t in zip(places, titles, strict=True)]
    first = gate(*batch)
    assert set(gate.kept.latest) == {(m, v, "l1") for m, v in places}
    again = gate(*batch[::-1])
    assert [answer.known for answer in again] == [answer.known for answer in first][::-1]
    assert {event.member for event in gate.kept.events} == {"m1", "m2"}


def test_every_commitment_opens_with_its_nonce_and_the_bytes_of_its_decision(gate):
    gate(*(sent(f"l{k}", title) for k, title in enumerate(TITLES)))
    kept = gate.kept
    for known in kept.latest.values():
        decided = known.kept
        assert commitment(decided.nonce, decision_bytes(decided.decision)) == decided.commitment
        other = replace(decided.decision, risk_milli=decided.decision.risk_milli ^ 1)
        assert commitment(decided.nonce, decision_bytes(other)) != decided.commitment
    assert {event.after for event in kept.told("listing.judged")} == {
        k.kept.commitment for k in kept.latest.values()
    }
    assert len({known.kept.nonce for known in kept.latest.values()}) == len(TITLES)


def test_no_event_tells_anything_of_listing_or_seller(gate):
    gate(sent("secret-id-77", f"{FAKE} zyzzyva", seller_id="s-77", seller_name="Quuxley"))
    data = b"".join(gate.kept.bodies)
    assert not [word for word in (b"secret-id-77", b"zyzzyva", b"s-77", b"Quuxley") if word in data]


@pytest.mark.parametrize("wrong", [{"actor": "naïve"}, {"actor": 'k"1'}])
def test_a_fault_in_the_middle_keeps_nothing_of_the_batch(gate, wrong):
    gate(sent("l0"))
    before = gate.kept
    with pytest.raises(ValueError, match="references and codes only"):
        gate(sent("l0", f"{FAKE} brown"), sent("l1"), sent("l2", **wrong), sent("l3"))
    assert gate.kept == before
    assert gate(sent("l1"))[0].is_new


def test_more_answers_than_listings_are_a_fault_that_keeps_nothing(gate, knowledge, keeping):
    judged, _ = judge([sent().offer] * 2, [VENUE] * 2, knowledge, Window())
    with pytest.raises(ValueError, match="zip"):
        keep([sent()], judged, keeping=keeping)
    assert gate.kept.latest == {}


def test_what_was_kept_is_there_when_the_database_is_opened_again(gate, keeping, tmp_path):
    gate(sent())
    before = gate.kept
    keeping.records.close()
    again = open_records(f"sqlite:///{tmp_path}/records.sqlite")
    assert Gate(knowledge=gate.knowledge, keeping=replace(keeping, records=again)).kept == before
    again.close()


def test_an_empty_batch_is_nothing(gate):
    assert gate() == []
    assert gate.kept.events == []


def test_a_worker_answers_in_bytes_what_judging_says(knowledge, snapshot):
    from countermark.decision.policy import policy_plain
    from countermark.decision.weights import weights_plain
    from countermark.knowledge.snapshot import snapshot_bytes

    scan = GateScan(
        snapshot=snapshot_bytes(snapshot), policy=policy_plain(knowledge.basis.policy),
        weights=weights_plain(knowledge.basis.weights), shadow=False,
    )  # fmt: skip
    batch = [
        sent(f"l{k}", title, currency="XXQ", observed_at=None) for k, title in enumerate(TITLES)
    ]
    said, _ = judge([s.offer for s in batch], [s.venue for s in batch], knowledge, Window())
    ask = scan()
    assert unpacked(ask(packed(batch))) == unpacked(ask(packed(batch))) == said


def test_a_gate_that_left_the_shadow_decides_anew(knowledge, keeping):
    Gate(knowledge=replace(knowledge, shadow=True), keeping=keeping)(sent())
    gate = Gate(knowledge=knowledge, keeping=keeping)
    (answer,) = gate(sent())
    assert answer.is_new
    assert answer.known.kept.decision.acting
    assert answer.known.kept.decision.edits == ()
    assert len(gate.kept.cases) == 1
    assert not gate(sent())[0].is_new
