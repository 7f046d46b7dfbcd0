"""The gate's server killed with SIGKILL again and again while venues send listings, and everything that it said held against it.

    python bench/kill_gate.py [--kills 100] [--seed 1]

Everything is real: `countermark serve` with its worker, SQLite that reaches the disk, sockets. A venue sends what was not
answered again, some of what was answered too. At the end

- every decision that was answered is there, and is what was answered;
- every content was decided once: no second sighting, decision, event, case or message of it;
- nothing is half: each listing has its decision and event, each decision that asks for a person one case and one message.

After N kills without a fault the chance that a kill does harm is below 3/N (at 95 %).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import text

from countermark.adapters.packs import read_folder
from countermark.domain.commitments import commitment
from countermark.domain.sightings import WATCHED_AT, decision_bytes
from countermark.flows.build_snapshot import snapshot_of
from countermark.knowledge.snapshot import snapshot_bytes
from countermark.wiring.serving import keeping
from gate_load import request_bytes

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-m", "countermark.apps.cli.main"]
VENUES = 12
MOST_TOGETHER = 6
AGAIN_SHARE = 0.15  # of the requests repeat one that was answered
IN_START_SHARE = 0.15  # of the kills come before the server is ready
LONGEST_S = 0.8  # that a server works before it is killed
START_S = 120.0


@dataclass(slots=True)
class Sent:
    """What venues sent, and what they were told.

    Attributes:
        told: by listing id the first answer.
    """

    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    listings: int = 0
    tries: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def hear(self, answer: bytes) -> None:
        """Hold an answer against what was answered before."""
        for each in json.loads(answer)["decisions"]:
            first = self.told.setdefault(each["listing_id"], each)
            if {**each, "new": 0} != {**first, "new": 0}:
                self.faults.append(f"{each['listing_id']} was answered in two ways")


@dataclass(slots=True)
class Server:
    """A server that is started again each time that it is killed."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None
    starts: list[float] = field(default_factory=list)

    @property
    def records(self) -> str:
        """URL of its database."""
        return f"sqlite:///{self.folder}/gate.db"

    def start(self) -> None:
        """Start it; it may not be ready yet."""
        files = [
            "-s",
            str(self.folder / "gate.snapshot"),
            "-p",
            str(ROOT / "policies/balanced.toml"),
        ]
        with (self.folder / "server.log").open(
            "ab"
        ) as log:  # a worker that loses its server while it begins says so at length
            self.process = subprocess.Popen(
                [*COMMAND, "serve", *files, "--records", self.records, "--port", str(self.port)],
                stderr=log,
            )

    async def ready(self) -> None:
        """Wait until it answers."""
        begin = time.perf_counter()
        while time.perf_counter() - begin < START_S:
            assert self.process is not None
            if self.process.poll() is not None:
                raise SystemExit(
                    (self.folder / "server.log").read_text()[-2_000:] + "the server ended by itself"
                )
            try:
                if (await ask(self.port, b"GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n"))[0] == 200:
                    self.starts.append(time.perf_counter() - begin)
                    return
            except (OSError, asyncio.IncompleteReadError):
                await asyncio.sleep(0.05)
        raise SystemExit("the server did not become ready")

    def kill(self, number: int = signal.SIGKILL) -> int:
        """End it; returns its exit code."""
        assert self.process is not None
        os.kill(self.process.pid, number)
        return self.process.wait(START_S)


async def ask(port: int, request: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to a request on a connection of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        at = head.lower().index(b"content-length:")
        size = int(head[at + 15 : head.index(b"\r\n", at)])
        return int(head[9:12]), await reader.readexactly(size)
    finally:
        writer.close()


def requests(key: str, chance: random.Random, sent: Sent, venue: int) -> Iterator[bytes]:
    """One venue's requests without end: new listings, about every third suspect, and some again."""
    before: list[bytes] = []
    turn = 0
    while True:
        if before and chance.random() < AGAIN_SHARE:
            yield chance.choice(before)
            continue
        listings = []
        for _ in range(chance.randint(1, MOST_TOGETHER)):
            turn += 1
            suspect = chance.random() < 1 / 3
            title = "Gucci replica bag 1:1" if suspect else "oak table"
            listings.append({"listing_id": f"{venue}-{turn}", "title": f"{title} {turn}"})
        sent.listings += len(listings)
        before.append(request_bytes(json.dumps({"listings": listings}).encode(), key))
        yield before[-1]


async def venue(port: int, given: Iterator[bytes], sent: Sent, ending: asyncio.Event) -> None:
    """Send one request after the other, each until it is answered."""
    while not ending.is_set():
        request, waited = next(given), 0.0
        while True:
            try:
                async with asyncio.timeout(START_S):
                    status, body = await ask(port, request)
            except (OSError, asyncio.IncompleteReadError):
                sent.tries["lost"] += 1
                await asyncio.sleep(0.1)
                continue
            sent.tries[str(status)] += 1
            if status == 200:
                sent.hear(body)
                break
            if status not in (429, 503) or waited > START_S:
                sent.faults.append(f"an answer of {status}: {body[:200]!r}")
                break
            waited += 0.05
            await asyncio.sleep(0.05)


def faults_in(url: str, sent: Sent) -> list[str]:
    """Everything in the records that is not as it must be."""
    records, out = keeping(url).records, list(sent.faults)
    count = Counter[str]()
    with records.reading() as unit, records.reader.connect() as rows:
        known = [unit.sightings.get(ref) for ref in rows.execute(text("SELECT ref FROM listings")).scalars()]  # fmt: skip
        decided = set(rows.execute(text("SELECT ref FROM decisions")).scalars())
        subjects = Counter(rows.execute(text("SELECT subject FROM cases")).scalars())
        messages = Counter(msgspec.json.decode(body)["listing"] for body in rows.execute(text("SELECT body FROM outbox")).scalars())  # fmt: skip
        events = [msgspec.json.decode(body) for _, body in unit.journal.after(0, 10**9)]
        torn = [each for each in rows.execute(text("PRAGMA integrity_check")).scalars() if each != "ok"]  # fmt: skip
    records.close()
    judged = Counter(each["subject"] for each in events if each["type"] == "listing.judged")
    sealed = {each["subject"]: each["after"] for each in events if each["type"] == "listing.judged"}
    opened = sum(each["type"] == "case.opened" for each in events)
    out += torn
    for each in known:
        sighting, decision, name = each.sighting, each.kept.decision, each.sighting.listing_id
        count[name] += 1
        asks = int(decision.action in WATCHED_AT)
        ref, seal = sighting.ref, commitment(each.kept.nonce, decision_bytes(decision))
        if not seal == each.kept.commitment == sealed.get(ref):
            out.append(f"{name}: the decision is not the one of its event")
        found = (judged[ref], subjects[ref], messages[ref])
        if found != (1, asks, asks):
            out.append(f"{name}, {decision.action}: {found} events, cases and messages")
        told = sent.told.get(name)
        if told and (told["decision"], told["action"], told["listing"]) != (decision.ref, decision.action, ref):  # fmt: skip
            out.append(f"{name}: answered {told['decision']}, kept {decision.ref}")
    out += [f"{name} was seen {n} times" for name, n in count.items() if n != 1]
    out += [f"{name} was answered and is not there" for name in sent.told if name not in count]
    sums = {"decisions": len(decided), "events": judged.total(), "listings sent": sent.listings}
    out += [f"{n} {what}, {len(known)} listings" for what, n in sums.items() if n != len(known)]
    if not opened == subjects.total() == messages.total():
        out.append(f"{opened} openings, {subjects.total()} cases, {messages.total()} messages")
    return out


def prepared(folder: Path) -> tuple[Server, str]:
    """A server over the core pack and one brand, with one marketplace, and its key."""
    packs = [read_folder(ROOT / "packs/core"), read_folder(ROOT / "packs/starter/gucci")]
    small = snapshot_of(packs, vocabulary=(), as_of=date(2026, 11, 24))
    (folder / "gate.snapshot").write_bytes(snapshot_bytes(small))
    with socket.create_server(("127.0.0.1", 0)) as free:
        server = Server(folder, free.getsockname()[1])
    at = ["--records", server.records]
    add = [*COMMAND, "member", "add", "Bench", "--kind", "marketplace", "--venue", "bench", *at]
    subprocess.run(add, check=True, stdout=subprocess.DEVNULL)
    issue = [*COMMAND, "key", "issue", "--member", "Bench", "--scope", "gate:judge", *at]
    return server, subprocess.check_output(issue, text=True).strip()


async def torment(server: Server, key: str, kills: int, seed: int) -> Sent:
    """Kill the server so often while venues send, then let them be answered."""
    chance, sent, ending = random.Random(seed), Sent(), asyncio.Event()
    venues = [
        asyncio.create_task(
            venue(server.port, requests(key, random.Random(seed * 1000 + k), sent, k), sent, ending)
        )
        for k in range(VENUES)
    ]
    for _ in range(kills):
        server.start()
        if chance.random() < IN_START_SHARE:
            await asyncio.sleep(chance.uniform(0, 2))
        else:
            await server.ready()
            await asyncio.sleep(chance.uniform(0, LONGEST_S))
        server.kill()
    server.start()
    await server.ready()
    ending.set()
    await asyncio.gather(*venues)
    return sent


def killed(kills: int, seed: int) -> tuple[Sent, list[float], list[str]]:
    """What was sent, the seconds of each start, and the faults."""
    with tempfile.TemporaryDirectory() as scratch:
        server, key = prepared(Path(scratch))
        try:
            sent = asyncio.run(torment(server, key, kills, seed))
            if code := server.kill(signal.SIGTERM):
                sent.faults.append(f"the last server ended with {code}")
        finally:
            if server.process is not None and server.process.poll() is None:
                server.kill()
        return sent, server.starts, faults_in(server.records, sent)


def main() -> None:
    """Kill, hold against, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    begin = time.perf_counter()
    sent, starts, faults = killed(asked.kills, asked.seed)
    took = time.perf_counter() - begin
    tries = ", ".join(f"{n:,} x {what}" for what, n in sorted(sent.tries.items()))
    print(f"{asked.kills} kills in {took:.0f} s, {asked.kills / took:.2f} a second; a start takes {sum(starts) / len(starts):.1f} s")  # fmt: skip
    print(f"{sent.listings:,} listings, {len(sent.told):,} answered; requests: {tries}")
    for each in faults[:20]:
        print(f"fault: {each}")
    if faults:
        raise SystemExit(f"{len(faults)} faults")
    print(f"0 faults: a kill does harm with a chance below {3 / asked.kills:.4f} (95 %)")


if __name__ == "__main__":
    main()
