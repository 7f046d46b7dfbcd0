"""Where adapters are picked: from paths, URLs and settings to what flows need."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from countermark.adapters.engines.processes import ProcessEngine
from countermark.adapters.engines.threads import ThreadEngine
from countermark.adapters.keys import read_trust
from countermark.adapters.packs import ARCHIVE, read_files
from countermark.adapters.sources import open_source
from countermark.adapters.storage.files import read_file, write_file
from countermark.adapters.storage.runs import FolderRun, read_run_table, read_summary
from countermark.adapters.storage.tables import read_table
from countermark.adapters.vocabulary import everyday_words
from countermark.decision.challenger import check_challenger
from countermark.decision.policy import Policy, parse_policy
from countermark.decision.weights import Weights, parse_weights, prior_weights, weights_id
from countermark.errors import NotFound, RunError, SnapshotError, UsageError
from countermark.flows.build_snapshot import snapshot_of
from countermark.flows.scan_listings import Judging
from countermark.knowledge.distinctiveness import Measured
from countermark.knowledge.snapshot import Snapshot, parse_snapshot, snapshot_bytes
from countermark.ports import Engine, RunStore, Source

FEW_CORES = 4  # that threads of one process keep busy


def pack_paths(paths: Iterable[Path]) -> list[Path]:
    """The packs among `paths`: folders with a pack.toml and archives, or those directly below a folder without one.

    Raises:
        UsageError: a path that holds no pack.
    """
    folders: list[Path] = []
    for path in paths:
        one = (path / "pack.toml").is_file() or (path.suffix == ARCHIVE and path.is_file())
        below = [p.parent for p in path.glob("*/pack.toml")] + list(path.glob(f"*{ARCHIVE}"))
        inside = [path] if one else sorted(below)
        if not inside:
            raise UsageError(
                f"{path}: no pack there",
                hint="give a folder with a pack.toml, an archive, or a folder of such",
            )
        folders += inside
    return folders


def read_packs(paths: Iterable[Path]) -> Iterator[Mapping[str, bytes]]:
    """The files of every pack among `paths`."""
    for path in pack_paths(paths):
        yield read_files(path)


def build_snapshot_file(
    paths: Iterable[Path],
    out: Path,
    *,
    as_of: date | None,
    trust: Path | None = None,
    measured: Measured | None = None,
    after: Path | None = None,
) -> Snapshot:
    """Build the snapshot of these packs and write it.

    Args:
        trust: trust file, by which every signature is verified first.
        measured: what names may be called.
        after: the snapshot in use so far: no pack may be older than in it.
    """
    day = as_of or datetime.now(UTC).date()
    trusted = None if trust is None else read_trust(trust)
    snapshot = snapshot_of(
        read_packs(paths), vocabulary=everyday_words(), as_of=day, trusted=trusted,
        measured=measured, before=None if after is None else load_snapshot(after)[1],
    )  # fmt: skip
    if not snapshot.packs:
        raise SnapshotError(
            f"no pack is in use on {day}: all of them have expired or not begun",
            hint="give other packs, or another day with --as-of",
        )
    write_file(out, snapshot_bytes(snapshot), what="snapshot")
    return snapshot


def load_snapshot(path: Path) -> tuple[bytes, Snapshot]:
    """A snapshot file's bytes and the snapshot."""
    data = read_file(path, what="snapshot")
    return data, parse_snapshot(data, source=str(path))


def engine(processes: int | None) -> Engine:
    """All cores: threads where they are few, else a process each. Or the number of processes asked for."""
    if processes is None and (cores := os.cpu_count() or 1) <= FEW_CORES:
        return ThreadEngine(threads=cores)
    if processes == 1:
        return ThreadEngine(threads=1)
    return ProcessEngine(processes=processes or os.cpu_count() or 1)


def source(url: str, *, encoding: str = "utf-8") -> Source:
    """Listings by path, glob or URL."""
    return open_source(url, encoding=encoding)


def run_store(folder: Path, *, replace: bool = False) -> RunStore:
    """A run in a folder; `replace`: another run that is there makes way."""
    return FolderRun(folder, replace=replace)


def judging(
    snapshot: Snapshot, *, policy: Path, weights: Path | None, challenger: Path | None
) -> Judging:
    """The policy and weights of files; without weights those that the authors of the rules believe in."""
    model = None if challenger is None else read_file(challenger, what="challenger")
    known = prior_weights(snapshot.rules) if weights is None else load_weights(weights)
    if model is not None:
        check_challenger(model, weights=weights_id(known), snapshot_id=snapshot.id)
    return Judging(policy=load_policy(policy), weights=known, challenger=model)


def load_policy(path: Path) -> Policy:
    """A policy file."""
    return parse_policy(read_file(path, what="policy").decode("utf-8", "replace"), source=str(path))


def load_weights(path: Path) -> Weights:
    """A weights file."""
    return parse_weights(read_file(path, what="weights"), source=str(path))


def run_table(folder: Path, name: str) -> pa.Table:
    """One table of a finished run."""
    return read_run_table(folder, name)


def snapshot_of_run(folder: Path, given: Path | None) -> Snapshot:
    """The snapshot that a run was made with: at the path it recorded, or at the one given.

    Raises:
        RunError: it is another snapshot.
    """
    summary = read_summary(folder)
    path = given or Path(summary["snapshot_path"])
    _, snapshot = load_snapshot(path)
    if snapshot.id != summary["identity"]["snapshot"]:
        raise RunError(
            f"{path} is {snapshot.id}, the run {folder} was made with {summary['identity']['snapshot']}",
            hint="give the snapshot of the run with --snapshot",
        )
    return snapshot


def truth(path: Path) -> pa.Table:
    """A truth table: a file, or the folder `truth` of a simulated market with sellers' kinds and splits joined."""
    if path.is_dir() and (path / "truth").is_dir():
        path = path / "truth"
    if not path.is_dir():
        return read_table(path)
    if not (path / "sellers.parquet").is_file():
        raise NotFound(f"{path}: no truth there", hint="give a market's folder, or a table")
    sellers = (
        read_table(path / "sellers.parquet")
        .select(["seller_id", "kind", "split"])
        .rename_columns(["seller_id", "seller_kind", "split"])
    )
    return read_table(path / "listings.parquet").join(sellers, "seller_id")


def run_summary(folder: Path) -> Mapping[str, Any]:
    """The summary of a finished run."""
    return read_summary(folder)


def table(path: Path) -> pa.Table:
    """A table file."""
    return read_table(path)


def save(path: Path, content: bytes, *, what: str) -> None:
    """A file, whole or not at all."""
    write_file(path, content, what=what)
