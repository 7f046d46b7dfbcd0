"""What scans need from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import pyarrow as pa

Given = TypeVar("Given")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawChunk:
    """Rows of a source as it holds them.

    Attributes:
        source: name of the file.
        rows: raw columns, with the line of each row in `domain.ingested.ROW_LINE`.
        notes: schema `domain.ingested.NOTES`: rows that could not even be read.
    """

    source: str
    rows: pa.Table
    notes: pa.Table


class Source(Protocol):
    """Listings as some file or store holds them."""

    def chunks(self) -> Iterator[RawChunk]:
        """Every row once, in an order that is the same each time, in chunks of the same size each time.

        Raises SourceError when the source cannot be read to its end.
        """

    def fingerprint(self) -> str:
        """A text that changes when the content of the source may have changed."""


class Engine(Protocol):
    """Where batches are worked on."""

    def map_batches(
        self, make: Callable[[], Callable[[Given], Result]], batches: Iterable[Given]
    ) -> Iterator[Result]:
        """The results for all batches, in their order; `make` runs once in each worker and must pickle."""


class RunStore(Protocol):
    """The folder, or whatever it is, of one run. Nothing half-written in it is ever taken for whole."""

    def begin(self, identity: Mapping[str, Any]) -> int:
        """Open the run, or resume the same one; returns how many parts are complete.

        Raises RunError when it holds a run with another identity.
        """

    def save_part(
        self, number: int, tables: Mapping[str, pa.Table], counts: Mapping[str, Any]
    ) -> None:
        """Keep the tables of part `number`, all or none."""

    def parts(self, name: str, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The tables `name` of all parts, in order, with these columns only (all: None)."""

    def counts(self) -> Iterator[Mapping[str, Any]]:
        """The counts of all parts, in order."""

    def keep(self, tables: Mapping[str, Iterable[pa.Table]]) -> None:
        """Write these final tables; called once for each, perhaps from several threads."""

    def finish(self, summary: Mapping[str, Any]) -> None:
        """Write the summary, which makes the run complete, and drop the parts."""


class Worker(Protocol):
    """Somebody who answers one question after the other, in a process of its own or not."""

    def ask(self, batch: Any) -> Any:
        """The answer; what the worker raised is raised here. Raises RunError when it is gone."""

    def close(self) -> None:
        """End it."""
