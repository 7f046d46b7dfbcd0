"""Members, their keys, and what neither can be."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from countermark.domain.access import MemberKind, Scope
from countermark.domain.members import (
    KEY_PREFIX,
    MAX_KEY_DAYS,
    ApiKey,
    Member,
    key_digest,
    looks_like_a_key,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def member(**changes) -> Member:
    blank = {"ref": "m1", "kind": MemberKind.MARKETPLACE, "name": "Bazaar", "created_at": NOW}
    return Member(**{**blank, "venues": ("bazaar.example",), **changes})


def key(**changes) -> ApiKey:
    blank = {"ref": "k1", "member": "m1", "name": "gate", "digest": "0" * 64, "hint": "cm_abcdefg"}
    times = {"issued_at": NOW, "expires_at": NOW + timedelta(days=MAX_KEY_DAYS)}
    return ApiKey(**{**blank, **times, "scopes": frozenset({Scope.GATE_JUDGE}), **changes})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"kind": "shop"}, "no kind of member"),
        ({"name": ""}, "1 to 200 characters"), ({"name": "  "}, "1 to 200 characters"), ({"name": "x" * 201}, "not 201"),
        ({"venues": ()}, "runs venues"), ({"kind": MemberKind.BRAND}, "runs venues"),
        ({"venues": ("Bazaar",)}, "no name of a venue"), ({"venues": ("",)}, "no name of a venue"),
        ({"venues": ("a\n",)}, "no name of a venue"), ({"venues": ("a" * 101,)}, "no name of a venue"),
        ({"venues": ("a", "b", "a")}, "named twice"),
    ],
)  # fmt: skip
def test_a_member_cannot_be_what_no_member_is(wrong, says):
    with pytest.raises(ValueError, match=says):
        member(**wrong)


@pytest.mark.parametrize("kind", [kind for kind in MemberKind if kind != MemberKind.MARKETPLACE])
def test_only_marketplaces_run_venues(kind):
    assert member(kind=kind, venues=()).venues == ()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"scopes": frozenset()}, "none given"), ({"scopes": frozenset({"gate:judge", "gate:own"})}, "gate:own unknown"),
        ({"expires_at": NOW}, "lives 0 days"), ({"expires_at": NOW - timedelta(days=1)}, "lives -1 days"),
        ({"expires_at": NOW + timedelta(days=MAX_KEY_DAYS, seconds=1)}, "at most 90"), ({"name": "x" * 201}, "at most 200"),
    ],
)  # fmt: skip
def test_a_key_opens_something_for_a_bounded_time(wrong, says):
    with pytest.raises(ValueError, match=says):
        key(**wrong)


def test_a_key_is_good_from_its_issue_to_the_last_moment_before_it_expires():
    good, tick = key(), timedelta(microseconds=1)
    assert not good.is_good(NOW - tick)
    assert good.is_good(NOW)
    assert good.is_good(good.expires_at - tick)
    assert not good.is_good(good.expires_at)
    assert not key(revoked_at=NOW).is_good(NOW)


def test_a_key_is_known_by_the_sha_256_of_all_of_it():
    text = KEY_PREFIX + secrets.token_urlsafe(32)
    assert looks_like_a_key(text)
    assert key_digest(text) == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    "text", ["", "cm_", "cm_" + "a" * 42, "cm_" + "a" * 44, "sk_" + "a" * 43, "a" * 46, " cm_" + "a" * 42]
)  # fmt: skip
def test_nothing_else_looks_like_a_key(text):
    assert not looks_like_a_key(text)
