"""A run as a folder: parts while it goes on, five files when it is done.

    RUN/run.json            what was run on what, counts, notes; `complete` says whether it is done
    RUN/findings.parquet    RUN/decisions.parquet    RUN/sellers.parquet    RUN/rejected.parquet    RUN/named.parquet
    RUN/parts/              finished parts of a run that is not done; an interrupted run goes on after the last

Every file is written under another name and then renamed, so what has its final name is whole.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from countermark.errors import NotFound, RunError

SUMMARY, PARTS = "run.json", "parts"
HINT = "give another folder with -o, or --force to replace it"
ROW_GROUP = 1 << 17
PART_CODEC = "lz4"  # parts are read again within the hour; speed counts, not size
TABLES = ("findings", "decisions", "sellers", "rejected", "named", "flagged")


class FolderRun:
    """A `ports.RunStore` in a folder."""

    def __init__(self, folder: Path, *, replace: bool = False) -> None:
        """Use `folder`, which need not exist; `replace`: another run that it holds makes way."""
        self._folder = folder
        self._replaces = replace

    def begin(self, identity: Mapping[str, Any]) -> int:
        """Open or resume; see the port."""
        there = (self._folder / SUMMARY).exists()
        if not there or not self._is_mine(identity):
            self._on_disk(self._drop)
            self._write_summary({"complete": False, "identity": dict(identity)})
        self._on_disk(lambda: (self._folder / PARTS).mkdir(exist_ok=True))
        numbers = sorted(int(p.stem) for p in (self._folder / PARTS).glob("*.json"))
        return next((k for k, n in enumerate(numbers) if k != n), len(numbers))

    def _is_mine(self, identity: Mapping[str, Any]) -> bool:
        """Whether the run that is there is this one, unfinished; False: it may be dropped.

        Raises:
            RunError: it is another one, and not to be replaced.
        """
        if self._replaces:
            known = _summary(self._folder, otherwise={})
            return not known.get("complete") and known.get("identity") == dict(identity)
        known = _summary(self._folder)
        if known.get("complete"):
            raise RunError(f"{self._folder} holds a finished run", hint=HINT)
        if known.get("identity") != dict(identity):
            raise RunError(f"{self._folder} holds another run", hint=HINT)
        return True

    def _drop(self) -> None:
        """Take away what is left of a run, and nothing else that lies in its folder."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if (self._folder / SUMMARY).exists():  # interrupted here, what is left is nobody's run
            self._write_summary({"complete": False, "identity": None})
        shutil.rmtree(self._folder / PARTS, ignore_errors=True)
        for name in TABLES:
            (self._folder / f"{name}.parquet").unlink(missing_ok=True)

    def save_part(
        self, number: int, tables: Mapping[str, pa.Table], counts: Mapping[str, Any]
    ) -> None:
        """Write each table, then the counts, whose file marks the part as whole."""
        for name, table in tables.items():
            self._write_table(self._part(number, name), [table], table.schema, PART_CODEC)
        text = json.dumps({"tables": list(tables), "counts": dict(counts)})
        self._write_text(self._folder / PARTS / f"{number:06d}.json", text)

    def parts(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The tables of all whole parts."""
        asked = None if columns is None else list(columns)
        for path in self._parts():
            yield pq.read_table(self._part(int(path.stem), name), columns=asked)

    def counts(self) -> Iterator[Mapping[str, Any]]:
        """The counts of all whole parts."""
        for path in self._parts():
            yield json.loads(path.read_text())["counts"]

    def keep(self, tables: Mapping[str, Iterable[pa.Table]]) -> None:
        """Write final files; the run is complete only with its summary."""
        for name, stream in tables.items():
            first, rest = _peeked(stream)
            self._write_table(self._folder / f"{name}.parquet", rest, first.schema)

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Write the summary, which marks the run as complete."""
        self._write_summary({**summary, "complete": True})
        shutil.rmtree(self._folder / PARTS)

    def _parts(self) -> list[Path]:
        return sorted((self._folder / PARTS).glob("*.json"))

    def _part(self, number: int, name: str) -> Path:
        return self._folder / PARTS / f"{number:06d}.{name}.parquet"

    def _write_table(
        self, path: Path, tables: Iterable[pa.Table], schema: pa.Schema, codec: str = "zstd"
    ) -> None:
        def write(temporary: Path) -> None:
            with pq.ParquetWriter(
                temporary, schema, compression=codec, store_schema=True
            ) as writer:
                for table in tables:
                    writer.write_table(table, row_group_size=ROW_GROUP)

        self._replace(path, write)

    def _write_summary(self, summary: Mapping[str, Any]) -> None:
        self._write_text(
            self._folder / SUMMARY, json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
        )

    def _write_text(self, path: Path, text: str) -> None:
        self._replace(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))

    def _replace(self, path: Path, write: Any) -> None:
        temporary = path.with_name(f".{path.name}.partial")

        def both() -> None:
            write(temporary)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            temporary.replace(path)

        try:
            self._on_disk(both)
        finally:
            temporary.unlink(missing_ok=True)

    def _on_disk(self, act: Any) -> None:
        try:
            act()
        except OSError as error:
            raise RunError(
                f"{self._folder} cannot be written: {_why(error)}",
                hint="the run goes on where it stopped when the same command is given again",
            ) from error


def _why(error: OSError) -> str:
    """What the system says, without what Arrow says around it."""
    number = re.search(r"\[errno (\d+)\]", str(error), re.IGNORECASE)
    return (os.strerror(int(number[1])) if number else error.strerror or str(error)).lower()


def _peeked(stream: Iterable[pa.Table]) -> tuple[pa.Table, Iterator[pa.Table]]:
    """The first table and an iterator over all."""
    iterator = iter(stream)
    first = next(iterator)

    def whole() -> Iterator[pa.Table]:
        yield first
        yield from iterator

    return first, whole()


def read_summary(folder: Path) -> dict[str, Any]:
    """The summary of a finished run.

    Raises:
        NotFound: no run there, or one that is not finished.
    """
    path = folder / SUMMARY
    if not path.is_file():
        raise NotFound(
            f"{folder}: no run there", hint="make one with countermark scan LISTINGS -o FOLDER"
        )
    summary = _summary(folder)
    if not summary.get("complete"):
        raise NotFound(
            f"{folder}: the run is not finished",
            hint="give the same scan command again to finish it",
        )
    return summary


def _summary(folder: Path, otherwise: dict[str, Any] | None = None) -> dict[str, Any]:
    """What run.json says; `otherwise` where it cannot be read.

    Raises:
        RunError: it cannot be read, and nothing is given otherwise.
    """
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        summary = None
    if isinstance(summary, dict) and "identity" in summary:
        return summary
    if otherwise is None:
        raise RunError(f"{folder / SUMMARY} is not what a scan writes", hint=HINT)
    return otherwise


def read_run_table(folder: Path, name: str, columns: list[str] | None = None) -> pa.Table:
    """One table of a finished run."""
    read_summary(folder)
    return pq.read_table(folder / f"{name}.parquet", columns=columns)
