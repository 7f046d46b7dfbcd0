"""A pack in transit: one tar file with its manifest, its signature, and one tar for each part it carries.

Both kinds of tar are deterministic: the same files give the same bytes, and an archive that is not
just what its files give is refused, so that nothing else, such as a link, a device, a hidden tail or
a second file of one name, can come along. Nothing is compressed, so that nothing can swell.
"""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from countermark.domain.origins import LEVELS, Level
from countermark.errors import PackError
from countermark.knowledge.files import (
    HEADER,
    MANIFEST,
    MAX_FILES,
    MAX_PACK_BYTES,
    SIGNATURE,
    Files,
    check_files,
    check_path,
    level_of,
)

BLOCK: Final = 512
MAX_ARCHIVE_BYTES: Final = MAX_PACK_BYTES + 2 * BLOCK * MAX_FILES
OUTSIDE: Final = (MANIFEST, SIGNATURE, HEADER)
"""Files that stand beside the parts: what is needed to verify any of them."""
_NAME, _SIZE, _PREFIX = slice(0, 100), slice(124, 136), slice(345, 500)


def pack_archive(files: Files, parts: Iterable[Level]) -> bytes:
    """The archive of a signed pack with these parts.

    Raises:
        PackError: the pack is not signed, lacks a part, or a path is too long for a tar file.
    """
    for path in OUTSIDE:
        if path not in files:
            hint = "sign it first" if path != HEADER else ""
            raise PackError(f"{path} is missing: only a signed pack can be shipped", hint=hint)
    held: dict[str, bytes] = {path: files[path] for path in OUTSIDE}
    for part in parts:
        inside = {path: content for path, content in files.items() if _is_of(path, part)}
        if not inside:
            raise PackError(f"the pack has no part {part}")
        held[f"{part}.tar"] = _tar(inside)
    return _tar(held)


def open_archive(content: bytes) -> Mapping[str, bytes]:
    """The files that an archive holds: relative POSIX path -> content. They are not verified yet.

    Raises:
        PackError: not such an archive, out of bounds, or with anything that does not belong in it.
    """
    if len(content) > MAX_ARCHIVE_BYTES:
        raise PackError(f"the archive has {len(content)} bytes and may have {MAX_ARCHIVE_BYTES}")
    files: dict[str, bytes] = {}
    for name, held in _untar(content).items():
        part = next((level for level in LEVELS if name == f"{level}.tar"), None)
        if part is not None:
            files |= _part(held, part)
        elif name in OUTSIDE:
            files[name] = held
        else:
            raise PackError(f"{name} does not belong in the archive of a pack")
    check_files(files)
    return files


def _part(content: bytes, part: Level) -> Mapping[str, bytes]:
    """The files of one part."""
    files = _untar(content)
    for path in files:
        if not _is_of(path, part):
            raise PackError(f"{path} does not belong in part {part} of the archive")
    return files


def _is_of(path: str, part: Level) -> bool:
    """Whether a file travels in the tar of this part."""
    return path not in OUTSIDE and level_of(path) == part


def _tar(files: Files) -> bytes:
    """The one tar file that these files give: by path, without owners and dates."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(files):
            member = tarfile.TarInfo(path)
            member.size = len(files[path])
            try:
                tar.addfile(member, io.BytesIO(files[path]))
            except ValueError:
                hint = "a tar file takes names of 100 bytes below folders of 155"
                raise PackError(f"{path} is too long a path to ship", hint=hint) from None
    return out.getvalue()


def _untar(content: bytes) -> Mapping[str, bytes]:
    """The files of a tar that is just what `_tar` makes of them."""
    try:
        files = dict(_members(content))
        for path in files:
            check_path(path)
        whole = _tar(files) == content
    except (ValueError, UnicodeDecodeError):
        whole = False
    if not whole:
        says = "the archive is not one that countermark pack ship makes, or was cut short"
        raise PackError(says, hint="a pack's archive has plain files only: get it again")
    return files


def _members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Path and content of each member, as far as the headers can be read."""
    at, empty = 0, bytes(BLOCK)
    while (header := content[at : at + BLOCK]) != empty:
        if len(header) < BLOCK:
            raise ValueError
        name, prefix = (header[field].rstrip(b"\0").decode() for field in (_NAME, _PREFIX))
        size = int(header[_SIZE].rstrip(b"\0 "), 8)
        if not 0 <= size <= len(content):
            raise ValueError
        start = at + BLOCK
        yield f"{prefix}/{name}" if prefix else name, content[start : start + size]
        at = start + -(-size // BLOCK) * BLOCK
