"""Signing in: each of the three ways, what is refused, and how fast it may be tried."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from authenticator import Authenticator
from countermark.adapters.identity import Argon2Hasher, Provider, ProviderAddress
from countermark.adapters.records import open_records
from countermark.domain.people import Person
from countermark.errors import CountermarkError, NotAllowed, NotPossible, TooOften
from countermark.flows.accept_invitation import (
    ByProvider,
    Joining,
    accept_invitation,
    open_invitation,
)
from countermark.flows.change_person import disable_person
from countermark.flows.identity import account_name
from countermark.flows.invite_person import invite_person
from countermark.flows.keep_session import check_session
from countermark.flows.sign_in import (
    begin_passkey,
    begin_provider,
    sign_in_by_code,
    sign_in_by_passkey,
    sign_in_by_password,
    sign_in_by_provider,
)
from identity_parts import ADMIN, HERE, MEMBER, PASSWORD, events_of, joined, means_of
from provider import BACK, CLIENT, SECRET, running

REFUSED = "signing in was refused"


@pytest.fixture
def means(tmp_path):
    records = open_records(f"sqlite:///{tmp_path / 'records.db'}")
    yield means_of(records)
    records.close()


@pytest.fixture
def ada(means):
    """Somebody with a password and codes."""
    return joined(means)


@pytest.fixture
def eve(means):
    """Somebody with a passkey."""
    return joined(means, "eve@example.org", passkey=True)


@pytest.fixture
def provider(means, monkeypatch):
    """A provider on loopback, and the means with it."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running(means.clock.now) as there:
        address = ProviderAddress(
            issuer=there.issuer, client_id=CLIENT, client_secret=SECRET, returns_to=BACK
        )
        yield there, replace(means, provider=Provider(address))


def last_event(means):
    return events_of(means)[-1]


# By password and code


def test_a_password_and_then_a_code_open_a_session(ada):
    opened = ada.by_password()
    assert (opened.session.purpose, opened.session.strength) == ("enforcement", "password+totp")
    assert check_session(opened.token, means=ada.means).person == ada.person
    event = last_event(ada.means)
    assert (event["type"], event["actor"], event["reason"], event["version"]) == (
        "session.begun",
        ada.person.ref,
        "enforcement",
        "password+totp",
    )


def test_a_password_alone_opens_nothing(ada):
    assert check_session(ada.begin(), means=ada.means) is None
    assert last_event(ada.means)["type"] == "person.joined"


@pytest.mark.parametrize(("email", "password"), [("ada@example.org", "wrong horse battery"), ("bob@example.org", PASSWORD), ("no e-mail", PASSWORD), ("", ""), ("eve@example.org", "x" * 10_000)])  # fmt: skip
def test_every_wrong_sign_in_is_refused_in_the_same_words(ada, eve, email, password):
    with pytest.raises(NotAllowed) as refused:
        sign_in_by_password(email, password, visit=HERE, means=ada.means)
    assert (str(refused.value), refused.value.hint) == (
        REFUSED,
        "check what you entered and begin again; an admin of your member can invite you anew",
    )
    assert last_event(ada.means)["type"] == "session.refused"


@pytest.mark.parametrize("code", ["000000", "", "12345", "x" * 10_000])
def test_a_wrong_code_is_refused_and_may_be_followed_by_the_right_one(ada, code):
    token = ada.begin()
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_code(token, code, visit=HERE, means=ada.means)
    ada.means.clock.move(30)
    assert sign_in_by_code(token, ada.code(), visit=HERE, means=ada.means).person == ada.person


def test_five_wrong_codes_use_the_attempt_up(ada):
    token = ada.begin()
    for _ in range(5):
        ada.means.clock.move(60)
        with pytest.raises((NotAllowed, TooOften)):
            sign_in_by_code(token, "000000", visit=HERE, means=ada.means)
    ada.means.clock.move(120)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_code(token, ada.code(), visit=HERE, means=ada.means)


def test_a_code_works_once(ada):
    ada.means.clock.move(30)
    code = ada.code()
    first, second = ada.begin(), ada.begin()
    sign_in_by_code(first, code, visit=HERE, means=ada.means)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_code(second, code, visit=HERE, means=ada.means)


def test_the_code_of_an_earlier_step_does_not_work_after_a_later_one(ada):
    ada.means.clock.move(60)
    early = ada.code()
    ada.means.clock.move(30)
    sign_in_by_code(ada.begin(), ada.code(), visit=HERE, means=ada.means)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_code(ada.begin(), early, visit=HERE, means=ada.means)


def test_a_form_that_is_sent_twice_opens_one_session(ada):
    ada.means.clock.move(30)
    token, code, outcomes = ada.begin(), ada.code(), []

    def send():
        try:
            outcomes.append(sign_in_by_code(token, code, visit=HERE, means=ada.means).person.ref)
        except CountermarkError as refused:
            outcomes.append(type(refused))

    senders = [threading.Thread(target=send) for _ in range(4)]
    for each in senders:
        each.start()
    for each in senders:
        each.join()
    assert sorted(map(str, outcomes)) == sorted(map(str, [NotAllowed] * 3 + [ada.person.ref]))
    with ada.means.records.reading() as unit:
        assert len(unit.sessions.of_person(ada.person.ref)) == 1


def test_an_attempt_is_forgotten_after_ten_minutes(ada):
    token = ada.begin()
    ada.means.clock.move(600)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_code(token, ada.code(), visit=HERE, means=ada.means)


def test_a_password_is_hashed_anew_when_more_work_is_asked_for(ada):
    stronger = replace(ada.means, passwords=Argon2Hasher(memory_kib=128, passes=1))
    with ada.means.records.reading() as unit:
        before = unit.credentials.password_of(ada.person.ref)
    ada.means = stronger
    ada.by_password()
    with ada.means.records.reading() as unit:
        after = unit.credentials.password_of(ada.person.ref)
    assert ("m=64" in before, "m=128" in after) == (True, True)


# By passkey


def test_a_passkey_opens_a_session_without_a_name(eve):
    opened = eve.by_passkey()
    assert (opened.person, opened.session.strength) == (eve.person, "passkey")
    with eve.means.records.reading() as unit:
        [passkey] = unit.credentials.passkeys_of(eve.person.ref)
    assert (passkey.sign_count, passkey.used_at) == (1, eve.means.clock.now())


def test_a_replayed_answer_of_a_passkey_is_refused(eve):
    begun = begin_passkey(visit=HERE, means=eve.means)
    answer = eve.device.sign(begun.question)
    sign_in_by_passkey(begun.token, answer, visit=HERE, means=eve.means)
    again = begin_passkey(visit=HERE, means=eve.means)
    for token in (begun.token, again.token):
        with pytest.raises(NotAllowed, match=REFUSED):
            sign_in_by_passkey(token, answer, visit=HERE, means=eve.means)


def test_an_answer_is_bound_to_the_browser_that_was_asked(eve):
    asked, other = (
        begin_passkey(visit=HERE, means=eve.means),
        begin_passkey(visit=HERE, means=eve.means),
    )
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_passkey(
            other.token, eve.device.sign(asked.question), visit=HERE, means=eve.means
        )


def test_a_challenge_is_used_up_by_a_wrong_answer(eve):
    begun = begin_passkey(visit=HERE, means=eve.means)
    for answer in ("{}", eve.device.sign(begun.question)):
        with pytest.raises(NotAllowed, match=REFUSED):
            sign_in_by_passkey(begun.token, answer, visit=HERE, means=eve.means)


def test_a_copied_passkey_is_noticed_by_its_counter(eve):
    eve.by_passkey()
    eve.by_passkey()
    eve.device.count = 0
    with pytest.raises(NotAllowed, match=REFUSED):
        eve.by_passkey()


def test_an_unknown_passkey_is_refused(eve):
    stranger = Authenticator(handle=eve.person.ref.encode())
    begun = begin_passkey(visit=HERE, means=eve.means)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_passkey(begun.token, stranger.sign(begun.question), visit=HERE, means=eve.means)


def test_an_attempt_of_one_way_is_of_no_use_for_another(ada, eve):
    token = begin_passkey(visit=HERE, means=ada.means).token
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_code(token, ada.code(), visit=HERE, means=ada.means)


# By a provider


def linked(there, means, email="kim@example.org"):
    invitation = invite_person(
        email, member=MEMBER, roles=frozenset({"viewer"}), actor=ADMIN, means=means
    )
    offer = open_invitation(invitation.token, visit=HERE, means=means)
    code, state = there.browse(offer.provider, "sub-kim")
    joining = Joining(name="Kim", shown=ByProvider(code=code, state=state))
    return accept_invitation(
        invitation.token, offer.token, joining=joining, visit=HERE, means=means
    )


def test_whom_a_provider_knows_signs_in_and_nobody_else(provider):
    there, means = provider
    kim = linked(there, means)
    begun = begin_provider(visit=HERE, means=means)
    opened = sign_in_by_provider(
        begun.token, *there.browse(begun.question, "sub-kim"), visit=HERE, means=means
    )
    assert (opened.person, opened.session.strength) == (kim, "oidc")
    begun = begin_provider(visit=HERE, means=means)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_provider(
            begun.token, *there.browse(begun.question, "sub-stranger"), visit=HERE, means=means
        )


def test_what_a_provider_sent_back_works_once(provider):
    there, means = provider
    linked(there, means)
    begun = begin_provider(visit=HERE, means=means)
    code, state = there.browse(begun.question, "sub-kim")
    sign_in_by_provider(begun.token, code, state, visit=HERE, means=means)
    asked = len(there.asked)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_provider(begun.token, code, state, visit=HERE, means=means)
    assert len(there.asked) == asked


def test_a_code_for_one_browser_does_not_sign_another_in(provider):
    there, means = provider
    linked(there, means)
    attacker, victim = (
        begin_provider(visit=HERE, means=means),
        begin_provider(visit=HERE, means=means),
    )
    code, state = there.browse(attacker.question, "sub-kim")
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_provider(victim.token, code, state, visit=HERE, means=means)
    assert not any(isinstance(each, dict) and each.get("code") == code for each in there.asked)


@pytest.mark.parametrize("state", ["", "x", "ä", "0" * 64])
def test_a_wrong_state_is_refused_before_the_provider_is_asked(provider, state):
    there, means = provider
    begun = begin_provider(visit=HERE, means=means)
    code, _ = there.browse(begun.question, "sub-kim")
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_provider(begun.token, code, state, visit=HERE, means=means)
    assert code in there.codes


@pytest.mark.parametrize("claims", [{"nonce": "another"}, {"aud": "another"}])
def test_a_token_for_somebody_else_opens_nothing(provider, claims):
    there, means = provider
    linked(there, means)
    there.claims = claims
    begun = begin_provider(visit=HERE, means=means)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_provider(
            begun.token, *there.browse(begun.question, "sub-kim"), visit=HERE, means=means
        )


def test_without_a_provider_that_is_said(means):
    with pytest.raises(NotPossible, match="no provider is set up"):
        begin_provider(visit=HERE, means=means)


# Whoever may not


def test_a_disabled_person_does_not_sign_in_by_any_way(means, ada, eve):
    begun_before = ada.begin()
    joined(means, "root@example.org")
    for one in (ada, eve):
        disable_person(one.person.ref, actor=ADMIN, means=means)
    means.clock.move(30)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_code(begun_before, ada.code(), visit=HERE, means=means)
    with pytest.raises(NotAllowed, match=REFUSED):
        ada.begin()
    with pytest.raises(NotAllowed, match=REFUSED):
        eve.by_passkey()


def test_a_session_that_a_browser_brought_is_over_when_another_begins(ada, eve):
    fixed = eve.by_passkey()
    opened = ada.by_password(visit=replace(HERE, previous=fixed.token))
    assert opened.token != fixed.token
    assert check_session(fixed.token, means=ada.means) is None
    event = last_event(ada.means)
    assert event["type"] == "session.begun"
    assert event["before"] not in ("", event["after"])


def test_no_token_of_an_attempt_ever_opens_a_session(ada):
    token = ada.begin()
    ada.means.clock.move(30)
    opened = sign_in_by_code(token, ada.code(), visit=HERE, means=ada.means)
    assert check_session(token, means=ada.means) is None
    assert opened.token != token


# How fast it may be tried


def from_(number):
    return replace(HERE, address=f"198.51.100.{number}")


def guess(means, email="ada@example.org", visit=HERE):
    """Seconds to wait after a wrong password."""
    try:
        sign_in_by_password(email, "wrong horse battery", visit=visit, means=means)
    except TooOften as refused:
        return refused.wait_s
    except NotAllowed:
        return 0


@pytest.mark.parametrize("email", ["ada@example.org", "nobody@example.org", " ADA@example.org"])
def test_an_account_is_held_up_after_five_failures_whether_or_not_there_is_one(ada, email):
    waits = [guess(ada.means, email, from_(number)) for number in range(7)]
    assert waits == [0, 0, 0, 0, 0, 30, 30]


def test_whoever_waits_gets_in_and_starts_anew(ada):
    for number in range(5):
        guess(ada.means, visit=from_(number))
    with pytest.raises(TooOften):
        ada.begin()
    ada.means.clock.move(30)
    assert ada.by_password().person == ada.person
    assert guess(ada.means) == 0
    assert ada.by_password().person == ada.person


def test_a_right_password_does_not_forgive_wrong_codes(ada):
    token = ada.begin()
    waits = 0
    for number in range(12):
        try:
            sign_in_by_code(token, "000000", visit=from_(number), means=ada.means)
        except TooOften:
            waits += 1
        except NotAllowed:
            token = ada.begin(visit=from_(number)) if number < 3 else token
    assert waits >= 6


def test_nobody_is_locked_out_of_their_passkey_by_wrong_passwords(eve):
    for number in range(50):
        guess(eve.means, "eve@example.org", from_(number))
    assert eve.by_passkey().person == eve.person


def test_tries_at_once_are_all_counted(ada):
    outcomes = []
    guessers = [
        threading.Thread(target=lambda n=n: outcomes.append(guess(ada.means, visit=from_(n))))
        for n in range(12)
    ]
    for each in guessers:
        each.start()
    for each in guessers:
        each.join()
    assert outcomes.count(0) == 5


def test_a_network_is_held_up_by_failures_of_whatever_accounts(ada):
    waits = [guess(ada.means, f"p{number}@example.org") for number in range(40)]
    assert waits[:25] == [0] * 25
    assert waits[-1] > 0
    assert guess(ada.means, "p99@example.org", from_(1)) == 0


def test_a_network_of_people_who_sign_in_is_not_held_up(eve):
    for _ in range(60):
        assert eve.by_passkey().person == eve.person


def test_limits_hold_across_processes(ada, tmp_path):
    other = replace(ada.means, records=open_records(f"sqlite:///{tmp_path / 'records.db'}"))
    waits = [guess(each, visit=from_(number)) for number, each in enumerate([ada.means, other] * 4)]
    assert waits == [0, 0, 0, 0, 0, 30, 30, 30]
    other.records.close()


def test_an_address_is_known_again_today_and_not_tomorrow(ada):
    guess(ada.means)
    ada.means.clock.move(86_400)
    guess(ada.means)
    with ada.means.records.reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT name FROM limits").scalars().all()
    names = [name for name in rows if name.startswith("network:")]
    assert len(names) == 2
    assert len({len(name) for name in names}) == 1


def test_an_account_has_the_same_name_whoever_asks(ada):
    assert account_name("ADA@example.org ", means=ada.means) == account_name(
        "ada@example.org", means=ada.means
    )
    assert "ada" not in account_name("ada@example.org", means=ada.means)


def test_questions_for_passkeys_are_limited_too(eve):
    with pytest.raises(TooOften):
        for _ in range(400):
            begin_passkey(visit=HERE, means=eve.means)


def test_a_person_of_no_password_has_none(eve):
    assert isinstance(eve.person, Person)
    with pytest.raises(NotAllowed, match=REFUSED):
        sign_in_by_password("eve@example.org", PASSWORD, visit=HERE, means=eve.means)
