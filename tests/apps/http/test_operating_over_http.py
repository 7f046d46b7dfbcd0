"""Running a server: hot swap, health, metrics, headers, the document, and the end."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from places import SUSPECT, ended, until

from countermark.apps.http.guarding import HEADERS
from countermark.apps.http.line import LineSettings
from countermark.domain.access import Scope
from countermark.errors import SnapshotError


def versions(answers):
    assert {each.status_code for each in answers} == {200}
    return [each.json()["decisions"][0]["version"] for each in answers]


def test_a_swap_while_requests_run_drops_none_and_changes_the_version(own_workers):
    place = own_workers
    place.line = LineSettings(patience_s=10)
    operator = place.key_of("Shop", Scope.GATE_OPERATE)
    other = dict(place.scan.policy) | {"id": "stricter"}

    async def act(gate):
        answers, swapped = [], asyncio.Event()

        async def venue():
            while not swapped.is_set():
                answers.append(await gate.judge(SUSPECT))
            answers.append(await gate.judge(SUSPECT))

        venues = [asyncio.create_task(venue()) for _ in range(8)]
        await asyncio.sleep(0.3)
        place.scan = replace(place.scan, policy=other)
        swap = await gate.post(b"", key=operator, path="/v1/gate/knowledge")
        swapped.set()
        await asyncio.gather(*venues)
        return answers, swap

    answers, swap = place.run(act)
    assert swap.status_code == 200
    found = versions(answers)
    assert len(set(found)) == 2
    assert set(found[-8:]) == {swap.json()["version"]}
    assert sorted(found, key=found.index) == found, "no group went back to the old one"
    assert place.kept("listings") == len(answers)
    assert len(place.workers) == 2
    assert ended(place.workers[0])


@pytest.mark.parametrize("broken", ["file", "snapshot"])
def test_knowledge_that_cannot_be_used_leaves_the_old_in_place(own_workers, broken):
    place = own_workers
    operator = place.key_of("Shop", Scope.GATE_OPERATE)

    async def act(gate):
        before = await gate.judge(SUSPECT)
        cut = replace(place.scan, snapshot=place.scan.snapshot[:1000])
        place.scan = cut if broken == "snapshot" else SnapshotError("snapshot /s: no such file")
        swap = await gate.post(b"", key=operator, path="/v1/gate/knowledge")
        return swap, versions([before, await gate.judge(SUSPECT)])

    swap, (before, after) = place.run(act)
    assert swap.status_code == 409
    said = swap.json()["detail"]
    assert said.startswith("the gate goes on with the knowledge that it has: snapshot")
    assert before == after
    assert len(place.workers) == (2 if broken == "snapshot" else 1)
    assert all(ended(each) for each in place.workers)


def test_two_swaps_at_once_leave_one_worker(own_workers):
    place = own_workers
    operator = place.key_of("Shop", Scope.GATE_OPERATE)

    async def act(gate):
        swaps = [gate.post(b"", key=operator, path="/v1/gate/knowledge") for _ in range(2)]
        answers = await asyncio.gather(*swaps)
        versions([await gate.judge(SUSPECT)])
        return [each.status_code for each in answers]

    assert place.run(act) == [200, 200]
    assert len(place.workers) == 3
    assert all(ended(each) for each in place.workers)


def test_every_answer_has_the_headers_that_keep_browsers_from_guessing(place):
    async def act(gate):
        return [
            await gate.judge("oak table"),
            await gate.post(b"no"),
            await gate.post(b"", key="cm_"),
            *[await gate.http.get(path) for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/nil", "/v1/gate", "/docs")],
        ]  # fmt: skip

    answers = place.run(act)
    assert [each.status_code for each in answers] == [200, 422, 401, 200, 200, 401, 200, 404, 405, 404]  # fmt: skip
    for each in answers:
        assert set(HEADERS) <= set(each.headers.raw)
        if each.status_code >= 400:
            assert each.headers["content-type"] == "application/problem+json"
    assert answers[8].headers["allow"] == "POST"


def test_a_fault_that_nobody_expected_tells_nothing_and_has_the_headers_too(place):
    def broken():
        raise ZeroDivisionError("a secret")

    operator = place.key_of("Shop", Scope.GATE_OPERATE)

    async def act(gate):
        serving = gate.place.application.serving
        gate.place.application.serving = replace(serving, load=broken)
        return await gate.post(b"", key=operator, path="/v1/gate/knowledge")

    answer = place.run(act)
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(HEADERS) <= set(answer.headers.raw)


def test_a_server_is_alive_and_ready_and_counts(place):
    reader = place.key_of("Shop", Scope.METRICS_READ)

    async def act(gate):
        await gate.judge(SUSPECT, "oak table")
        await gate.post(b"no")
        live, ready = await gate.http.get("/healthz"), await gate.http.get("/readyz")
        headers = {"Authorization": f"Bearer {reader}"}
        return live, ready, await gate.http.get("/metrics", headers=headers)

    live, ready, page = place.run(act)
    assert (live.json(), ready.json()) == ({"status": "alive"}, {"status": "ready"})
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = page.text.splitlines()
    assert 'countermark_gate_answers_total{status="200"} 1.0' in lines
    assert 'countermark_gate_answers_total{status="422"} 1.0' in lines
    assert "countermark_gate_group_listings_sum 2.0" in lines
    assert "countermark_gate_waiting_listings 0.0" in lines


def test_a_server_whose_line_is_closed_is_not_ready(place):
    async def act(gate):
        await asyncio.to_thread(gate.place.application.line.close)
        return await gate.http.get("/readyz"), await gate.judge("oak table")

    ready, late = place.run(act)
    assert ready.status_code == 503
    assert (late.status_code, late.headers["retry-after"]) == (429, "1")


def test_the_end_lets_through_who_waits(place):
    async def act():
        async with asyncio.timeout(60), place.client() as gate:
            asked = [asyncio.create_task(gate.judge(SUSPECT)) for _ in range(20)]
            await asyncio.sleep(0)
            line = gate.place.application.line
            await until(lambda: line.waiting or any(each.done() for each in asked))
        return await asyncio.gather(*asked)

    answers = asyncio.run(act())
    assert {each.status_code for each in answers} <= {200, 429}
    assert place.kept("listings") == sum(each.status_code == 200 for each in answers) > 0


@pytest.mark.parametrize("part", [b"", b'{"listings":['])
def test_a_client_that_goes_away_while_it_sends_harms_nobody(place, part):
    key = f"Bearer {place.key}".encode()
    scope = {
        "type": "http", "method": "POST", "path": "/v1/gate", "headers": [(b"authorization", key)],
        "query_string": b"", "http_version": "1.1", "scheme": "http",
    }  # fmt: skip
    heard = iter(
        [
            {"type": "http.request", "body": part, "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive():
        return next(heard)

    async def send(_):
        pass

    async def act(gate):
        await gate.place.application.served(scope, receive, send)
        return await gate.judge("oak table")

    assert place.run(act).status_code == 200
    assert place.kept("listings") == 1


def test_what_a_client_that_goes_away_has_sent_is_judged_and_kept(place):
    async def act(gate):
        gone = asyncio.create_task(gate.judge(SUSPECT))
        line = gate.place.application.line
        await until(lambda: line.waiting or gone.done())
        gone.cancel()
        return await gate.judge("oak table")

    assert place.run(act).status_code == 200
    assert place.kept("listings") == 2


def test_a_body_that_does_not_come_to_its_end_is_cut_off(place):
    async def act(gate):
        gate.place.application.endpoint.body_s = 0.1

        async def never():
            yield b'{"listings":['
            await asyncio.sleep(30)

        return await gate.post(never())

    assert place.run(act).status_code == 408


def test_no_more_bytes_are_held_than_fit(place):
    async def act(gate):
        endpoint = gate.place.application.endpoint
        endpoint.most_held = 1_000
        large = await gate.judge("oak " * 1_000)
        small = await gate.judge("oak table")
        return large, small, endpoint.held

    large, small, held = place.run(act)
    assert (large.status_code, large.headers["retry-after"]) == (429, "1")
    assert (small.status_code, held) == (200, 0)
