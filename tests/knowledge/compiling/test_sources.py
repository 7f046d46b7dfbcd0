"""Which packs a snapshot holds: those in use, each once, and none in the place of another's without consent."""

from __future__ import annotations

from datetime import date

import pytest

from countermark.errors import SnapshotError
from countermark.knowledge.compiling import PackSource, build_snapshot
from countermark.knowledge.reading import read_pack
from small_packs import CORE, TODAY, small

MARK = '[[mark]]\nid = "zelkova"\nkind = "word"\ntext = "Zelkova"\n'


def brand(id_, **changes):
    return read_pack(small(id_, {"marks.toml": MARK}, **changes))


def built(*packs, on=TODAY, signed_for=()):
    """Ids of the packs of the snapshot of these packs; the last is signed for these issuers too."""
    sources = [PackSource(pack=pack, sha256="0" * 64) for pack in (read_pack(CORE), *packs[:-1])]
    last = PackSource(pack=packs[-1], sha256="0" * 64, signed_for=frozenset(signed_for))
    snapshot = build_snapshot([*sources, last], vocabulary=["nova"], as_of=on)
    return [pack.id for pack in snapshot.packs]


def test_a_pack_replaces_one_of_its_own_issuer_and_one_that_speaks_for_nobody():
    new = brand("acme.new", supersedes=["acme.old", "starter.zelkova"])
    assert built(brand("acme.old"), new) == ["acme.new", "core.general"]
    assert built(brand("starter.zelkova"), new) == ["acme.new", "core.general"]


def test_a_pack_does_not_replace_one_of_another_issuer_unless_that_one_signed():
    old, new = brand("other.old"), brand("acme.new", supersedes=["other.old"])
    with pytest.raises(SnapshotError, match=r"acme\.new supersedes other\.old and other did not"):
        built(old, new)
    assert built(old, new, signed_for={"acme", "other"}) == ["acme.new", "core.general"]


def test_a_pack_is_given_once():
    with pytest.raises(SnapshotError, match=r"acme\.new is given twice"):
        built(brand("acme.new"), brand("acme.new", serial=2))


@pytest.mark.parametrize(
    ("day", "used"),
    [
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), True),
        (date(2028, 10, 1), True),
        (date(2028, 10, 2), False),
    ],
)
def test_a_pack_is_used_from_its_first_day_to_its_last_in_utc(day, used):
    later = brand("acme.new", valid_from="2026-12-02T01:00:00+09:00")
    assert ("acme.new" in built(later, on=day)) is used
