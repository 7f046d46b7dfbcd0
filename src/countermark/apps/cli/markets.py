"""`countermark market ...`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from countermark import wiring
from countermark.apps.cli.options import AsJson, Processes
from countermark.testing.market import read_catalogue, write_market

app = typer.Typer(help="Simulated markets with known truth.", no_args_is_help=True)


@app.command()
def make(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to write.")],
    listings: Annotated[int, typer.Option(min=1, help="How many listings.")] = 100_000,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same market.")] = 1,
    packs: Annotated[Path, typer.Option(help="Packs whose brands are sold.")] = Path(
        "packs/starter"
    ),
    processes: Processes = None,
    as_json: AsJson = False,
) -> None:
    """Make a market: honest shops, second hand, accessories, replicas, rings, with the truth in files apart."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("making listings", total=listings)
        summary = write_market(
            out, catalogue=read_catalogue(packs), listings=listings, seed=seed,
            engine=wiring.engine(processes or os.cpu_count() or 1), progress=lambda count: progress.advance(task, count),
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(asdict(summary)))
    else:
        kinds = ", ".join(
            f"{count:,} {kind}"
            for kind, count in sorted(summary.kinds.items(), key=lambda kv: -kv[1])
        )
        typer.echo(
            f"{summary.listings:,} listings of {summary.sellers:,} sellers, {summary.rings:,} rings: {kinds}\n-> {out}"
        )
