"""The cores of one small machine: threads of this process, results in order, a bounded number of batches in flight.

The compiled search and Arrow let go of the interpreter's lock for most of a batch, so that two to four threads keep
as many cores busy as processes would, without starting anew, loading the snapshot again or sending tables about.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

from countermark.ports import Given, Result

_SWITCH_SECONDS = 0.0005  # a waiting thread gets the lock after this; the default keeps cores idle between compiled loops


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadEngine:
    """A `ports.Engine` over `threads` threads; with one, batches are worked on one by one as results are asked for."""

    threads: int

    def map_batches(
        self, make: Callable[[], Callable[[Given], Result]], batches: Iterable[Given]
    ) -> Iterator[Result]:
        """Results in order; see the port."""
        function = make()
        if self.threads == 1:
            yield from map(function, batches)
            return
        waiting: deque[Future[Result]] = deque()
        with ThreadPoolExecutor(self.threads) as pool, _switching():
            try:
                for batch in batches:
                    waiting.append(pool.submit(function, batch))
                    if len(waiting) > self.threads:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                pool.shutdown(cancel_futures=True)


@contextmanager
def _switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
