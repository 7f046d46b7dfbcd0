"""Single files: snapshots, policies, weights, keys."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from countermark.errors import CountermarkError, NotFound

MAX_BYTES = 4 << 30


def read_file(path: Path, *, what: str) -> bytes:
    """The content of a file.

    Raises:
        NotFound: no such file, or not readable; `what` names it in the message.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise NotFound(f"{what} {path} is larger than {MAX_BYTES} bytes")
        return path.read_bytes()
    except OSError as error:
        raise NotFound(f"{what} {path}: {(error.strerror or str(error)).lower()}") from error


def write_file(path: Path, content: bytes, *, what: str) -> None:
    """Write a file whole or not at all.

    Raises:
        CountermarkError: it cannot be written; `what` names it in the message.
    """
    temporary = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise CountermarkError(
            f"{what} {path} cannot be written: {(error.strerror or str(error)).lower()}"
        ) from error
