"""The gate over HTTP on this machine, server and load together: listings a second and how long each waits.

    python bench/gate.py [--seconds 20]

Everything is real: `countermark serve` in its own process, SQLite that reaches the disk, 1,000 brands, listings of a
simulated market that it has not seen before.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

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
    """Wait until the server listens."""
    import socket

    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("the server ended before it was ready")
        try:
            socket.create_connection(("127.0.0.1", PORT), 0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return


def told(name: str, load: Load, listings: int) -> None:
    """One line of figures."""
    rate = load.statuses[200] * listings / load.took
    statuses = ", ".join(f"{n:,} x {status}" for status, n in sorted(load.statuses.items()))
    print(
        f"{name:<34} {rate:>8,.0f} listings/s   p50 {load.quantile(0.5):6.1f}  p99 {load.quantile(0.99):6.1f} ms   {statuses}",
        flush=True,
    )


def main() -> None:
    """Run every load once."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--snapshot", type=Path)
    parser.add_argument("--listings", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        snapshot = asked.snapshot or snapshot_file(folder)[0]
        listings = asked.listings or listings_file(folder, 400_000, os.cpu_count() or 1)
        given = iter(offers(listings, 400_000))
        served = serve(folder, snapshot)
        try:
            for name, rate, seconds, kind in (
                ("warm up", 200, 3, "rate"), ("one a request, 600/s", 600, asked.seconds, "rate"),
                ("one a request, 1,200/s", 1200, asked.seconds, "rate"), ("256 a request, 4 connections", 256, asked.seconds, "most"),
                ("one a request, overload 6,000/s", 6000, asked.seconds / 3, "rate"),
            ):  # fmt: skip
                together = 256 if kind == "most" else 1
                amount = (90_000 // 256 * 256) if kind == "most" else int(rate * seconds)
                some = [next(given) for _ in range(amount)]
                requests = [request_bytes(body, served.key) for body in bodies(some, together)]
                work = at_rate(requests, port=PORT, rate=rate, from_sent=rate > 5000) if kind == "rate" else as_fast_as(requests, port=PORT, connections=4)  # fmt: skip
                told(name, uvloop.run(work), together)
        finally:
            served.process.terminate()
            served.process.wait()


if __name__ == "__main__":
    main()
