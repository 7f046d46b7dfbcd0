"""Packs to a snapshot file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from hashlib import sha256

from countermark.knowledge.canonical import canonical_json
from countermark.knowledge.compiling import PackSource, build_snapshot
from countermark.knowledge.distinctiveness import Measured, tightened
from countermark.knowledge.reading import read_pack
from countermark.knowledge.snapshot import Snapshot
from countermark.knowledge.verifying import TrustedKey, verify_pack


def snapshot_of(
    packs: Iterable[Mapping[str, bytes]],
    *,
    vocabulary: Sequence[str],
    as_of: date,
    trusted: Mapping[str, TrustedKey] | None = None,
    measured: Measured | None = None,
) -> Snapshot:
    """The snapshot of packs given as their files, on the day `as_of`.

    Args:
        packs: files by path, of each pack.
        vocabulary: everyday words of many languages.
        as_of: the day for which validity is decided.
        trusted: keys by id, by which every pack is verified before it is read; None: none is.
        measured: what a sample allows names to be called; those called more than that are made stricter.

    Raises:
        PackError, SnapshotError: a pack cannot be read, or packs contradict each other.
        SignatureRefused: a pack is not what a trusted key of its issuer signed.
    """
    sources = [_source(files, trusted, measured or {}) for files in packs]
    return build_snapshot(sources, vocabulary=vocabulary, as_of=as_of)


def _source(
    files: Mapping[str, bytes], trusted: Mapping[str, TrustedKey] | None, measured: Measured
) -> PackSource:
    """A pack with the hash of its files, verified first where keys are given, its names as measured."""
    signed_for: frozenset[str] = frozenset()
    if trusted is not None:
        signed_for = verify_pack(files, trusted=trusted).signed_for
    pack, notes = tightened(read_pack(files), measured)
    return PackSource(pack=pack, sha256=files_hash(files), signed_for=signed_for, notes=notes)


def files_hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 (hex) over the names and contents of a pack's files."""
    table = {name: sha256(content).hexdigest() for name, content in files.items()}
    return sha256(canonical_json(table)).hexdigest()
