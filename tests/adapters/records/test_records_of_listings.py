from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from record_builders import AT, ME, VENUE, again, decided, redecided, ref, seen

from countermark.errors import Conflict, NotFound, RecordsError


def known(records, *ids, venue=VENUE):
    with records.reading() as unit:
        return dict(unit.sightings.known(ME, venue, ids))


def keep(records, *some):
    with records.writing() as unit:
        unit.sightings.add(some)


def test_a_sighting_comes_back_as_it_was_kept(records):
    full = seen(
        "l1",
        content=b'{"title":"x"}',
        decision={"action": "hold", "risk_milli": 91_234, "claim": "counterfeit", "mark": "korvane", "grounds": ("a.b/c", "d.e/f"), "edits": ("title", "price"), "acting": False, "findings": b"[1]"},
    )  # fmt: skip
    bare = seen("l2", seller_id=None)
    keep(records, full, bare)
    assert known(records, "l1", "l2", "l3") == {"l1": full, "l2": bare}
    with records.reading() as unit:
        assert unit.sightings.get(full.sighting.ref) == full
        with pytest.raises(NotFound, match="there is no listing 'x'"):
            unit.sightings.get("x")


def test_nothing_is_asked_and_nothing_kept_of_nothing(records):
    with records.writing() as unit:
        unit.sightings.add([])
        unit.sightings.supersede([])
        unit.cases.add([])
        unit.journal.append([])
        unit.outbox.put([])
        assert unit.sightings.known(ME, VENUE, []) == unit.cases.open_of([]) == {}


def test_a_listing_is_known_by_member_venue_and_id_together(records):
    keep(records, seen("l1"), seen("l1", venue="other.example"))
    assert known(records, "l1")["l1"].sighting.venue == VENUE
    assert known(records, "l1", venue="third.example") == {}


def test_the_last_of_several_edits_is_known_and_the_others_stay(records):
    first = seen()
    second = again(first)
    keep(records, first)
    keep(records, second)
    third = again(second)
    fourth = again(third)
    keep(records, third, fourth)  # two in one batch
    assert known(records, "l1") == {"l1": fourth}
    with records.reading() as unit:
        chain, at = [], fourth.sighting.ref
        while at is not None:
            chain.append(unit.sightings.get(at))
            at = chain[-1].sighting.previous
    assert chain == [fourth, third, second, first]


@pytest.mark.parametrize("previous", ["none", "old", "unknown"])
def test_two_sightings_of_one_listing_cannot_both_be_the_last(records, previous):
    first = seen()
    keep(records, first, again(first))
    before = {"none": None, "old": first.sighting.ref, "unknown": ref()}[previous]
    with pytest.raises(Conflict, match="somebody else saw or decided"):
        keep(records, seen("other"), seen("l1", previous=before))
    assert "other" not in known(records, "other")


def test_a_later_decision_holds_and_the_earlier_stays(records):
    first = seen()
    keep(records, first)
    second = redecided(first, action="remove", by=ME)
    third = redecided(second)
    with records.writing() as unit:
        unit.sightings.supersede([second.kept, third.kept])
    assert known(records, "l1") == {"l1": third}
    with records.reading() as unit:
        assert unit.sightings.get(first.sighting.ref) == third


def test_a_decision_made_on_an_old_reading_does_not_hide_what_a_person_decided(records):
    first = seen()
    keep(records, first)
    person, rescan = redecided(first, by=ME), redecided(first, by="rescan")
    with records.writing() as unit:
        unit.sightings.supersede([person.kept])
    with pytest.raises(Conflict), records.writing() as unit:
        unit.sightings.supersede([rescan.kept])
    with pytest.raises(Conflict), records.writing() as unit:
        unit.sightings.supersede([decided(ref(), previous=ref())])  # about nothing
    assert known(records, "l1") == {"l1": person}


def test_thousands_of_listings_are_looked_up_at_once(records):
    some = [seen(f"l{k}") for k in range(3_000)]
    keep(records, *some)
    asked = [f"l{k}" for k in range(300_000)] if "sqlite" in records.place else [f"l{k}" for k in range(70_000)]  # fmt: skip
    assert known(records, *asked, *asked[:10]) == {each.sighting.listing_id: each for each in some}


def test_pages_give_every_last_sighting_once_in_order(records):
    some = [seen(f"l{k}") for k in range(10)]
    newer = again(some[3])
    keep(records, *some, seen("other", member="b" * 32))
    keep(records, newer)
    pages, at = [], ""
    with records.reading() as unit:
        while page := unit.sightings.after(ME, at, 4):
            assert len(page) <= 4
            pages += page
            at = page[-1].sighting.ref
    assert pages == [*some[:3], *some[4:], newer]


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1969, 7, 20, 20, 17, 40, 1, tzinfo=UTC),
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_moments_are_kept_to_the_microsecond(records, moment):
    keep(records, seen(seen_at=moment, decision={"decided_at": moment}))
    found = known(records, "l1")["l1"]
    assert (found.sighting.seen_at, found.kept.decision.decided_at) == (moment, moment)


def test_a_moment_without_a_zone_is_a_mistake(records):
    with pytest.raises(TypeError, match="offset-naive"):
        keep(records, seen(seen_at=AT.replace(tzinfo=None)))


@pytest.mark.parametrize("text", ["正品 гуччи 👜", "\u202egnorw\u202c", "a\u0301 a\u0301", "'; DROP TABLE listings; --", "%s ? :x {}", "\x01\x7f\x85", "\U0010ffff", "a\nb\r\t ", "x" * 200])  # fmt: skip
def test_every_text_is_kept_to_the_character(records, text):
    keep(records, seen(text, seller_id=text, decision={"mark": text}))
    found = known(records, text)[text]
    assert (found.sighting.seller_id, found.kept.decision.mark) == (text, text)


@pytest.mark.parametrize("text", ["a\0b", "\ud800", "x" * 201])
def test_a_text_that_postgresql_would_refuse_is_refused_by_both(records, text):
    with pytest.raises(RecordsError, match="the listing id .* cannot be kept"):
        keep(records, seen("good"), seen(text))
    with pytest.raises(RecordsError, match="the mark .* cannot be kept"):
        keep(records, seen("good"), seen("l2", decision={"mark": text}))
    assert known(records, "good") == {}


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_nobody_knows_a_listing_whose_id_cannot_be_kept(records, text):
    keep(records, seen("good"))
    assert list(known(records, "good", text, "x" * 1_000)) == ["good"]


def test_sixteen_megabytes_are_kept_whole(records):
    large = bytes(range(256)) * 2**16
    keep(records, seen(content=large, decision={"findings": large}))
    found = known(records, "l1")["l1"]
    assert found.sighting.content == found.kept.decision.findings == large


STEPS = st.lists(
    st.tuples(st.booleans(), st.lists(st.integers(0, 5), min_size=1, max_size=4, unique=True)),
    max_size=8,
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_any_sequence_of_sightings_and_decisions_leaves_the_last_of_each_known(records, steps):
    venue = f"v{ref()}"
    model = {}
    for add, numbers in steps:
        with records.writing() as unit:
            if add:
                fresh = [
                    again(model[k], venue=venue) if k in model else seen(f"l{k}", venue=venue)
                    for k in numbers
                ]
                unit.sightings.add(fresh)
            else:
                fresh = [redecided(model[k], risk_milli=k) for k in numbers if k in model]
                unit.sightings.supersede([each.kept for each in fresh])
            model |= {int(each.sighting.listing_id[1:]): each for each in fresh}
            assert {int(k[1:]): v for k, v in unit.sightings.known(ME, venue, [f"l{k}" for k in range(6)]).items()} == model  # fmt: skip
    found = known(records, *(f"l{k}" for k in range(6)), venue=venue)
    assert {int(k[1:]): each for k, each in found.items()} == model


def test_a_listing_is_looked_up_by_its_index(records, url):
    with records.reading() as unit:
        connection = unit.sightings.connection
        if url.startswith("sqlite"):
            rows = connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT ref FROM listings WHERE latest = 1 AND member = 'a' AND venue = 'b' AND listing_id IN ('c')")  # fmt: skip
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            rows = connection.exec_driver_sql(
                "EXPLAIN SELECT ref FROM listings WHERE latest AND member = 'a' AND venue = 'b' AND listing_id IN ('c')"
            )
        assert "ix_listings_latest" in str(rows.all())
