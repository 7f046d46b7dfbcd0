"""The files of a pack as bytes by path: bounds, and which part a path belongs to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from countermark.domain.origins import LEVELS, Level
from countermark.errors import PackError

Files = Mapping[str, bytes]
"""Relative POSIX path -> content."""

MAX_FILES: Final = 10_000
MAX_FILE_BYTES: Final = 16 << 20
MAX_PACK_BYTES: Final = 256 << 20
MAX_PATH_CHARS: Final = 240

HEADER: Final = "pack.toml"
MANIFEST: Final = "PACK.json"
SIGNATURE: Final = "PACK.sig"
LOCK: Final = "rules.lock.json"
PART_TABLE: Final = "PART.json"

_SEGMENT: Final = re.compile(r"[^/\\\x00-\x1f\x7f:*?\"<>|]{1,120}")


def check_path(path: str) -> None:
    """Refuse a path that is not a plain relative POSIX path below the pack's folder.

    Raises:
        PackError: absolute, empty, with `..`, a backslash, a control character or a drive letter,
            not NFC, or too long.
    """
    segments = path.split("/")
    plain = all(
        _SEGMENT.fullmatch(part) and part.strip(". ") and part == part.rstrip(". ")
        for part in segments
    )
    short = len(path) <= MAX_PATH_CHARS
    if not (plain and short and unicodedata.is_normalized("NFC", path)):
        raise PackError(
            f"path {path!r} of the pack is not a plain relative path",
            hint="use letters, digits, '-', '_', '.' and '/' below the pack's folder",
        )


def check_sizes(sizes: Mapping[str, int]) -> None:
    """Refuse files whose paths, number or sizes are out of bounds.

    Raises:
        PackError: names the first file that is.
    """
    if len(sizes) > MAX_FILES:
        raise PackError(f"the pack has {len(sizes)} files and may have {MAX_FILES}")
    for path, size in sizes.items():
        check_path(path)
        if size > MAX_FILE_BYTES:
            raise PackError(f"{path} has {size} bytes and may have {MAX_FILE_BYTES}")
    total = sum(sizes.values())
    if total > MAX_PACK_BYTES:
        raise PackError(f"the pack has {total} bytes and may have {MAX_PACK_BYTES}")
    _check_distinct(sizes)


def _check_distinct(paths: Iterable[str]) -> None:
    """Refuse paths that some file systems would take for one."""
    seen: dict[str, str] = {}
    for path in paths:
        other = seen.setdefault(path.casefold(), path)
        if other != path:
            raise PackError(
                f"paths {other} and {path} of the pack differ by case only",
                hint="rename one of them",
            )


def check_files(files: Files) -> None:
    """Refuse files out of bounds; see `check_sizes`."""
    check_sizes({path: len(content) for path, content in files.items()})


def level_of(path: str) -> Level:
    """The level of the part that `path` belongs to; files outside the parts are public."""
    first, slash, _ = path.partition("/")
    for level in LEVELS:
        if slash and first == level:
            return level
    return "public"


def lock_path(level: Level) -> str:
    """Where the lock of a part's rules stands: a secret rule's id and hash stay in its part."""
    return LOCK if level == "public" else f"{level}/{LOCK}"
