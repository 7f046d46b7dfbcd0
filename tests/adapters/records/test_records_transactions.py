"""Everything in a block is kept or nothing; one moment is read; writers take turns."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from record_builders import (
    AT,
    ME,
    VENUE,
    again,
    case,
    decided,
    event,
    key,
    member,
    message,
    ref,
    seen,
)
from sqlalchemy import func, select, table, text
from sqlalchemy.exc import DBAPIError

from countermark.adapters.records import open_records
from countermark.errors import Conflict, RecordsError

TABLES = ("members", "venues", "api_keys", "listings", "decisions", "cases", "events", "outbox")


def counts(records):
    with records.reading() as unit:
        rows = select(func.count()).select_from
        return {t: unit.cases.connection.execute(rows(table(t))).scalar_one() for t in TABLES}


def write_all(unit):
    unit.members.add(member())
    unit.members.add_key(key())
    unit.sightings.add([seen()])
    unit.cases.add([case()])
    unit.journal.append([event()])
    unit.outbox.put([message()])


@pytest.mark.parametrize("fault", [RuntimeError, KeyboardInterrupt, GeneratorExit])
def test_an_exception_undoes_everything(records, fault):
    with pytest.raises(fault), records.writing() as unit:
        write_all(unit)
        raise fault
    assert set(counts(records).values()) == {0}
    with records.writing() as unit:
        write_all(unit)
    assert set(counts(records).values()) == {1}


def test_what_a_conflict_interrupts_is_undone_with_the_rest(records):
    with records.writing() as unit:
        unit.sightings.add([seen()])
    before = counts(records)
    with pytest.raises(Conflict), records.writing() as unit:
        unit.journal.append([event()])
        unit.outbox.put([message()])
        unit.sightings.add([seen()])
    assert counts(records) == before


@pytest.mark.parametrize(
    "step",
    [
        lambda unit: unit.sightings.add([seen("new"), seen()]),
        lambda unit: unit.sightings.add([seen("new"), seen("l1", previous=ref())]),
        lambda unit: unit.sightings.supersede([decided(ref(), previous=ref())]),
        lambda unit: unit.cases.add([case(), case("s1")]),
        lambda unit: unit.cases.connection.execute(text("SELECT nothing FROM nowhere")),
    ],
)
def test_a_block_that_goes_on_after_a_step_failed_is_not_kept_by_half(records, step):
    with records.writing() as unit:
        unit.sightings.add([seen()])
        unit.cases.add([case("s1")])
    before = counts(records)
    with pytest.raises(RecordsError, match="a step failed"), records.writing() as unit:
        unit.journal.append([event()])
        with pytest.raises((Conflict, DBAPIError)):
            step(unit)
    assert counts(records) == before
    with records.writing() as unit:
        unit.journal.append([event()])
    assert counts(records)["events"] == 1


def test_what_cannot_be_kept_is_refused_before_anything_is_changed(records):
    first = seen()
    with records.writing() as unit:
        unit.sightings.add([first])
        for bad in (again(first, seller_id="a\0"), again(first, decision={"mark": "a\0"})):
            with pytest.raises(RecordsError, match="cannot be kept"):
                unit.sightings.add([bad])
    with records.reading() as unit:
        assert unit.sightings.known(ME, VENUE, ["l1"]) == {"l1": first}


def test_what_was_kept_is_there_after_opening_again(records, url):
    with records.writing() as unit:
        write_all(unit)
    records.close()
    opened = open_records(url)
    assert set(counts(opened).values()) == {1}
    opened.close()


def test_a_reader_sees_one_moment(records):
    with records.reading() as unit:
        assert unit.journal.after(0, 10) == []
        with records.writing() as other:
            other.journal.append([event()])
            other.sightings.add([seen()])
        assert unit.journal.after(0, 10) == []
        assert unit.sightings.known(ME, VENUE, ["l1"]) == {}
    with records.reading() as unit:
        assert len(unit.journal.after(0, 10)) == 1


def test_a_writer_sees_what_it_wrote_and_nobody_else_does(records):
    with records.writing() as unit:
        unit.sightings.add([seen()])
        assert list(unit.sightings.known(ME, VENUE, ["l1"])) == ["l1"]
        with records.reading() as other:
            assert other.sightings.known(ME, VENUE, ["l1"]) == {}


@pytest.mark.parametrize("statement", ["INSERT INTO venues (venue, member) VALUES ('v', 'm')", "DELETE FROM outbox", "DROP TABLE venues"])  # fmt: skip
def test_a_reader_cannot_write(records, statement):
    with pytest.raises(RecordsError, match="cannot be read"), records.reading() as unit:
        unit.cases.connection.execute(text(statement))
    with pytest.raises(RecordsError, match="cannot be read"), records.reading() as unit:
        unit.journal.append([event()])
    with records.writing() as unit:
        write_all(unit)
    assert set(counts(records).values()) == {1}


def test_writers_take_turns_and_lose_nothing(records, url):
    """Each adds one to a case's revision, eight threads in two openings of the same records."""
    other = open_records(url)
    work = case()
    with records.writing() as unit:
        unit.cases.add([work])

    def write(number):
        with (records, other)[number % 2].writing() as unit:
            unit.cases.save(unit.cases.get(work.ref))
            unit.journal.append([event(f"{number:032x}")])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(80)))
    with records.reading() as unit:
        assert unit.cases.get(work.ref).revision == 81
        assert len(unit.journal.after(0, 100)) == 80
    other.close()


def test_event_numbers_rise_in_the_order_of_commits(records, url):
    """A reader that goes on after the last number it saw misses none, however long writers take to commit."""
    other, seen_numbers, done = open_records(url), [], threading.Event()

    def follow():
        while True:
            last = done.is_set()
            with other.reading() as unit:
                rows = unit.journal.after(seen_numbers[-1] if seen_numbers else 0, 1_000)
            seen_numbers.extend(number for number, _ in rows)
            if last:
                return

    def write(seed):
        with (records, other)[seed % 2].writing() as unit:
            unit.journal.append([event()])
            time.sleep(seed * 7 % 10 / 1_000)

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(60)))
    done.set()
    follower.join()
    assert len(seen_numbers) == 60
    other.close()


def test_two_takers_never_get_the_same_message(records, url):
    other = open_records(url)
    with records.writing() as unit:
        unit.outbox.put([message() for _ in range(200)])

    def take(number):
        found = []
        while True:
            with (records, other)[number % 2].writing() as unit:
                some = unit.outbox.take(AT, AT.replace(year=2027), 7)
            if not some:
                return found
            found += [each.ref for each in some]

    with ThreadPoolExecutor(4) as pool:
        found = [each for part in pool.map(take, range(4)) for each in part]
    assert len(found) == len(set(found)) == 200
    other.close()


def test_of_two_who_saw_a_listing_first_one_is_told(records):
    def write(_):
        try:
            with records.writing() as unit:
                unit.sightings.add([seen("the same")])
        except Conflict:
            return "told"
        return "kept"

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(write, range(4))) == ["kept", "told", "told", "told"]


def test_a_writer_that_waits_too_long_says_so_and_nothing_else_breaks(records, url, monkeypatch):
    monkeypatch.setattr("countermark.adapters.records.sqlite.BUSY_S", 0.2)
    monkeypatch.setattr("countermark.adapters.records.sqlite._PRAGMAS", ("busy_timeout = 200",))
    monkeypatch.setattr("countermark.adapters.records.postgresql.WAIT_S", 0.2)
    monkeypatch.setattr("countermark.adapters.records.postgresql._SETTINGS", ("SET lock_timeout = '200ms'",))  # fmt: skip
    here, there = open_records(url), open_records(url)
    with here.writing() as unit:
        unit.journal.append([event()])
        with pytest.raises(RecordsError, match="cannot be written"), there.writing():
            pass  # another process
        with pytest.raises(RecordsError, match="others keep them busy"), here.writing():
            pass  # this one
    with there.writing() as unit:
        unit.journal.append([event(ref())])
    assert counts(here)["events"] == 2
    here.close()
    there.close()
