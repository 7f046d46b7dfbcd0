"""`rules.lock.json`: what was released keeps its promise."""

from __future__ import annotations

import json

import msgspec
import pytest

from countermark.errors import PackError
from countermark.knowledge.locks import lock_faults, lock_files
from countermark.knowledge.reading import read_pack

RULE = "public/rules/price.toml"


def after(locked, path, *changes):
    """The released example pack with one file changed."""
    text = locked[path].decode()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return read_pack({**locked, path: text.encode()})


def test_each_part_has_its_own_lock_so_that_secret_ids_stay_secret(korvane):
    locks = lock_files(read_pack(korvane))
    assert sorted(locks) == ["members/rules.lock.json", "rules.lock.json", "venue/rules.lock.json"]
    assert b"v1" not in locks["rules.lock.json"]
    assert b"v1" in locks["venue/rules.lock.json"]


def test_the_shipped_locks_are_those_of_the_shipped_rules(korvane, locked_korvane):
    assert lock_files(read_pack(korvane)).items() <= locked_korvane.items()


def test_a_pack_that_did_not_change_keeps_its_promise(locked_korvane):
    assert not lock_faults(read_pack(locked_korvane))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ([("below = 0.45", "below = 0.5")], "the logic changed and rev is still 3: raise it to 4"),
        ([("rev    = 3", "rev    = 2")], "rev is 2 and 3 was released"),
        ([('status = "active"', 'status = "draft"')], "can not be a draft again"),
        ([('"price-floor-new"', '"price-floor"')], "is gone: retire it instead"),
    ],
)
def test_a_broken_promise_is_said(locked_korvane, changes, says):
    locked = {**locked_korvane}
    del locked["public/tests/listings.toml"]
    faults = lock_faults(after(locked, RULE, *changes))
    assert says in faults["korvane.outdoor/price-floor-new"]


def test_changed_logic_with_a_higher_rev_is_fine(locked_korvane):
    changes = [("below = 0.45", "below = 0.5"), ("rev    = 3", "rev    = 4")]
    pack = after(locked_korvane, RULE, *changes)
    assert not lock_faults(pack)
    lock = json.loads(lock_files(pack)["rules.lock.json"])
    assert lock["rules"]["korvane.outdoor/price-floor-new"]["rev"] == 4


def test_a_retired_rule_is_never_used_again(locked_korvane):
    pack = read_pack(locked_korvane)
    rule = "korvane.outdoor/price-floor-new"
    retired = msgspec.structs.replace(pack.lock[rule], status="retired")
    again = msgspec.structs.replace(pack, lock={**pack.lock, rule: retired})
    assert "its id is never used again" in lock_faults(again)[rule]


def test_the_first_serial_is_kept(locked_korvane):
    pack = read_pack(locked_korvane)
    later = msgspec.structs.replace(pack, header=msgspec.structs.replace(pack.header, serial=50))
    entry = json.loads(lock_files(later)["rules.lock.json"])["rules"][
        "korvane.outdoor/says-replica"
    ]
    assert (entry["first_serial"], entry["last_serial"]) == (42, 50)


def test_no_lock_is_written_over_a_broken_promise(locked_korvane):
    with pytest.raises(PackError, match="raise it to 4"):
        lock_files(after(locked_korvane, RULE, ("below = 0.45", "below = 0.5")))


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"format":"x","rules":{}}', b"\xff"])
def test_what_is_not_a_lock_is_refused(korvane, content):
    with pytest.raises(PackError, match=r"rules\.lock\.json: not a lock"):
        read_pack({**korvane, "rules.lock.json": content})
