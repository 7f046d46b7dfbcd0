"""The line by itself, with workers of the tests' own."""

from __future__ import annotations

import asyncio
import threading

import msgspec
import pytest
from places import until

from countermark.apps.http.line import MAX_TOGETHER, Line, LineSettings
from countermark.domain.offers import Offer
from countermark.errors import Busy, Conflict, RecordsError, RunError
from countermark.flows.judge_submissions import Judged, JudgedBatch, Submission

PATIENT = LineSettings(patience_s=30)


def submissions(*titles):
    return [
        Submission(member="m", actor="k", venue="v", offer=Offer(listing_id="l", title=title))
        for title in titles
    ]


class Echo:
    """A worker that answers each listing with its title; it can be held, and dies of or chokes on some titles."""

    def __init__(self, *, dies_of=(), chokes_on=()):
        self.dies_of, self.chokes_on, self.closed = dies_of, chokes_on, 0
        self.go, self.asked = threading.Event(), []
        self.go.set()

    def ask(self, batch):
        offers, _ = msgspec.msgpack.decode(batch)
        titles = [each["title"] for each in offers]
        self.asked.append(titles)
        assert self.go.wait(10)
        if self.closed or set(titles) & set(self.dies_of):
            raise RunError("a worker is gone")
        if set(titles) & set(self.chokes_on):
            raise ZeroDivisionError
        judged = tuple(Judged("allow", 0, notes=(title,)) for title in titles)
        return msgspec.msgpack.encode(JudgedBatch(judged, "v", shadow=False, switched="review"))

    def close(self):
        self.closed += 1


class Keeper:
    """Keeps what was judged in a list; it refuses some titles, each as often as it is told to."""

    def __init__(self, refuses=None):
        self.kept, self.groups, self.refuses = [], [], refuses or {}

    def __call__(self, given, judged):
        titles = [each.offer.title for each in given]
        assert [note for each in judged.listings for note in each.notes] == titles
        for title in titles:
            if self.refuses.get(title):
                raise self.refuses[title].pop()
        self.groups.append(len(given))
        self.kept += titles
        return titles


def run(act, worker=None, *, keep=None, renew=None, settings=PATIENT):
    """Run `act(line, worker)` on a fresh line, which is closed afterwards."""
    worker, keep = worker or Echo(), keep or Keeper()

    async def whole():
        line = Line(
            worker=worker, renew=renew or (lambda: worker), keep=keep, settings=settings
        )  # fmt: skip
        async with asyncio.timeout(30):
            try:
                return await act(line, worker)
            finally:
                worker.go.set()
                await asyncio.to_thread(line.close)

    return asyncio.run(whole())


async def together(line, worker, *requests):
    """Requests that stand in line together behind one that is being judged; what came of each."""
    worker.go.clear()
    first = asyncio.create_task(line.submit(submissions("first")))
    await until(lambda: worker.asked)
    asked = [asyncio.create_task(line.submit(submissions(*each))) for each in requests]
    await until(lambda: line.waiting >= sum(map(len, requests)))
    worker.go.set()
    assert await first == ["first"]
    return await asyncio.gather(*asked, return_exceptions=True)


def test_who_waits_is_judged_together_and_each_gets_its_own_answers_in_order():
    requests = [[f"{k}-{n}" for n in range(k % 4 + 1)] for k in range(50)]
    worker, keep = Echo(), Keeper()
    answers = run(lambda line, _: together(line, worker, *requests), worker, keep=keep)
    assert answers == requests
    assert len(worker.asked) == len(keep.groups) == 2


def test_no_group_is_larger_than_may_be_judged_at_once():
    requests = [["x"] * 1_000 for _ in range(9)]
    worker = Echo()
    answers = run(lambda line, _: together(line, worker, *requests), worker)
    assert answers == requests
    assert [len(each) for each in worker.asked] == [1, 4_000, 4_000, 1_000]
    assert MAX_TOGETHER == 4_096


def test_the_next_group_is_judged_while_one_is_kept():
    async def act(line, worker):
        keeping.clear()
        one = asyncio.create_task(line.submit(submissions("one")))
        await until(lambda: len(worker.asked) >= 1)
        two = asyncio.create_task(line.submit(submissions("two")))
        await until(lambda: len(worker.asked) >= 2)
        assert not one.done()
        keeping.set()
        return await asyncio.gather(one, two)

    keeping, keeper = threading.Event(), Keeper()

    def keep(given, judged):
        assert keeping.wait(10)
        return keeper(given, judged)

    assert run(act, keep=keep) == [["one"], ["two"]]


def test_who_would_have_to_wait_long_is_told_so_at_once():
    async def act(line, worker):
        worker.go.clear()
        asked = [asyncio.create_task(line.submit(submissions("first")))]
        await until(lambda: worker.asked)
        asked.append(asyncio.create_task(line.submit(submissions("waits"))))
        await asyncio.sleep(0.1)
        with pytest.raises(Busy, match="1 listings wait at the gate"):
            await line.submit(submissions("late"))
        worker.go.set()
        return await asyncio.gather(*asked)

    assert run(act, settings=LineSettings(patience_s=0.05)) == [["first"], ["waits"]]


def test_the_line_is_bounded():
    async def act(line, worker):
        worker.go.clear()
        asked = [asyncio.create_task(line.submit(submissions("first")))]
        await until(lambda: worker.asked)
        asked.append(asyncio.create_task(line.submit(submissions(*"abcde"))))
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await line.submit(submissions(*"fghijk"))
        asked.append(asyncio.create_task(line.submit(submissions(*"fghij"))))
        await asyncio.sleep(0)
        worker.go.set()
        return await asyncio.gather(*asked)

    settings = LineSettings(most_waiting=10, patience_s=30)
    assert run(act, settings=settings) == [["first"], list("abcde"), list("fghij")]


def test_a_worker_that_is_gone_is_replaced_and_only_who_kills_it_goes_without():
    workers = [Echo(dies_of={"bad"}) for _ in range(5)]
    spare = iter(workers[1:])
    act = lambda line, worker: together(line, worker, ["a", "b"], ["bad", "c"], ["d"])  # noqa: E731
    keep = Keeper()
    one, bad, two = run(act, workers[0], keep=keep, renew=lambda: next(spare))
    assert (one, two) == (["a", "b"], ["d"])
    assert isinstance(bad, RunError)
    assert keep.kept == ["first", "a", "b", "d"]
    assert [each.closed for each in workers] == [1, 1, 0, 0, 0]


def test_a_request_whose_judging_fails_takes_no_other_with_it():
    worker = Echo(chokes_on={"bad"})
    act = lambda line, worker: together(line, worker, ["a"], ["bad"], ["b"])  # noqa: E731
    one, bad, two = run(act, worker)
    assert (one, two) == (["a"], ["b"])
    assert isinstance(bad, ZeroDivisionError)
    assert worker.closed == 0


def test_where_no_worker_can_be_had_requests_are_refused_until_one_can():
    def renew():
        if not spare:
            raise OSError("no more processes")
        return spare.pop()

    async def act(line, _):
        with pytest.raises(RunError, match="no worker can be started: no more processes"):
            await line.submit(submissions("a"))
        spare.append(Echo())
        return await line.submit(submissions("b"))

    spare = []
    assert run(act, Echo(dies_of={"a"}), renew=renew) == ["b"]


def test_a_database_that_refuses_is_not_asked_again_for_each_request():
    keep = Keeper({"a": [RecordsError("the records cannot be written")]})
    act = lambda line, worker: together(line, worker, ["a"], ["b"])  # noqa: E731
    faults = run(act, keep=keep)
    assert [type(each) for each in faults] == [RecordsError, RecordsError]
    assert keep.kept == ["first"]


def test_who_came_between_is_kept_at_the_second_try():
    keep = Keeper({"a": [Conflict("case c changed since revision 1 was read")]})
    act = lambda line, worker: together(line, worker, ["a", "x"], ["b"])  # noqa: E731
    assert run(act, keep=keep) == [["a", "x"], ["b"]]
    assert keep.kept == ["first", "a", "x", "b"]


def test_a_request_that_cannot_be_kept_takes_no_other_with_it():
    keep = Keeper({"bad": [ZeroDivisionError(), ZeroDivisionError()]})
    act = lambda line, worker: together(line, worker, ["a"], ["bad"], ["b"])  # noqa: E731
    one, bad, two = run(act, keep=keep)
    assert (one, two) == (["a"], ["b"])
    assert isinstance(bad, ZeroDivisionError)


def test_a_change_takes_effect_with_the_next_group_and_gives_back_the_one_before():
    other = Echo()

    async def act(line, worker):
        before = await line.submit(submissions("a"))
        given_back = line.change(other, lambda: other)
        return before, given_back is worker, await line.submit(submissions("b"))

    worker = Echo()
    assert run(act, worker) == (["a"], True, ["b"])
    assert (worker.asked, other.asked) == ([["a"]], [["b"]])


def test_after_a_change_a_dead_worker_is_replaced_by_one_of_the_new_kind():
    new = [Echo(dies_of={"bad"}), Echo()]

    async def act(line, _):
        line.change(new[0], lambda: new[1])
        return await line.submit(submissions("bad"))

    assert run(act) == ["bad"]
    assert new[0].closed == 1


def test_close_lets_through_who_waits_and_nobody_after():
    async def act(line, worker):
        worker.go.clear()
        asked = [asyncio.create_task(line.submit(submissions(str(k)))) for k in range(5)]
        await asyncio.sleep(0.05)
        closing = asyncio.create_task(asyncio.to_thread(line.close))
        await until(lambda: not line.is_open)
        with pytest.raises(Busy, match="closing"):
            await line.submit(submissions("late"))
        worker.go.set()
        await closing
        return await asyncio.gather(*asked)

    assert run(act) == [[str(k)] for k in range(5)]


def test_who_went_away_is_passed_over():
    async def act(line, worker):
        worker.go.clear()
        gone = asyncio.create_task(line.submit(submissions("a")))
        stays = asyncio.create_task(line.submit(submissions("b")))
        await asyncio.sleep(0.05)
        gone.cancel()
        await asyncio.sleep(0)
        worker.go.set()
        return await stays

    assert run(act) == ["b"]


def test_what_went_through_is_watched_and_what_failed_is_not():
    seen = []

    async def act(line, _):
        line.watch = lambda *told: seen.append(told)
        await line.submit(submissions("a", "b"))
        with pytest.raises(RecordsError):
            await line.submit(submissions("bad"))

    run(act, keep=Keeper({"bad": [RecordsError("the records cannot be written")]}))
    assert [(size, notes) for size, _, notes in seen] == [(2, ())]
    assert 0 <= seen[0][1] < 10
