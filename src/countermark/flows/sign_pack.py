"""Sign a pack: lock its rules, hash its files, put the signature under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from countermark.domain.origins import LEVELS
from countermark.knowledge.files import Files, level_of
from countermark.knowledge.locks import lock_files
from countermark.knowledge.manifest import SALT_BYTES
from countermark.knowledge.reading import read_pack
from countermark.knowledge.signing import SigningKey, add_signature, sign_pack


def sign(
    files: Files, *, key: SigningKey, random_bytes: Callable[[int], bytes]
) -> Mapping[str, bytes]:
    """The files that signing adds to a pack or changes in it: locks, manifest, tables, signature.

    Args:
        files: of the pack.
        key: of its issuer.
        random_bytes: gives as many unpredictable bytes as asked.

    Raises:
        PackError: the pack can not be read, or a rule breaks a promise of an earlier release.
    """
    locked = {**files, **lock_files(read_pack(files))}
    parts = {level_of(path) for path in locked} - {"public"}
    salts = {level: random_bytes(SALT_BYTES) for level in LEVELS if level in parts}
    signed = sign_pack(locked, keys=[key], salts=salts)
    return {path: content for path, content in signed.items() if files.get(path) != content}


def sign_too(files: Files, *, key: SigningKey) -> Mapping[str, bytes]:
    """The signature file of a signed pack with one more signature over the same manifest.

    Raises:
        PackError: the pack is not signed, or this key has signed it already.
    """
    signed = add_signature(files, key=key)
    return {path: content for path, content in signed.items() if files.get(path) != content}
