"""Names: disguised ones that must be found, everyday words that must not."""

from __future__ import annotations

import csv
import re
from collections import Counter

import numpy as np

from countermark.scanning.mentions import mentions_of
from countermark.testing.market import EVASIONS, evade, kinds_for
from evaluation.scans import ROOT, batch, share


def disguises(plan: object) -> list[str]:
    """Recall of disguised names, by the way they are disguised."""
    rng, rows, about = np.random.default_rng(99), [], []
    nouns: dict[str, list[str]] = {}
    for row in csv.DictReader((ROOT / "packs/core/public/nouns.csv").open(encoding="utf-8")):
        if row["lang"] == "en":
            nouns.setdefault(row["category"], []).append(row["noun"])
    goods = plan.snapshot.goods
    for number, mark in enumerate(plan.snapshot.marks):
        own = np.flatnonzero(goods.mark == number)
        for kind in kinds_for(mark.text):
            name = evade(mark.text, kind, rng)
            if not len(own) or name == mark.text:
                continue
            noun = rng.choice(
                nouns.get(plan.snapshot.categories[goods.category[rng.choice(own)]], ["goods"])
            )
            rows.append({"title": f"{name} {noun} black free shipping"})
            about.append((mark.id, kind, len(re.sub(r"\W", "", mark.text))))
    met, asked = Counter(), Counter()
    for (mark, kind, size), told in zip(about, mentions_of(batch(rows), plan), strict=True):
        group = kind if size >= 4 else "names of up to 3 letters, any way"
        asked[group] += 1
        met[group] += mark in {m["mark"] for m in told["mentions"]}
    lines = [
        "## Disguised names",
        "",
        "Every starter brand, in a title with a noun of its goods, disguised by the market's generator.",
        "",
        "| way | recall |",
        "|---|---|",
    ]
    lines += [
        f"| {kind} | {share(met[kind], asked[kind])} |"
        for kind in (*EVASIONS, "names of up to 3 letters, any way")
        if asked[kind]
    ]
    usual = [k for k in EVASIONS if k not in ("other_script", "nickname")]
    lines.append(
        f"| all but other script and nickname | {share(sum(met[k] for k in usual), sum(asked[k] for k in usual))} |"
    )
    return lines


def ordinary(plan: object) -> list[str]:
    """Everyday phrases that are spelled like brands."""
    rows = list(csv.DictReader((ROOT / "bench/data/ordinary_phrases.csv").open(encoding="utf-8")))
    told = [r["mentions"] for r in mentions_of(batch([{"title": r["text"]} for r in rows]), plan)]
    wrong = [(r["text"], m[0]["brand"]) for r, m in zip(rows, told, strict=True) if m]
    lines = [
        "## Ordinary phrases spelled like a brand",
        "",
        f"Marked: {share(len(wrong), len(rows))}.",
        "",
    ]
    return lines + [f"- “{text}” named {brand}" for text, brand in wrong[:12]]
