"""Packs to a snapshot file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256

from countermark.knowledge.canonical import canonical_json
from countermark.knowledge.compiling import PackSource, build_snapshot
from countermark.knowledge.reading import read_pack
from countermark.knowledge.snapshot import Snapshot


def snapshot_of(
    packs: Iterable[Mapping[str, bytes]], *, vocabulary: Sequence[str], as_of: date
) -> Snapshot:
    """The snapshot of packs given as their files, on the day `as_of`.

    Raises:
        PackError, SnapshotError: a pack cannot be read, or packs contradict each other.
    """
    sources = [PackSource(pack=read_pack(files), sha256=files_hash(files)) for files in packs]
    return build_snapshot(sources, vocabulary=vocabulary, as_of=as_of)


def files_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over the names and contents of a pack's files."""
    table = {name: sha256(content).hexdigest() for name, content in files.items()}
    return sha256(canonical_json(table)).hexdigest()
