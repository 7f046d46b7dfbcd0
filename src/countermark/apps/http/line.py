"""The line at the gate: requests wait, are judged together by a worker, kept together in one transaction, and answered.

While one group is being kept the next is judged, so that the line is as fast as the slower of the two. It is short: who
would have to wait too long is told so at once, and comes again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from queue import Queue

import msgspec

from countermark.errors import Busy, RecordsError, RunError
from countermark.flows.judge_submissions import JudgedBatch, Submission, packed, unpacked
from countermark.flows.keep_judged import Answer
from countermark.ports import Worker

_LOG = logging.getLogger(__name__)
MAX_TOGETHER = 4_096  # listings that are judged at once
Keep = Callable[[Sequence[Submission], JudgedBatch], list[Answer]]


@dataclass(slots=True)
class _Request:
    submissions: list[Submission]
    done: asyncio.Future[list[Answer]]
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSettings:
    """How long the line may be.

    Attributes:
        most_waiting: listings that wait, at most.
        patience_s: nobody joins while the first has waited longer, and longer than two groups take now.
    """

    most_waiting: int = 16_384
    patience_s: float = 0.05


@dataclass(slots=True)
class _Group:
    """Requests that go through together."""

    requests: list[_Request]
    submissions: list[Submission]
    judged: JudgedBatch | None = None
    fault: Exception | None = None


@dataclass(slots=True)
class Line:
    """The line. Made in the event loop; `close` ends its threads.

    Attributes:
        renew: another worker for one that is gone.
        watch: told the size and seconds of each group that went through, and the notes of the judge.
    """

    worker: Worker
    renew: Callable[[], Worker]
    keep: Keep
    settings: LineSettings = field(default_factory=LineSettings)
    watch: Callable[[int, float, Sequence[str]], None] = lambda *_: None
    _waiting: deque[_Request] = field(default_factory=deque)
    _listings: int = 0
    _pace_s: float = 0.0  # that the last group took to be judged
    _bell: threading.Condition = field(default_factory=threading.Condition)
    _asking: threading.Lock = field(default_factory=threading.Lock)
    _judged: Queue[_Group | None] = field(default_factory=lambda: Queue(maxsize=1))
    _closing: bool = False
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start the two who work on the line."""
        for work in (self._judge_all, self._keep_all):
            thread = threading.Thread(target=work, name=work.__name__, daemon=True)
            self._threads.append(thread)
            thread.start()

    @property
    def waiting(self) -> int:
        """Listings that wait now."""
        return self._listings

    async def submit(self, submissions: list[Submission]) -> list[Answer]:
        """What is decided about some listings, once it is kept.

        Raises:
            Busy: the line is too long.
            CountermarkError: nothing was kept.
        """
        now = time.monotonic()
        with self._bell:
            if self._closing:
                raise Busy("the gate is closing", hint="send the listings to another one")
            first = self._waiting[0].since if self._waiting else now
            if self._listings + len(submissions) > self.settings.most_waiting or now - first > max(
                self.settings.patience_s, 2 * self._pace_s
            ):
                raise Busy(
                    f"{self._listings} listings wait at the gate",
                    hint="send it again after the seconds that Retry-After names",
                )
            request = _Request(submissions, self._loop.create_future(), now)
            self._waiting.append(request)
            self._listings += len(submissions)
            self._bell.notify()
        return await request.done

    @property
    def is_open(self) -> bool:
        """Whether listings that come now would be judged and kept."""
        return not self._closing and all(thread.is_alive() for thread in self._threads)

    def change(self, worker: Worker, renew: Callable[[], Worker]) -> Worker:
        """Let another worker judge from the next group on; returns the one that judged until now, which nobody asks any more."""
        with self._asking:
            before, self.worker, self.renew = self.worker, worker, renew
        return before

    def close(self) -> None:
        """Let through who waits, and end."""
        with self._bell:
            self._closing = True
            self._bell.notify()
        for thread in self._threads:
            thread.join()

    def _judge_all(self) -> None:
        while (group := self._next()) is not None:
            for part in self._ask(group):
                self._judged.put(part)
        self._judged.put(None)

    def _ask(self, group: _Group, *, again: bool = True) -> Iterator[_Group]:
        """The group judged; where that failed, once more request by request, so that only the one it failed for goes without."""
        group.fault = self._fault_of_judging(group)
        if group.fault is None or not again:
            yield group
            return
        for request in group.requests:
            yield from self._ask(_Group([request], request.submissions), again=False)

    def _fault_of_judging(self, group: _Group) -> Exception | None:
        with self._asking:
            began = time.monotonic()
            try:
                group.judged = unpacked(self.worker.ask(packed(group.submissions)))
                self._pace_s = time.monotonic() - began
            except RunError as fault:
                return self._replace_worker(fault)
            except Exception as fault:  # noqa: BLE001  it is raised where the answer is due
                return fault
        return None

    def _replace_worker(self, fault: RunError) -> Exception:
        """Another worker for one that is gone; if none can be had, the next group tries again."""
        _LOG.warning("%s; another takes its place", fault)
        try:
            self.worker.close()
            self.worker = self.renew()
        except Exception as worse:  # noqa: BLE001  whatever it is, the line goes on
            return RunError(f"no worker can be started: {worse}")
        return fault

    def _next(self) -> _Group | None:
        """Everybody who waits, up to `MAX_TOGETHER` listings; None when the line is closed and empty."""
        with self._bell:
            while not self._waiting:
                if self._closing:
                    return None
                self._bell.wait()
            requests = [self._waiting.popleft()]
            size = len(requests[0].submissions)
            while self._waiting and size + len(self._waiting[0].submissions) <= MAX_TOGETHER:
                requests.append(self._waiting.popleft())
                size += len(requests[-1].submissions)
            self._listings -= size
        return _Group(requests, [each for one in requests for each in one.submissions])

    def _keep_all(self) -> None:
        while (group := self._judged.get()) is not None:
            for part, answers in self._kept(group):
                self._loop.call_soon_threadsafe(_answer, part, answers)

    def _kept(self, group: _Group, *, again: bool = True) -> Iterator[tuple[_Group, list[Answer]]]:
        """The group kept; where that failed and not for the database, once more request by request."""
        if group.judged is None:
            yield group, []
            return
        try:
            answers = self.keep(group.submissions, group.judged)
        except RecordsError as fault:
            group.fault = fault
            yield group, []
        except Exception as fault:  # noqa: BLE001  it is raised where the answer is due
            group.fault = fault
            for part in _alone(group, group.judged) if again else ():
                yield from self._kept(part, again=False)
            if not again:
                yield group, []
        else:
            seconds = time.monotonic() - group.requests[0].since
            self.watch(len(group.submissions), seconds, group.judged.notes)
            yield group, answers


def _alone(group: _Group, judged: JudgedBatch) -> Iterator[_Group]:
    """Each request of a judged group by itself."""
    at = 0
    for request in group.requests:
        upto = at + len(request.submissions)
        part = msgspec.structs.replace(judged, listings=judged.listings[at:upto])
        yield _Group([request], request.submissions, part)
        at = upto


def _answer(group: _Group, answers: list[Answer]) -> None:
    """Give every request its part of the answers, in the event loop."""
    at = 0
    for request in group.requests:
        size = len(request.submissions)
        if request.done.cancelled():
            pass  # the caller went away; what was decided is kept
        elif group.fault is not None:
            request.done.set_exception(group.fault)
        else:
            request.done.set_result(answers[at : at + size])
        at += size
