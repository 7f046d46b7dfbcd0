"""`countermark scan`, `mentions` and `explain`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from countermark import wiring
from countermark.apps.cli.options import (
    AsJson,
    Defaults,
    Encoding,
    Listings,
    Maps,
    Processes,
    SnapshotPath,
)
from countermark.apps.cli.pages import explanation_page, run_page, visible
from countermark.flows.explain_decision import explain_decision
from countermark.flows.list_mentions import list_mentions
from countermark.flows.scan_listings import Knowledge, scan_listings
from countermark.ingest.mapping import parse_mapping

INTERRUPTED = 130  # exit code of a command that Ctrl-C ended
PolicyPath = Annotated[Path, typer.Option("--policy", "-p", help="Policy file, TOML.")]
WeightsPath = Annotated[
    Path | None,
    typer.Option("--weights", "-w", help="Weights file; without one the authors' own weights."),
]
ChallengerPath = Annotated[
    Path | None, typer.Option(help="Challenger file; it orders the queue and never acts.")
]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder of the run.")]
Force = Annotated[bool, typer.Option("--force", help="Replace the run that is there.")]


def scan(  # noqa: PLR0913, PLR0917 - one parameter for each option that people can give
    listings: Listings, snapshot: SnapshotPath, policy: PolicyPath, out: Out,
    weights: WeightsPath = None, challenger: ChallengerPath = None, maps: Maps = None, defaults: Defaults = None,
    encoding: Encoding = "utf-8", processes: Processes = None, force: Force = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Scan listings: find, explain and decide. Interrupted, the same command goes on where it stopped."""
    data, compiled = wiring.load_snapshot(snapshot)
    judging = wiring.judging(compiled, policy=policy, weights=weights, challenger=challenger)
    source = wiring.source(listings, encoding=encoding)
    steps = scan_listings(
        source, knowledge=Knowledge(snapshot=compiled, data=data, path=str(snapshot.resolve())), judging=judging,
        engine=wiring.engine(processes), run=wiring.run_store(out, replace=force), mapping=parse_mapping(maps or [], defaults or []),
    )  # fmt: skip
    try:
        summary = _watched(steps)
    except KeyboardInterrupt:
        typer.echo("interrupted: the same command goes on where it stopped", err=True)
        raise typer.Exit(INTERRUPTED) from None
    typer.echo(json.dumps(summary, ensure_ascii=False) if as_json else run_page(summary, out))


def _watched(steps: Iterator[dict[str, Any]]) -> dict[str, Any]:
    """The last step; the others are shown as progress on standard error, if that is a screen."""
    summary: dict[str, Any] = {}
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(pulse_style="dim"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("scanning", total=None)
        for summary in steps:
            if "scanned" in summary:
                text = f"{summary['scanned']:,} listings, {summary['naming']:,} name a mark, {summary['findings']:,} findings"
                progress.update(task, description=text)
    return summary


def mentions(
    listings: Listings, snapshot: SnapshotPath, maps: Maps = None, defaults: Defaults = None,
    encoding: Encoding = "utf-8", as_json: AsJson = False,
) -> None:  # fmt: skip
    """Say which marks each listing names, where, and how they were recognised."""
    _, knowledge = wiring.load_snapshot(snapshot)
    source = wiring.source(listings, encoding=encoding)
    for row in list_mentions(
        source,
        snapshot=knowledge,
        mapping=parse_mapping(maps or [], defaults or []),
        refused=_tell_refused,
    ):
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        elif row["mentions"]:
            named = ", ".join(
                f"{m['brand']} ({m['text']!r} in {m['field']}, {m['how']})" for m in row["mentions"]
            )
            typer.echo(visible(f"{row['listing_id']}: {named}"))


def _tell_refused(count: int) -> None:
    if count:
        typer.echo(f"{count:,} rows refused; countermark scan says why", err=True)


def explain(
    listing_id: Annotated[str, typer.Argument(help="Id of a listing that names a mark.")],
    run: Annotated[Path, typer.Option("--run", "-r", help="Folder of the run.")],
    snapshot: Annotated[
        Path | None, typer.Option("--snapshot", "-s", help="Snapshot, if it moved since.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain one decision: reasons and facts, what would have stopped it, what the seller is told."""
    explained = explain_decision(
        listing_id, snapshot=wiring.snapshot_of_run(run, snapshot), summary=wiring.run_summary(run),
        tables={name: wiring.run_table(run, name) for name in ("findings", "named", "flagged", "decisions", "sellers")},
    )  # fmt: skip
    typer.echo(
        json.dumps(explained, ensure_ascii=False, default=str)
        if as_json
        else explanation_page(explained)
    )
