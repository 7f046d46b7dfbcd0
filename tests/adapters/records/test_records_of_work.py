"""Cases, members and keys, events, and messages to others."""

from dataclasses import replace
from datetime import timedelta

import pytest
from record_builders import AT, ME, OTHER, case, event, key, member, message, ref
from sqlalchemy import text

from countermark.domain.events import event_bytes
from countermark.errors import Conflict, NotFound, RecordsError
from countermark.testing.postgres import OWNER

LATER, MUCH_LATER = AT + timedelta(minutes=1), AT + timedelta(hours=1)


def test_a_case_comes_back_one_revision_higher_than_it_was_saved(records):
    new = case()
    with records.writing() as unit:
        unit.cases.add([new])
        first = unit.cases.get(new.ref)
        assert first == replace(new, revision=1)
        claimed = unit.cases.save(first.claim(ME, AT))
    with records.reading() as unit:
        assert unit.cases.get(new.ref) == claimed == replace(first.claim(ME, AT), revision=2)
        with pytest.raises(NotFound, match="there is no case 'x'"):
            unit.cases.get("x")


def test_refuses_a_change_made_on_an_old_reading(records):
    new = case()
    with records.writing() as unit:
        unit.cases.add([new])
        unit.cases.save(unit.cases.get(new.ref).claim(ME, AT))
    with (
        pytest.raises(Conflict, match=f"case {new.ref} changed since revision 1 was read"),
        records.writing() as unit,
    ):
        unit.cases.save(replace(new, revision=1).claim(OTHER, AT))
    with pytest.raises(Conflict), records.writing() as unit:
        unit.cases.save(case())  # never stored


def test_there_is_one_open_case_a_subject_and_any_number_of_closed_ones(records):
    first = case("s1")
    with records.writing() as unit:
        unit.cases.add([first])
    with pytest.raises(Conflict, match="another about the same is open"), records.writing() as unit:
        unit.cases.add([case("s2"), case("s1")])
    with records.writing() as unit:
        unit.cases.save(unit.cases.get(first.ref).claim(ME, AT).close(ME, AT, outcome=ref()))
        second = case("s1")
        unit.cases.add([second])
    with records.reading() as unit:
        many = [f"s{k}" for k in range(5_000)]
        assert unit.cases.open_of(many) == {"s1": replace(second, revision=1)}


def test_members_are_listed_by_name_with_their_venues(records):
    plaza = member("plaza", venues=("b.example", "a.example"))
    brand = member("Ähnlich 正品", venues=(), kind="brand")
    with records.writing() as unit:
        unit.members.add(plaza)
        unit.members.add(brand)
    with records.reading() as unit:
        kept = replace(plaza, revision=1, venues=("a.example", "b.example"))
        assert unit.members.all() == [kept, replace(brand, revision=1)]
        assert unit.members.get(plaza.ref) == kept
        with pytest.raises(NotFound, match="there is no member 'x'"):
            unit.members.get("x")


@pytest.mark.parametrize("other", [{"name": "Plaza", "venues": ("x.example",)}, {"name": "New"}])
def test_no_two_members_share_a_name_or_a_venue(records, other):
    with records.writing() as unit:
        unit.members.add(member("Plaza"))
        with pytest.raises(Conflict, match="already"):
            unit.members.add(member(**other))
        unit.members.add(member("Third", venues=("third.example",)))  # the transaction goes on
    with records.reading() as unit:
        assert [each.name for each in unit.members.all()] == ["Plaza", "Third"]


def test_a_key_is_found_by_its_digest_and_kept_as_it_changes(records):
    old, new = key(), key(issued_at=LATER)
    with records.writing() as unit:
        unit.members.add_key(new)
        unit.members.add_key(old)
        unit.members.add_key(key(OTHER))
        revoked = replace(old, revoked_at=LATER)
        unit.members.save_key(revoked)
        with pytest.raises(NotFound, match="there is no key"):
            unit.members.save_key(key())
    with records.reading() as unit:
        assert unit.members.keys_of(ME) == [new, revoked]
        assert unit.members.key_of(old.digest) == revoked
        assert unit.members.key_of("0" * 64) is None


@pytest.mark.parametrize("name", ["a\0b", "\ud800"])
def test_names_that_cannot_be_kept_are_refused(records, name):
    for add in (
        lambda unit: unit.members.add(member(name)),
        lambda unit: unit.members.add_key(key(name=name)),
    ):
        with pytest.raises(RecordsError, match="cannot be kept"), records.writing() as unit:
            add(unit)


def test_events_come_back_byte_for_byte_in_their_order(records):
    some = [event() for _ in range(5)]
    with records.writing() as unit:
        unit.journal.append(some[:2])
        unit.journal.append(some[2:])
    with records.reading() as unit:
        rows = unit.journal.after(0, 10)
        assert [body for _, body in rows] == [event_bytes(each) for each in some]
        numbers = [number for number, _ in rows]
        assert numbers == sorted(set(numbers))
        assert unit.journal.after(numbers[1], 2) == rows[2:4]
        assert unit.journal.after(numbers[-1], 2) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET member = 'x'",
        "UPDATE events SET number = 99 WHERE number > 0",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events (number, member, body) SELECT number, 'x', body FROM events",
        "TRUNCATE events",
    ],
)
def test_events_cannot_be_changed_or_deleted(records, url, server, database, statement):
    sqlite = url.startswith("sqlite")
    if ("TRUNCATE" if sqlite else "OR REPLACE") in statement:
        pytest.skip("the other database's word")
    with records.writing() as unit:
        unit.journal.append([event()])
    with records.reading() as unit:
        before = unit.journal.after(0, 10)
    refusal = "events are kept" if sqlite else "permission denied for table events"
    with pytest.raises(RecordsError, match=refusal), records.writing() as unit:
        unit.journal.connection.execute(text(statement))
    if not sqlite:  # nor by those who own the table
        with pytest.raises(Exception, match="events are kept"):
            server.ask(f"SET ROLE {OWNER}; SET countermark.member = '*'; {statement}", database)
    with records.reading() as unit:
        assert unit.journal.after(0, 10) == before


def taken(records, now=AT, until=LATER, limit=10):
    with records.writing() as unit:
        return list(unit.outbox.take(now, until, limit))


def test_messages_are_taken_the_oldest_first_and_leased(records):
    late, early, future = message(due_at=AT), message(due_at=AT - timedelta(hours=1)), message(due_at=LATER)  # fmt: skip
    with records.writing() as unit:
        unit.outbox.put([late, early, future])
    assert taken(records, limit=1) == [early]
    assert taken(records) == [late]
    assert taken(records) == []
    retried = {each.ref: each.tries for each in taken(records, LATER, MUCH_LATER)}
    assert retried == {early.ref: 1, late.ref: 1, future.ref: 0}


def test_a_message_that_arrived_is_gone_and_one_that_did_not_is_due_again(records):
    a, b = message(), message()
    with records.writing() as unit:
        unit.outbox.put([a, b])
    taken(records)
    with records.writing() as unit:
        unit.outbox.sent(a.ref)
        unit.outbox.again(b.ref, LATER, "503")
        unit.outbox.again("unknown", LATER, "503")
    assert taken(records, LATER - timedelta(microseconds=1)) == []
    assert taken(records, LATER, MUCH_LATER) == [replace(b, due_at=LATER, tries=1)]


def test_a_message_set_aside_waits_for_people_with_its_reason(records):
    a = message()
    with records.writing() as unit:
        unit.outbox.put([a])
    taken(records)
    with records.writing() as unit:
        unit.outbox.again(a.ref, None, "404 \0 正" + "x" * 1_000)
    assert taken(records, MUCH_LATER, MUCH_LATER) == []
    with records.reading() as unit:
        ((aside, reason),) = unit.outbox.set_aside()
    assert (aside, reason) == (replace(a, due_at=None, tries=1), ("404   正" + "x" * 1_000)[:500])
    with records.writing() as unit:
        unit.outbox.again(a.ref, AT, "replayed")
    assert [each.ref for each in taken(records)] == [a.ref]
