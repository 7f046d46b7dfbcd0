"""Passkeys: both ceremonies with an authenticator in software."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authenticator import PRESENT, VERIFIED, Authenticator, b64, unb64
from countermark.adapters.identity import Passkeys, Site
from countermark.domain.credentials import Passkey
from countermark.domain.people import Person

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CEREMONIES = Passkeys(
    Site(domain="marks.example.org", name="Countermark", origins=("https://marks.example.org",))
)
PERSON = Person(
    ref="0" * 32, member="m", name="Ada", email="ada@example.org", roles=frozenset({"viewer"}), joined_at=NOW, nonce=bytes(16)
)  # fmt: skip
FIRST, SECOND = b"c" * 32, b"d" * 32


def registered(device, question=None, **said):
    ask = question or CEREMONIES.ask_to_register(FIRST, person=PERSON, has=())
    return CEREMONIES.registered(FIRST, device.register(ask, **said))


def kept(device):
    made = registered(device)
    return Passkey(
        ref="k", person=PERSON.ref, member="m", name="n", credential=made.credential, public_key=made.public_key, sign_count=made.sign_count, added_at=NOW
    )  # fmt: skip


def signed_in(passkey, answer, challenge=SECOND):
    return CEREMONIES.signed_in(challenge, answer, passkey=passkey)


ASK = CEREMONIES.ask_to_sign_in(SECOND)


def test_a_device_that_registered_signs_in_and_its_counter_is_told():
    device = Authenticator()
    passkey = kept(device)
    answer = device.sign(ASK)
    assert CEREMONIES.credential_of(answer) == passkey.credential == device.credential
    assert signed_in(passkey, answer) == 1


def test_the_browser_is_told_to_verify_its_user_and_nothing_of_who_has_keys():
    asked = json.loads(ASK)
    assert asked["userVerification"] == "required"
    assert asked["allowCredentials"] == []
    device = Authenticator()
    asked = json.loads(CEREMONIES.ask_to_register(FIRST, person=PERSON, has=[kept(device)]))
    assert asked["authenticatorSelection"] == {"residentKey": "required", "requireResidentKey": True, "userVerification": "required"}  # fmt: skip
    assert [unb64(each["id"]) for each in asked["excludeCredentials"]] == [device.credential]
    assert unb64(asked["user"]["id"]) == PERSON.ref.encode()


@pytest.mark.parametrize(
    "wrong", [{"flags": PRESENT}, {"flags": VERIFIED}, {"origin": "https://marks.example.org.evil.example"}, {"origin": "http://marks.example.org"}, {"domain": "example.org"}]
)  # fmt: skip
def test_only_a_verified_user_on_our_site_registers_or_signs_in(wrong):
    assert registered(Authenticator(**wrong)) is None
    device = Authenticator()
    passkey = kept(device)
    for name, value in wrong.items():
        setattr(device, name, value)
    assert signed_in(passkey, device.sign(ASK)) is None


def test_an_answer_to_another_challenge_is_refused():
    device = Authenticator()
    passkey = kept(device)
    assert signed_in(passkey, device.sign(ASK), challenge=FIRST) is None
    answer = device.register(CEREMONIES.ask_to_register(SECOND, person=PERSON, has=()))
    assert CEREMONIES.registered(FIRST, answer) is None


def test_a_ceremony_of_one_kind_is_no_answer_to_the_other():
    device = Authenticator()
    passkey = kept(device)
    assert signed_in(passkey, device.sign(ASK, type="webauthn.create")) is None
    assert registered(device, type="webauthn.get") is None


@pytest.mark.parametrize(("known", "told"), [(0, 1), (5, 6), (5, None), (6, None), (7, None)])
def test_a_counter_that_does_not_rise_tells_of_a_copied_key(known, told):
    device = Authenticator()
    passkey = replace(kept(device), sign_count=known)
    device.count = {(0, 1): 0, (5, 6): 5}.get((known, told), known - 1)
    assert signed_in(passkey, device.sign(ASK)) == told


def test_a_device_that_does_not_count_signs_in_again_and_again():
    device = Authenticator(counts=False)
    passkey = kept(device)
    assert [signed_in(passkey, device.sign(ASK)) for _ in range(2)] == [0, 0]


def test_another_device_or_another_person_is_refused():
    device, other = Authenticator(), Authenticator()
    passkey = kept(device)
    kept(other)
    assert signed_in(passkey, other.sign(ASK)) is None
    assert signed_in(replace(passkey, credential=other.credential), other.sign(ASK)) is None
    device.handle = b"1" * 32
    assert signed_in(passkey, device.sign(ASK)) is None
    device.handle = b""
    assert signed_in(passkey, device.sign(ASK)) is None


def test_no_byte_of_an_answer_can_be_changed():
    device = Authenticator()
    passkey = kept(device)
    answer = json.loads(device.sign(ASK))
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        data = unb64(answer["response"][part])
        for place in range(0, len(data), 5):
            changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            response = answer["response"] | {part: b64(changed)}
            assert signed_in(passkey, json.dumps(answer | {"response": response})) is None


@given(st.text(max_size=50) | st.recursive(st.none() | st.text(max_size=5), lambda each: st.dictionaries(st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "attestationObject"]), each)).map(json.dumps))  # fmt: skip
@settings(max_examples=50, deadline=None)
def test_no_answer_is_anything_but_a_refusal(answer):
    passkey = Passkey(ref="k", person="p", member="m", name="n", credential=b"", public_key=b"", sign_count=0, added_at=NOW)  # fmt: skip
    assert signed_in(passkey, answer) is None
    assert CEREMONIES.registered(FIRST, answer) is None


@pytest.mark.parametrize("answer", ["[" * 60_000, '{"rawId":' * 7_000, "x" * 100_000])
def test_a_hostile_answer_is_refused(answer):
    assert CEREMONIES.credential_of(answer) is None
    assert CEREMONIES.registered(FIRST, answer) is None
