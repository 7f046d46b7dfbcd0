"""Signing locks, hashes and signs, and no more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from countermark.adapters.packs import read_folder
from countermark.errors import PackError, SignatureRefused
from countermark.flows.sign_pack import sign, sign_too
from countermark.knowledge.signing import SigningKey
from countermark.knowledge.verifying import TrustedKey, verify_pack

KORVANE = Path(__file__).parents[1] / "data" / "packs" / "korvane.outdoor"
KEY, OTHER = SigningKey(secret=b"1" * 32), SigningKey(secret=b"2" * 32)
TRUSTED = {
    key.id: TrustedKey(public=key.public, issuers=frozenset({"korvane"})) for key in (KEY, OTHER)
}


def same_salt(size: int) -> bytes:
    return b"s" * size


@pytest.fixture(scope="module")
def files() -> Mapping[str, bytes]:
    return read_folder(KORVANE)


@pytest.fixture(scope="module")
def signed(files) -> Mapping[str, bytes]:
    return {**files, **sign(files, key=KEY, random_bytes=same_salt)}


def test_what_was_signed_verifies_with_all_its_parts(signed):
    verified = verify_pack(signed, trusted=TRUSTED)
    assert (verified.id, verified.serial) == ("korvane.outdoor", 42)
    assert verified.parts == ("public", "members", "venue")


def test_only_files_that_change_are_given_back(files, signed):
    made = sign(files, key=KEY, random_bytes=same_salt)
    assert {"PACK.json", "PACK.sig", "members/PART.json", "venue/PART.json"} <= made.keys()
    assert not {path for path in made if path.endswith((".toml", ".csv"))}
    assert sign(signed, key=KEY, random_bytes=same_salt) == {}


def test_rules_are_locked_in_their_own_part(files, signed):
    unlocked = {p: c for p, c in files.items() if not p.endswith("rules.lock.json")}
    made = sign(unlocked, key=KEY, random_bytes=same_salt)
    assert b"price-floor-new" in made["rules.lock.json"]
    assert b"/v1" in made["venue/rules.lock.json"]
    assert b"/v1" not in made["rules.lock.json"]


def test_a_rule_that_breaks_its_promise_is_not_signed(signed):
    path = "public/rules/price.toml"
    changed = {**signed, path: signed[path].replace(b"below = 0.45", b"below = 0.40")}
    with pytest.raises(PackError, match="the logic changed and rev is still 3"):
        sign(changed, key=KEY, random_bytes=same_salt)


def test_a_second_signature_stands_beside_the_first(signed):
    both = {**signed, **sign_too(signed, key=OTHER)}
    assert verify_pack(both, trusted=TRUSTED, threshold=2).signers == (KEY.id, OTHER.id)
    with pytest.raises(SignatureRefused, match="1 signed and 2 must"):
        verify_pack(signed, trusted=TRUSTED, threshold=2)


@pytest.mark.parametrize("path", ["public/prices.csv", "members/tells.toml"])
def test_nobody_adds_a_signature_to_files_that_changed(signed, path):
    with pytest.raises(PackError, match="not those that were signed"):
        sign_too({**signed, path: signed[path] + b"\n"}, key=OTHER)
