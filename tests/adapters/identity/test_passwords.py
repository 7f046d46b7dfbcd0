"""Passwords as Argon2id hashes. Work is made small through the constructor."""

from __future__ import annotations

import time

import pytest

from countermark.adapters.identity import Argon2Hasher

HASHER = Argon2Hasher(memory_kib=64, passes=1)


def test_a_password_matches_its_own_hash_only():
    hashed = HASHER.hashed("correct horse battery")
    assert hashed.startswith("$argon2id$")
    assert "horse" not in hashed
    assert HASHER.matches(hashed, "correct horse battery")
    assert not HASHER.matches(hashed, "correct horse batterz")
    assert hashed != HASHER.hashed("correct horse battery")


def test_a_password_is_the_same_from_every_keyboard():
    composed, decomposed = "zw\u00f6lf boxk\u00e4mpfer", "zwo\u0308lf boxka\u0308mpfer"
    assert HASHER.matches(HASHER.hashed(composed), decomposed)


@pytest.mark.parametrize("password", ["", "x" * 100_000, "\ud800", "the password of nobody"])
def test_nobody_has_no_password(password):
    assert not HASHER.matches(None, password)


def test_a_password_is_never_matched_by_its_beginning():
    long = "x" * 1_000
    assert not HASHER.matches(HASHER.hashed(long), long + "y")


def test_what_is_no_hash_matches_nothing():
    assert not HASHER.matches("plain", "plain")


def test_a_hash_of_less_work_is_dated():
    weaker = HASHER.hashed("correct horse battery")
    stronger = Argon2Hasher(memory_kib=128, passes=1)
    assert stronger.is_dated(weaker)
    assert stronger.matches(weaker, "correct horse battery")
    assert not HASHER.is_dated(weaker)


def test_the_work_is_owasps_unless_told_otherwise():
    assert "$m=19456,t=2,p=1$" in Argon2Hasher().hashed("correct horse battery")


def test_time_does_not_tell_whether_somebody_exists():
    hasher = Argon2Hasher(memory_kib=8 * 1024, passes=2)
    hashed = hasher.hashed("correct horse battery")

    def spent(given):
        began = time.process_time()
        hasher.matches(given, "wrong horse battery")
        return time.process_time() - began

    known, unknown = (min(spent(given) for _ in range(7)) for given in (hashed, None))
    assert 1 / 3 < known / unknown < 3
