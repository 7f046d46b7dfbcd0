"""`countermark snapshot ...`."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from countermark import wiring
from countermark.apps.cli.options import AsJson, MeasuredBy
from countermark.knowledge.snapshot import Snapshot
from countermark.wiring import packs as pack_work

app = typer.Typer(help="Compile packs to a snapshot, and look at one.", no_args_is_help=True)


Packs = Annotated[list[Path], typer.Argument(help="Pack folders or archives, or folders of them.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Where to write the snapshot.")]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day for which validity is decided; default: today."),
]
Trust = Annotated[
    Path | None,
    typer.Option(
        "--trust", "-t", help="Trusted keys, TOML: verify every pack and refuse the others."
    ),
]
After = Annotated[
    Path | None,
    typer.Option(help="Snapshot in use so far: refuse a pack of a lower serial than in it."),
]


@app.command()
def build(  # noqa: PLR0913, PLR0917 - one parameter for each option that people can give
    packs: Packs, out: Out, as_of: Day = None, trust: Trust = None, after: After = None,
    measured: MeasuredBy = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Compile packs to a snapshot: the same packs on the same day give the same id everywhere."""
    snapshot = wiring.build_snapshot_file(
        packs,
        out,
        as_of=as_of.date() if as_of else None,
        trust=trust,
        measured=pack_work.measured(measured),
        after=after,
    )
    _tell(snapshot, out, as_json=as_json)


def _tell(snapshot: Snapshot, out: Path, *, as_json: bool) -> None:
    facts = {
        "id": snapshot.id, "packs": len(snapshot.packs), "marks": len(snapshot.marks), "names": len(snapshot.names.texts),
        "rules": len(snapshot.rules), "price_bands": len(snapshot.goods.band_key), "notes": list(snapshot.notes),
    }  # fmt: skip
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    for note in snapshot.notes:
        typer.echo(f"note: {note}", err=True)
    typer.echo(
        f"{snapshot.id}: {facts['packs']} packs, {facts['marks']:,} marks, {facts['names']:,} names, "
        f"{facts['price_bands']:,} price bands, {facts['rules']} rules -> {out}"
    )
