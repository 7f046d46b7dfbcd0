"""The `countermark` command."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from countermark import __version__
from countermark.apps.cli import learning, markets, packs, rescanning, scanning, serving, snapshots
from countermark.apps.cli.pages import visible
from countermark.errors import CountermarkError

app = typer.Typer(
    name="countermark",
    help="Find counterfeits in marketplace listings, with reasons that people can read.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(snapshots.app, name="snapshot")
app.add_typer(packs.app, name="pack")

app.add_typer(markets.app, name="market")
app.add_typer(serving.members, name="member")
app.add_typer(serving.keys, name="key")
app.command()(serving.serve)
app.command()(rescanning.rescan)
app.command()(scanning.scan)
app.command()(scanning.mentions)
app.command()(scanning.explain)
app.command()(learning.train)
app.command()(learning.evaluate)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"countermark {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """Find counterfeits in marketplace listings, with reasons that people can read."""


def run() -> None:
    """Run the command line: exit 0 done, 1 refused, 2 misused."""
    try:
        app()
    except CountermarkError as error:
        typer.echo(visible(f"error: {error}"), err=True)
        if error.hint:
            typer.echo(visible(f"  hint: {error.hint}"), err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        where = error.filename or "standard output"
        typer.echo(visible(f"error: {where}: {(error.strerror or str(error)).lower()}"), err=True)
        sys.exit(1)


if __name__ == "__main__":
    run()
