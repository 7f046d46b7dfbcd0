"""`countermark train` and `countermark evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from countermark import wiring
from countermark.apps.cli.options import AsJson
from countermark.decision.quality import quality_of
from countermark.decision.weights import weights_bytes, weights_id
from countermark.flows.evaluate_run import check_shared, truth_of
from countermark.flows.train_weights import labels_of, train_weights

RunFolder = Annotated[Path, typer.Argument(help="Folder of a finished run.")]


def train(
    run: RunFolder,
    labels: Annotated[
        Path,
        typer.Option(
            "--labels", "-l", help="Labelled listings: listing_id, claim (or label), origin."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the weights.")],
    challenger: Annotated[
        Path | None, typer.Option(help="Where to write a challenger; without it none is trained.")
    ] = None,
    snapshot: Annotated[
        Path | None, typer.Option("--snapshot", "-s", help="Snapshot, if it moved since the run.")
    ] = None,
) -> None:
    """Learn the weight of every rule, and the calibration, from labelled listings of a run."""
    given = labels_of(wiring.table(labels), source=str(labels))
    check_shared(given, wiring.run_table(run, "decisions"), source=str(labels))
    weights, model = train_weights(
        {name: wiring.run_table(run, name) for name in ("findings", "named", "sellers")}, given,
        snapshot=wiring.snapshot_of_run(run, snapshot), challenger=challenger is not None,
    )  # fmt: skip
    wiring.save(out, weights_bytes(weights), what="weights")
    if model is not None and challenger is not None:
        wiring.save(challenger, model, what="challenger")
    typer.echo(f"{weights_id(weights)} -> {out}")


def evaluate(
    run: RunFolder,
    truth: Annotated[
        Path,
        typer.Option(
            "--truth", "-t", help="Truth: a market's folder, or a table with listing_id and claim."
        ),
    ],
    split: Annotated[
        str, typer.Option(help="Only sellers of this split, as test; default: all.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Hold a run against the truth: precision, recall, calibration, with intervals over sellers."""
    table = truth_of(wiring.truth(truth), source=str(truth), split=split)
    summary = wiring.run_summary(run)
    decisions = wiring.run_table(run, "decisions")
    check_shared(table, decisions, source=str(truth))
    quality = quality_of(
        decisions, table, floor_risk=summary["floor_risk"], sellers=wiring.run_table(run, "sellers")
    )
    typer.echo(json.dumps(quality.as_dict(), ensure_ascii=False) if as_json else quality.as_text())
