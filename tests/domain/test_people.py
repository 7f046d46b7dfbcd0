"""People, sessions, invitations, passwords and limits, under any order of times."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.domain.credentials import password_fault
from countermark.domain.limits import BucketLimit, FailureLimit, Tally, network_of
from countermark.domain.people import Invitation, Person, folded_email
from countermark.domain.sessions import (
    ATTEMPT_FOR,
    IDLE,
    LIFETIME,
    SKEW,
    Session,
    SignInAttempt,
    csrf_token,
    derived,
    is_csrf_token,
    looks_like_a_token,
    token_digest,
)
from countermark.errors import UsageError

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SESSION = Session(
    ref="s", digest="d", person="p", member="m", purpose="audit", strength="passkey", begun_at=START, last_seen_at=START
)  # fmt: skip
PERSON = {"ref": "p", "member": "m", "name": "Ada", "email": "ada@example.org", "roles": frozenset({"viewer"}), "joined_at": START, "nonce": bytes(16)}  # fmt: skip
# Steps of a clock that mostly goes on, sometimes stands and sometimes goes back, in seconds.
steps = st.lists(st.integers(-7_200, 7_200) | st.integers(0, 1_500), max_size=60)
small_steps = st.lists(st.integers(-60, 1_700), max_size=60)


@pytest.mark.parametrize("text", [" Ada@Example.ORG ", "ada@example.org"])
def test_an_email_is_found_however_it_is_written(text):
    assert folded_email(text) == "ada@example.org"


@pytest.mark.parametrize(
    "text", ["", "ada", "ada@", "@b.c", "a b@c.de", "a@b", "ıda@example.org", "ada@exámple.org", "\u212a@example.org", "a@b..de", "a@-b.de", "x" * 65 + "@b.de", "a@" + "b." * 130 + "de", "a@b.de\n@x.de"]
)  # fmt: skip
def test_what_may_pass_for_another_address_is_no_email(text):
    with pytest.raises(UsageError, match="no e-mail address"):
        folded_email(text)


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "x" * 201}, {"name": "a\nb"}, {"email": "Ada@example.org"}, {"roles": frozenset()}, {"roles": frozenset({"root"})}, {"language": "english"}]
)  # fmt: skip
def test_nobody_can_be_in_a_wrong_state(wrong):
    with pytest.raises(ValueError, match=r"\w"):
        Person(**PERSON | wrong)


def test_what_stands_in_a_commitment_changes_with_every_field_of_the_person():
    person = Person(**PERSON)
    others = [
        {"name": "B"},
        {"email": "b@example.org"},
        {"roles": frozenset({"admin"})},
        {"active": False},
        {"language": "de"},
    ]
    assert len({person.body(), *(replace(person, **other).body() for other in others)}) == 6


@pytest.mark.parametrize(
    ("idle_s", "ending"), [(0, None), (IDLE.seconds - 1, None), (IDLE.seconds, "idle"), (-60, None), (-61, "clock")]
)  # fmt: skip
def test_a_session_is_over_after_half_an_hour_unseen_or_when_the_clock_hides_it(idle_s, ending):
    assert SESSION.ending(START + idle_s * SECOND) == ending


def test_a_session_is_over_after_twelve_hours_however_busy():
    session, now = SESSION, START
    while session.ending(now) is None:
        session = session.seen(now)
        now += timedelta(minutes=20)
    assert session.ending(now) == "aged"
    assert now - START == LIFETIME


@settings(deadline=None)
@given(small_steps)
def test_no_clock_lengthens_a_session(seconds):
    session, now, lived = SESSION, START, timedelta(0)
    for step in seconds:
        now += step * SECOND
        if session.ending(now) is not None:
            break
        lived += max(step, 0) * SECOND  # the time that surely passed
        session = session.seen(now)
        assert lived < LIFETIME
        assert session.last_seen_at - session.begun_at >= lived


@settings(deadline=None)
@given(steps)
def test_a_session_that_is_seen_was_never_idle_for_long_by_any_clock(seconds):
    session, now = SESSION, START
    for step in seconds:
        now += step * SECOND
        if session.ending(now) is not None:
            break
        assert -SKEW <= step * SECOND < IDLE
        session = session.seen(now)


@settings(deadline=None)
@given(steps)
def test_a_session_that_was_ended_stays_ended(seconds):
    ended, now = replace(SESSION, ended_at=START), START
    for step in seconds:
        now += step * SECOND
        assert ended.ending(now) == "ended"


@settings(deadline=None)
@given(steps)
def test_an_attempt_is_good_for_ten_minutes_and_five_tries_at_most(seconds):
    attempt = SignInAttempt(digest="d", kind="passkey", begun_at=START)
    for step in seconds:
        now = START + step * SECOND
        assert attempt.is_good(now) == (-SKEW <= now - START < ATTEMPT_FOR)
        assert not replace(attempt, tries=5).is_good(now)


def test_an_invitation_opens_for_seven_days_and_not_before_it_was_written():
    week = timedelta(days=7)
    invitation = Invitation(
        ref="i", member="m", email="a@b.de", roles=frozenset({"viewer"}), digest="0", invited_by="p", invited_at=START, expires_at=START + week
    )  # fmt: skip
    good = {
        s: invitation.is_good(START + s * SECOND)
        for s in (-1, 0, week.total_seconds() - 1, week.total_seconds())
    }
    assert list(good.values()) == [False, True, True, False]
    assert not replace(invitation, accepted_at=START).is_good(START)
    assert not replace(invitation, withdrawn_at=START).is_good(START)
    with pytest.raises(ValueError, match="7 days"):
        replace(invitation, expires_at=START + week + SECOND)


def test_what_is_derived_from_a_token_is_independent_and_tells_nothing_of_it():
    token = "t" * 43
    assert looks_like_a_token(token)
    assert not looks_like_a_token(token + "\n")
    derivations = {derived(token, what) for what in ("csrf", "state", "nonce", "verifier")}
    assert len(derivations | {bytes.fromhex(token_digest(token))}) == 5
    assert is_csrf_token(csrf_token(token), token)
    assert not is_csrf_token(csrf_token("u" * 43), token)
    assert not is_csrf_token("ä", token)


@pytest.mark.parametrize(
    ("password", "fault"), [
        ("elf zeichen", "has 11"), ("x" * 129, "has 129"), ("Password1234", "commonest"), ("ada.lovelace@example.org", "e-mail"),
        ("Ada.Lovelace", "e-mail"), ("abababababab", "different"), ("zwölf boxkämpfer", None), ("пароль подлиннее", None), ("correct horse battery", None),
    ]
)  # fmt: skip
def test_a_password_is_long_and_not_the_first_that_anybody_tries(password, fault):
    said = password_fault(password, "ada.lovelace@example.org")
    assert said == fault or fault in said


LIMIT = FailureLimit()


def fail(times, tally, now):
    for _ in range(times):
        tally = LIMIT.charge(tally, now).tally
    return tally


def test_five_failures_cost_nothing_then_the_delay_doubles_up_to_a_quarter_of_an_hour():
    tally, now, waits = Tally(at=START), START, []
    for _ in range(12):
        charge = LIMIT.charge(tally, now)
        waits.append(int(charge.wait.total_seconds()))
        now += charge.wait
        tally = LIMIT.charge(charge.tally, now).tally if charge.wait else charge.tally
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]


def test_a_try_during_a_delay_does_not_prolong_it():
    tally = fail(5, Tally(at=START), START)
    refused = LIMIT.charge(tally, START + 10 * SECOND)
    assert refused.wait == 20 * SECOND
    assert refused.tally == tally
    assert not LIMIT.charge(refused.tally, START + 30 * SECOND).wait


def test_few_failures_are_forgotten_after_a_quarter_of_an_hour_many_after_a_day():
    few = LIMIT.charge(fail(4, Tally(at=START), START), START + LIMIT.window)
    many = LIMIT.charge(fail(5, Tally(at=START), START), START + LIMIT.window)
    assert (few.tally.count, many.tally.count) == (1, 6)
    assert LIMIT.charge(fail(5, Tally(at=START), START), START + LIMIT.memory).tally.count == 1


@settings(deadline=None)
@given(st.integers(0, 12), st.integers(0, 2_000))
def test_a_try_that_did_not_fail_leaves_no_trace_unless_others_failed_meanwhile(failures, after_s):
    before = Tally(count=failures, at=START)
    charge = LIMIT.charge(before, START + after_s * SECOND)
    if not charge.wait:
        assert LIMIT.refund(charge.tally, charge, before) == before
        other = replace(charge.tally, count=charge.tally.count + 1)
        assert LIMIT.refund(other, charge, before) == charge.tally


@settings(deadline=None)
@given(steps)
def test_nobody_ever_waits_longer_than_a_quarter_of_an_hour_and_then_may_try(seconds):
    tally, now = Tally(at=START), START
    for step in seconds:
        now += step * SECOND
        charge = LIMIT.charge(tally, now)
        tally = charge.tally
        assert charge.wait <= LIMIT.longest
        assert not LIMIT.charge(tally, now + (charge.wait or LIMIT.longest)).wait


@settings(deadline=None)
@given(steps)
def test_no_clock_gives_more_tries_than_the_time_that_passed(seconds):
    tally, now, passed, made = Tally(at=START), START, 0, 0
    for step in seconds:
        now += step * SECOND
        passed += max(step, 0)
        charge = LIMIT.charge(tally, now)
        tally, made = charge.tally, made + (not charge.wait)
        # Five at once, later ones at least half a minute apart; five more for each quarter of an hour of rest.
        assert made <= 5 + passed / 30 + 5 * passed / 900


@settings(deadline=None)
@given(st.integers(1, 20), st.integers(1, 120), st.lists(st.tuples(st.integers(-3_600, 600), st.integers(1, 20)), max_size=60))  # fmt: skip
def test_a_bucket_gives_its_burst_and_what_came_back_whatever_the_clock(burst, per_minute, calls):
    limit, tally, now, passed, taken = (
        BucketLimit(burst=burst, per_minute=per_minute),
        Tally(at=START),
        START,
        0,
        0,
    )
    for step, wanted in calls:
        cost = min(wanted, burst)
        now += step * SECOND
        passed += max(step, 0)
        charge = limit.charge(tally, now, cost)
        tally = charge.tally
        if not charge.wait:
            taken += cost
        else:
            assert charge.wait <= timedelta(minutes=burst / per_minute) + SECOND
            assert not limit.charge(tally, now + charge.wait, cost).wait
        assert taken <= burst + passed * per_minute / 60


@settings(deadline=None)
@given(st.integers(1, 5))
def test_what_is_put_back_into_a_bucket_can_be_taken_again(cost):
    limit = BucketLimit(burst=5, per_minute=1)
    full = limit.charge(Tally(at=START), START, 5).tally
    assert limit.charge(full, START, cost).wait
    assert not limit.charge(limit.refund(full, cost), START, cost).wait


def test_a_bucket_is_never_asked_for_more_than_it_holds():
    with pytest.raises(ValueError, match="6 tokens of a bucket of 5"):
        BucketLimit(burst=5, per_minute=1).charge(Tally(at=START), START, 6)
    with pytest.raises(ValueError, match="at least one token"):
        BucketLimit(burst=0, per_minute=1)


@pytest.mark.parametrize(
    ("address", "network"), [
        ("192.0.2.7", "192.0.2.7"), ("::ffff:192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("testclient", "unknown"), ("", "unknown"),
    ]
)  # fmt: skip
def test_a_network_is_what_one_owner_has_at_least(address, network):
    assert network_of(address) == network
