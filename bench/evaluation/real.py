"""Real listings of ../shared/data, read where they lie and never copied."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pyarrow.parquet as pq

from evaluation.scans import ACTED, ROOT, judged, share

STRONG = ("review", *ACTED)
SHARED = ROOT.parent / "shared/data"


def walmart_amazon() -> list[dict]:
    """Offers of two large shops, with prices."""
    pairs = (SHARED / "product_matching_magellan/Structured_Walmart-Amazon").glob("*.txt")
    lines = {
        part for f in pairs for row in f.read_text().split("\n") for part in row.split("\t")[:2]
    }
    rows: list[dict] = []
    for line in sorted(filter(None, lines)):
        fields = dict(re.findall(r"COL (\w+) VAL (.*?)(?= COL |$)", line.strip()))
        price = fields.get("price", "").strip()
        if fields.get("title"):
            rows.append(
                {"title": fields["title"], "brand": fields.get("brand") or None, "currency": "USD", "seller_id": f"w{len(rows)}",
                 "price_minor": round(float(price) * 100) if re.fullmatch(r"[\d.]+", price) else None, "venue": "v"}
            )  # fmt: skip
    return rows


def web_shops() -> list[dict]:
    """Titles of web shops, without prices."""
    titles = {
        re.sub(r'^"|"@?[\w-]*$', "", t).strip()
        for f in (SHARED / "product_matching_wdc").glob("*/*")
        for line in f.read_text(errors="replace").split("\n")
        for t in re.findall(r'"([^"]{8,200})"@', line)
    }
    return [{"title": t, "seller_id": f"d{k}", "venue": "v"} for k, t in enumerate(sorted(titles))]


def official() -> list[dict]:
    """The catalogue of two brands, as an unlisted seller would offer it."""
    return [
        {"title": r["Product Name"], "description": r["Description"], "brand": r["Brand"], "style_code": r["Product ID"], "currency": "USD",
         "price_minor": int(float(r["Sale Price"]) * 100) or None, "seller_id": "official", "venue": "v"}
        for r in _csv("genuine_official_listings_adidas_nike/adidas_nike_official.csv")
    ]  # fmt: skip


def snapdeal() -> list[dict]:
    """Offers of a large Indian marketplace."""
    return [
        {"title": r["product_name"], "currency": "INR", "price_minor": int(float(r["price"]) * 100),
         "seller_id": r["seller_name"] or f"n{k}", "venue": "v"}
        for k, r in enumerate(_csv("marketplace_snapdeal_sample/snapdeal_raw.csv"))
    ]  # fmt: skip


def _csv(path: str) -> list[dict[str, str]]:
    return list(csv.DictReader((SHARED / path).open(encoding="utf-8")))


def replicas(folder: Path) -> list[str]:
    """Listings offered through a replica-buying agent; the label is by source, not by listing.

    They are scanned among the offers of two shops, as in a market, and alone. Alone the breakers of the policy take the
    price rule for broken, since it fires ten times as often as its author expects.
    """
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
    among = judged("replica", [*rows, *walmart_amazon()], folder, defaults=("condition=new",))
    alone = judged("replica-alone", rows, folder, defaults=("condition=new",))
    named = pq.read_table(folder / "run-replica-alone/named.parquet").to_pylist()
    banded = [row["listing_id"] for row in named if row["asked_share"] is not None]
    missed = [rows[int(i)]["title"] for i in banded if among.get(i) not in STRONG]
    lines = [
        f"{len(rows)} rows, {len(named)} name a known mark, {len(banded)} of these have a price band.",
        "",
        f"Reviewed or stronger among those with a band: {_caught(among, banded)}. Scanned alone, when the breakers of the policy",
        f"take the price rule for broken: {_caught(alone, banded)}.",
        "",
    ]
    return lines + [f"- missed: {title}" for title in missed[:20]]


def _caught(actions: dict[str, str], ids: list[str]) -> str:
    return share(sum(actions.get(i) in STRONG for i in ids), len(ids))
