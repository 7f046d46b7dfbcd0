"""Members and keys: who is admitted, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from countermark.domain.access import MemberKind, Scope
from countermark.domain.commitments import NOTHING
from countermark.domain.events import instant
from countermark.domain.members import key_digest, looks_like_a_key
from countermark.errors import Conflict, NotFound, UsageError
from countermark.flows.admit_members import add_member, member_named
from countermark.flows.identity import ActingPerson
from countermark.flows.issue_key import KeyAsked, issue_key, key_meant
from countermark.flows.issue_key import revoke_key as revoke_by_ref
from gate_parts import START, SeededChance, keeping_in, kept_in

JUDGE = frozenset({Scope.GATE_JUDGE})
OPERATOR = ActingPerson(ref="system", may=lambda *_: True)


@pytest.fixture
def keeping(tmp_path):
    made = keeping_in(tmp_path)
    yield made
    made.records.close()


@pytest.fixture
def bazaar(keeping):
    return add_member(
        "Bazaar", kind=MemberKind.MARKETPLACE, venues=["b.example", "a.example"], keeping=keeping
    )


@pytest.fixture
def issue(keeping, bazaar):
    def act(member=None, *, scopes=JUDGE, days=30, name="gate", chance=None):
        place = keeping if chance is None else replace(keeping, chance=chance)
        asked = KeyAsked(member=member or bazaar.ref, name=name, scopes=scopes, days=days)
        issued = issue_key(asked, actor=OPERATOR, keeping=place)
        return issued.key, issued.text

    return act


def revoke_key(text, *, member, keeping):
    """The key that begins so, revoked."""
    key = key_meant(text, member=member, keeping=keeping)
    return revoke_by_ref(key.ref, member=member, actor=OPERATOR, keeping=keeping)


def found(keeping, text):
    with keeping.records.reading() as unit:
        return unit.members.key_of(key_digest(text))


def found_by(keeping, key):
    with keeping.records.reading() as unit:
        return unit.members.key_of(key.digest)


def events(keeping):
    return kept_in(keeping.records).events


def test_a_member_is_kept_as_it_was_made(keeping, bazaar):
    with keeping.records.reading() as unit:
        assert unit.members.get(bazaar.ref) == bazaar
        assert unit.members.all() == [bazaar]
    assert (bazaar.venues, bazaar.revision) == (("a.example", "b.example"), 1)
    assert (
        member_named("Bazaar", keeping.records)
        == member_named(bazaar.ref, keeping.records)
        == bazaar
    )


def test_a_venue_that_is_named_twice_is_one(keeping):
    made = add_member("M", kind=MemberKind.MARKETPLACE, venues=["a", "a"], keeping=keeping)
    assert made.venues == ("a",)


@pytest.mark.parametrize(
    ("name", "venues"), [("Bazaar", ["c.example"]), ("Souk", ["a.example", "c.example"])]
)
def test_a_name_and_a_venue_are_one_members_alone(keeping, bazaar, name, venues):
    before = events(keeping)
    with pytest.raises(Conflict):
        add_member(name, kind=MemberKind.MARKETPLACE, venues=venues, keeping=keeping)
    assert events(keeping) == before
    with keeping.records.reading() as unit:
        assert unit.members.all() == [bazaar]


@pytest.mark.parametrize(
    ("name", "kind", "venues"),
    [
        ("", MemberKind.BRAND, []), ("B", MemberKind.BRAND, ["a"]), ("B", MemberKind.MARKETPLACE, []),
        ("B", MemberKind.MARKETPLACE, ["A b"]), ("B", "shop", []), ("B\nC" * 90, MemberKind.BRAND, []),
    ],
)  # fmt: skip
def test_what_cannot_be_a_member_is_refused_and_nothing_told(keeping, name, kind, venues):
    with pytest.raises(UsageError):
        add_member(name, kind=kind, venues=venues, keeping=keeping)
    assert events(keeping) == []


def test_an_issued_key_is_found_by_its_digest(keeping, bazaar, issue):
    key, text = issue(scopes=frozenset({Scope.GATE_JUDGE, Scope.CASES_READ}))
    assert looks_like_a_key(text)
    assert found(keeping, text) == key
    assert (key.member, key.hint, key.digest) == (bazaar.ref, text[:10], key_digest(text))
    assert key.expires_at - key.issued_at == timedelta(days=30)
    assert found(keeping, text[:-1] + ("A" if text[-1] != "A" else "B")) is None


def test_the_secret_is_nowhere_in_the_files_of_the_database(keeping, issue, tmp_path):
    key, text = issue()
    revoke_key(text, member=key.member, keeping=keeping)
    keeping.records.close()
    data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert key.hint.encode() in data
    assert text.encode() not in data
    assert text[len(key.hint) + 1 :].encode() not in data
    assert text[: len(key.hint) + 2].encode() not in data


def test_a_key_opens_until_it_expires_or_is_revoked(keeping, issue):
    key, text = issue(days=1)
    assert found(keeping, text).is_good(key.issued_at)
    assert not found(keeping, text).is_good(key.issued_at + timedelta(days=1))
    revoked = revoke_key(key.hint, member=key.member, keeping=keeping)
    assert found(keeping, text) == revoked
    assert not revoked.is_good(revoked.revoked_at)
    assert revoked == replace(key, revoked_at=revoked.revoked_at)


@pytest.mark.parametrize("part", [4, 10, None])
def test_a_key_is_revoked_by_its_beginning_or_the_whole_of_it(keeping, issue, part):
    key, text = issue()
    assert revoke_key(text[:part], member=key.member, keeping=keeping).ref == key.ref


@dataclass
class TwinChance(SeededChance):
    """Chance that gives keys which begin alike."""

    def secret(self) -> str:
        return "twin" * 3 + super().secret()[12:]


def test_a_beginning_that_several_keys_have_revokes_none(keeping, issue):
    chance = TwinChance(seed=5)
    (first, text), (second, _) = issue(chance=chance), issue(chance=chance)
    assert first.hint == second.hint
    before = events(keeping)
    with pytest.raises(NotFound, match="2 keys begin with"):
        revoke_key(first.hint, member=first.member, keeping=keeping)
    assert events(keeping) == before
    assert revoke_key(text, member=first.member, keeping=keeping).ref == first.ref


@pytest.mark.parametrize("hint", ["", "zz", "cm_nothing", "cm_" + "x" * 43])
def test_a_beginning_that_no_key_has_revokes_none_and_tells_no_key(keeping, issue, hint):
    key, _ = issue()
    with pytest.raises(NotFound, match="0 keys begin with") as refused:
        revoke_key(hint, member=key.member, keeping=keeping)
    assert "x" * 8 not in str(refused.value)


def test_a_key_is_revoked_once_and_by_its_own_member(keeping, issue):
    key, _ = issue()
    other = add_member("Brand", kind=MemberKind.BRAND, venues=[], keeping=keeping)
    with pytest.raises(NotFound):
        revoke_key(key.hint, member=other.ref, keeping=keeping)
    revoke_key(key.hint, member=key.member, keeping=keeping)
    assert revoke_key(key.hint, member=key.member, keeping=keeping) == found_by(keeping, key)
    assert [event.type for event in events(keeping)].count("key.revoked") == 1


@pytest.mark.parametrize(
    "wrong",
    [{"scopes": frozenset()}, {"scopes": frozenset({"gate:own"})}, {"days": 0}, {"days": -1}, {"days": 91}, {"days": 10**10},
     {"days": 10**7}, {"name": "x" * 201}],
)  # fmt: skip
def test_a_key_that_cannot_be_is_refused_and_nothing_told(keeping, issue, bazaar, wrong):
    with pytest.raises(UsageError):
        issue(**wrong)
    with keeping.records.reading() as unit:
        assert unit.members.keys_of(bazaar.ref) == []
    assert [event.type for event in events(keeping)] == ["member.joined"]


def test_nobody_has_keys_who_is_no_member(keeping, issue):
    with pytest.raises(NotFound, match="no member"):
        issue("m9")
    with pytest.raises(NotFound, match="no member"):
        member_named("Souk", keeping.records)
    assert [event.type for event in events(keeping)] == ["member.joined"]


def test_each_step_is_an_event_about_its_thing(keeping, bazaar, issue):
    key, _ = issue()
    revoked = revoke_key(key.hint, member=bazaar.ref, keeping=keeping)
    told = [(e.type, e.subject, e.member, e.actor, e.at, e.before) for e in events(keeping)]
    assert told == [
        ("member.joined", bazaar.ref, bazaar.ref, "system", instant(bazaar.created_at), NOTHING),
        ("key.issued", key.ref, bazaar.ref, "system", instant(key.issued_at), NOTHING),
        (
            "key.revoked",
            key.ref,
            bazaar.ref,
            "system",
            instant(revoked.revoked_at),
            events(keeping)[1].after,
        ),
    ]
    assert len({event.after for event in events(keeping)}) == 3
    assert bazaar.created_at > START
