"""Sign a pack: lock its rules, hash its files, put the signature under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from countermark.domain.origins import LEVELS
from countermark.errors import PackError
from countermark.knowledge.files import MANIFEST, SIGNATURE, Files, level_of
from countermark.knowledge.locks import lock_files
from countermark.knowledge.manifest import SALT_BYTES, PartTable, manifest_files, part_table_path
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
        PackError: the pack is not signed, its files are not those that were signed, or this key has
            signed it already.
    """
    signed = add_signature(files, key=key)
    check_unchanged(files)
    return {SIGNATURE: signed[SIGNATURE]}


def check_unchanged(files: Files) -> None:
    """Refuse a pack whose files are not those of its manifest: nobody signs what is not there."""
    tables = {level: path for level in LEVELS if (path := part_table_path(level)) in files}
    made = {MANIFEST, SIGNATURE, *tables.values()}
    content = {path: data for path, data in files.items() if path not in made}
    salts = {
        level: bytes.fromhex(msgspec.json.decode(files[path], type=PartTable).salt)
        for level, path in tables.items()
    }
    if manifest_files(content, salts=salts)[MANIFEST] != files[MANIFEST]:
        says = "the files of the pack are not those that were signed"
        raise PackError(says, hint="sign it anew without --add, or get the signed edition")
