"""`PACK.sig`: a DSSE envelope over the exact bytes of the manifest, signed with Ed25519.

The message signed is DSSE's pre-authentication encoding of type and payload, so that a signature
over something else can never pass for one over a pack.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from countermark.domain.origins import Level
from countermark.errors import PackError
from countermark.knowledge.canonical import canonical_json
from countermark.knowledge.files import MANIFEST, SIGNATURE, Files
from countermark.knowledge.manifest import manifest_files, part_table_path

PAYLOAD_TYPE: Final = "application/vnd.countermark.pack+json"
ED25519: Final = "ed25519"
MAX_SIGNATURES: Final = 16


class Signature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One signature: `keyid` is `<algorithm>:<SHA-256 of the public key>`, `sig` base64."""

    keyid: str
    sig: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PACK.sig`."""

    payload: str
    payload_type: str = msgspec.field(name="payloadType")
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A key that signs packs.

    Attributes:
        secret: 32 bytes; never shown.
    """

    secret: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        """The public key, 32 bytes."""
        return self._private.public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        """The key's id."""
        return key_id(self.public)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    def sign(self, message: bytes) -> bytes:
        """64 bytes; the same message always gives the same signature."""
        return self._private.sign(message)


def key_id(public: bytes) -> str:
    """The id of an Ed25519 public key of 32 bytes."""
    return f"{ED25519}:{hashlib.sha256(public).hexdigest()}"


def signed_message(payload: bytes) -> bytes:
    """The bytes that a signature over `payload` covers (DSSE version 1)."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign_pack(
    files: Files, *, keys: Sequence[SigningKey], salts: Mapping[Level, bytes]
) -> Mapping[str, bytes]:
    """The files of the pack with its manifest, its secret parts' tables and its signature.

    Args:
        files: of the pack; a manifest and signature among them are replaced.
        keys: those that sign, at least one.
        salts: 32 random bytes for each secret part that has files.

    Raises:
        PackError: `pack.toml` can not be read.
        ValueError: no key, or a salt is missing.
    """
    if not keys:
        raise ValueError("a pack is signed by at least one key")
    stale = {MANIFEST, SIGNATURE, part_table_path("members"), part_table_path("venue")}
    content = {path: data for path, data in files.items() if path not in stale}
    made = manifest_files(content, salts=salts)
    payload = made[MANIFEST]
    signatures = [_signature(key, payload) for key in keys]
    return {**content, **made, SIGNATURE: _envelope(payload, signatures)}


def add_signature(files: Files, *, key: SigningKey) -> Mapping[str, bytes]:
    """The files of a signed pack with one more signature over the same manifest.

    Raises:
        PackError: the pack has no manifest or signature, or this key has signed it already.
    """
    if MANIFEST not in files or SIGNATURE not in files:
        raise PackError("the pack is not signed yet", hint="sign it first")
    envelope = msgspec.json.decode(files[SIGNATURE], type=Envelope)
    if any(signature.keyid == key.id for signature in envelope.signatures):
        raise PackError(f"key {key.id} has signed the pack already")
    before = [{"keyid": one.keyid, "sig": one.sig} for one in envelope.signatures]
    payload = files[MANIFEST]
    return {**files, SIGNATURE: _envelope(payload, [*before, _signature(key, payload)])}


def _signature(key: SigningKey, payload: bytes) -> dict[str, str]:
    """One signature of the envelope."""
    return {"keyid": key.id, "sig": encoded(key.sign(signed_message(payload)))}


def _envelope(payload: bytes, signatures: list[dict[str, str]]) -> bytes:
    """The bytes of `PACK.sig`."""
    return canonical_json(
        {"payload": encoded(payload), "payloadType": PAYLOAD_TYPE, "signatures": signatures}
    )


def encoded(content: bytes) -> str:
    """Base64, the one form that RFC 4648 calls canonical."""
    return base64.b64encode(content).decode("ascii")
