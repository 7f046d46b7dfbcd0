"""The simulated market: whole runs held against its truth."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from evaluation.scans import DAY, run

SEED, LISTINGS_MADE = "7007", "200000"


def market(folder: Path) -> list[str]:
    """The simulated market, seller-disjoint."""
    made, snapshot, scanned = folder / "market", folder / "starter.snapshot", folder / "run"
    run("market", "make", "--listings", LISTINGS_MADE, "--seed", SEED, "-o", str(made))
    run(
        "snapshot",
        "build",
        "packs/core",
        "packs/starter",
        str(made / "venue"),
        "--as-of",
        DAY.isoformat(),
        "-o",
        str(snapshot),
    )
    run(
        "scan",
        str(made / "listings.parquet"),
        "-s",
        str(snapshot),
        "-p",
        "policies/balanced.toml",
        "-w",
        "policies/starter.weights.json",
        "-o",
        str(scanned),
    )
    told = json.loads(run("evaluate", str(scanned), "-t", str(made), "--json"))
    lines = [
        "## Simulated market, other sellers than those learned from",
        "",
        f"{int(LISTINGS_MADE):,} listings, seed {SEED}; intervals are over sellers.",
        "",
        "| what | value |",
        "|---|---|",
    ]
    for name, value in told["shares"].items():
        if value["value"] is not None:
            lines.append(f"| {name} | {value['value']:.1%} |")
    lines += [
        f"| expected calibration error, all listings | {told['calibration_error']:.3f} |",
        f"| expected calibration error, decided listings | {told['calibration_error_decided']:.3f} |",
    ]
    lines += ["", *precision_at_recall(scanned, made)]
    return lines


def precision_at_recall(scanned: Path, made: Path) -> list[str]:
    """How precise the riskiest listings are that hold a share of all counterfeits."""
    decisions = pq.read_table(scanned / "decisions.parquet")
    truth = pq.read_table(made / "truth/listings.parquet")
    risk = dict(
        zip(
            decisions.column("listing_id").to_pylist(),
            decisions.column("risk").to_pylist(),
            strict=True,
        )
    )
    so = np.array(
        [
            c or k == "declared_replica"
            for c, k in zip(
                truth.column("is_counterfeit").to_pylist(),
                truth.column("claim").to_pylist(),
                strict=True,
            )
        ]
    )
    order = np.argsort(
        [-risk.get(i, -1.0) for i in truth.column("listing_id").to_pylist()], kind="stable"
    )
    found = np.cumsum(so[order])
    lines = [
        "| of all counterfeits, the riskiest listings hold | precision among them |",
        "|---|---|",
    ]
    for recall in (0.5, 0.7, 0.8, 0.9, 0.95):
        at = int(np.searchsorted(found, recall * so.sum()))
        lines.append(f"| {recall:.0%} | {found[at] / (at + 1):.1%} |")
    return lines
