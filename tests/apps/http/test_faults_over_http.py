"""Workers that die, databases that refuse, more than can be done: what callers are told, and what is kept."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
from collections import Counter

import pytest
from places import SUSPECT, kill, offer, until

from countermark.adapters.engines.workers import ProcessWorker
from countermark.apps.http.line import LineSettings

PATIENT = LineSettings(patience_s=30)
DEADLY = "the deadly listing"


class Deadly:
    """Makes a judge that dies of one title; sent to a worker."""

    def __init__(self, scan):
        self.scan = scan

    def __call__(self):
        judge = self.scan()

        def work(batch):
            if DEADLY.encode() in batch:
                os.kill(os.getpid(), signal.SIGKILL)
            return judge(batch)

        return work


@pytest.fixture
def deadly(own_workers):
    """Workers that die of one listing."""

    def start(scan):
        own_workers.workers.append(ProcessWorker(Deadly(scan)))
        return own_workers.workers[-1]

    own_workers.start, own_workers.line = start, PATIENT
    return own_workers


def statuses(answers):
    return Counter(each.status_code for each in answers)


def test_requests_under_way_are_answered_though_their_worker_is_killed(own_workers):
    place = own_workers
    place.line = PATIENT

    async def act(gate):
        answers, killed = [], asyncio.Event()

        async def venue():
            while not killed.is_set():
                answers.append(await gate.judge(SUSPECT))
            answers.append(await gate.judge(SUSPECT))

        venues = [asyncio.create_task(venue()) for _ in range(6)]
        await asyncio.sleep(0.2)
        kill(place.workers[0])
        await until(lambda: len(place.workers) >= 2)
        killed.set()
        await asyncio.gather(*venues)
        return answers

    answers = place.run(act)
    assert set(statuses(answers)) == {200}
    assert place.kept("listings") == place.kept("decisions") == len(answers)
    assert place.kept("cases") == place.kept("outbox") == len(answers)


def test_one_request_alone_is_answered_though_its_worker_was_killed(own_workers):
    async def act(gate):
        kill(own_workers.workers[0])
        return await gate.judge(SUSPECT)

    assert own_workers.run(act).status_code == 200
    assert own_workers.kept("listings") == 1


def test_only_the_request_that_kills_its_worker_goes_without(deadly):
    async def act(gate):
        line = gate.place.application.line
        with line._asking:  # noqa: SLF001  so that they stand in line together
            asked = [
                asyncio.create_task(gate.judge(DEADLY if k == 5 else SUSPECT, "oak table"))
                for k in range(10)
            ]
            await asyncio.sleep(
                1
            )  # the first few may have been taken already and wait for the worker
        return await asyncio.gather(*asked), await gate.judge(SUSPECT)

    answers, after = deadly.run(act)
    assert [each.status_code for each in answers] == [200] * 5 + [503] + [200] * 4
    assert answers[5].headers["retry-after"] == "1"
    assert "processes" not in answers[5].text, "the hint is for who calls"
    assert after.status_code == 200
    assert deadly.kept("listings") == 19


@pytest.mark.parametrize("fault", ["locked", "full"])
def test_a_database_that_refuses_keeps_nothing_and_works_again_afterwards(place, fault):
    place.line = PATIENT
    pragmas = ["busy_timeout = 50"]
    if fault == "full":
        pages = sqlite3.connect(place.file).execute("PRAGMA page_count").fetchone()[0]
        pragmas.append(f"max_page_count = {pages}")
    listing = offer(SUSPECT * 200)

    async def act(gate):
        undo = place.when_connected(*pragmas)
        other = sqlite3.connect(place.file, isolation_level=None, check_same_thread=False)
        if fault == "locked":
            other.execute("BEGIN IMMEDIATE")
        refused = [await gate.judge(listing, *[SUSPECT * 200] * 50) for _ in range(3)]
        other.close()
        undo()
        kept = place.kept("listings"), place.kept("decisions"), place.kept("outbox")
        undo = place.when_connected("max_page_count = 1000000")
        again = await gate.judge(listing)
        undo()
        return refused, kept, again

    refused, kept, again = place.run(act)
    for each in refused:
        assert (each.status_code, each.headers["retry-after"]) == (503, "1")
        assert str(place.file) not in each.text, "where the records lie is nobody's business"
    assert kept == (0, 0, 0)
    assert again.json()["decisions"][0]["new"] is True


def test_under_overload_there_are_only_answers_and_invitations_to_come_again(place):
    place.line = LineSettings(most_waiting=50, patience_s=0.05)

    async def act(gate):
        line, most = gate.place.application.line, 0

        async def watch():
            nonlocal most
            while True:
                most = max(most, line.waiting)
                await asyncio.sleep(0.001)

        watching = asyncio.create_task(watch())
        answers = await asyncio.gather(*[gate.judge(*["oak table"] * 10) for _ in range(300)])
        watching.cancel()
        return answers, most

    answers, most = place.run(act)
    found = statuses(answers)
    assert set(found) == {200, 429}
    assert {each.headers["retry-after"] for each in answers if each.status_code == 429} == {"1"}
    assert most <= 50
    assert place.kept("listings") == 10 * found[200]
