"""One worker process: what it answers, raises, and says when it is gone."""

from __future__ import annotations

import os
import signal
import time

import pytest

from countermark.adapters.engines.workers import ProcessWorker
from countermark.errors import RunError, SnapshotError

ACTS = {
    "pid": os.getpid,
    "die": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "hang": lambda: time.sleep(120),
    "choke": lambda: {}[1],
}


def act(word):
    return ACTS[word]()


def maker():
    return act


def no_maker():
    raise SnapshotError("snapshot s: broken", hint="build it again")


def test_a_worker_is_another_process_and_the_same_for_all_questions():
    with ProcessWorker(maker) as worker:
        assert worker.ask("pid") == worker.ask("pid") != os.getpid()


def test_what_a_worker_raises_is_raised_where_it_was_asked_and_it_goes_on():
    with ProcessWorker(maker) as worker:
        with pytest.raises(KeyError):
            worker.ask("choke")
        assert worker.ask("pid")


def test_a_worker_that_cannot_begin_says_why_each_time():
    with ProcessWorker(no_maker) as worker:
        for _ in range(2):
            with pytest.raises(SnapshotError, match="broken") as caught:
                worker.ask("pid")
            assert caught.value.hint == "build it again"


def test_a_worker_that_dies_is_gone_for_good():
    with ProcessWorker(maker) as worker:
        for word in ("die", "pid"):
            with pytest.raises(RunError, match="ended from outside"):
                worker.ask(word)


def test_a_worker_that_is_silent_too_long_is_given_up_and_ended_at_once():
    worker, begin = ProcessWorker(maker, patience_s=0.2), time.monotonic()
    with pytest.raises(RunError, match=r"did not answer in 0\.2 seconds"):
        worker.ask("hang")
    worker.close()
    assert time.monotonic() - begin < 10


def test_a_worker_can_be_closed_twice_and_answers_nothing_after():
    worker = ProcessWorker(maker)
    worker.close()
    worker.close()
    with pytest.raises(RunError):
        worker.ask("pid")
