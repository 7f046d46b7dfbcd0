"""Bad input by the minute: `python bench/fuzz.py 180 [--seed N] [--only readers]`. Kept out of the normal run of the tests.

Each round makes one strange input for one target and holds the target to its promise: one clear `CountermarkError` or a sound
result, nothing else. What breaks a promise is printed with the seed of its round, and makes the exit code 1.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import random
import string
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from countermark.adapters.packs import read_folder
from countermark.adapters.sources import open_source
from countermark.adapters.storage.tables import read_table
from countermark.decision.policy import parse_policy
from countermark.decision.weights import parse_weights, prior_weights, weights_bytes
from countermark.domain.tables import LISTINGS
from countermark.errors import CountermarkError
from countermark.features.tokens import folded_text
from countermark.flows.build_snapshot import snapshot_of
from countermark.flows.scan_listings import scan_chunk
from countermark.flows.train_weights import labels_of
from countermark.ingest.mapping import ColumnMapping
from countermark.ingest.normalising import normalise
from countermark.knowledge.archives import open_archive, pack_archive
from countermark.knowledge.snapshot import parse_snapshot, snapshot_bytes
from countermark.scanning.mentions import mentions_of
from countermark.scanning.plan import Plan, plan_of
from countermark.scanning.scanning import scan

ROOT = Path(__file__).parent.parent
BRANDS = ("nike", "gucci", "louis-vuitton", "apple", "rolex", "coach")
PIECES = (
    "Nike", "N1ke", "Gucc!", "耐克", "Найк", "replica", "1:1", "for", "bag", "Louis  Vuitton", "a.d.i.d.a.s", "👜", "\u202e", "\u200b",
    "\x00", "\ud7ff", "\ufffd", "\U0010ffff", "ﷺ", "İ", "ß", "\u0301" * 9, "x" * 5000, "wechat abc12345", "+86 138 0013 8000", "%", "{}",
)  # fmt: skip
PRICES = (
    "12",
    "-1",
    "1e999",
    "1.299,50 €",
    "nan",
    "",
    "Rs. 500",
    "9" * 400,
    "1e-300",
    "0x10",
    "١٢",
    "12.50-15.00",
)


def text(rng: random.Random) -> str:
    """Text of names, words, signs and any characters at all, without halves of pairs."""
    parts = []
    for _ in range(rng.randrange(8)):
        kind = rng.random()
        if kind < 0.5:
            parts.append(rng.choice(PIECES))
        elif kind < 0.8:
            parts.append("".join(rng.choices(string.printable, k=rng.randrange(12))))
        else:
            codes = (rng.randrange(0x110000) for _ in range(rng.randrange(12)))
            parts.append("".join(chr(c) for c in codes if not 0xD800 <= c < 0xE000))
    return rng.choice(["", " ", "\n"]).join(parts)


def damaged(rng: random.Random, data: bytes) -> bytes:
    """Bytes cut, flipped, doubled or mixed with others."""
    out = bytearray(data)
    for _ in range(rng.randrange(1, 6)):
        at = rng.randrange(len(out) + 1)
        way = rng.randrange(5)
        if way == 0:
            del out[at:]
        elif way == 1 and out:
            out[at % len(out)] ^= 1 << rng.randrange(8)
        elif way == 2:
            out[at:at] = rng.randbytes(rng.randrange(1, 20))
        elif way == 3:
            out[at:at] = out[: rng.randrange(200)]
        else:
            del out[at : at + rng.randrange(1, 50)]
    return bytes(out)


@cache
def plan() -> Plan:
    """Core and a few brands."""
    folders = [ROOT / "packs/core", *(ROOT / "packs/starter" / brand for brand in BRANDS)]
    packs = [read_folder(folder) for folder in folders]
    words = ("the", "for", "coach", "life", "apple", "pie")
    return plan_of(snapshot_of(packs, vocabulary=words, as_of=date(2026, 11, 24)))


def rows(rng: random.Random) -> list[dict[str, object]]:
    """Records as a source may hold them."""
    made = []
    for _ in range(rng.randrange(1, 6)):
        row: dict[str, object] = {
            "listing_id": rng.choice([text(rng), "1", None]),
            "title": text(rng),
        }
        row["price"] = rng.choice(PRICES)
        row["currency"] = rng.choice(["EUR", "usd", "JPY", "XXQ", "", text(rng)])
        row["condition"] = rng.choice(["new", "NEU", "mint", "", None, text(rng)])
        row["stock"] = rng.choice(["1", "-5", "many", "1e9", "99999999999999999999", ""])
        row["observed_at"] = rng.choice(
            ["2026-01-01", "2026-01-01T10:00:00Z", "soon", "99999-01-01", ""]
        )
        row["description"] = rng.choice([None, text(rng)])
        made.append(row)
    return made


def fold(rng: random.Random) -> None:
    """Folding takes any text, and every mention lies where it says."""
    row = dict.fromkeys(LISTINGS.names) | {
        "listing_id": "1",
        "title": text(rng),
        "description": text(rng),
        "brand": text(rng),
    }
    folded_text(str(row["title"]))
    batch = pa.RecordBatch.from_pylist([row], schema=LISTINGS)
    named = {"title": "title", "description": "description", "attributes.brand": "brand"}
    for mention in next(mentions_of(batch, plan()))["mentions"]:
        start, end = mention["span"]
        assert str(row[named[mention["field"]]])[start:end] == mention["text"] != ""
    scan(batch, plan())


def broken_utf8(rng: random.Random) -> None:
    """Bytes that are no text come out of ingest as text and can be scanned."""
    data = damaged(rng, text(rng).encode() + b"Nike \xff\xfe\xed\xa0\x80")
    ends = b"".join(n.to_bytes(4, "little") for n in (0, len(data)))
    column = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(ends), pa.py_buffer(data)])
    kind = rng.choice([pa.string(), pa.binary(), pa.large_binary()])
    column = column if kind == pa.string() else column.cast(pa.binary()).cast(kind)
    ingested = normalise(
        pa.table({"listing_id": ["1"], "title": column}), ColumnMapping(), source="f"
    )
    assert (
        ingested.listings.num_rows
        + len(ingested.notes.filter(pa.compute.invert(ingested.notes["kept"])))
        >= 1
    )
    scan(ingested.listings, plan())


def _encoded(rng: random.Random, records: list[dict[str, object]]) -> tuple[str, bytes]:
    """A file name and content that hold records in one of the forms that are read."""
    form = rng.choice([".csv", ".jsonl", ".parquet", ".tsv"])
    if form == ".parquet":
        sink = io.BytesIO()
        pq.write_table(
            pa.Table.from_pylist(records), sink, compression=rng.choice(["zstd", "snappy", "none"])
        )
        return "a.parquet", sink.getvalue()
    if form == ".jsonl":
        data = "\n".join(json.dumps(r, ensure_ascii=rng.random() < 0.5) for r in records).encode()
    else:
        sign = "," if form == ".csv" else "\t"
        lines = [sign.join(records[0])]
        lines += [
            sign.join(json.dumps(str(v), ensure_ascii=False) if v else "" for v in r.values())
            for r in records
        ]
        data = "\n".join(lines).encode(rng.choice(["utf-8", "utf-16", "utf-8-sig"]))
    packing = rng.choice(["", "", ".gz", ".zst"])
    pack = {"": bytes, ".gz": gzip.compress, ".zst": zstandard.compress}[packing]
    return f"a{form}{packing}", damaged(
        rng, pack(damaged(rng, data) if rng.random() < 0.5 else data)
    )


def readers(rng: random.Random) -> None:
    """A damaged file is read or refused, and of what was read no row is lost."""
    name, data = _encoded(rng, rows(rng))
    if name == "a.parquet":
        data = damaged(rng, data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        source = open_source(
            str(path), encoding=rng.choice(["utf-8", "utf-8", "gb18030", "utf-16", "latin-1"])
        )
        for chunk in source.chunks():
            counts = scan_chunk(chunk, plan(), ColumnMapping()).counts
            assert counts["read"] == counts["scanned"] + counts["refused"]
            assert min(counts["scanned"], counts["refused"], counts["set_aside"]) >= 0


def ingest(rng: random.Random) -> None:
    """Columns of any type are typed or set aside, and no row is lost."""
    records = rows(rng)
    table = pa.Table.from_pylist(
        records, schema=pa.schema([(name, pa.string()) for name in records[0]])
    )
    kinds = (
        pa.int64(),
        pa.float64(),
        pa.bool_(),
        pa.timestamp("ns"),
        pa.date32(),
        pa.decimal128(30, 3),
        pa.large_string(),
        pa.null(),
    )
    for name in table.column_names:
        if rng.random() < 0.3:
            kind = rng.choice(kinds)
            values = pa.array(
                [rng.choice([None, rng.randrange(-5, 10**6)]) for _ in records], pa.int64()
            )
            wide = kind in (pa.large_string(), pa.bool_(), pa.float64())
            column = (
                values.cast(kind)
                if wide
                else pa.nulls(len(records), kind)
                if kind == pa.null()
                else values.cast(pa.int32()).cast(kind, safe=False)
                if kind == pa.date32()
                else values.cast(kind, safe=False)
            )
            table = table.set_column(table.column_names.index(name), name, column)
    done = normalise(table, ColumnMapping(), source="f")
    refused = {note["line"] for note in done.notes.to_pylist() if not note["kept"]}
    assert done.listings.num_rows + len(refused) == len(records)
    assert done.listings.schema == LISTINGS
    done.listings.validate(full=True)
    scan(done.listings, plan())


@cache
def _given() -> dict[str, bytes]:
    snapshot = plan().snapshot
    held = {**read_folder(ROOT / "packs/core-example"), "PACK.json": b"{}", "PACK.sig": b"{}"}
    return {
        "archive": pack_archive(held, ["public"]),
        "snapshot": snapshot_bytes(snapshot),
        "policy": (ROOT / "policies/balanced.toml").read_bytes(),
        "weights": weights_bytes(prior_weights(snapshot.rules)),
        "labels": b"listing_id,claim,origin,inclusion\na,counterfeit,review,0.5\nb,none,court,\n",
    }


def parsers(rng: random.Random) -> None:
    """A damaged archive, snapshot, policy, weights or label file is read or refused; an archive, read, is of its files."""
    which = rng.choice(list(_given()))
    data = damaged(rng, _given()[which])
    if which == "archive":
        assert pack_archive(open_archive(data), ["public"]) == data
    elif which == "snapshot":
        parse_snapshot(data, source="f")
    elif which == "policy":
        parse_policy(data.decode("utf-8", "replace"), source="f")
    elif which == "weights":
        parse_weights(data, source="f")
    else:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "l.csv"
            path.write_bytes(data)
            labels_of(read_table(path), source="f")


TARGETS: dict[str, Callable[[random.Random], None]] = {
    "fold": fold, "broken_utf8": broken_utf8, "readers": readers, "ingest": ingest, "parsers": parsers,
}  # fmt: skip


def main() -> None:
    """Fuzz for so many seconds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seconds", type=float)
    parser.add_argument(
        "--seed",
        type=int,
        default=int(time.time()),
        help="of the first round; printed with what is found",
    )
    parser.add_argument("--only", choices=TARGETS)
    asked = parser.parse_args()
    end, seed, ran, refused, found = (
        time.monotonic() + asked.seconds,
        asked.seed,
        Counter(),
        Counter(),
        {},
    )
    while time.monotonic() < end:
        rng = random.Random(seed)
        name = asked.only or rng.choice(list(TARGETS))
        ran[name] += 1
        try:
            TARGETS[name](rng)
        except CountermarkError as error:
            refused[name] += 1
            if "\n" in str(error) + error.hint or len(str(error)) > 1000:
                found.setdefault(f"{name}: an error of more than one line", seed)
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            key = f"{name}: {type(error).__name__} at {Path(where.filename).name}:{where.lineno}: {str(error)[:120]!r}"
            if found.setdefault(key.partition(": '")[0], seed) == seed:
                print(f"{key}, --seed {seed}{f' --only {name}' if asked.only else ''}", flush=True)
        seed += 1
    for name in ran:
        print(f"{name}: {ran[name]:,} rounds, {refused[name]:,} refused")
    print(f"{len(found)} promises broken")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
