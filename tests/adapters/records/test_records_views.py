"""Members do not see each other: every statement asks for one member's rows. On SQLite this is the only wall."""

from dataclasses import replace

import pytest
from record_builders import AT, ME, OTHER, VENUE, case, event, key, member, message, redecided, seen

from countermark.errors import Conflict, NotAllowed, NotFound


def test_the_system_sees_all(records, things):
    with records.reading() as unit:
        assert len(unit.members.all()) == len(unit.journal.after(0, 9)) == 2
        for who, one in things.items():
            assert unit.sightings.known(who, VENUE, ["l1"]) == {"l1": one["seen"]}


def test_a_member_sees_what_is_its_own_and_nothing_else(records, things):
    mine, theirs = things[ME], things[OTHER]
    with records.reading(ME) as unit:
        assert unit.sightings.known(ME, VENUE, ["l1"]) == {"l1": mine["seen"]}
        assert unit.sightings.known(OTHER, VENUE, ["l1"]) == {}
        assert unit.sightings.after(OTHER, "", 9) == []
        assert list(unit.cases.open_of([each["case"].subject for each in things.values()])) == [mine["case"].subject]  # fmt: skip
        assert [each.name for each in unit.members.all()] == ["mine"]
        assert unit.members.key_of(theirs["key"].digest) is None
        assert unit.members.keys_of(OTHER) == []
        assert len(unit.journal.after(0, 9)) == 1
        assert unit.outbox.set_aside() == []
        for get, ref in (
            (unit.sightings.get, theirs["seen"].sighting.ref),
            (unit.cases.get, theirs["case"].ref),
            (unit.members.get, OTHER),
        ):
            with pytest.raises(NotFound):
                get(ref)


@pytest.mark.parametrize(
    "write",
    [
        lambda unit, _: unit.members.add(member()),
        lambda unit, _: unit.members.add_key(key(OTHER)),
        lambda unit, it: unit.members.save_key(it["key"]),
        lambda unit, _: unit.sightings.add([seen("l2"), seen("l2", member=OTHER)]),
        lambda unit, it: unit.sightings.supersede([redecided(it["seen"]).kept]),
        lambda unit, _: unit.cases.add([case(member=OTHER)]),
        lambda unit, it: unit.cases.save(replace(it["case"], revision=1)),
        lambda unit, _: unit.journal.append([event(member=OTHER)]),
        lambda unit, _: unit.outbox.put([message(member=OTHER)]),
    ],
)
def test_nothing_is_written_in_the_name_of_another(records, things, write):
    with pytest.raises(NotAllowed, match="belongs to another member"), records.writing(ME) as unit:
        write(unit, things[OTHER])


def test_what_is_another_members_is_not_changed_by_saying_it_is_ones_own(records, things):
    theirs = things[OTHER]
    stolen = replace(theirs["case"], member=ME, revision=1)
    with pytest.raises(Conflict), records.writing(ME) as unit:
        unit.cases.save(stolen)
    with pytest.raises(NotFound), records.writing(ME) as unit:
        unit.members.save_key(replace(theirs["key"], member=ME))
    decision = replace(redecided(theirs["seen"]).kept.decision, member=ME)
    with pytest.raises(Conflict), records.writing(ME) as unit:
        unit.sightings.supersede([replace(theirs["seen"].kept, decision=decision)])
    with pytest.raises(Conflict), records.writing(ME) as unit:
        unit.sightings.add([seen("l9", previous=theirs["seen"].sighting.ref)])
    with records.writing(ME) as unit:
        assert [each.member for each in unit.outbox.take(AT, AT.replace(year=2027), 9)] == [ME]
        unit.outbox.sent(theirs["message"].ref)
        unit.outbox.again(theirs["message"].ref, None, "")
    with records.reading() as unit:
        assert unit.outbox.set_aside() == []
        assert unit.sightings.known(OTHER, VENUE, ["l1"]) == {"l1": theirs["seen"]}
    with records.writing() as unit:
        assert [each.member for each in unit.outbox.take(AT, AT.replace(year=2027), 9)] == [OTHER]


@pytest.mark.parametrize("nobody", ["", "*"])
def test_a_view_is_for_a_member_or_for_the_system(records, nobody):
    with pytest.raises(ValueError, match="no reference of a member"), records.reading(nobody):
        pass
    with pytest.raises(ValueError, match="no reference of a member"), records.writing(nobody):
        pass
