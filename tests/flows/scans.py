"""Small scans for tests of flows: a folder of listing files, a run of it, and what a run folder holds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from countermark import wiring
from countermark.adapters.engines.threads import ThreadEngine
from countermark.flows.scan_listings import Knowledge, scan_listings
from countermark.ingest.mapping import ColumnMapping

POLICY = Path(__file__).parents[2] / "policies" / "balanced.toml"
TITLES = (
    "Nike Air Max 90 shoes", "Gucci bag replica 1:1", "plain cotton shirt", "Ad1das shoes", "Louis Vuitton Neverfull MM bag",
    "Case for Apple iPhone 15", "", "Найк кроссовки", "Rolex watch add whatsapp +86 138 0013 8000", "oak table",
)  # fmt: skip
CHUNKS, ROWS = 5, 40


def write_listings(folder: Path, chunks: int = CHUNKS) -> Path:
    """Write one Parquet file a chunk; every tenth row has no title and is refused, every seventh price is none."""
    folder.mkdir()
    for chunk in range(chunks):
        numbers = range(chunk * ROWS, (chunk + 1) * ROWS)
        table = pa.table(
            {
                "listing_id": [f"l{k}" for k in numbers],
                "title": [TITLES[k % len(TITLES)] for k in numbers],
                "price": ["none" if k % 7 == 0 else f"{20 + k}.00" for k in numbers],
                "currency": ["USD"] * ROWS,
                "condition": ["new"] * ROWS,
                "seller_id": [f"s{k % 9}" for k in numbers],
            }
        )
        pq.write_table(table, folder / f"{chunk:02}.parquet")
    return folder


def knowledge_of(path: Path) -> Knowledge:
    """What a snapshot file holds."""
    data, snapshot = wiring.load_snapshot(path)
    return Knowledge(snapshot=snapshot, data=data, path=str(path))


def steps(
    listings: Path,
    run: Path,
    *,
    knowledge: Knowledge,
    processes: int = 1,
    threads: int | None = None,
):
    """The steps of a scan, as `flows.scan_listings` yields them."""
    policy = {"policy": POLICY, "weights": None, "challenger": None}
    return scan_listings(
        wiring.source(str(listings)),
        knowledge=knowledge,
        judging=wiring.judging(knowledge.snapshot, **policy),
        engine=ThreadEngine(threads=threads) if threads else wiring.engine(processes),
        run=wiring.run_store(run),
        mapping=ColumnMapping(),
    )


def scanned(listings: Path, run: Path, *, knowledge: Knowledge, processes: int = 1) -> Mapping:
    """The summary of a whole scan."""
    *_, summary = steps(listings, run, knowledge=knowledge, processes=processes)
    return summary


def contents(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder by its path in it."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
