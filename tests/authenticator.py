"""An authenticator in software: keys of its own, CBOR, COSE and ES256 as a device makes them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, WITH_KEY = 0x01, 0x04, 0x40


def b64(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Authenticator:
    """One device with at most one key; its user is verified unless told otherwise."""

    origin: str = "https://marks.example.org"
    domain: str = "marks.example.org"
    count: int = 0
    counts: bool = True
    flags: int = PRESENT | VERIFIED
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    handle: bytes = b""

    @property
    def credential(self):
        return sha256(self._cose()).digest()[:16]

    def register(self, question, **said):
        """The answer to a question of registration."""
        asked = json.loads(question)
        self.handle = unb64(asked["user"]["id"])
        attested = bytes(16) + len(self.credential).to_bytes(2) + self.credential + self._cose()
        data = self._data(self.flags | WITH_KEY) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", asked["challenge"], **said)
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(attestation)})

    def sign(self, question, **said):
        """The answer to a question of sign-in."""
        asked = json.loads(question)
        self.count += self.counts
        data = self._data(self.flags)
        client = self._client("webauthn.get", asked["challenge"], **said)
        signature = self.key.sign(data + sha256(client).digest(), ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(signature), "userHandle": b64(self.handle)}
        )  # fmt: skip

    def _answer(self, response):
        ident = b64(self.credential)
        return json.dumps({"id": ident, "rawId": ident, "type": "public-key", "response": response})

    def _client(self, kind, challenge, **said):
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, **said}
        ).encode()

    def _data(self, flags):
        return sha256(self.domain.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _cose(self):
        point = self.key.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
