"""One worker process that answers what it is asked, and says when it is gone.

A worker has a pipe of its own, whose far end this process closes. One that is killed in the middle of an answer then ends
the pipe, where a queue that several share would wait for the rest for ever.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from countermark.errors import RunError

_END_SECONDS = 5  # a worker that is told to end and does not is killed after this


class ProcessWorker:
    """A `ports.Worker` in a process of its own, and a context that ends with it.

    Args:
        patience_s: an answer that takes longer never comes; None: it may take as long as it will.
    """

    def __init__(
        self, make: Callable[[], Callable[[Any], Any]], *, patience_s: float | None = None
    ) -> None:
        self._patience_s = patience_s
        context = multiprocessing.get_context("spawn")  # a copy of a process with threads may hang
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(make, there), daemon=True)
        self._process.start()
        there.close()

    def ask(self, batch: Any) -> Any:
        """See the port."""
        try:
            self._pipe.send(batch)
            if not self._pipe.poll(self._patience_s):
                raise RunError(
                    f"a worker process did not answer in {self._patience_s} seconds",
                    hint="ask for less at once",
                )
            result, fault = self._pipe.recv()
        except (EOFError, OSError):  # nothing more comes, or half an answer did
            raise RunError(
                "a worker process was ended from outside, perhaps for want of memory",
                hint="give the same command again with fewer --processes; it goes on where it stopped",
            ) from None
        if fault is not None:
            raise fault
        return result

    def close(self) -> None:
        """See the port. Of one that was ended before nothing is left to end."""
        if self._pipe.closed:
            return
        self._pipe.close()
        self._process.terminate()
        self._process.join(_END_SECONDS)
        self._process.kill()
        self._process.join()
        self._process.close()

    def __enter__(self) -> Self:
        """The worker."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self.close()


def _serve(make: Callable[[], Callable[[Any], Any]], pipe: Connection) -> None:
    """The life of a worker: it ends when its pipe does, so also when the process that started it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; who started us decides
    function: Callable[[Any], Any] | None = None
    try:
        while True:
            batch = pipe.recv()
            answer: tuple[Any, Exception | None]
            try:
                function = function or _made(make)
                answer = function(batch), None
            except Exception as fault:  # noqa: BLE001  it is raised where the result is due
                fault.add_note(traceback.format_exc())
                answer = None, fault
            pipe.send(answer)
    except (EOFError, OSError):
        return


def _made(make: Callable[[], Callable[[Any], Any]]) -> Callable[[Any], Any]:
    """The function of a worker.

    What it was made with stays for good: the collector of garbage need not look through it, for tenths of a second each time.
    """
    function = make()
    gc.collect()
    gc.freeze()
    return function
