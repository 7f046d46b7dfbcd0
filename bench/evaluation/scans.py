"""What every part of the evaluation needs: the command, shares with intervals, listings through a whole scan."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from countermark.decision.intervals import wilson
from countermark.domain.tables import LISTINGS

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 24)
ACTED = ("hold", "remove")


def run(*command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "countermark.apps.cli.main", *command],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def share(count: int, total: int) -> str:
    """A share in percent with its 95 % Wilson interval."""
    if not total:
        return "no rows"
    low, high = wilson(count, total)
    return f"{count / total:.2%} ({count:,} of {total:,}; {low:.2%} to {high:.2%})"


def batch(rows: list[dict]) -> pa.RecordBatch:
    full = [
        {**dict.fromkeys(LISTINGS.names), "listing_id": str(k), **row} for k, row in enumerate(rows)
    ]
    return pa.RecordBatch.from_pylist(full, schema=LISTINGS)


def judged(
    name: str, rows: list[dict], folder: Path, *, defaults: tuple[str, ...] = ()
) -> dict[str, str]:
    """Action by listing id once `rows` went through the whole scan."""
    source, out = folder / f"{name}.parquet", folder / f"run-{name}"
    pq.write_table(pa.Table.from_batches([batch(rows)]), source)
    given = [part for value in defaults for part in ("--default", value)]
    run(
        "scan",
        str(source),
        "-s",
        str(folder / "plain.snapshot"),
        "-p",
        "policies/balanced.toml",
        "-w",
        "policies/starter.weights.json",
        "-o",
        str(out),
        *given,
    )
    table = pq.read_table(out / "decisions.parquet")
    return dict(
        zip(table.column("listing_id").to_pylist(), table.column("action").to_pylist(), strict=True)
    )


def outcome(title: str, actions: dict[str, str], total: int) -> str:
    acted = sum(a in ACTED for a in actions.values())
    reviewed = sum(a == "review" for a in actions.values())
    return f"| {title} | {total:,} | {share(acted, total)} | {share(reviewed, total)} |"
