"""The queues of cases, and labels, on both databases."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_builders import AT, ME, OTHER, again, case, decided, ref, seen
from sqlalchemy import event as event_of

from countermark.adapters.records.tables import CASES
from countermark.domain.cases import COUNTED, Waiting
from countermark.domain.labels import Label
from countermark.errors import Conflict, NotAllowed, NotFound, RecordsError

ANN, BOB = "1" * 32, "2" * 32
SOON = AT + timedelta(minutes=5)


def label(**more):
    made = {
        "ref": ref(),
        "member": ME,
        "listing": ref(),
        "case": ref(),
        "decision": ref(),
        "claim": "counterfeit",
        "person": ANN,
        "decided_at": AT,
    }
    return Label(**made | more)


def keep(records, *cases):
    with records.writing() as unit:
        unit.cases.add(cases)
    return [replace(each, revision=1) for each in cases]


def paged(records, size, *, now=AT, escalated=False):
    found, last = [], None
    with records.reading(ME) as unit:
        while page := unit.cases.queue(ME, now=now, limit=size, after=last, escalated=escalated):
            found, last = [*found, *page], page[-1]
    return found


def test_the_queue_has_the_most_harmful_first_and_of_equals_the_oldest(records):
    mild, late, early, worst = keep(
        records,
        case(harm=5),
        case(harm=7, opened_at=SOON),
        case(harm=7),
        case(harm=2**53),
    )
    keep(records, case(harm=9, member=OTHER))
    for size in (1, 2, 3, 9):
        assert paged(records, size) == [worst, early, late, mild]
    with records.reading(ME) as unit:
        assert unit.cases.queue(OTHER, now=AT, limit=9) == []
        assert unit.cases.held(OTHER, ANN, now=AT) == []
        assert unit.cases.count_open(OTHER) == Waiting(number=0, more=False)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(0, 2), st.sampled_from(["open", "escalated", "closed"])
        ),
        max_size=12,
    ),
    st.integers(1, 5),
)
def test_pages_together_are_the_queue_whatever_is_equal_in_it(records, some, size):
    with records.writing() as unit:
        unit.cases.connection.execute(CASES.delete())
    made = [
        case(
            harm=harm,
            opened_at=AT + timedelta(microseconds=age),
            state=state,
            not_for=ANN if state == "escalated" else None,
        )
        for harm, age, state in some
    ]
    kept = keep(records, *made)
    for escalated, state in ((False, "open"), (True, "escalated")):
        wanted = sorted((-k.harm, k.opened_at, k.ref) for k in kept if k.state == state)
        found = paged(records, size, escalated=escalated)
        assert [(-k.harm, k.opened_at, k.ref) for k in found] == wanted
        with records.reading(ME) as unit:
            assert unit.cases.count_open(ME, escalated=escalated).number == len(wanted)


def test_who_holds_a_case_has_it_out_of_the_queue_until_the_claim_expires(records):
    (first,) = keep(records, case())
    with records.writing() as unit:
        held = unit.cases.save(first.claim(ANN, AT))
    end = held.claimed_until
    assert paged(records, 9, now=end - timedelta(microseconds=1)) == []
    assert paged(records, 9, now=end) == [held]
    with records.reading(ME) as unit:
        assert unit.cases.held(ME, ANN, now=AT) == [held]
        assert unit.cases.held(ME, BOB, now=AT) == unit.cases.held(ME, ANN, now=end) == []
        assert unit.cases.count_open(ME).number == 1


def test_cases_are_counted_up_to_a_bound(records):
    keep(records, *(case() for _ in range(COUNTED)))
    with records.reading() as unit:
        assert unit.cases.count_open(ME) == Waiting(number=COUNTED, more=False)
    keep(records, case())
    with records.reading() as unit:
        assert unit.cases.count_open(ME) == Waiting(number=COUNTED, more=True)


def test_a_second_review_may_be_open_beside_the_review_and_is_not_found_with_it(records):
    first, second = keep(records, case("s1"), case("s1", kind="second_review", not_for=ANN))
    with records.reading() as unit:
        assert unit.cases.open_of(["s1"]) == {"s1": first}
        assert unit.cases.get(second.ref) == second
    with pytest.raises(Conflict, match="another about the same is open"):
        keep(records, case("s1", kind="second_review", not_for=BOB))


def test_a_case_is_not_reopened_beside_another_about_the_same(records):
    first, _ = keep(records, case("s1", state="closed", outcome=ref()), case("s1"))
    with pytest.raises(Conflict, match="another case about what case"), records.writing() as unit:
        unit.cases.save(first.reopen())


def test_a_decision_that_is_noted_does_not_hold(records):
    one = seen()
    noted = decided(one.sighting.ref, previous=one.kept.decision.ref, acting=False, by=ANN)
    with records.writing() as unit:
        unit.sightings.add([one])
        unit.sightings.note([noted])
    with records.reading(ME) as unit:
        assert unit.sightings.get(one.sighting.ref) == one
        assert unit.sightings.decision(noted.decision.ref) == noted
        assert unit.sightings.decision(one.kept.decision.ref) == one.kept
    with records.reading(OTHER) as unit, pytest.raises(NotFound, match="there is no decision"):
        unit.sightings.decision(noted.decision.ref)
    with pytest.raises(NotAllowed), records.writing(OTHER) as unit:
        unit.sightings.note([noted])


def test_a_label_stands_until_it_is_withdrawn_once(records):
    one = seen()
    two = again(one)
    old = label(listing=one.sighting.ref, note="stitching 正品", inclusion=0.25)
    new = label(listing=two.sighting.ref, claim=None, blind=True)
    with records.writing(ME) as unit:
        unit.sightings.add([one])
        unit.sightings.add([two])
        unit.labels.add(old)
        unit.labels.add(new)
    with records.reading(ME) as unit:
        found = unit.labels.standing(ME, "", 9)
        assert [(f.label, f.listing_id, f.is_latest) for f in found] == [
            (old, "l1", False),
            (new, "l1", True),
        ]
        assert unit.labels.standing(ME, old.ref, 1) == found[1:]
        assert unit.labels.of_decision(old.decision) == old
        assert unit.labels.of_decision("x") is None
    with records.writing(ME) as unit:
        unit.labels.withdraw(old.ref, SOON)
        with pytest.raises(NotFound, match="that stands"):
            unit.labels.withdraw(old.ref, SOON)
    with records.reading(ME) as unit:
        assert [f.label for f in unit.labels.standing(ME, "", 9)] == [new]
        assert unit.labels.of_listing(one.sighting.ref) == [replace(old, withdrawn_at=SOON)]


def test_labels_are_a_members_own(records):
    one = label()
    with pytest.raises(NotAllowed), records.writing(OTHER) as unit:
        unit.labels.add(one)
    with records.writing(ME) as unit:
        unit.labels.add(one)
    with records.writing(OTHER) as unit:
        assert unit.labels.of_decision(one.decision) is None
        assert unit.labels.of_listing(one.listing) == unit.labels.standing(ME, "", 9) == []
        with pytest.raises(NotFound):
            unit.labels.withdraw(one.ref, AT)
    with pytest.raises(RecordsError, match="cannot be kept"), records.writing(ME) as unit:
        unit.labels.add(label(note="a\0b"))


@pytest.mark.parametrize("escalated", [False, True])
def test_the_queue_is_read_in_the_order_of_its_index(records, escalated):
    """Otherwise a million cases would be sorted for each page."""
    made = (case(harm=k, state="escalated" if escalated else "open") for k in range(3_000))
    _, *_, last = keep(records, *made)
    asked, sqlite = [], records.place.startswith("sqlite")
    with records.reading(ME) as unit:
        connection = unit.cases.connection
        for other_way in () if sqlite else ("enable_bitmapscan", "enable_seqscan"):
            connection.exec_driver_sql(f"SET LOCAL {other_way} = off")  # few rows are sooner sorted
        event_of.listen(
            connection.engine, "before_cursor_execute", lambda *said: asked.append(said[2:4])
        )
        for after in (None, last):
            unit.cases.queue(ME, now=AT, limit=9, after=after, escalated=escalated)
        unit.cases.count_open(ME, escalated=escalated)
        explain = "EXPLAIN QUERY PLAN " if sqlite else "EXPLAIN "
        plans = [
            " ".join(map(str, connection.exec_driver_sql(explain + statement, given)))
            for statement, given in list(asked)
            if "FROM cases" in statement
        ]
    assert len(plans) == 4
    for plan in plans:
        assert ("ix_cases_escalated" if escalated else "ix_cases_queue") in plan
        assert "TEMP B-TREE" not in plan
        assert "Sort" not in plan
