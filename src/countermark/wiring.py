"""Where adapters are picked: from paths, URLs and settings to what flows need."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from countermark.adapters.engines.processes import ProcessEngine
from countermark.adapters.packs import read_folder
from countermark.adapters.sources import open_source
from countermark.adapters.storage.files import read_file, write_file
from countermark.adapters.storage.runs import FolderRun
from countermark.adapters.vocabulary import everyday_words
from countermark.errors import UsageError
from countermark.flows.build_snapshot import snapshot_of
from countermark.knowledge.snapshot import Snapshot, parse_snapshot, snapshot_bytes
from countermark.ports import Engine, RunStore, Source


def pack_folders(paths: Iterable[Path]) -> list[Path]:
    """The pack folders among `paths`: those with a pack.toml, or those directly below a folder without one.

    Raises:
        UsageError: a path that holds no pack.
    """
    folders: list[Path] = []
    for path in paths:
        inside = [path] if (path / "pack.toml").is_file() else sorted(p.parent for p in path.glob("*/pack.toml"))
        if not inside:
            raise UsageError(f"{path}: no pack there", hint="give a folder with a pack.toml, or a folder of such folders")
        folders += inside
    return folders


def read_packs(paths: Iterable[Path]) -> Iterator[Mapping[str, bytes]]:
    """The files of every pack among `paths`."""
    for folder in pack_folders(paths):
        yield read_folder(folder)


def build_snapshot_file(paths: Iterable[Path], out: Path, *, as_of: date | None) -> Snapshot:
    """Build the snapshot of these packs and write it."""
    day = as_of or datetime.now(UTC).date()
    snapshot = snapshot_of(read_packs(paths), vocabulary=everyday_words(), as_of=day)
    write_file(out, snapshot_bytes(snapshot), what="snapshot")
    return snapshot


def load_snapshot(path: Path) -> tuple[bytes, Snapshot]:
    """A snapshot file's bytes and the snapshot."""
    data = read_file(path, what="snapshot")
    return data, parse_snapshot(data, source=str(path))


def engine(processes: int | None) -> Engine:
    """All cores, or the number asked for."""
    return ProcessEngine(processes=processes or os.cpu_count() or 1)


def source(url: str, *, encoding: str = "utf-8") -> Source:
    """Listings by path, glob or URL."""
    return open_source(url, encoding=encoding)


def run_store(folder: Path) -> RunStore:
    """A run in a folder."""
    return FolderRun(folder)
