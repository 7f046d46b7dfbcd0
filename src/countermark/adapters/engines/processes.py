"""All cores of a larger machine: worker processes, results in order, a bounded number of batches in flight.

Each worker has a pipe of its own, whose far end this process closes. A worker that is killed in the middle of a
result then ends the pipe, where the shared queue of `concurrent.futures` would wait for the rest for ever.
"""

from __future__ import annotations

import multiprocessing
import signal
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from countermark.adapters.engines.threads import ThreadEngine
from countermark.errors import RunError
from countermark.ports import Given, Result

_END_SECONDS = 5  # a worker that is told to end and does not is killed after this


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessEngine:
    """A `ports.Engine` over `processes` workers."""

    processes: int

    def map_batches(
        self, make: Callable[[], Callable[[Given], Result]], batches: Iterable[Given]
    ) -> Iterator[Result]:
        """Results in order; see the port. A thread waits for each worker."""
        with ExitStack() as workers:
            idle: SimpleQueue[Connection] = SimpleQueue()
            for _ in range(self.processes):
                idle.put(workers.enter_context(_worker(make)))

            def work(batch: Given) -> Result:
                pipe = idle.get()
                try:
                    return _ask(pipe, batch)
                finally:
                    idle.put(pipe)

            yield from ThreadEngine(threads=self.processes).map_batches(lambda: work, batches)


@contextmanager
def _worker(make: Callable[[], Callable[[Any], Any]]) -> Iterator[Connection]:
    """The pipe to a worker process that ends with the context."""
    context = multiprocessing.get_context("spawn")  # a copy of a process with threads may hang
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(make, there), daemon=True)
    process.start()
    there.close()
    try:
        yield here
    finally:
        here.close()
        process.terminate()
        process.join(_END_SECONDS)
        process.kill()
        process.join()
        process.close()


def _ask(pipe: Connection, batch: Any) -> Any:
    try:
        pipe.send(batch)
        result, fault = pipe.recv()
    except (EOFError, OSError):  # nothing more comes, or half a result did
        raise RunError(
            "a worker process was ended from outside, perhaps for want of memory",
            hint="give the same command again with fewer --processes; it goes on where it stopped",
        ) from None
    if fault is not None:
        raise fault
    return result


def _serve(make: Callable[[], Callable[[Any], Any]], pipe: Connection) -> None:
    """The life of a worker: it ends when its pipe does, so also when the process that started it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; who started us decides
    function: Callable[[Any], Any] | None = None
    try:
        while True:
            batch = pipe.recv()
            answer: tuple[Any, Exception | None]
            try:
                function = function or make()
                answer = function(batch), None
            except Exception as fault:  # noqa: BLE001  it is raised where the result is due
                fault.add_note(traceback.format_exc())
                answer = None, fault
            pipe.send(answer)
    except (EOFError, OSError):
        return
