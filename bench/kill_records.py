"""Durability of the records: `python bench/kill_records.py [--kills N] [--on sqlite|postgresql] [--mutant early|apart]`.

Again and again a process that writes sightings, each with its decision, case, event and message in one transaction, and says so
after the commit, is ended by kill -9 at a random moment. Afterwards everything that was said to be kept must be there once, and
nothing may be there in part. With no failure in N kills the chance of one is below 3/N, at 95 %. Exit code 1: something was lost
or torn. The mutants must fail: "early" says so before the commit, "apart" puts the message in a transaction of its own.

What this cannot see: the page cache outlives a process, so that a database that never waits for the disk (synchronous = OFF)
passes as well. That the records do wait is a setting, which a test asks for; loss of power needs a simulated disk.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count

import msgspec

from countermark.adapters.records import open_records
from countermark.domain.cases import Case
from countermark.domain.events import Event, instant
from countermark.domain.sightings import Decision, Sighting
from countermark.ports import Kept, Known, Message, Records, Unit
from countermark.testing.postgres import APP, OWNER, started_server

MEMBER, AT = "0" * 32, datetime(2026, 11, 24, 12, tzinfo=UTC)
DURING_OPENING = 0.1  # share of the kills at any moment of opening; the others come after it
WINDOW_S = 0.02
LINE = 33  # a reference and its end


def write(unit: Unit, refs: list[str], *, message: bool = True) -> None:
    """Everything about some new listings."""
    seen = [Sighting(ref=ref, member=MEMBER, venue="v", listing_id=ref, seller_id=None, digest="d" * 64, seen_at=AT, previous=None, content=b"x" * 500) for ref in refs]  # fmt: skip
    made = [Decision(ref=ref, listing=ref, member=MEMBER, action="review", risk_milli=50_000, claim=None, mark=None, grounds=("a.b/c",), version="v", by="gate", acting=True, decided_at=AT) for ref in refs]  # fmt: skip
    unit.sightings.add([Known(sighting=one, kept=Kept(decision=two, nonce=b"n" * 16, commitment="c" * 64)) for one, two in zip(seen, made, strict=True)])  # fmt: skip
    unit.cases.add([Case(ref=ref, member=MEMBER, subject=ref, risk_milli=50_000, opened_at=AT) for ref in refs])  # fmt: skip
    unit.journal.append([Event(actor="gate", after="", at=instant(AT), before="", member=MEMBER, subject=ref, type="listing.judged") for ref in refs])  # fmt: skip
    if message:
        send(unit, refs)


def send(unit: Unit, refs: list[str]) -> None:
    unit.outbox.put([Message(ref=ref, member=MEMBER, topic="t", body=b"", due_at=AT) for ref in refs])  # fmt: skip


def work(url: str, life: int, said: int, mutant: str | None) -> None:
    """What a process does until it is killed: write, and say what was kept."""
    records = open_records(url)
    os.write(said, b"\n")
    for number in count():
        refs = [f"{life:016x}{number:08x}{part:08x}" for part in range(1 + number % 3)]
        line = "".join(f"{ref}\n" for ref in refs).encode()
        with records.writing() as unit:
            if mutant == "early":
                os.write(said, line)
            write(unit, refs, message=mutant != "apart")
        if mutant == "apart":
            with records.writing() as unit:
                send(unit, refs)
        if mutant != "early":
            os.write(said, line)


def lives_and_dies(url: str, life: int, chance: random.Random, mutant: str | None) -> list[str]:
    """One process, killed at a random moment; what it said was kept."""
    hear, say = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(hear)
            work(url, life, say, mutant)
        finally:
            os._exit(1)
    os.close(say)
    if chance.random() >= DURING_OPENING:
        select.select([hear], [], [], 30)
    time.sleep(chance.random() * WINDOW_S)
    os.kill(process, signal.SIGKILL)
    ended = os.waitpid(process, 0)[1]
    if os.waitstatus_to_exitcode(ended) != -signal.SIGKILL:
        raise SystemExit("a process ended by itself")
    with os.fdopen(hear, "rb") as pipe:
        lines = pipe.read().split(b"\n")
    return [line.decode() for line in lines if len(line) == LINE - 1]


def kept_in(records: Records) -> dict[str, Counter[str]]:
    """By kind of thing how often each listing has it."""
    kept = {kind: Counter() for kind in ("sighting", "case", "event", "message")}
    with records.writing() as unit:
        at = ""
        while page := unit.sightings.after(MEMBER, at, 1_000):
            refs = [known.sighting.ref for known in page]
            kept["sighting"].update(refs)
            kept["case"].update(list(unit.cases.open_of(refs)))
            at = refs[-1]
        number = 0
        while events := unit.journal.after(number, 1_000):
            kept["event"].update(msgspec.json.decode(body)["subject"] for _, body in events)
            number = events[-1][0]
        kept["message"].update(m.ref for m in unit.outbox.take(AT, AT.replace(year=2027), 10**9))
    return kept


@contextmanager
def database(kind: str):
    """The URL of empty records, whose commits reach the disk."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/records.db"
        return
    with started_server(durable=True) as server:
        name = server.new_database()
        open_records(server.url(APP, name), owner_url=server.url(OWNER, name)).close()
        yield server.url(APP, name)


def main(kills: int, kind: str, mutant: str | None, seed: int) -> int:
    chance, begun = random.Random(seed), time.perf_counter()
    with database(kind) as url:
        said = [ref for life in range(kills) for ref in lives_and_dies(url, life, chance, mutant)]
        records = open_records(url)
        kept = kept_in(records)
        records.close()
    every = set().union(*kept.values())
    torn = [ref for ref in every if any(there[ref] != 1 for there in kept.values())]
    lost = set(said) - every
    print(
        f"{kind}{' with mutant ' + mutant if mutant else ''}: {kills:,} kills in {time.perf_counter() - begun:.0f} s,"
        f" {len(said):,} listings said to be kept, {len(every):,} kept; lost {len(lost)}, torn {len(torn)}"
    )
    if not lost and not torn:
        print(f"with 95 % certainty fewer than {3 / kills:.2%} of kills lose or tear anything")
    return int(bool(lost or torn))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=1_000)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--mutant", choices=("early", "apart"))
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(main(given.kills, given.on, given.mutant, given.seed))
