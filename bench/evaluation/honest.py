"""Honest listings, which must not be held: our own writing, and real ones where they are present."""

from __future__ import annotations

import csv
from pathlib import Path

from evaluation.real import SHARED, official, replicas, snapdeal, walmart_amazon, web_shops
from evaluation.scans import ROOT, judged, outcome

REAL = (
    ("walmart", "Walmart and Amazon, real", walmart_amazon),
    ("wdc", "web shops (WDC titles), real", web_shops),
    ("official", "adidas and Nike, official, as if from an unlisted seller", official),
    ("snapdeal", "Snapdeal, real", snapdeal),
)
"""Real listings that are taken to be genuine."""


def honest(folder: Path) -> list[str]:
    """Honest listings of genuine brands: second-hand, clearance, accessories; and real genuine listings."""
    rows = list(csv.DictReader((ROOT / "bench/data/honest_titles.csv").open(encoding="utf-8")))
    written = [
        {"title": r["text"], "brand": r["brand"] if k % 2 else None, "condition": r["condition"] if k % 4 else None, "currency": r["currency"],
         "price_minor": round(float(r["price"]) * (1 if r["currency"] in ("JPY", "KRW") else 100)), "seller_id": f"s{k}", "venue": "v"}
        for k, r in enumerate(rows)
    ]  # fmt: skip
    lines = [
        "## Honest listings",
        "",
        "| listings | rows | held or removed | reviewed |",
        "|---|---|---|---|",
    ]
    lines.append(
        outcome(
            "second-hand, clearance and accessories, own writing",
            judged("honest", written, folder),
            len(written),
        )
    )
    if SHARED.is_dir():
        for name, title, rows_of in REAL:
            real = rows_of()
            actions = judged(name, real, folder, defaults=("condition=new",))
            lines.append(outcome(title, actions, len(real)))
        lines += ["", "## Real replica listings", "", *replicas(folder)]
    return lines
