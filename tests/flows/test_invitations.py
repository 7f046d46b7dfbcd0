"""Invitations: written, accepted once, and by what one will sign in."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from countermark.adapters.records import open_records
from countermark.errors import (
    Conflict,
    CountermarkError,
    NotAllowed,
    NotFound,
    NotPossible,
    TooOften,
    UsageError,
)
from countermark.flows.accept_invitation import (
    ByPasskey,
    ByPassword,
    Joining,
    accept_invitation,
    open_invitation,
)
from countermark.flows.invite_person import invite_person, withdraw_invitation
from identity_parts import (
    ADMIN,
    HERE,
    MEMBER,
    NOBODY,
    PASSWORD,
    SlowHasher,
    Somebody,
    events_of,
    invited,
    joined,
    means_of,
    secret_of,
)


@pytest.fixture
def means(tmp_path):
    records = open_records(f"sqlite:///{tmp_path / 'records.db'}")
    yield means_of(records)
    records.close()


def accept(means, token, offer, *, password=PASSWORD, code=None, name="Ada"):
    right = Somebody(means=means, email="", secret=secret_of(offer)).code()
    joining = Joining(name=name, shown=ByPassword(password=password, code=code or right))
    return accept_invitation(token, offer.token, joining=joining, visit=HERE, means=means)


def opened(means, token):
    return open_invitation(token, visit=HERE, means=means)


@pytest.mark.parametrize("passkey", [False, True])
def test_whoever_accepts_an_invitation_signs_in_with_its_roles(means, passkey):
    ada = joined(means, roles=("analyst", "author"), passkey=passkey)
    session = ada.by_passkey() if passkey else ada.by_password()
    assert session.person == ada.person
    assert (ada.person.member, ada.person.roles) == (MEMBER, {"analyst", "author"})
    assert [event["type"] for event in events_of(means)] == [
        "person.invited",
        "person.joined",
        "session.begun",
    ]


def test_only_who_may_invites(means):
    with pytest.raises(NotAllowed, match=r"person\.invite is not yours"):
        invite_person(
            "a@b.de", member=MEMBER, roles=frozenset({"viewer"}), actor=NOBODY, means=means
        )
    assert events_of(means) == []


def test_an_invitation_is_used_once(means):
    token = invited(means)
    first, second = opened(means, token), opened(means, token)
    accept(means, token, first)
    for offer in (first, second):
        with pytest.raises(NotAllowed, match="opens nothing"):
            accept(means, token, offer)
    with pytest.raises(NotAllowed, match="opens nothing"):
        opened(means, token)


def test_of_two_who_accept_at_the_same_moment_one_joins(means):
    token = invited(means)
    offers = [opened(means, token) for _ in range(4)]
    outcomes = []

    def race(offer):
        try:
            outcomes.append(accept(means, token, offer).email)
        except CountermarkError as refused:
            outcomes.append(type(refused))

    racers = [threading.Thread(target=race, args=(offer,)) for offer in offers]
    for each in racers:
        each.start()
    for each in racers:
        each.join()
    assert sorted(map(str, outcomes)) == sorted(map(str, [NotAllowed] * 3 + ["ada@example.org"]))


@pytest.mark.parametrize("seconds", [7 * 86_400, 700_000, -1])
def test_an_invitation_that_expired_opens_nothing(means, seconds):
    token = invited(means)
    means.clock.move(seconds)
    with pytest.raises(NotAllowed, match="opens nothing"):
        opened(means, token)


def test_an_invitation_that_expires_while_it_is_open_is_not_accepted(means):
    token = invited(means)
    means.clock.move(7 * 86_400 - 60)
    offer = opened(means, token)
    means.clock.move(61)
    with pytest.raises(NotAllowed, match="opens nothing"):
        accept(means, token, offer)


def test_a_withdrawn_invitation_opens_nothing(means):
    invitation = invite_person(
        "a@b.de", member=MEMBER, roles=frozenset({"viewer"}), actor=ADMIN, means=means
    )
    offer = opened(means, invitation.token)
    withdraw_invitation(invitation.invitation.ref, member=MEMBER, actor=ADMIN, means=means)
    with pytest.raises(NotAllowed, match="opens nothing"):
        accept(means, invitation.token, offer)
    with pytest.raises(NotPossible, match="used or withdrawn"):
        withdraw_invitation(invitation.invitation.ref, member=MEMBER, actor=ADMIN, means=means)
    with pytest.raises(NotFound):
        withdraw_invitation("0" * 32, member=MEMBER, actor=ADMIN, means=means)
    assert [event["type"] for event in events_of(means)] == [
        "person.invited",
        "invitation.withdrawn",
    ]


def test_an_invitation_that_is_withdrawn_while_it_is_accepted_opens_nothing(means):
    token = invited(means)
    offer = opened(means, token)

    def withdraw():
        withdraw_invitation(offer.invitation.ref, member=MEMBER, actor=ADMIN, means=means)

    with pytest.raises(NotAllowed, match="opens nothing"):
        accept(replace(means, passwords=SlowHasher(withdraw)), token, offer)
    with means.records.reading() as unit:
        assert unit.people.by_email("ada@example.org") is None


def test_a_later_invitation_replaces_an_earlier_one(means):
    first, second = invited(means), invited(means)
    with pytest.raises(NotAllowed, match="opens nothing"):
        opened(means, first)
    assert opened(means, second).invitation.email == "ada@example.org"


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 10_000, "é" * 43])
def test_what_is_no_invitation_opens_nothing(means, token):
    with pytest.raises(NotAllowed, match="opens nothing"):
        opened(means, token)


@pytest.mark.parametrize(
    ("wrong", "says"), [({"password": "short"}, "has 5"), ({"password": "ada@example.org"}, "e-mail"), ({"code": "000000x"}, "code"), ({"name": " "}, "name")]
)  # fmt: skip
def test_a_slip_of_the_pen_uses_nothing_up(means, wrong, says):
    token = invited(means)
    offer = opened(means, token)
    with pytest.raises(UsageError, match=says):
        accept(means, token, offer, **wrong)
    assert accept(means, token, offer).name == "Ada"


def test_the_offer_of_one_browser_is_of_no_use_to_another(means):
    token = invited(means)
    mine, yours = opened(means, token), opened(means, token)
    assert mine.one_time != yours.one_time
    code = Somebody(means=means, email="", secret=secret_of(mine)).code()
    with pytest.raises(UsageError, match="code"):
        accept(means, token, yours, code=code)
    device = Somebody(means=means, email="").device
    joining = Joining(
        name="Ada", shown=ByPasskey(answer=device.register(mine.passkey), name="phone")
    )
    with pytest.raises(NotAllowed, match="refused"):
        accept_invitation(token, yours.token, joining=joining, visit=HERE, means=means)


def test_somebody_who_acts_for_a_member_is_not_invited_to_it_again(means):
    joined(means)
    with pytest.raises(Conflict, match="acts for the member already"):
        invited(means)


def test_guessing_invitations_is_slowed_down(means):
    with pytest.raises(TooOften) as refused:
        for _ in range(100):
            with pytest.raises(NotAllowed):
                opened(means, "A" * 43)
    assert 0 < refused.value.wait_s <= 30


def test_no_event_and_no_table_tells_a_secret(means, tmp_path):
    ada = joined(means)
    opened_session = ada.by_password()
    told = str(events_of(means))
    for word in ("ada", "Ada", "example", "192.0.2"):
        assert word not in told
    with means.records.reader.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = (tmp_path / "records.db").read_bytes()
    for secret in (ada.secret, PASSWORD.encode(), opened_session.token.encode(), b"192.0.2.1"):
        assert secret not in kept
