"""`make eval`: quality on data that the code was not tuned on; writes docs/quality.md.

- a simulated market of another seed than weights, demo and tests, sellers disjoint from those learned from;
- names disguised by the market's own generator, which shares no table with the engine;
- ordinary phrases and honest listings written by people who never saw the engine (bench/data);
- real listings in ../shared/data, where that folder is present; they are read there and never copied.
"""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from countermark import wiring
from countermark.decision.intervals import wilson
from countermark.domain.tables import LISTINGS
from countermark.scanning.mentions import mentions_of
from countermark.scanning.plan import plan_of
from countermark.testing.market import EVASIONS, evade, kinds_for

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared/data"
DAY, SEED, LISTINGS_MADE = date(2026, 11, 24), "7007", "200000"
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
        for name, title, real, defaults in real_genuine():
            lines.append(outcome(title, judged(name, real, folder, defaults=defaults), len(real)))
        lines += ["", "## Real replica listings", "", *replicas(folder)]
    return lines


def real_genuine() -> list[tuple[str, str, list[dict], tuple[str, ...]]]:
    """Real listings that are taken to be genuine, read where they lie."""
    sets = []
    walmart = []
    for line in sorted(
        {
            part
            for f in (SHARED / "product_matching_magellan/Structured_Walmart-Amazon").glob("*.txt")
            for row in f.read_text().split("\n")
            for part in row.split("\t")[:2]
            if part
        }
    ):
        fields = dict(re.findall(r"COL (\w+) VAL (.*?)(?= COL |$)", line.strip()))
        if fields.get("title"):
            price = fields.get("price", "").strip()
            walmart.append(
                {
                    "title": fields["title"],
                    "brand": fields.get("brand") or None,
                    "currency": "USD",
                    "price_minor": round(float(price) * 100)
                    if re.fullmatch(r"[\d.]+", price)
                    else None,
                    "seller_id": f"w{len(walmart)}",
                    "venue": "v",
                }
            )
    sets.append(("walmart", "Walmart and Amazon, real", walmart, ("condition=new",)))
    wdc = sorted(
        {
            re.sub(r'^"|"@?[\w-]*$', "", t).strip()
            for f in (SHARED / "product_matching_wdc").glob("*/*")
            for line in f.read_text(errors="replace").split("\n")
            for t in re.findall(r'"([^"]{8,200})"@', line)
        }
    )
    sets.append(
        (
            "wdc",
            "web shops (WDC titles), real",
            [{"title": t, "seller_id": f"d{k}", "venue": "v"} for k, t in enumerate(wdc)],
            ("condition=new",),
        )
    )
    official = list(
        csv.DictReader(
            (SHARED / "genuine_official_listings_adidas_nike/adidas_nike_official.csv").open(
                encoding="utf-8"
            )
        )
    )
    rows = [
        {
            "title": r["Product Name"],
            "description": r["Description"],
            "brand": r["Brand"],
            "style_code": r["Product ID"],
            "currency": "USD",
            "price_minor": int(float(r["Sale Price"]) * 100) or None,
            "seller_id": "official",
            "venue": "v",
        }
        for r in official
    ]
    sets.append(
        (
            "official",
            "adidas and Nike, official, as if from an unlisted seller",
            rows,
            ("condition=new",),
        )
    )
    snap = list(
        csv.DictReader(
            (SHARED / "marketplace_snapdeal_sample/snapdeal_raw.csv").open(encoding="utf-8")
        )
    )
    rows = [
        {
            "title": r["product_name"],
            "currency": "INR",
            "price_minor": int(float(r["price"]) * 100),
            "seller_id": r["seller_name"] or f"n{k}",
            "venue": "v",
        }
        for k, r in enumerate(snap)
    ]
    sets.append(("snapdeal", "Snapdeal, real", rows, ("condition=new",)))
    return sets


def replicas(folder: Path) -> list[str]:
    """Listings offered through a replica-buying agent; the label is by source, not by listing."""
    found = [
        json.loads(line)
        for line in (SHARED / "replica_agent_listings/replica_listings.jsonl")
        .read_text(encoding="utf-8")
        .split("\n")
        if line
    ]
    rows = [
        {"title": re.sub(r"\s*\(\d+ \w+\)$", "", r["title"]), "category": r["category"], "currency": "CNY", "price_minor": round(r["price_cny"] * 100), "seller_id": r["shop_id"], "venue": "v"}
        for r in found
    ]  # fmt: skip
    actions = judged("replica", rows, folder, defaults=("condition=new",))
    named = pq.read_table(folder / "run-replica/named.parquet")
    banded = [
        i
        for i, s in zip(
            named.column("listing_id").to_pylist(),
            named.column("asked_share").to_pylist(),
            strict=True,
        )
        if s is not None
    ]
    strong = sum(actions.get(i) in ("review", *ACTED) for i in banded)
    missed = [rows[int(i)]["title"] for i in banded if actions.get(i) not in ("review", *ACTED)]
    lines = [
        f"{len(rows)} rows, {len(named)} name a known mark, {len(banded)} of these have a price band.",
        "",
        f"Reviewed or stronger among those with a band: {share(strong, len(banded))}.",
        "",
    ]
    return lines + [f"- missed: {title}" for title in missed[:20]]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made = wiring.build_snapshot_file(
            [ROOT / "packs/core", ROOT / "packs/starter"], folder / "plain.snapshot", as_of=DAY
        )
        plan = plan_of(made)
        parts = [market(folder), disguises(plan), ordinary(plan), honest(folder)]
    head = [
        "# Quality",
        "",
        "Made by `make eval`; nothing here was used to write rules, packs or weights. 95 % intervals in brackets.",
    ]
    text = "\n\n".join(["\n".join(head), *("\n".join(part) for part in parts)]) + "\n"
    (ROOT / "docs/quality.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
