"""Sessions as they go on and end, people who change, what they sign in by, and keys of machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authenticator import Authenticator
from countermark.adapters.records import open_records
from countermark.domain.limits import BucketLimit
from countermark.domain.sessions import IDLE, LIFETIME
from countermark.errors import Conflict, NotAllowed, NotFound, NotPossible, TooOften, UsageError
from countermark.flows.change_credentials import (
    add_passkey,
    begin_adding_passkey,
    change_password,
    remove_passkey,
)
from countermark.flows.change_person import change_roles, disable_person, enable_person
from countermark.flows.identity import ActingPerson
from countermark.flows.issue_key import KeyAsked, issue_key, key_in_use, revoke_key, spend
from countermark.flows.keep_session import (
    SignedIn,
    check_session,
    end_sessions,
    forget_old,
    sign_out,
)
from countermark.flows.sign_in import sign_in_by_passkey
from countermark.ports import SignInLimits
from identity_parts import (
    ADMIN,
    HERE,
    MEMBER,
    NOBODY,
    PASSWORD,
    SlowHasher,
    events_of,
    joined,
    means_of,
)

ASKED = KeyAsked(member=MEMBER, name="gate", scopes=frozenset({"gate:judge"}))


@pytest.fixture
def means(tmp_path):
    records = open_records(f"sqlite:///{tmp_path / 'records.db'}")
    yield means_of(records)
    records.close()


@pytest.fixture
def ada(means):
    """An admin with a password and codes."""
    return joined(means)


@pytest.fixture
def eve(means):
    """A viewer with a passkey."""
    return joined(means, "eve@example.org", roles=("viewer",), passkey=True)


def told(means):
    """What events tell: type and reason."""
    return [(event["type"], event["reason"]) for event in events_of(means)]


def new_events(means, act):
    """What an act adds to them."""
    before = len(told(means))
    act()
    return told(means)[before:]


# Sessions


@given(st.lists(st.integers(-90, 2_000), max_size=8))
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # each begins anew
def test_once_a_session_is_over_no_clock_brings_it_back(eve, steps):
    token, lived, over = eve.by_passkey().token, timedelta(0), False
    for step in steps:
        eve.means.clock.move(step)
        lived += timedelta(seconds=max(step, 0))
        signed_in = check_session(token, means=eve.means)
        assert not (over and signed_in)
        over = signed_in is None
        assert over or (lived < LIFETIME and step < IDLE.total_seconds())


@pytest.mark.parametrize(
    ("seconds", "reason"), [([1_800], "idle"), ([1_200] * 36, "aged"), ([120, -181], "clock")]
)
def test_the_end_of_a_session_is_told_once(eve, seconds, reason):
    token = eve.by_passkey().token
    for step in seconds:
        eve.means.clock.move(step)
        signed_in = check_session(token, means=eve.means)
    assert signed_in is None
    assert told(eve.means)[-1] == ("session.ended", reason)
    assert new_events(eve.means, lambda: check_session(token, means=eve.means)) == []


def test_that_a_session_was_seen_is_written_once_a_minute(eve):
    token = eve.by_passkey().token
    begun = eve.means.clock.now()
    for seconds, seen_s in [(59, 0), (1, 60), (59, 60), (1, 120), (-2, 118)]:
        eve.means.clock.move(seconds)
        assert check_session(token, means=eve.means) is not None
        with eve.means.records.reading() as unit:
            [session] = unit.sessions.of_person(eve.person.ref)
        assert session.last_seen_at == begun + timedelta(seconds=seen_s)


def test_signing_out_ends_a_session_once(eve):
    token = eve.by_passkey().token
    assert new_events(eve.means, lambda: sign_out(token, means=eve.means)) == [
        ("session.ended", "signed-out")
    ]
    assert check_session(token, means=eve.means) is None
    assert new_events(eve.means, lambda: sign_out(token, means=eve.means)) == []


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "é" * 43, "A" * 10_000])
def test_what_is_no_token_is_nobody(means, token):
    assert check_session(token, means=means) is None
    assert new_events(means, lambda: sign_out(token, means=means)) == []


def test_one_may_end_all_ones_other_sessions(eve):
    first, second = eve.by_passkey(), eve.by_passkey()
    me = ActingPerson(ref=eve.person.ref, may=lambda *_: False)
    assert end_sessions(eve.person.ref, actor=me, means=eve.means, but=second.session.ref) == 1
    assert check_session(first.token, means=eve.means) is None
    assert check_session(second.token, means=eve.means) is not None
    with pytest.raises(NotAllowed):
        end_sessions(eve.person.ref, actor=NOBODY, means=eve.means)


def test_what_is_old_is_forgotten_and_nothing_that_still_holds(eve):
    token = eve.by_passkey().token
    with pytest.raises(NotAllowed, match="younger than two days"):
        forget_old(eve.means.clock.now() - timedelta(days=1), means=eve.means)
    key = issue_key(ASKED, actor=ADMIN, keeping=eve.means).key
    with eve.means.records.writing() as unit:
        spend(key, unit=unit, means=eve.means)
    eve.means.clock.move(10 * 86_400)
    forget_old(eve.means.clock.now() - timedelta(days=3), means=eve.means)
    assert check_session(token, means=eve.means) is None
    with eve.means.records.reading() as unit:
        assert unit.limits.find(f"key:{key.ref}") is not None
    with eve.means.records.reader.connect() as connection:
        for table in ("sessions", "attempts", "salts"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar() == 0  # noqa: S608


# People who change


def test_who_is_disabled_is_out_at_once_and_comes_back_only_by_signing_in(ada, eve):
    tokens = [eve.by_passkey().token for _ in range(2)]
    added = new_events(
        ada.means, lambda: disable_person(eve.person.ref, actor=ADMIN, means=ada.means)
    )
    assert added == [("person.changed", "disabled")]
    assert check_session(tokens[0], means=ada.means) is None
    enable_person(eve.person.ref, actor=ADMIN, means=ada.means)
    assert [check_session(token, means=ada.means) for token in tokens] == [None, None]
    assert eve.by_passkey().person.active


def test_new_roles_hold_at_the_next_request(ada, eve):
    token = eve.by_passkey().token
    change_roles(eve.person.ref, frozenset({"analyst", "auditor"}), actor=ADMIN, means=ada.means)
    assert check_session(token, means=ada.means).person.roles == {"analyst", "auditor"}
    event = events_of(ada.means)[-1]
    assert (event["type"], event["reason"], event["subject"]) == (
        "person.changed",
        "roles",
        eve.person.ref,
    )
    assert len({event["before"], event["after"], ""}) == 3


def test_the_same_state_twice_is_not_told_to_be_the_same(ada, eve):
    for roles in ("auditor", "viewer", "auditor"):
        change_roles(eve.person.ref, frozenset({roles}), actor=ADMIN, means=ada.means)
    states = [event["after"] for event in events_of(ada.means) if event["type"] == "person.changed"]
    assert len(set(states)) == 3


def test_a_member_always_has_an_admin(ada, eve):
    for act in (
        lambda: disable_person(ada.person.ref, actor=ADMIN, means=ada.means),
        lambda: change_roles(ada.person.ref, frozenset({"viewer"}), actor=ADMIN, means=ada.means),
    ):
        with pytest.raises(NotPossible, match="without an admin"):
            act()
    change_roles(eve.person.ref, frozenset({"admin"}), actor=ADMIN, means=ada.means)
    assert not disable_person(ada.person.ref, actor=ADMIN, means=ada.means).active


def test_only_who_may_changes_people(ada, eve):
    for act in (disable_person, enable_person):
        with pytest.raises(NotAllowed, match=r"person\.change is not yours"):
            act(eve.person.ref, actor=NOBODY, means=ada.means)
    with pytest.raises(NotFound):
        disable_person("0" * 32, actor=ADMIN, means=ada.means)
    with pytest.raises(ValueError, match="no roles"):
        change_roles(eve.person.ref, frozenset({"root"}), actor=ADMIN, means=ada.means)


def test_who_saves_a_person_on_an_old_reading_is_told(ada):
    with ada.means.records.writing() as unit:
        old = unit.people.get(ada.person.ref)
        unit.people.save(replace(old, name="Ada L."))
        with pytest.raises(Conflict, match="changed since revision 1"):
            unit.people.save(replace(old, name="A. L."))


# What one signs in by


def signed_in(one, opened):
    return check_session(opened.token, means=one.means)


def add(one, device, by=None, **said):
    mine = by or signed_in(one, one.by_passkey())
    begun = begin_adding_passkey(mine, visit=HERE, means=one.means)
    return begun, device.register(begun.question, **said)


def test_a_second_passkey_signs_in_too_and_the_first_can_go(eve):
    other = Authenticator()
    mine = signed_in(eve, eve.by_passkey())
    begun, answer = add(eve, other)
    passkey = add_passkey(begun.token, answer, name=" key ring ", signed_in=mine, means=eve.means)
    assert (passkey.name, told(eve.means)[-1]) == ("key ring", ("credential.added", "passkey"))
    with eve.means.records.reading() as unit:
        first = unit.credentials.passkeys_of(eve.person.ref)[0]
    remove_passkey(first.ref, signed_in=mine, means=eve.means)
    with pytest.raises(NotAllowed):
        eve.by_passkey()
    eve.device = other
    assert eve.by_passkey().person == eve.person
    with pytest.raises(NotPossible, match="last passkey"):
        remove_passkey(passkey.ref, signed_in=mine, means=eve.means)
    with pytest.raises(NotFound):
        remove_passkey(first.ref, signed_in=mine, means=eve.means)


def test_a_passkey_is_added_once_and_by_who_began_it(ada, eve):
    mine, others = signed_in(eve, eve.by_passkey()), signed_in(ada, ada.by_password())
    begun, answer = add(eve, Authenticator(), by=mine)
    with pytest.raises(NotAllowed):
        add_passkey(begun.token, answer, name="", signed_in=others, means=ada.means)
    with pytest.raises(NotAllowed):
        add_passkey(begun.token, answer, name="", signed_in=mine, means=eve.means)
    begun, answer = add(eve, eve.device, by=mine)
    with pytest.raises(Conflict, match="there already"):
        add_passkey(begun.token, answer, name="", signed_in=mine, means=eve.means)


def test_a_passkey_signs_in_only_where_it_was_asked_to(eve):
    mine = signed_in(eve, eve.by_passkey())
    begun = begin_adding_passkey(mine, visit=HERE, means=eve.means)
    with pytest.raises(NotAllowed):
        sign_in_by_passkey(
            begun.token, eve.device.sign(begun.question), visit=HERE, means=eve.means
        )


def test_a_password_that_was_changed_while_it_was_looked_at_opens_nothing(ada):
    def change():
        with ada.means.records.writing() as unit:
            unit.credentials.keep_password(
                ada.person, hasher.hashed("another one"), ada.means.clock.now()
            )

    hasher = ada.means.passwords
    ada.means = replace(ada.means, passwords=SlowHasher(change))
    with pytest.raises(NotAllowed):
        ada.begin()


def test_a_changed_password_ends_all_other_sessions(ada):
    other, here = ada.by_password(), ada.by_password()
    mine, new = signed_in(ada, here), "another horse battery"
    ada.means.clock.move(30)
    change_password(PASSWORD, ada.code(), new, signed_in=mine, visit=HERE, means=ada.means)
    assert told(ada.means)[-1] == ("credential.added", "password")
    assert check_session(other.token, means=ada.means) is None
    assert check_session(here.token, means=ada.means) is not None
    with pytest.raises(NotAllowed):
        ada.begin()
    assert ada.begin(new)


@pytest.mark.parametrize(("old", "code", "new", "error"), [("wrong", None, "another horse battery", NotAllowed), (PASSWORD, "000000", "another horse battery", NotAllowed), (PASSWORD, None, "short", UsageError)])  # fmt: skip
def test_a_password_is_changed_only_by_who_knows_it_and_has_the_app(ada, old, code, new, error):
    mine = signed_in(ada, ada.by_password())
    ada.means.clock.move(30)
    with pytest.raises(error):
        change_password(old, code or ada.code(), new, signed_in=mine, visit=HERE, means=ada.means)
    assert ada.begin()


# Keys


def test_a_key_is_shown_once_and_opens_until_it_is_revoked(means):
    issued = issue_key(ASKED, actor=ADMIN, keeping=means)
    assert key_in_use(issued.text, means=means) == issued.key
    revoke_key(issued.key.ref, member=MEMBER, actor=ADMIN, keeping=means)
    with pytest.raises(NotAllowed, match="opens nothing"):
        key_in_use(issued.text, means=means)
    assert told(means) == [("key.issued", ""), ("key.revoked", "")]
    assert (
        new_events(
            means, lambda: revoke_key(issued.key.ref, member=MEMBER, actor=ADMIN, keeping=means)
        )
        == []
    )
    assert issued.text not in repr(issued)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "},
        {"scopes": frozenset()},
        {"scopes": frozenset({"all"})},
        {"days": 91},
        {"days": 0},
        {"days": 10**12},
    ],
)
def test_a_key_that_cannot_be_is_refused(means, wrong):
    with pytest.raises(UsageError):
        issue_key(replace(ASKED, **wrong), actor=ADMIN, keeping=means)


def test_only_who_may_issues_and_revokes_keys(means):
    with pytest.raises(NotAllowed, match=r"key\.issue"):
        issue_key(ASKED, actor=NOBODY, keeping=means)
    with pytest.raises(NotAllowed, match=r"key\.revoke"):
        revoke_key("0" * 32, member=MEMBER, actor=NOBODY, keeping=means)
    with pytest.raises(NotFound):
        revoke_key("0" * 32, member=MEMBER, actor=ADMIN, keeping=means)


@pytest.mark.parametrize("text", ["", "cm_", "cm_" + "A" * 43, "é" * 46])
def test_what_is_no_key_opens_nothing(means, text):
    with pytest.raises(NotAllowed, match="opens nothing"):
        key_in_use(text, means=means)


def test_a_key_that_expired_opens_nothing(means):
    issued = issue_key(replace(ASKED, days=1), actor=ADMIN, keeping=means)
    means.clock.move(86_400)
    with pytest.raises(NotAllowed):
        key_in_use(issued.text, means=means)


def test_a_key_spends_its_bucket_in_the_transaction_of_what_it_does(means):
    means = replace(means, limits=SignInLimits(key=BucketLimit(burst=10, per_minute=60)))
    key = issue_key(ASKED, actor=ADMIN, keeping=means).key

    def call(cost, *, fails=False):
        with means.records.writing() as unit:
            spend(key, cost, unit=unit, means=means)
            if fails:
                raise KeyError

    with pytest.raises(KeyError):
        call(10, fails=True)  # undone with the rest
    call(10)
    with pytest.raises(TooOften) as refused:
        call(3)
    assert refused.value.wait_s == 3
    means.clock.move(3)
    call(3)
    with pytest.raises(UsageError, match="11 at once"):
        call(11)
    with means.records.reading() as unit:
        assert unit.limits.find(f"key:{key.ref}").at == means.clock.now()


def test_events_of_people_hold_no_personal_data_and_are_one_for_each_change(ada, eve):
    mine = SignedIn(session=eve.by_passkey().session, person=eve.person)
    begun, answer = add(eve, Authenticator(), by=mine)
    acts = [
        lambda: add_passkey(begun.token, answer, name="phone", signed_in=mine, means=eve.means),
        lambda: change_roles(eve.person.ref, frozenset({"auditor"}), actor=ADMIN, means=eve.means),
        lambda: issue_key(ASKED, actor=ADMIN, keeping=eve.means),
        lambda: disable_person(eve.person.ref, actor=ADMIN, means=eve.means),
    ]
    assert [len(new_events(eve.means, act)) for act in acts] == [1, 1, 1, 1]
    assert not any(
        word in str(events_of(eve.means)).lower() for word in ("eve@", "example", "phone", "acme")
    )
