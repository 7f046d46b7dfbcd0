"""Whether the bytes of a pack are what its issuer signed.

The order is fixed: size limits, then signatures, then hashes, and only then are the signed bytes
parsed. Received bytes are verified, never a form written again from parsed values.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from countermark.domain.origins import LEVELS, Level
from countermark.errors import SignatureRefused
from countermark.knowledge.canonical import canonical_json
from countermark.knowledge.files import HEADER, MANIFEST, SIGNATURE, Files, check_files
from countermark.knowledge.manifest import (
    FileTable,
    Manifest,
    PartTable,
    listed_files,
    part_table_path,
    sha256,
    table_of,
)
from countermark.knowledge.reading import read_header
from countermark.knowledge.signing import (
    ED25519,
    MAX_SIGNATURES,
    PAYLOAD_TYPE,
    Envelope,
    Signature,
    encoded,
    signed_message,
)

MAX_MANIFEST_BYTES: Final = 4 << 20
MAX_SIGNATURE_BYTES: Final = 6 << 20
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedKey:
    """A public key, and the issuers whose packs it may sign.

    Attributes:
        public: 32 bytes of Ed25519.
    """

    public: bytes
    issuers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What a verified signature says.

    Attributes:
        id, serial: of the pack.
        pack_hash: SHA-256 of the manifest's bytes, in hex; names this edition for ever.
        signers: ids of the keys that signed.
        signed_for: issuers for whom those keys may sign: the pack's own, and others whose consent it has.
        parts: the parts whose files are here; a secret part may be absent as a whole.
    """

    id: str
    serial: int
    pack_hash: str
    signers: tuple[str, ...]
    signed_for: frozenset[str]
    parts: tuple[Level, ...]


def verify_pack(
    files: Files,
    *,
    trusted: Mapping[str, TrustedKey],
    threshold: int = 1,
    highest_serial: int = 0,
) -> Verified:
    """What the signature of a pack says, after every byte was checked against it.

    Args:
        files: as received.
        trusted: keys by id.
        threshold: how many keys of the pack's issuer must have signed; others may sign besides.
        highest_serial: the highest serial seen of this pack; a lower one is a rollback.

    Raises:
        SignatureRefused: anything differs from what was signed, is missing or too much, is signed
            by a key that is not trusted or with an unknown algorithm, or is older than known.
        PackError: the files are out of bounds.
    """
    check_files(files)
    payload = _bounded(files, MANIFEST, MAX_MANIFEST_BYTES)
    envelope = _envelope(_bounded(files, SIGNATURE, MAX_SIGNATURE_BYTES), payload)
    signers = _signers(envelope, payload, trusted)
    if len(signers) < threshold:
        raise SignatureRefused(f"{SIGNATURE}: {len(signers)} signed and {threshold} must")
    manifest = _manifest(payload)
    keys = [trusted[signer] for signer in signers]
    _check_issuer(manifest, keys, threshold=threshold)
    _check_serial(manifest, highest_serial)
    parts = _checked_parts(files, manifest)
    _check_header(files, manifest)
    name, serial = manifest.id, manifest.serial
    signed_for = frozenset(issuer for key in keys for issuer in key.issuers)
    return Verified(
        id=name, serial=serial, pack_hash=sha256(payload), signers=signers, signed_for=signed_for,
        parts=parts,
    )  # fmt: skip


def _check_serial(manifest: Manifest, highest: int) -> None:
    """Refuse an edition older than one seen before."""
    if manifest.serial < highest:
        says = f"serial {manifest.serial} is lower than {highest}, seen before"
        hint = "an older edition stands in the place of a newer one; ask the issuer"
        raise SignatureRefused(f"pack {manifest.id}: {says}", hint=hint)


def _bounded(files: Files, path: str, limit: int) -> bytes:
    """The content of a file that must be there, if it is not too large."""
    if path not in files:
        raise SignatureRefused(f"{path} is missing", hint="the pack was never signed")
    if len(files[path]) > limit:
        raise SignatureRefused(f"{path} has {len(files[path])} bytes and may have {limit}")
    return files[path]


def _envelope(content: bytes, payload: bytes) -> Envelope:
    """The envelope, which must carry exactly the bytes of the manifest."""
    envelope = _decoded(content, Envelope, path=SIGNATURE)
    _check_canonical(content, path=SIGNATURE)
    if envelope.payload_type != PAYLOAD_TYPE:
        raise SignatureRefused(f"{SIGNATURE}: the payload type is not {PAYLOAD_TYPE}")
    if envelope.payload != encoded(payload):
        raise SignatureRefused(f"{SIGNATURE}: the payload is not the bytes of {MANIFEST}")
    if not 1 <= len(envelope.signatures) <= MAX_SIGNATURES:
        raise SignatureRefused(f"{SIGNATURE}: {len(envelope.signatures)} signatures")
    return envelope


def _signers(
    envelope: Envelope, payload: bytes, trusted: Mapping[str, TrustedKey]
) -> tuple[str, ...]:
    """The ids of the keys that signed; every signature of the envelope must be good."""
    message = signed_message(payload)
    signers = []
    for signature in envelope.signatures:
        keyid = signature.keyid
        if keyid.partition(":")[0] != ED25519:
            raise SignatureRefused(f"{SIGNATURE}: the algorithm of key {keyid[:80]!r} is unknown")
        if keyid not in trusted:
            hint = "get the issuer's keys from the registrar"
            raise SignatureRefused(f"{SIGNATURE}: key {keyid[:80]!r} is not trusted", hint=hint)
        if keyid in signers:
            raise SignatureRefused(f"{SIGNATURE}: key {keyid} signed twice")
        _check_signature(signature, message, trusted[keyid].public)
        signers.append(keyid)
    return tuple(signers)


def _check_signature(signature: Signature, message: bytes, public: bytes) -> None:
    """Refuse a signature that is not over the message."""
    try:
        raw = base64.b64decode(signature.sig, validate=True)
        if encoded(raw) != signature.sig:
            raise ValueError
        Ed25519PublicKey.from_public_bytes(public).verify(raw, message)
    except (InvalidSignature, ValueError, binascii.Error):
        says = f"{SIGNATURE}: the signature of key {signature.keyid} does not fit {MANIFEST}"
        raise SignatureRefused(says, hint="the manifest or the signature was changed") from None


def _manifest(payload: bytes) -> Manifest:
    """The manifest, whose bytes must be the canonical ones."""
    manifest = _decoded(payload, Manifest, path=MANIFEST)
    _check_canonical(payload, path=MANIFEST)
    return manifest


def _check_canonical(content: bytes, *, path: str) -> None:
    """Refuse JSON that other readers might take otherwise: twice a key, floats, other spacing."""
    try:
        is_canonical = canonical_json(msgspec.json.decode(content)) == content
    except ValueError:
        is_canonical = False
    if not is_canonical:
        raise SignatureRefused(f"{path}: not in canonical form")


def _check_issuer(manifest: Manifest, keys: list[TrustedKey], *, threshold: int) -> None:
    """Refuse a pack that too few keys of its issuer signed; others may have signed besides."""
    issuer = manifest.id.partition(".")[0]
    own = sum(issuer in key.issuers for key in keys)
    if not own:
        says = f"pack {manifest.id}: signed by a key that may not sign for {issuer}"
        raise SignatureRefused(says)
    if own < threshold:
        says = f"{own} keys of {issuer} signed and {threshold} must"
        raise SignatureRefused(f"pack {manifest.id}: {says}")


def _checked_parts(files: Files, manifest: Manifest) -> tuple[Level, ...]:
    """The parts that are here, each file compared with its hash."""
    if HEADER not in files or sha256(files[HEADER]) != manifest.pack_toml:
        raise SignatureRefused(f"pack {manifest.id}: {HEADER} is not what was signed")
    here: list[Level] = []
    for level in LEVELS:
        found = listed_files(files, level)
        table_path = part_table_path(level)
        if level != "public" and not found and table_path not in files:
            continue
        here.append(level)
        _check_table(found, _table(files, manifest, level), pack=manifest.id)
    return tuple(here)


def _table(files: Files, manifest: Manifest, level: Level) -> FileTable:
    """The signed table of a part."""
    entry = manifest.parts.get(level)
    if entry is None:
        raise SignatureRefused(f"pack {manifest.id}: part {level} was not signed")
    if level == "public":
        if entry.files is msgspec.UNSET:
            raise SignatureRefused(f"{MANIFEST}: the public part has no table")
        return entry.files
    path = part_table_path(level)
    if path not in files or sha256(files[path]) != entry.root:
        raise SignatureRefused(f"pack {manifest.id}: {path} is not what was signed")
    return _decoded(files[path], PartTable, path=path).files


def _check_table(found: Files, table: FileTable, *, pack: str) -> None:
    """Refuse files that are missing, too many or changed."""
    for path in sorted(table.keys() - found.keys()):
        raise SignatureRefused(f"pack {pack}: {path} was signed and is missing")
    for path in sorted(found.keys() - table.keys()):
        raise SignatureRefused(f"pack {pack}: {path} was not signed")
    for path, entry in table_of(found).items():
        if entry != {"sha256": table[path].sha256, "size": table[path].size}:
            raise SignatureRefused(f"pack {pack}: {path} is not what was signed")


def _check_header(files: Files, manifest: Manifest) -> None:
    """Refuse a `pack.toml` that speaks of another pack than the manifest."""
    header = read_header(files)
    if (header.id, header.serial) != (manifest.id, manifest.serial):
        says = f"{HEADER} says {header.id} serial {header.serial}"
        raise SignatureRefused(f"pack {manifest.id}: serial {manifest.serial}, but {says}")


def _decoded(content: bytes, kind: type[T], *, path: str) -> T:
    """JSON as a value of `kind`."""
    try:
        return msgspec.json.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise SignatureRefused(f"{path}: not of the form that this engine knows") from None
