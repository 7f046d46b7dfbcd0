"""`make demo`: the main job on a simulated market, each step shown as the command that anybody can repeat."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

ROOT = Path(__file__).parent.parent
DEMO = Path("demo")
DAY = "2026-11-24"  # the day the starter packs are right for
LISTINGS = "200000"


def step(text: str, *command: str) -> str:
    """Run one command of the product and show it with what it printed."""
    print(f"\n# {text}\n$ countermark {' '.join(command)}", flush=True)
    began = time.monotonic()
    tool = Path(sys.executable).with_name("countermark")
    done = subprocess.run([tool, *command], cwd=ROOT, check=False, capture_output=True, text=True)
    shown = done.stdout.strip()
    print("\n".join(shown.split("\n")[:40]) if "--json" not in command else "", flush=True)
    if done.returncode:
        sys.exit(done.stderr.strip() or f"countermark {command[0]} failed")
    print(f"({time.monotonic() - began:.1f} s)", flush=True)
    return shown


def examples(run: Path) -> list[str]:
    """Three listings worth reading: removed, held, reviewed, each for another first reason."""
    decisions = pq.read_table(run / "decisions.parquet")
    kept = pq.read_table(run / "flagged.parquet", columns=["listing_id"]).column("listing_id")
    chosen, reasons = [], set()
    for action in ("remove", "hold", "review"):
        some = decisions.filter(
            pc.and_(
                pc.equal(decisions.column("action"), action),
                pc.is_in(decisions.column("listing_id"), value_set=kept),
            )
        )
        for row in some.sort_by([("risk", "descending")]).slice(0, 500).to_pylist():
            first = next((g for g in row["grounds"] if g not in reasons), None)
            if first and len(row["grounds"]) > 1:
                reasons.add(first)
                chosen.append(row["listing_id"])
                break
    return chosen


def main() -> None:
    shutil.rmtree(ROOT / DEMO, ignore_errors=True)
    market, snapshot, run = DEMO / "market", DEMO / "starter.snapshot", DEMO / "run"
    step(
        "A market of which the truth is known",
        "market",
        "make",
        "--listings",
        LISTINGS,
        "--seed",
        "2026",
        "-o",
        str(market),
    )
    step(
        "What brands know, compiled",
        "snapshot",
        "build",
        "packs/core",
        "packs/starter",
        str(market / "venue"),
        "--as-of",
        DAY,
        "-o",
        str(snapshot),
    )
    step(
        "Every listing scanned, weighed and decided", "scan", str(market / "listings.parquet"), "-s", str(snapshot),
        "-p", "policies/balanced.toml", "-w", "policies/starter.weights.json", "-o", str(run),
    )  # fmt: skip
    for listing in examples(ROOT / run):
        step("Why?", "explain", listing, "--run", str(run))
    step(
        "Held against the truth, sellers that the weights were not learned from",
        "evaluate",
        str(run),
        "--truth",
        str(market),
    )
    print(
        f"\nYours to look at: {run}/decisions.parquet, sellers.parquet, findings.parquet, rejected.parquet, run.json"
    )


if __name__ == "__main__":
    main()
