"""`PACK.json`: the hashes of every file of a pack, in a form that one signature covers.

The public part is a table path -> SHA-256 and size. Of a secret part only one root stands there:
the SHA-256 of the part's own table `PART.json`, which holds 32 salt bytes besides the hashes, so
that neither the names of secret files nor guesses at their content can be checked from outside.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from countermark.domain.origins import LEVELS, Level
from countermark.domain.packs import PackId
from countermark.knowledge.canonical import canonical_json
from countermark.knowledge.files import (
    HEADER,
    MANIFEST,
    PART_TABLE,
    SIGNATURE,
    Files,
    level_of,
)
from countermark.knowledge.reading import read_header

MANIFEST_FORMAT: Final = "countermark.manifest/1"
SALT_BYTES: Final = 32
UNLISTED: Final = frozenset({HEADER, MANIFEST, SIGNATURE})
"""Files that stand in no table: `pack.toml` has its own place in the manifest."""


class FileEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Hash and size of one file."""

    sha256: str
    size: int


FileTable = Mapping[str, FileEntry]


class PartEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the manifest says of one part.

    Attributes:
        root: SHA-256 of the part's table.
        files: the table itself, for the public part only.
    """

    root: str
    files: FileTable | msgspec.UnsetType = msgspec.UNSET


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PACK.json`.

    Attributes:
        pack_toml: SHA-256 of `pack.toml`.
    """

    format: Literal["countermark.manifest/1"]
    id: PackId
    serial: int
    pack_toml: str
    parts: Mapping[Level, PartEntry]


class PartTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`PART.json` of a secret part."""

    salt: str
    files: FileTable


def sha256(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


def part_table_path(level: Level) -> str:
    """Where the table of a secret part stands."""
    return f"{level}/{PART_TABLE}"


def listed_files(files: Files, level: Level) -> Mapping[str, bytes]:
    """The files that the table of a part must list, no more and no fewer."""
    return {
        path: content
        for path, content in files.items()
        if level_of(path) == level and path not in UNLISTED and path != part_table_path(level)
    }


def table_of(files: Files) -> dict[str, dict[str, str | int]]:
    """Hash and size of each file."""
    return {path: {"sha256": sha256(c), "size": len(c)} for path, c in files.items()}


def manifest_files(files: Files, *, salts: Mapping[Level, bytes]) -> Mapping[str, bytes]:
    """The manifest, and the table of each secret part that has files: path -> content.

    Args:
        files: of the pack, without those made here.
        salts: 32 random bytes for each secret part that has files.

    Raises:
        PackError: `pack.toml` can not be read.
        ValueError: a salt is missing or of another length.
    """
    header = read_header(files)
    made: dict[str, bytes] = {}
    parts: dict[str, object] = {}
    for level in LEVELS:
        table = table_of(listed_files(files, level))
        if level == "public":
            parts[level] = {"root": sha256(canonical_json(table)), "files": table}
        elif table:
            content = _part_table(table, salts.get(level, b""), level)
            made[part_table_path(level)] = content
            parts[level] = {"root": sha256(content)}
    manifest = {
        "format": MANIFEST_FORMAT,
        "id": header.id,
        "serial": header.serial,
        "pack_toml": sha256(files[HEADER]),
        "parts": parts,
    }
    return {**made, MANIFEST: canonical_json(manifest)}


def _part_table(table: Mapping[str, object], salt: bytes, level: Level) -> bytes:
    """`PART.json` of a secret part."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"part {level} needs a salt of {SALT_BYTES} bytes, not {len(salt)}")
    return canonical_json({"salt": salt.hex(), "files": table})
