"""All cores of a larger machine: worker processes, results in order, a bounded number of batches in flight."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from queue import SimpleQueue

from countermark.adapters.engines.threads import ThreadEngine
from countermark.adapters.engines.workers import ProcessWorker
from countermark.ports import Given, Result


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessEngine:
    """A `ports.Engine` over `processes` workers."""

    processes: int

    def map_batches(
        self, make: Callable[[], Callable[[Given], Result]], batches: Iterable[Given]
    ) -> Iterator[Result]:
        """Results in order; see the port. A thread waits for each worker."""
        with ExitStack() as workers:
            idle: SimpleQueue[ProcessWorker] = SimpleQueue()
            for _ in range(self.processes):
                idle.put(workers.enter_context(ProcessWorker(make)))

            def work(batch: Given) -> Result:
                worker = idle.get()
                try:
                    return worker.ask(batch)
                finally:
                    idle.put(worker)

            yield from ThreadEngine(threads=self.processes).map_batches(lambda: work, batches)
