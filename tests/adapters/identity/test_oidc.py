"""Signing in by a provider that runs on loopback and signs real tokens."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import ECKey

from countermark.adapters.identity import Provider, ProviderAddress
from countermark.domain.credentials import OpenIdentity
from countermark.errors import NotPossible
from provider import BACK, CLIENT, SECRET, running

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ASKED = {"nonce": "n" * 64, "verifier": "v" * 64}


@pytest.fixture
def provider(monkeypatch):
    """The other side, reached without any proxy."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with running(lambda: NOW) as there:
        yield there


def ours(there, **other):
    right = {
        "issuer": there.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "returns_to": BACK,
    }
    return Provider(ProviderAddress(**right | other))


def identity(there, mine=None, **asked):
    mine = mine or ours(there)
    code, state = there.browse(mine.address(state="s", **ASKED), "sub-1")
    assert state == "s"
    return mine.identity(code, **ASKED | asked, now=NOW)


def test_whom_the_provider_knows_is_issuer_and_subject(provider):
    assert identity(provider) == OpenIdentity(issuer=provider.issuer, subject="sub-1")


def test_the_browser_carries_no_secret_and_nothing_but_what_is_asked(provider):
    asked = parse_qs(urlsplit(ours(provider).address(state="s", **ASKED)).query)
    assert asked["scope"] == ["openid"]
    assert asked["nonce"] == [ASKED["nonce"]]
    assert not any(
        ASKED["verifier"] in value or SECRET in value for value in map(str, asked.values())
    )


def test_a_code_works_once(provider):
    mine = ours(provider)
    code, _ = provider.browse(mine.address(state="s", **ASKED), "sub-1")
    assert mine.identity(code, **ASKED, now=NOW) is not None
    assert mine.identity(code, **ASKED, now=NOW) is None


def test_a_code_of_another_browser_is_of_no_use(provider):
    assert identity(provider, verifier="w" * 64) is None


def test_a_token_for_another_attempt_is_refused(provider):
    assert identity(provider, nonce="m" * 64) is None


@pytest.mark.parametrize(
    "claims", [
        {"nonce": None}, {"nonce": ""}, {"aud": "another"}, {"aud": ["another"]}, {"aud": [CLIENT, "another"], "azp": "another"}, {"aud": None}, {"aud": "another", "azp": CLIENT},
        {"iss": "https://elsewhere.example"}, {"iss": None}, {"sub": None}, {"sub": ""}, {"sub": 7}, {"sub": "x" * 256}, {"sub": "é"}, {"exp": 1}, {"exp": None}, {"iat": None},
        {"iat": 1}, {"iat": 99999999999}, {"nbf": 99999999999}, {"azp": "another"}, {"at_hash": "wrong"}, {"exp": "soon"},
    ]
)  # fmt: skip
def test_a_token_that_is_not_right_in_every_point_is_refused(provider, claims):
    provider.claims = claims
    assert identity(provider) is None


def test_a_token_signed_by_somebody_else_is_refused(provider):
    mine = ours(provider)
    assert identity(provider, mine) is not None
    provider.shown = [provider.key]
    provider.key = ECKey.generate_key("P-256", {"kid": "k1"})
    assert identity(provider, mine) is None


def test_a_provider_may_change_its_keys(provider):
    mine = ours(provider)
    assert identity(provider, mine) is not None
    provider.key = ECKey.generate_key("P-256", {"kid": "k2"})
    assert identity(provider, mine) is not None


def test_a_token_without_a_signature_is_refused(provider, monkeypatch):
    head = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    signed = type(provider).signed
    monkeypatch.setattr(
        type(provider), "signed", lambda self, given: f"{head}.{signed(self, given).split('.')[1]}."
    )
    assert identity(provider) is None


def test_a_token_signed_with_what_both_sides_know_is_refused(provider, monkeypatch):
    from joserfc import jwt
    from joserfc.jwk import OctKey

    moment = int(NOW.timestamp())
    claims = {
        "iss": provider.issuer,
        "sub": "s",
        "aud": CLIENT,
        "iat": moment,
        "exp": moment + 60,
        "nonce": ASKED["nonce"],
    }
    forged = jwt.encode({"alg": "HS256"}, claims, OctKey.import_key("k" * 32))
    monkeypatch.setattr(type(provider), "signed", lambda *_: forged)
    assert identity(provider) is None


@pytest.mark.parametrize(
    "document", [{"issuer": "https://elsewhere.example"}, {"token_endpoint": "http://elsewhere.example/token"}, {"jwks_uri": None}, {"authorization_endpoint": "javascript:alert(1)"}]
)  # fmt: skip
def test_a_document_that_leads_elsewhere_is_not_followed(provider, document):
    provider.document = document
    with pytest.raises(NotPossible, match=r"cannot be reached: its document"):
        ours(provider).address(state="s", **ASKED)


def test_a_wrong_secret_is_a_refusal(provider):
    assert identity(provider, ours(provider, client_secret="wrong")) is None


@pytest.mark.parametrize("said", [(302, {}), (500, {}), (200, []), (200, b"no json"), (200, {"id_token": 7}), (200, b"[" * 100_000), (200, b" " * 2_000_000)])  # fmt: skip
def test_whatever_the_token_endpoint_says_it_is_no_identity(provider, monkeypatch, said):
    monkeypatch.setattr(type(provider), "token", lambda *_: said)
    assert identity(provider) is None
    assert "/elsewhere" not in provider.asked


def test_a_provider_that_is_down_is_told_as_such(provider):
    mine = Provider(ProviderAddress(issuer="http://127.0.0.1:9", client_id="c", returns_to=BACK))
    with pytest.raises(NotPossible, match=r"127\.0\.0\.1:9 cannot be reached"):
        mine.address(state="s", **ASKED)
    assert mine.identity("code", **ASKED, now=NOW) is None


def test_a_secret_is_never_shown():
    assert SECRET not in repr(
        ProviderAddress(issuer="i", client_id="c", client_secret=SECRET, returns_to=BACK)
    )
