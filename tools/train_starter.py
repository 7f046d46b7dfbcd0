"""Write policies/starter.weights.json: what the simulated market teaches about the rules of packs/core.

Run by a developer when rules or packs change: `python tools/train_starter.py`. The seed is none that the demo, the
tests or the quality figures use, so nothing is ever measured on what it was learned from.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
SEED, LISTINGS, DAY = "101", "1500000", "2026-11-24"


def run(*command: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "countermark.apps.cli.main", *command], cwd=ROOT, check=True
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        market, snapshot, scanned = folder / "market", folder / "starter.snapshot", folder / "run"
        run("market", "make", "--listings", LISTINGS, "--seed", SEED, "-o", str(market))
        run(
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
        run(
            "scan",
            str(market / "listings.parquet"),
            "-s",
            str(snapshot),
            "-p",
            "policies/balanced.toml",
            "-o",
            str(scanned),
        )
        run(
            "train",
            str(scanned),
            "-l",
            str(market / "labels.parquet"),
            "-o",
            "policies/starter.weights.json",
        )


if __name__ == "__main__":
    main()
