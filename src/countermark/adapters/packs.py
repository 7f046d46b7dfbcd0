"""Packs as folders of files, and as archives."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from countermark.errors import PackError
from countermark.knowledge.archives import MAX_ARCHIVE_BYTES, open_archive
from countermark.knowledge.files import (
    MAX_FILE_BYTES,
    MAX_FILES,
    Files,
    check_files,
    check_sizes,
)

ARCHIVE = ".tar"


def read_files(path: Path) -> Mapping[str, bytes]:
    """The files of a pack, given as its folder or its archive. They are not verified yet.

    Raises:
        PackError: nothing there, not readable, out of bounds, or not an archive of a pack.
    """
    is_archive = path.suffix == ARCHIVE and path.is_file()
    return open_archive(read_archive(path)) if is_archive else read_folder(path)


def read_archive(path: Path) -> bytes:
    """The bytes of an archive file, one more than allowed where there are more.

    Raises:
        PackError: nothing there, or not readable.
    """
    try:
        with path.open("rb") as file:
            return file.read(MAX_ARCHIVE_BYTES + 1)
    except OSError as error:
        raise PackError(f"{path} can not be read: {(error.strerror or '').lower()}") from error


def read_folder(path: Path | str) -> Mapping[str, bytes]:
    """The files below a folder: relative POSIX path -> content.

    Symbolic links, devices and the like are refused, and so is a folder beyond the bounds of a
    pack; sizes are checked before anything is read.

    Raises:
        PackError: no such folder, not readable, or out of bounds.
    """
    root = Path(path)
    if not root.is_dir() or root.is_symlink():
        raise PackError(f"{root} is not a folder", hint="give the folder that has pack.toml in it")
    try:
        sizes = _sizes(root)
        check_sizes(sizes)
        files = {name: _content(root, name) for name in sizes}
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise PackError(f"{error.filename or root} can not be read: {reason}") from error
    check_files(files)
    return files


def _sizes(root: Path) -> dict[str, int]:
    """The size of each file below a folder by path; one more than allowed, where there are more."""
    sizes = {
        Path(entry.path).relative_to(root).as_posix(): entry.stat(follow_symlinks=False).st_size
        for entry in islice(_entries(root), MAX_FILES + 1)
    }
    return dict(sorted(sizes.items()))


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """Every plain file below a folder."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield entry
            else:
                says = f"{entry.path} is neither a plain file nor a folder"
                raise PackError(says, hint="a pack has no symbolic links")


def _content(root: Path, name: str) -> bytes:
    """The content of a file, which must not have become a link or grown meanwhile."""
    descriptor = os.open(root / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(MAX_FILE_BYTES + 1)


def write_folder(path: Path | str, files: Files) -> None:
    """Write files below a folder, making it where needed; other files there are left alone.

    Each file is replaced as a whole: a reader sees its old or its new content.

    Raises:
        PackError: out of bounds, a path that leaves the folder, a link in the way, or the folder
            can not be written.
    """
    root = Path(path)
    check_files(files)
    try:
        for name, content in files.items():
            _write(root, name, content)
    except OSError as error:
        reason = (error.strerror or "").lower()
        raise PackError(f"{error.filename or root} can not be written: {reason}") from error


def _write(root: Path, name: str, content: bytes) -> None:
    """Write one file through a temporary one beside it."""
    target = root / name
    for folder in (target.parent, *target.parent.parents):
        if folder == root.parent:
            break
        if folder.is_symlink():
            raise PackError(f"{folder} is a symbolic link", hint="a pack has no symbolic links")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    with partial.open("xb") as file:
        file.write(content)
    partial.replace(target)
