"""The review desk's queue with a million open cases: how long the records take for what a page of it needs.

    python bench/desk_queue.py [--cases 1000000] [--rounds 300]

On SQLite in a file and on PostgreSQL, both as they are opened for real (PostgreSQL with its walls and a role that owns
nothing). Each question is asked in a transaction of its own, as a page would; between them cases are claimed, so that the
databases do not answer from rest. Harms are as skewed as prices, and a tenth of the cases have the same one.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from countermark.adapters.records import open_records
from countermark.adapters.records.tables import CASES
from countermark.domain.cases import Case
from countermark.ports import Records
from countermark.testing.postgres import APP, OWNER, started_server

MEMBER, OTHER, BAR_MS = "a" * 32, "b" * 32, 50.0
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAGE, CHUNK = 50, 20_000


def cases(count: int) -> Iterator[Case]:
    """Open cases of one member; a twentieth as many of another's between them."""
    chance = random.Random(1)
    for number in range(count + count // 20):
        harm = 50_000 if chance.random() < 0.1 else int(chance.lognormvariate(15, 3)) + 1
        yield Case(
            ref=f"{number:032x}", member=MEMBER if number < count else OTHER, subject=f"{number:032x}",
            risk_milli=chance.randrange(100_000), harm=harm, revision=1,
            opened_at=AT - timedelta(seconds=chance.randrange(5_000_000)),
        )  # fmt: skip


def fill(records: Records, count: int) -> None:
    """All of them, in some large transactions."""
    some: list[dict[str, object]] = []
    source = cases(count)
    while some := [asdict(case) for case, _ in zip(source, range(CHUNK), strict=False)]:
        with records.writing() as unit:
            unit.cases.connection.execute(insert(CASES), some)


def pages(records: Records, count: int) -> Iterator[Case]:
    """The last case of each page, a thousand at a time, so that pages deep in the queue have a beginning."""
    last = None
    for _ in range(count // 1_000):
        with records.reading(MEMBER) as unit:
            found = unit.cases.queue(MEMBER, now=AT, limit=1_000, after=last)
        if not found:
            return
        last = found[-1]
        yield last


def measured(name: str, rounds: int, ask: Callable[[int], object]) -> float:
    """The 99th percentile in milliseconds, printed with the median."""
    took = []
    for number in range(rounds):
        begun = time.perf_counter()
        ask(number)
        took.append((time.perf_counter() - begun) * 1_000)
    took.sort()
    p50, p99 = took[rounds // 2], took[int(rounds * 0.99)]
    print(
        f"  {name:<34} p50 {p50:7.2f} ms   p99 {p99:7.2f} ms   max {took[-1]:7.2f} ms", flush=True
    )
    return p99


def desk(records: Records, rounds: int, count: int) -> float:
    """The slowest 99th percentile of what a page asks for."""
    chance = random.Random(2)
    deep = list(pages(records, count))
    tied = [case for case in deep if case.harm == 50_000] or deep
    claimed: list[Case] = []

    def ask(after: Callable[[], Case | None], number: int) -> None:
        with records.reading(MEMBER) as unit:
            assert unit.cases.queue(MEMBER, now=AT, limit=PAGE, after=after())
        if number % 10 == 0:
            claim(number)

    def whole(_: int) -> None:
        with records.reading(MEMBER) as unit:
            unit.cases.queue(MEMBER, now=AT, limit=PAGE)
            unit.cases.count_open(MEMBER)
            unit.cases.count_open(MEMBER, escalated=True)
            unit.cases.held(MEMBER, "c" * 32, now=AT)

    def claim(number: int) -> None:
        with records.writing(MEMBER) as unit:
            (first,) = unit.cases.queue(MEMBER, now=AT, limit=1)
            claimed.append(unit.cases.save(first.claim(f"{number:032x}", AT)))

    def count_open(_: int) -> None:
        with records.reading(MEMBER) as unit:
            assert unit.cases.count_open(MEMBER).more

    slowest = [
        measured("first page", rounds, lambda n: ask(lambda: None, n)),
        measured("page somewhere deep", rounds, lambda n: ask(lambda: chance.choice(deep), n)),
        measured("page among equal harms", rounds, lambda n: ask(lambda: chance.choice(tied), n)),
        measured("count", rounds, count_open),
        measured("whole desk: page, counts, held", rounds, whole),
        measured("claim the next (with commit)", rounds, claim),
    ]
    print(f"  {len(claimed)} cases were claimed meanwhile")
    return max(slowest)


@contextmanager
def opened(kind: str, folder: str) -> Iterator[Records]:
    """New records of a kind."""
    if kind == "sqlite":
        records = open_records(f"sqlite:///{folder}/records.db")
        yield records
        records.close()
        return
    with started_server(durable=True) as server:
        name = server.new_database()
        records = open_records(server.url(APP, name), owner_url=server.url(OWNER, name))
        yield records
        records.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=300)
    given = parser.parse_args()
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, opened(kind, folder) as records:
            begun = time.perf_counter()
            fill(records, given.cases)
            print(
                f"{kind}: {given.cases:,} open cases, written in {time.perf_counter() - begun:.0f} s"
            )
            worst = desk(records, given.rounds, given.cases)
            print(
                f"  slowest p99 {worst:.1f} ms: the bar of {BAR_MS:.0f} ms is {'met' if worst <= BAR_MS else 'MISSED'}"
            )


if __name__ == "__main__":
    main()
