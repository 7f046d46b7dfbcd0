"""All cores of a larger machine: worker processes, results in order, a bounded number of batches in flight."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any

from countermark.errors import RunError
from countermark.ports import Given, Result

_IN_FLIGHT_EACH = 2
_worker: list[
    Callable[[Any], Any]
] = []  # the one function of a worker process, set by its initializer


def _start(make: Callable[[], Callable[[Any], Any]]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _worker[:] = [make()]


def _end_with_parent() -> None:
    """End this worker when the process that started it is gone, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(batch: Any) -> Any:
    return _worker[0](batch)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessEngine:
    """A `ports.Engine` over `processes` workers."""

    processes: int

    def map_batches(
        self, make: Callable[[], Callable[[Given], Result]], batches: Iterable[Given]
    ) -> Iterator[Result]:
        """Results in order; see the port."""
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(
            self.processes, mp_context=context, initializer=_start, initargs=(make,)
        ) as pool:
            waiting: deque[Future[Result]] = deque()
            try:
                for batch in batches:
                    waiting.append(pool.submit(_work, batch))
                    if len(waiting) >= self.processes * _IN_FLIGHT_EACH:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            except BrokenProcessPool:
                raise RunError(
                    "a worker process was ended from outside, perhaps for want of memory",
                    hint="give the same command again with fewer --processes; it goes on where it stopped",
                ) from None
            finally:
                pool.shutdown(cancel_futures=True)
