"""The simulated market: whole runs held against its truth."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq

from countermark import wiring
from countermark.decision.challenger import ChallengerSettings, train_challenger
from countermark.decision.scoring import weighed_of
from countermark.flows.train_weights import labels_of
from evaluation.scans import DAY, ROOT, run

SEED, LISTINGS_MADE = "7007", "200000"
TAUGHT_SEED, TAUGHT = "101", "1500000"
"""The market that the starter weights were learned from, and the challenger beside them."""


def market(folder: Path) -> list[str]:
    """The simulated market, seller-disjoint."""
    made, scanned = _made(folder, "market", SEED, LISTINGS_MADE), folder / "run"
    _scan(made, scanned, "--challenger", str(_challenger(folder)))
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
    return [*lines, "", *_orders(told), "", *_accounts(told["accounts"])]


def _made(folder: Path, name: str, seed: str, listings: str) -> Path:
    """A market and, beside its listings, the snapshot to scan it with."""
    made = folder / name
    run("market", "make", "--listings", listings, "--seed", seed, "-o", str(made))
    packs = ["packs/core", "packs/starter", str(made / "venue")]
    run("snapshot", "build", *packs, "--as-of", DAY.isoformat(), "-o", str(made / "snapshot"))
    return made


def _scan(made: Path, out: Path, *more: str) -> None:
    judged_by = ["-p", "policies/balanced.toml", "-w", "policies/starter.weights.json"]
    listings = [str(made / "listings.parquet"), "-s", str(made / "snapshot")]
    run("scan", *listings, *judged_by, "-o", str(out), *more)


def _challenger(folder: Path) -> Path:
    """A challenger for any snapshot, since the authorised stores of each market make one of their own."""
    made, scanned = _made(folder, "taught", TAUGHT_SEED, TAUGHT), folder / "taught-run"
    _scan(made, scanned)
    tables = [pq.read_table(scanned / f"{n}.parquet") for n in ("findings", "named", "sellers")]
    _, snapshot = wiring.load_snapshot(made / "snapshot")
    weights = wiring.load_weights(ROOT / "policies/starter.weights.json")
    weighed = weighed_of(*tables, weights=weights, rules=snapshot.rules)
    labels = labels_of(pq.read_table(made / "labels.parquet"), source="labels of the market")
    path = folder / "challenger"
    path.write_bytes(train_challenger(weighed, labels, settings=ChallengerSettings()))
    return path


def _orders(told: dict) -> list[str]:
    """How precise the first listings are that hold a share of all counterfeits, by risk and by the challenger."""
    orders = told["precision_at_recall"]
    names = {"risk": "riskiest listings", "challenger": "challenger's first"}
    lines = [
        "| of all counterfeits | "
        + " | ".join(f"precision of the {names[o]}" for o in orders)
        + " |",
        "|---" * (len(orders) + 1) + "|",
    ]
    for share in orders["risk"]:
        said = " | ".join(f"{order[share]:.1%}" for order in orders.values())
        lines.append(f"| {float(share):.0%} | {said} |")
    return lines


def _accounts(accounts: dict) -> list[str]:
    """How good the risks of accounts are."""
    orders = accounts["precision_at_recall"]
    return [
        f"{accounts['accounts']:,} accounts, {accounts['dealing']:,} with a counterfeit among their listings.",
        "",
        "| accounts | value |",
        "|---|---|",
        f"| reviewed: precision | {accounts['precision']:.1%} |",
        f"| reviewed: recall | {accounts['recall']:.1%} |",
        f"| expected calibration error | {accounts['calibration_error']:.3f} |",
        *(
            f"| precision of the riskiest that hold {float(share):.0%} of them | {value:.1%} |"
            for share, value in orders.items()
        ),
    ]
