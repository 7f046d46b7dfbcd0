"""Signing keys and trust lists as files."""

from __future__ import annotations

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from msgspec import Meta

from countermark.errors import CountermarkError, NotFound
from countermark.knowledge.signing import SigningKey, key_id
from countermark.knowledge.verifying import TrustedKey

MAX_BYTES: Final = 1 << 20


def new_key() -> SigningKey:
    """A fresh Ed25519 key."""
    return SigningKey(secret=Ed25519PrivateKey.generate().private_bytes_raw())


def write_key(path: Path, key: SigningKey) -> None:
    """Write a private key, PKCS#8 in PEM, that only its owner may read; nothing is replaced.

    Raises:
        CountermarkError: the file exists, or can not be written.
    """
    private = Ed25519PrivateKey.from_private_bytes(key.secret)
    content = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except FileExistsError:
        hint = "a lost key can not be made again: give another file"
        raise CountermarkError(f"key {path} is there already", hint=hint) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CountermarkError(f"key {path} can not be written: {reason}") from error


def read_key(path: Path) -> SigningKey:
    """The private key of a file.

    Raises:
        NotFound: no such file, or not readable.
        CountermarkError: others may read it, or it is not an Ed25519 key.
    """
    content = _content(path, what="key")
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        hint = f"chmod 600 {path}; if others may have read it, make a new key"
        raise CountermarkError(f"key {path} can be read by others", hint=hint)
    try:
        private = load_pem_private_key(content, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        hint = "make one with countermark pack keygen"
        raise CountermarkError(f"key {path} is not a private key in PEM", hint=hint) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise CountermarkError(f"key {path} is not an Ed25519 key")
    return SigningKey(secret=private.private_bytes_raw())


class _Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One key of a trust file."""

    public: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
    issuers: tuple[str, ...]


class _Trust(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A trust file: keys by id."""

    keys: Mapping[str, _Entry]


def read_trust(path: Path) -> Mapping[str, TrustedKey]:
    """The keys of a trust file by id.

    Raises:
        NotFound: no such file, or not readable.
        CountermarkError: not of the form, or an id that is not that of its key.
    """
    content = _content(path, what="trust file")
    try:
        document = tomllib.loads(content.decode())
        trust = msgspec.convert(document, _Trust)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        says = f"{str(error)[:1].lower()}{str(error)[1:]}"
        hint = "entries are as countermark pack keygen prints them"
        raise CountermarkError(f"trust file {path}: {says}", hint=hint) from None
    trusted = {}
    for keyid, entry in trust.keys.items():
        public = bytes.fromhex(entry.public)
        if key_id(public) != keyid:
            raise CountermarkError(f"trust file {path}: {keyid[:80]} is not the id of its key")
        trusted[keyid] = TrustedKey(public=public, issuers=frozenset(entry.issuers))
    return trusted


def trust_entry(key: SigningKey, issuers: tuple[str, ...]) -> str:
    """What a trust file says about a key."""
    names = ", ".join(f'"{name}"' for name in issuers)
    return f'[keys."{key.id}"]\npublic  = "{key.public.hex()}"\nissuers = [{names}]\n'


def _content(path: Path, *, what: str) -> bytes:
    """The content of a small file."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise NotFound(f"{what} {path}: {(error.strerror or str(error)).lower()}") from error
    if len(content) > MAX_BYTES:
        raise CountermarkError(f"{what} {path} is larger than {MAX_BYTES} bytes")
    return content
