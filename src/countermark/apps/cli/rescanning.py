"""`countermark rescan`."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from countermark.apps.cli.options import AsJson, SnapshotPath
from countermark.apps.cli.pages import visible
from countermark.apps.cli.scanning import PolicyPath, WeightsPath
from countermark.apps.cli.serving import HERE, RecordsUrl


def rescan(  # noqa: PLR0913, PLR0917 - one parameter for each option that people can give
    member: Annotated[str, typer.Option(help="Name or reference of the marketplace.")],
    snapshot: SnapshotPath, policy: PolicyPath, weights: WeightsPath = None, records: RecordsUrl = HERE,
    preview: Annotated[bool, typer.Option("--preview", help="Say what would change, and change nothing.")] = False,
    shadow: Annotated[bool, typer.Option("--shadow", help="Decide and keep, and let nothing follow, as a gate in shadow does.")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Judge every listing that is up anew. What a person decided stands. Interrupted, the same command goes on."""
    from countermark.flows.rescan_listings import (
        Rescanned,
        plain,
    )  # other commands need no database
    from countermark.wiring import serving as wired

    scan = wired.gate_scan(snapshot, policy=policy, weights=weights, shadow=shadow)
    desk = wired.RescanDesk(keeping=wired.keeping(records), scan=scan)
    found, console = Rescanned(), Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:  # fmt: skip
        task = progress.add_task("judging", total=None)
        for found in desk.rescan(member, preview=preview):
            said = f"{found.judged:,} listings, {found.changed:,} decided otherwise"
            progress.update(task, description=said)
    desk.keeping.records.close()
    counts = plain(found)
    typer.echo(json.dumps(counts, ensure_ascii=False) if as_json else _page(counts, preview))


def _page(counts: dict[str, Any], preview: bool) -> str:
    """What a person reads."""
    verb = "would be" if preview else "are"
    lines = [
        f"{counts['judged']:,} listings judged, {counts['changed']:,} {verb} decided otherwise"
    ]
    lines += [f"  {move:<22} {number:>9,}" for move, number in counts["moves"].items()]
    for name, words in (
        ("by_people", "decided by a person, which stands"),
        ("overtaken", "edited or decided meanwhile, left as they are"),
    ):
        if counts[name]:
            lines.append(f"{counts[name]:,} {words}")
    lines += [
        visible(f"  {venue} {listing}: {before} -> {after}")
        for venue, listing, before, after in counts["examples"]
    ]
    return "\n".join(lines)
