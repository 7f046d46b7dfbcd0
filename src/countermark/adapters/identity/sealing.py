"""The key that seals secrets in records: AES-256-GCM, from a file or the environment, never from the records.

A key is 64 hex digits. Several, separated by blanks or lines, let an old key go slowly: the first seals, all open.
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
import stat
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from countermark.errors import CountermarkError, NotFound, RecordsError

_KEY: Final = re.compile(r"[0-9a-fA-F]{64}")
_MAX_BYTES: Final = 1 << 14
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 4
_FORMAT: Final = b"\x01"
_HINT: Final = "give file:PATH or env:NAME of 64 hex digits, as `openssl rand -hex 32` prints them"


class AesVault:
    """A `ports.Vault`. What it seals: format, id of the key, nonce, ciphertext; the owner is authenticated with it."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise ValueError("a vault has keys of 32 bytes")
        # Two uses of one key never share bytes: each has its own, drawn from it.
        self._sealing = {_id(key): AESGCM(_drawn(key, b"seal")) for key in reversed(keys)}
        self._first = _id(keys[0])
        self._printing = _drawn(keys[0], b"fingerprint")

    def __repr__(self) -> str:
        return "AesVault(...)"

    def seal(self, secret: bytes, *, owner: str) -> bytes:
        """See the port."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        head = _FORMAT + self._first
        sealed = self._sealing[self._first].encrypt(nonce, secret, head + owner.encode())
        return head + nonce + sealed

    def open(self, sealed: bytes, *, owner: str) -> bytes:
        """See the port."""
        head, rest = sealed[: 1 + _ID_BYTES], sealed[1 + _ID_BYTES :]
        key = self._sealing.get(head[1:]) if head[:1] == _FORMAT else None
        if key is None:
            raise RecordsError(
                f"a secret of {owner} was sealed with a key that is not here",
                hint="add the earlier key after the present one",
            )
        try:
            return key.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], head + owner.encode())
        except (InvalidTag, ValueError):
            raise RecordsError(
                f"a secret of {owner} was changed in the records",
                hint="restore it from a copy, or let the person join anew",
            ) from None

    def fingerprint(self, what: str, text: str, salt: bytes = b"") -> str:
        """See the port."""
        parts = (what.encode(), salt, text.encode(errors="surrogatepass"))
        data = b"".join(len(part).to_bytes(4) + part for part in parts)
        return hmac.digest(self._printing, data, sha256).hex()


def open_vault(reference: str, *, environment: Mapping[str, str] | None = None) -> AesVault:
    """The vault whose keys `reference` names: "file:PATH" or "env:NAME".

    Raises:
        NotFound: no such file or variable.
        CountermarkError: others may read the file, or what it holds are no keys.
    """
    kind, _, name = reference.partition(":")
    if kind == "file" and name:
        text = _file(Path(name))
    elif kind == "env" and name:
        known = os.environ if environment is None else environment
        if name not in known:
            raise NotFound(f"variable {name} with the key for secrets is not set", hint=_HINT)
        text = known[name]
    else:
        raise CountermarkError("what should name the key for secrets names nothing", hint=_HINT)
    words = text.split()
    if not words or not all(_KEY.fullmatch(word) for word in words):
        raise CountermarkError(f"{kind} {name} holds no key for secrets", hint=_HINT)
    return AesVault([bytes.fromhex(word) for word in words])


def make_vault_key(path: Path) -> bool:
    """A fresh key in a new file that only its owner may read; False if the file is there already.

    Raises:
        CountermarkError: it cannot be written.
    """
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())  # what is sealed with it is on the disk soon
        os.link(fresh, path)  # whole, or not at all; whoever comes second finds the first one's
    except FileExistsError:
        return False
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CountermarkError(f"key file {path} can not be written: {reason}") from error
    finally:
        fresh.unlink(missing_ok=True)
    return True


def _file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            content = file.read(_MAX_BYTES)
    except OSError as error:
        says = (error.strerror or str(error)).lower()
        raise NotFound(f"key file {path}: {says}", hint=_HINT) from error
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        hint = f"chmod 600 {path}; if others may have read it, put a fresh key before it"
        raise CountermarkError(f"key file {path} can be read by others", hint=hint)
    return content.decode(errors="replace")


def _drawn(key: bytes, use: bytes) -> bytes:
    return hmac.digest(key, b"countermark " + use, sha256)


def _id(key: bytes) -> bytes:
    return _drawn(key, b"id")[:_ID_BYTES]
