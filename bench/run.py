"""`make bench`: listings a second from Parquet to Parquet, memory, growth, the gate's time, beside peers in the same run.

    python bench/run.py            10^5 and 10^6 rows
    python bench/run.py --full     10^7 rows too (about twenty minutes more)

Every figure is of this machine in this run; ratios are what travels. Results go to bench/results.json and bench/RESULTS.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

ROOT = Path(__file__).parent.parent
BRANDS, DAY, AT_ONCE = 1000, date(2026, 11, 24), 200_000
SYLLABLES = [
    "ba",
    "ke",
    "lo",
    "mi",
    "nu",
    "ra",
    "si",
    "to",
    "ve",
    "zu",
    "dor",
    "fen",
    "gal",
    "han",
    "jor",
    "kel",
    "lum",
    "mor",
    "nax",
    "pel",
    "quin",
    "rov",
    "sten",
    "tur",
    "vex",
    "wil",
    "yor",
    "zan",
]


def invented(folder: Path, count: int) -> None:
    """Packs of brands that do not exist, so that the snapshot has a thousand."""
    rng = np.random.default_rng(11)
    for k in range(count):
        name = "".join(rng.choice(SYLLABLES, 3)).capitalize() + str(k % 7 or "")
        pack = folder / f"inv{k}"
        (pack / "public").mkdir(parents=True)
        (pack / "pack.toml").write_text(
            f'format="countermark.pack/1"\nid="bench.inv{k}"\nserial=1\nversion="1"\ntitle="{name}"\nissuer="bench"\ncontact="bench@countermark.example"\n'
            'licence="Apache-2.0"\nvalid_from=2026-11-01T00:00:00Z\nreview_by=2027-10-31\nexpires=2028-10-31T00:00:00Z\n[parts.public]\nlevel="public"\nlicence="Apache-2.0"\n'
        )
        (pack / "public/marks.toml").write_text(
            f'[[mark]]\nid="inv{k}"\nkind="word"\ntext="{name}"\nnice=[25]\n'
        )
        (pack / "public/aliases.toml").write_text(
            f'[[alias]]\nmark="inv{k}"\ntext="{name}"\nlang="und"\nkind="official"\nclass="coined"\n'
        )


def snapshot_file(folder: Path) -> tuple[Path, object]:
    """The starter packs and enough invented brands for a thousand."""
    from countermark import wiring

    starter = sorted((ROOT / "packs/starter").iterdir())
    invented(folder / "packs", max(0, BRANDS - len(starter)))
    out = folder / "bench.snapshot"
    made = wiring.build_snapshot_file(
        [ROOT / "packs/core", ROOT / "packs/starter", folder / "packs"], out, as_of=DAY
    )
    return out, made


def listings_file(folder: Path, rows: int, processes: int) -> Path:
    """`rows` listings of simulated markets, each market of another seed: no text is there a second time by copying."""
    from countermark import wiring
    from countermark.testing.market import read_catalogue, write_market

    out, catalogue = folder / f"listings-{rows}", read_catalogue(ROOT / "packs/starter")
    engine = wiring.engine(processes)
    out.mkdir()
    for k, begin in enumerate(range(0, rows, AT_ONCE)):
        market = folder / f"market-{rows}-{k}"
        size = min(AT_ONCE, rows - begin)
        write_market(market, catalogue=catalogue, listings=size, seed=5 + k, engine=engine)
        table = pq.read_table(market / "listings.parquet")
        for name in ("listing_id", "seller_id"):
            at = table.schema.get_field_index(name)
            own = pa.compute.binary_join_element_wise(table.column(name), f"{k}", "-")
            table = table.set_column(at, table.schema.field(name), own)
        pq.write_table(table, out / f"{k:03d}.parquet", compression="zstd", row_group_size=32_768)
        shutil.rmtree(market)
    return out


def scan(snapshot: Path, listings: Path, folder: Path) -> dict[str, float]:
    """Wall seconds and peak memory of the whole command; memory is the sum over its processes, sampled."""
    run = folder / f"run-{listings.stem}"
    command = [sys.executable, "-m", "countermark.apps.cli.main", "scan", str(listings), "-s", str(snapshot), "-p", str(ROOT / "policies/balanced.toml"),
               "-w", str(ROOT / "policies/starter.weights.json"), "-o", str(run), "--force"]  # fmt: skip
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    peak = 0
    while child.poll() is None:
        peak = max(peak, memory_of(child.pid))
        time.sleep(0.2)
    if child.returncode:
        sys.exit(child.stderr.read().decode() if child.stderr else "scan failed")
    seconds = time.monotonic() - began
    counts = json.loads((run / "run.json").read_text())["counts"]
    return {
        "seconds": seconds,
        "peak_mib": peak / 2**20,
        "naming": counts["naming"],
        "findings": counts["findings"],
    }


def memory_of(pid: int) -> int:
    """Resident bytes of a process and everything below it; shared pages are counted in proportion."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            smaps = Path(f"/proc/{one}/smaps_rollup").read_text()
            total += int(re.search(r"^Pss:\s+(\d+)", smaps, re.MULTILINE)[1]) * 1024
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(p) for p in (task / "children").read_text().split()]
        except (OSError, TypeError):
            continue
    return total


def one_by_one(snapshot_data: object, market: pa.Table) -> dict[str, float]:
    """Milliseconds of one listing through scan() in this process."""
    from countermark.domain.tables import LISTINGS
    from countermark.scanning.plan import plan_of
    from countermark.scanning.scanning import scan as scan_batch

    plan = plan_of(snapshot_data)
    batch = market.slice(0, 3000).combine_chunks().cast(LISTINGS).to_batches()[0]
    times = []
    for k in range(len(batch)):
        began = time.perf_counter()
        scan_batch(batch.slice(k, 1), plan)
        times.append((time.perf_counter() - began) * 1000)
    steady = np.array(times[200:])
    return {"p50_ms": float(np.percentile(steady, 50)), "p99_ms": float(np.percentile(steady, 99))}


def peers(snapshot_data: object, market: pa.Table) -> dict[str, float]:
    """Listings a second of naive matchers of the same names on the same rows, one core, title and description."""
    import ahocorasick
    from rapidfuzz import fuzz, process

    names = sorted({t.casefold() for t in snapshot_data.names.texts})
    rows = market.slice(0, 2000)
    texts = [
        f"{t} {d or ''}".casefold()
        for t, d in zip(
            rows.column("title").to_pylist(), rows.column("description").to_pylist(), strict=True
        )
    ]
    rates = {}
    compiled = re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")
    rates["regular expression list"] = rate(lambda text: compiled.findall(text), texts[:60])
    automaton = ahocorasick.Automaton()
    for name in names:
        automaton.add_word(name, name)
    automaton.make_automaton()
    rates["pyahocorasick alone"] = rate(lambda text: list(automaton.iter(text)), texts)
    titles = [t.casefold() for t in rows.column("title").to_pylist()]
    rates["rapidfuzz best match of titles"] = rate(
        lambda text: process.extractOne(text, names, scorer=fuzz.partial_ratio), titles[:12]
    )
    return rates


def rate(work: object, texts: list[str]) -> float:
    began = time.perf_counter()
    for text in texts:
        work(text)
    return len(texts) / (time.perf_counter() - began)


def report(result: dict[str, object]) -> str:
    rows = result["scan"]
    lines = [
        "# Speed and memory", "", f"{result['machine']}; {result['brands']:,} brands, {result['names']:,} names; made by `make bench`.", "",
        "| listings | seconds | listings/s | peak MiB, all processes |", "|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {n:,} | {r['seconds']:.1f} | {n / r['seconds']:,.0f} | {r['peak_mib']:,.0f} |"
        for n, r in rows
    ]
    for (small, a), (large, b) in zip(rows[:-1], rows[1:], strict=True):
        lines.append(f"\ntime({large:,}) / time({small:,}) = {b['seconds'] / a['seconds']:.2f}")
    best = max(n / r["seconds"] for n, r in rows)
    gate = result["gate"]
    lines += ["", f"One listing through `scan()` in process: p50 {gate['p50_ms']:.2f} ms, p99 {gate['p99_ms']:.2f} ms.", "",
              "| beside it, same rows, one core | listings/s | this scan is |", "|---|---|---|"]  # fmt: skip
    lines += [
        f"| {name} | {r:,.0f} | {best / r:,.1f} times as fast on {result['cores']} cores |"
        for name, r in result["peers"].items()
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--full", action="store_true")
    options.add_argument("--quick", action="store_true")
    given, cores = options.parse_args(), os.cpu_count() or 1
    sizes = [10**5] if given.quick else [10**5, 10**6] + ([10**7] if given.full else [])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        snapshot, made = snapshot_file(folder)
        scans = []
        for rows in sizes:
            path = listings_file(folder, rows, cores)
            if not scans:
                market = pq.read_table(path)
            scans.append((rows, scan(snapshot, path, folder)))
            print(rows, scans[-1][1], flush=True)
            shutil.rmtree(path)
        result = {
            "machine": f"{platform.processor() or platform.machine()}, {cores} cores, Python {platform.python_version()}",
            "cores": cores, "brands": len(made.marks), "names": len(made.names.texts), "scan": scans,
            "gate": one_by_one(made, market), "peers": peers(made, market),
            "peak_self_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }  # fmt: skip
    text = report(result)
    (ROOT / "bench/RESULTS.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
