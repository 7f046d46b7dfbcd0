"""Signatures: nothing passes but what was signed."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermark.errors import PackError, SignatureRefused
from countermark.knowledge.canonical import canonical_json
from countermark.knowledge.signing import (
    SigningKey,
    add_signature,
    key_id,
    sign_pack,
    signed_message,
)
from countermark.knowledge.verifying import TrustedKey, verify_pack

FIRST, SECOND, STRANGER = (SigningKey(secret=bytes([n]) * 32) for n in (1, 2, 3))
SALTS = {"members": b"m" * 32, "venue": b"v" * 32}
QUIET = settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])


def trust(*keys: SigningKey, issuers=("korvane",)) -> dict[str, TrustedKey]:
    """Keys as the registrar lists them."""
    return {k.id: TrustedKey(public=k.public, issuers=frozenset(issuers)) for k in keys}


TRUSTED = trust(FIRST, SECOND)


@pytest.fixture(scope="module")
def signed(korvane):
    """The example pack, signed by its issuer."""
    return dict(sign_pack(korvane, keys=[FIRST], salts=SALTS))


def refused(files, says=None, **kwargs):
    """Verify files that must be refused; gives the message."""
    with pytest.raises(SignatureRefused, match=says) as caught:
        verify_pack(files, **{"trusted": TRUSTED, **kwargs})
    return str(caught.value)


def test_a_signed_pack_is_verified(signed):
    verified = verify_pack(signed, trusted=TRUSTED)
    assert (verified.id, verified.serial) == ("korvane.outdoor", 42)
    assert verified.signers == (FIRST.id,)
    assert verified.parts == ("public", "members", "venue")


def test_signing_the_same_files_gives_the_same_bytes(korvane, signed):
    assert sign_pack(korvane, keys=[FIRST], salts=SALTS) == signed
    assert sign_pack(signed, keys=[FIRST], salts=SALTS) == signed


def test_who_holds_the_public_part_alone_verifies_the_whole_signature(signed):
    public = {p: d for p, d in signed.items() if not p.startswith(("members/", "venue/"))}
    assert verify_pack(public, trusted=TRUSTED).parts == ("public",)


def test_the_manifest_tells_nothing_of_secret_parts_but_a_salted_root(korvane, signed):
    manifest = json.loads(signed["PACK.json"])
    assert manifest["parts"]["venue"].keys() == {"root"}
    assert b"r1.toml" not in signed["PACK.json"]
    other = sign_pack(korvane, keys=[FIRST], salts={**SALTS, "venue": b"w" * 32})
    again = json.loads(other["PACK.json"])
    assert again["parts"]["venue"] != manifest["parts"]["venue"]


@given(data=st.data())
@QUIET
def test_a_single_changed_byte_anywhere_is_refused(signed, data):
    path = data.draw(st.sampled_from(sorted(signed)))
    at = data.draw(st.integers(0, len(signed[path]) - 1))
    flip = data.draw(st.integers(1, 255))
    content = bytearray(signed[path])
    content[at] ^= flip
    refused({**signed, path: bytes(content)})


def test_every_single_bit_of_the_signature_file_and_many_of_the_manifest_count(signed):
    for path, step in (("PACK.sig", 7), ("PACK.json", 5)):
        for at in range(0, len(signed[path]), step):
            content = bytearray(signed[path])
            content[at] ^= 1 << at % 8
            refused({**signed, path: bytes(content)})


@given(data=st.data())
@QUIET
def test_a_file_that_was_cut_or_lengthened_is_refused(signed, data):
    path = data.draw(st.sampled_from(sorted(signed)))
    cut = data.draw(st.integers(0, len(signed[path]) - 1))
    more = data.draw(st.binary(min_size=1, max_size=4))
    refused({**signed, path: signed[path][:cut]})
    refused({**signed, path: signed[path] + more})


@pytest.mark.parametrize("more", [b"\n", b" ", b"\t\n"])
def test_not_even_white_space_may_be_added_to_the_signature(signed, more):
    refused({**signed, "PACK.sig": signed["PACK.sig"] + more}, says="not in canonical form")
    refused({**signed, "PACK.sig": more + signed["PACK.sig"]}, says="not in canonical form")


def test_each_file_counts(signed):
    for path in signed:
        without = {other: data for other, data in signed.items() if other != path}
        refused(without)
        refused({**without, f"{path}x": signed[path]})


@pytest.mark.parametrize(
    "path", ["public/rules/more.toml", "members/x.toml", "venue/tests/x.toml", "README.md"]
)
def test_a_file_more_is_refused(signed, path):
    refused({**signed, path: b""}, says="was not signed")


def test_parts_can_not_be_swapped(signed):
    swap = {"members": "venue", "venue": "members"}
    swapped = {}
    for path, data in signed.items():
        first, slash, rest = path.partition("/")
        swapped[swap.get(first, first) + slash + rest] = data
    refused(swapped)


def test_two_files_can_not_change_places(signed):
    one, other = "public/rules/price.toml", "public/rules/catalogue.toml"
    refused({**signed, one: signed[other], other: signed[one]})


def test_a_key_that_is_not_trusted_is_refused(korvane, signed):
    refused(signed, says="is not trusted", trusted=trust(SECOND))
    forged = sign_pack(korvane, keys=[STRANGER], salts=SALTS)
    refused(forged, says="is not trusted")


def test_a_signature_is_refused_under_the_name_of_another_key(signed):
    envelope = json.loads(signed["PACK.sig"])
    envelope["signatures"][0]["keyid"] = SECOND.id
    refused({**signed, "PACK.sig": canonical_json(envelope)}, says="does not fit")


def test_a_key_of_another_member_may_not_sign(signed):
    refused(signed, says="may not sign for korvane", trusted=trust(FIRST, issuers=["nordhal"]))


def test_keys_of_others_may_sign_besides_and_do_not_count(korvane):
    both = sign_pack(korvane, keys=[FIRST, SECOND], salts=SALTS)
    trusted = {**trust(FIRST), **trust(SECOND, issuers=["nordhal"])}
    assert verify_pack(both, trusted=trusted).signed_for == {"korvane", "nordhal"}
    refused(both, says="1 keys of korvane signed and 2 must", trusted=trusted, threshold=2)


def test_an_unknown_algorithm_is_refused(signed):
    envelope = json.loads(signed["PACK.sig"])
    for keyid in ("rsa:" + FIRST.id[8:], FIRST.id[8:], "", "ED25519" + FIRST.id[7:]):
        envelope["signatures"][0]["keyid"] = keyid
        refused({**signed, "PACK.sig": canonical_json(envelope)}, says="algorithm")


def test_base64_has_one_form(signed):
    envelope = json.loads(signed["PACK.sig"])
    text = envelope["signatures"][0]["sig"]
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    twin = text[:-3] + digits[digits.index(text[-3]) ^ 1] + "=="
    assert base64.b64decode(twin) == base64.b64decode(text)
    envelope["signatures"][0]["sig"] = twin
    refused({**signed, "PACK.sig": canonical_json(envelope)}, says="does not fit")


def test_an_older_edition_is_a_rollback(signed):
    assert verify_pack(signed, trusted=TRUSTED, highest_serial=42).serial == 42
    refused(signed, says="serial 42 is lower than 43", highest_serial=43)


def test_as_many_must_sign_as_the_threshold_says(korvane, signed):
    refused(signed, says="1 signed and 2 must", threshold=2)
    both = sign_pack(korvane, keys=[FIRST, SECOND], salts=SALTS)
    assert verify_pack(both, trusted=TRUSTED, threshold=2).signers == (FIRST.id, SECOND.id)
    assert add_signature(signed, key=SECOND) == both


def test_one_key_does_not_count_twice(signed):
    envelope = json.loads(signed["PACK.sig"])
    envelope["signatures"] *= 2
    refused({**signed, "PACK.sig": canonical_json(envelope)}, says="signed twice", threshold=2)
    with pytest.raises(PackError, match="has signed the pack already"):
        add_signature(signed, key=FIRST)


def _signed_as(signed, manifest: bytes) -> dict[str, bytes]:
    """The pack with another manifest, properly signed by the issuer."""
    sig = base64.b64encode(FIRST.sign(signed_message(manifest))).decode()
    envelope = {
        "payload": base64.b64encode(manifest).decode(),
        "payloadType": "application/vnd.countermark.pack+json",
        "signatures": [{"keyid": FIRST.id, "sig": sig}],
    }
    return {**signed, "PACK.json": manifest, "PACK.sig": canonical_json(envelope)}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace(b":42", b": 42"), "not in canonical form"),
        (lambda text: text.replace(b'"serial":42', b'"serial":42.0'), "not of the form|canonical"),
        (lambda text: text.replace(b'"serial":42', b'"serial":41,"serial":42'), "canonical form"),
        (lambda text: text.replace(b'"serial":42', b'"serial":43'), "pack.toml says"),
        (lambda text: text.replace(b"manifest/1", b"manifest/2"), "not of the form"),
        (lambda text: text.replace(b'{"format"', b'{"extra":1,"format"'), "not of the form"),
    ],
)
def test_even_the_issuer_can_not_sign_an_ambiguous_manifest(signed, change, says):
    manifest = change(signed["PACK.json"])
    assert manifest != signed["PACK.json"]
    refused(_signed_as(signed, manifest), says=says)


def test_a_signature_over_something_else_does_not_pass_for_one_over_a_pack(signed):
    envelope = json.loads(signed["PACK.sig"])
    raw = FIRST.sign(signed["PACK.json"])
    envelope["signatures"][0]["sig"] = base64.b64encode(raw).decode()
    refused({**signed, "PACK.sig": canonical_json(envelope)}, says="does not fit")


def test_sizes_are_limited_before_anything_is_decoded(signed):
    refused({**signed, "PACK.sig": b" " * (7 << 20)}, says="PACK.sig has 7340032 bytes")
    with pytest.raises(PackError, match="has 17825792 bytes and may have 16777216"):
        verify_pack({**signed, "public/terms.toml": b" " * (17 << 20)}, trusted=TRUSTED)


def test_a_secret_part_needs_a_salt_and_a_pack_a_key(korvane):
    with pytest.raises(ValueError, match="part venue needs a salt of 32 bytes"):
        sign_pack(korvane, keys=[FIRST], salts={"members": b"m" * 32})
    with pytest.raises(ValueError, match="at least one key"):
        sign_pack(korvane, keys=[], salts=SALTS)


def test_a_secret_key_is_not_shown():
    assert "secret" not in repr(FIRST)
    assert key_id(FIRST.public) == FIRST.id
