"""Engines give the results of all batches in order, hold few at a time, and pass errors on."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from functools import partial

import pytest

from countermark.adapters.engines.processes import ProcessEngine
from countermark.adapters.engines.threads import ThreadEngine
from countermark.errors import RunError, SnapshotError

ENGINES = {
    "one thread": ThreadEngine(threads=1),
    "three threads": ThreadEngine(threads=3),
    "two processes": ProcessEngine(processes=2),
}


def slow_when_early(number):
    time.sleep(0.02 * (number % 3 == 0))
    if number < 0:
        raise ValueError("a bad batch")
    return number * number


def maker():
    return slow_when_early


@pytest.fixture(params=ENGINES.values(), ids=ENGINES.keys())
def engine(request):
    return request.param


def test_results_come_in_the_order_of_the_batches(engine):
    assert list(engine.map_batches(maker, range(10))) == [n * n for n in range(10)]


def test_no_batches_no_results(engine):
    assert list(engine.map_batches(maker, [])) == []


def test_an_error_of_a_batch_is_raised_where_its_result_is_due(engine):
    results = engine.map_batches(maker, [1, -1, 2])
    assert next(results) == 1
    with pytest.raises(ValueError, match="a bad batch"):
        next(results)


def test_few_batches_are_read_ahead(engine):
    read = []
    results = engine.map_batches(maker, (read.append(n) or n for n in range(100)))
    next(results)
    assert len(read) <= 5
    results.close()


def test_threads_work_at_the_same_time():
    both = threading.Barrier(2, timeout=20)

    def wait(_):
        return both.wait() >= 0

    assert list(ThreadEngine(threads=2).map_batches(lambda: wait, range(4))) == [True] * 4


def test_threads_leave_the_interpreter_as_it_was():
    before = sys.getswitchinterval()
    engine = ThreadEngine(threads=2)
    list(engine.map_batches(maker, range(3)))
    with pytest.raises(ValueError, match="a bad batch"):
        list(engine.map_batches(partial(maker), [-1]))
    assert sys.getswitchinterval() == before


def killed_soon_after(milliseconds):
    threading.Timer(milliseconds / 1000, os.kill, (os.getpid(), signal.SIGKILL)).start()
    return bytes(200_000_000)


def killed():
    return killed_soon_after


@pytest.mark.parametrize("milliseconds", [0, 40, 80, 160])
def test_a_worker_that_dies_while_it_sends_is_told_and_never_waited_for(milliseconds):
    with pytest.raises(RunError, match="ended from outside"):
        list(ProcessEngine(processes=1).map_batches(killed, [milliseconds] * 3))


def fails_to_start():
    raise SnapshotError("no such snapshot", hint="build one")


def test_a_worker_that_cannot_start_says_why():
    with pytest.raises(SnapshotError, match="no such snapshot"):
        list(ProcessEngine(processes=2).map_batches(fails_to_start, range(3)))
