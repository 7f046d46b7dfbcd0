"""The gate over HTTP on this machine, server and load together: listings a second and how long each waits.

    python bench/gate.py [--seconds 20]

Everything is real: `countermark serve` in its own process, SQLite that reaches the disk, 1,000 brands, listings of a
simulated market that it has not seen before.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import msgspec
import pyarrow.parquet as pq
import uvloop

from countermark.domain.offers import FIELDS, Offer
from gate_load import Load, as_fast_as, at_rate, bodies, request_bytes
from run import ROOT, listings_file, snapshot_file

PORT = 8713


@dataclass(frozen=True)
class Served:
    """A server under test."""

    key: str
    process: subprocess.Popen[bytes]


def offers(listings: Path, rows: int) -> list[bytes]:
    """Listings of a market as the gate is sent them."""
    table = pq.read_table(listings).slice(0, rows)
    out = []
    for row in table.to_pylist():
        given = {k: v for k, v in row.items() if k in FIELDS and v is not None}
        out.append(msgspec.json.encode(Offer(**given)))
    return out


def serve(folder: Path, snapshot: Path) -> Served:
    """A fresh server with one marketplace and its key."""
    records = f"sqlite:///{folder}/gate.db"
    command = [sys.executable, "-m", "countermark.apps.cli.main"]
    run = [*command, "member", "add", "Bench", "--kind", "marketplace", "--venue", "bench"]
    subprocess.run([*run, "--records", records], check=True, stdout=subprocess.DEVNULL)
    issue = [*command, "key", "issue", "--member", "Bench", "--scope", "gate:judge"]
    key = subprocess.run([*issue, "--records", records], check=True, capture_output=True, text=True).stdout.strip()  # fmt: skip
    policy, weights = ROOT / "policies/balanced.toml", ROOT / "policies/starter.weights.json"
    process = subprocess.Popen(
        [*command, "serve", "-s", str(snapshot), "-p", str(policy), "-w", str(weights), "--records", records, "--port", str(PORT)]
    )  # fmt: skip
    until_ready(process)
    return Served(key=key, process=process)


def until_ready(process: subprocess.Popen[bytes]) -> None:
    """Wait until the server can judge and keep."""
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("the server ended before it was ready")
        try:
            with urlopen(f"http://127.0.0.1:{PORT}/readyz", timeout=60):
                return
        except OSError:
            time.sleep(0.1)


@dataclass(frozen=True)
class Figure:
    """What one load came to.

    Attributes:
        together: listings in a request.
    """

    name: str
    load: Load
    together: int

    def row(self) -> str:
        """One line of the table."""
        load = self.load
        rate = load.statuses[200] * self.together / load.took
        statuses = ", ".join(f"{n:,} × {status}" for status, n in sorted(load.statuses.items()))
        times = " | ".join(f"{load.quantile(share):.1f}" for share in (0.5, 0.99, 0.999))
        return f"| {self.name} | {rate:,.0f} | {times} | {statuses} |"


def page(figures: list[Figure]) -> str:
    """The figures as a page."""
    return "\n".join(
        [
            "# The gate over HTTP",
            "",
            (
                f"{platform.machine()}, {os.cpu_count()} cores for server and load together, Python {platform.python_version()}; 1,000 brands; "
                "SQLite that reaches the disk with every answer; listings that the server has not seen. Made by `python bench/gate.py`."
            ),
            "",
            "| load | listings/s | p50 ms | p99 ms | p99.9 ms | answers |",
            "|---|---|---|---|---|---|",
            *(figure.row() for figure in figures),
            "",
            "Times are of accepted requests, from the moment they were due; under overload from the moment they were sent.",
            "",
        ]
    )


@dataclass(frozen=True)
class Plan:
    """One load: so many requests a second, or as many connections as fast as they can."""

    name: str
    requests: int
    together: int = 1
    rate: float | None = None
    connections: int = 256
    from_sent: bool = False

    def run(self, given: Iterator[bytes], key: str) -> Figure:
        """The figure of fresh listings."""
        some = [next(given) for _ in range(self.requests * self.together)]
        requests = [request_bytes(body, key) for body in bodies(some, self.together)]
        if self.rate is None:
            work = as_fast_as(requests, port=PORT, connections=self.connections)
        else:
            work = at_rate(requests, port=PORT, rate=self.rate, connections=self.connections, from_sent=self.from_sent)  # fmt: skip
        return Figure(self.name, uvloop.run(work), self.together)


def plans(seconds: float) -> list[Plan]:
    """All loads."""
    return [
        Plan("one a request, 600 requests/s", int(600 * seconds), rate=600),
        Plan("one a request, 1,200 requests/s", int(1200 * seconds), rate=1200),
        Plan("one a request, 64 connections", int(1500 * seconds), connections=64),
        Plan("256 a request, 8 connections", int(40 * seconds), 256, connections=8),
        Plan(
            "one a request, 12,000 requests/s",
            int(12_000 * seconds / 3),
            rate=12_000,
            from_sent=True,
        ),
    ]


def main() -> None:
    """Run every load once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--snapshot", type=Path)
    parser.add_argument("--listings", type=Path)
    asked = parser.parse_args()
    loads = [Plan("warm up", 600, rate=200), *plans(asked.seconds)]
    rows = sum(plan.requests * plan.together for plan in loads)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        snapshot = asked.snapshot or snapshot_file(folder)[0]
        listings = asked.listings or listings_file(folder, rows, os.cpu_count() or 1)
        given = iter(offers(listings, rows))
        served = serve(folder, snapshot)
        try:
            figures = []
            for plan in loads:
                figures.append(plan.run(given, served.key))
                print(figures[-1].row(), flush=True)
        finally:
            served.process.terminate()
            served.process.wait()
    (ROOT / "bench/GATE.md").write_text(page(figures[1:]), encoding="utf-8")


if __name__ == "__main__":
    main()
