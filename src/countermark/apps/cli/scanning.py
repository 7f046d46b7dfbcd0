"""`countermark scan` and `countermark mentions`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from countermark import wiring
from countermark.apps.cli.options import AsJson, Defaults, Encoding, Listings, Maps, Processes, SnapshotPath
from countermark.flows.list_mentions import list_mentions
from countermark.ingest.mapping import parse_mapping


def mentions(
    listings: Listings, snapshot: SnapshotPath, maps: Maps = None, defaults: Defaults = None,
    encoding: Encoding = "utf-8", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say which marks each listing names, where, and how they were recognised."""
    _, knowledge = wiring.load_snapshot(snapshot)
    source = wiring.source(listings, encoding=encoding)
    for row in list_mentions(source, snapshot=knowledge, mapping=parse_mapping(maps or [], defaults or [])):
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        elif row["mentions"]:
            named = ", ".join(f"{m['brand']} ({m['text']!r} in {m['field']}, {m['how']})" for m in row["mentions"])
            typer.echo(f"{row['listing_id']}: {named}")
