"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Listings = Annotated[
    str,
    typer.Argument(help="File, folder, glob or URL: Parquet, CSV, JSON Lines, also .gz and .zst."),
]
SnapshotPath = Annotated[
    Path, typer.Option("--snapshot", "-s", help="Snapshot file.", show_default=False)
]
Maps = Annotated[
    list[str] | None,
    typer.Option(
        "--map", metavar="THEIRS=OURS", help="A source column and the listing column that it is."
    ),
]
Defaults = Annotated[
    list[str] | None,
    typer.Option(
        "--default",
        metavar="COLUMN=VALUE",
        help="Value where a listing has none, as condition=new for a venue of new goods.",
    ),
]
Encoding = Annotated[str, typer.Option(help="Encoding of text files.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Processes = Annotated[
    int | None,
    typer.Option(min=1, help="Worker processes; default: all cores.", show_default=False),
]

TrustFile = Annotated[
    Path, typer.Option("--trust", "-t", help="Trusted keys and their issuers, TOML.")
]
MeasuredBy = Annotated[
    Path | None,
    typer.Option("--measured", help="Table of name uses, as countermark pack measure writes it."),
]
Threshold = Annotated[
    int, typer.Option(min=1, help="How many keys of the pack's issuer must have signed.")
]
