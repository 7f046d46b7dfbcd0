"""`countermark pack measure`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermark import wiring
from countermark.apps.cli.options import AsJson
from countermark.knowledge.distinctiveness import uses_csv
from countermark.wiring import packs as pack_work


def measure(
    packs: Annotated[
        list[Path], typer.Argument(help="Pack folders or archives, or folders of them.")
    ],
    on: Annotated[
        Path,
        typer.Option(
            help="Ordinary listings: a simulated market, or a table with listing_id, title and mark."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Where to write the table of name uses.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure how surely each name means its brand; lint and snapshot build take the table with --measured."""
    uses = pack_work.measure(packs, on)
    if out is not None:
        wiring.save(out, uses_csv(uses), what="table of name uses")
    for use in uses:
        row = {**use._asdict(), "low": round(use.low, 4), "allows": use.allows}
        if as_json:
            typer.echo(pack_work.line(row))
        elif use.allows != "coined":
            typer.echo(
                f"{use.mark}: {use.text} means the brand in {use.meant} of {use.occurrences} titles,"
                f" at least {use.low:.1%}: {use.allows}"
            )
    if not as_json:
        others = sum(use.allows != "coined" for use in uses)
        typer.echo(f"{len(uses)} names occur; {others} of them also mean something else")
