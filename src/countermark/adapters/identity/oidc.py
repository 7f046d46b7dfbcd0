"""Signing in by a provider: OpenID Connect, code flow with PKCE (RFC 7636), the identity being issuer and subject."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from authlib.common.errors import AuthlibBaseError
from authlib.oauth2.client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from countermark.adapters.identity.fetching import Exchange, Unreachable, is_safe
from countermark.domain.credentials import OpenIdentity
from countermark.errors import NotPossible

# What is signed with a key that only the provider has. Never "none", never a secret that both sides know.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")  # fmt: skip
_LEEWAY_S: Final = 60
_MAX_AGE_S: Final = 600
_MAX_ISSUER, _MAX_SUBJECT = 500, 255


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAddress:
    """A provider, and who we are to it.

    Attributes:
        issuer: its address, exactly as its tokens name it.
        returns_to: our page to which it sends browsers back, as registered with it.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    returns_to: str


class Provider:
    """A `ports.OpenIdProvider`. Its document and keys are fetched when first needed, and keys again when one is unknown."""

    def __init__(self, address: ProviderAddress, *, exchange: Exchange | None = None) -> None:
        self._address = address
        self._exchange = exchange or Exchange()
        self._lock = threading.Lock()
        self._document: Mapping[str, Any] | None = None
        self._keys: KeySet | None = None

    def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """See the port."""
        try:
            where = self._found()["authorization_endpoint"]
        except (Unreachable, ValueError, TypeError) as fault:
            raise NotPossible(
                f"the provider {self._address.issuer} cannot be reached: {fault}",
                hint="sign in with a password or passkey, or try again later",
            ) from fault
        url, _ = self._client().create_authorization_url(
            where, state=state, nonce=nonce, code_verifier=verifier
        )
        return str(url)

    def identity(
        self, code: str, *, nonce: str, verifier: str, now: datetime
    ) -> OpenIdentity | None:
        """See the port."""
        try:
            answer = self._client().fetch_token(
                self._found()["token_endpoint"],
                grant_type="authorization_code",
                code=code,
                code_verifier=verifier,
            )
            claims = self._claims(answer, nonce=nonce, now=now)
        except (
            Unreachable,
            AuthlibBaseError,
            JoseError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            RecursionError,
        ):
            return None  # whatever the other side sent, it is no identity
        return OpenIdentity(issuer=claims["iss"], subject=claims["sub"])

    def _claims(self, answer: Mapping[str, Any], *, nonce: str, now: datetime) -> CodeIDToken:
        """The claims of an ID token that is signed by the provider, for us, for this attempt, and still good."""
        token = self._signed(str(answer["id_token"]))
        us = self._address
        options = {
            "iss": {"essential": True, "value": us.issuer},
            "aud": {"essential": True, "value": us.client_id},
            "sub": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        params = {
            "nonce": nonce,
            "client_id": us.client_id,
            "access_token": answer.get("access_token"),
        }
        claims = CodeIDToken(token.claims, token.header, options, params)
        moment = int(now.timestamp())
        claims.validate(now=moment, leeway=_LEEWAY_S)
        if moment - claims["iat"] > _MAX_AGE_S:
            raise ValueError("an ID token of long ago")
        if len(claims["sub"]) > _MAX_SUBJECT or not claims["sub"].isascii():
            raise ValueError("a subject of no standard form")
        return claims

    def _signed(self, token: str) -> jwt.Token:
        keys, fresh = self._key_set(anew=False)
        try:
            return self._decoded(token, keys)
        except (JoseError, ValueError):
            if fresh:
                raise
        keys, _ = self._key_set(anew=True)  # the provider may have changed its keys
        return self._decoded(token, keys)

    def _decoded(self, token: str, keys: KeySet) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(_ALGORITHMS), strict_check_header=False)
        return jwt.decode(token, key=keys, registry=registry)

    def _found(self) -> Mapping[str, Any]:
        """The provider's document, whose addresses are safe and whose issuer is the one that we know."""
        with self._lock:
            if self._document is None:
                where = get_well_known_url(self._address.issuer, external=True)
                document = self._json(where)
                if document.get("issuer") != self._address.issuer:
                    raise ValueError("its document is another issuer's")
                for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
                    if not is_safe(str(document.get(name, ""))):
                        raise ValueError(f"its document has no safe {name}")
                self._document = document
            return self._document

    def _key_set(self, *, anew: bool) -> tuple[KeySet, bool]:
        """The provider's keys, and whether they were fetched just now."""
        where = self._found()["jwks_uri"]
        with self._lock:
            if self._keys is not None and not anew:
                return self._keys, False
            self._keys = KeySet.import_key_set(self._json(where))  # type: ignore[arg-type]
            return self._keys, True

    def _json(self, where: str) -> dict[str, Any]:
        answer = self._exchange.get(where)
        answer.raise_for_status()
        content = answer.json()
        if not isinstance(content, dict):
            raise TypeError("no JSON object")
        return content

    def _client(self) -> OAuth2Client:
        us = self._address
        return OAuth2Client(
            self._exchange,
            client_id=us.client_id,
            client_secret=us.client_secret,
            scope="openid",
            redirect_uri=us.returns_to,
            code_challenge_method="S256",
        )
