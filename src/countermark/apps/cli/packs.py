"""`countermark pack ...`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from countermark import wiring
from countermark.apps.cli.options import AsJson, MeasuredBy, Threshold, TrustFile
from countermark.apps.cli.pack_measure import measure
from countermark.apps.cli.pack_new import new
from countermark.apps.cli.pack_pages import lint_page, trial_page, verified_page
from countermark.apps.cli.pack_transit import ship, unpack
from countermark.flows.lint_pack import lint as lint_files
from countermark.flows.try_pack import PackTrial, try_pack, try_together
from countermark.wiring import packs as pack_work

app = typer.Typer(help="Write, check, test, sign and verify packs.", no_args_is_help=True)
app.command()(new)
app.command()(measure)
app.command()(ship)
app.command()(unpack)

Folders = Annotated[
    list[Path], typer.Argument(help="Pack folders or archives, or folders of them.")
]
Folder = Annotated[Path, typer.Argument(help="Pack folder.")]
Either = Annotated[Path, typer.Argument(help="Pack folder or archive.")]
Core = Annotated[
    Path | None, typer.Option(help="Core pack; default: packs/core.", show_default=False)
]
Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Day for which validity is decided; default: today."),
]


@app.command()
def lint(  # noqa: PLR0913, PLR0917 - one parameter for each option that people can give
    packs: Folders,
    core: Core = None,
    background: Annotated[
        Path | None, typer.Option(help="Run on ordinary listings: how often may each rule fire?")
    ] = None,
    released: Annotated[
        int, typer.Option(min=0, help="Highest serial released before; the next is higher.")
    ] = 0,
    measured: MeasuredBy = None,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """Check packs: schema, rights, aliases, claims, secrets, personal data, enough tests."""
    folders = wiring.pack_paths(packs)
    files = [pack_work.files_of(folder) for folder in folders]
    day = as_of.date() if as_of else None
    context = pack_work.lint_context(
        files, core, as_of=day, released=released, measured_by=measured
    )
    if context.core_lists is None:
        typer.echo("note: core lists and categories were not checked, for want of --core", err=True)
    rates, failed = pack_work.background(background), False
    for folder, content in zip(folders, files, strict=True):
        remarks = lint_files(content, context=context, rates=rates)
        failed |= any(remark.severity == "E" for remark in remarks)
        if as_json:
            for remark in remarks:
                typer.echo(pack_work.line({"pack": str(folder), **asdict(remark)}))
        else:
            typer.echo(lint_page(folder, remarks))
    if failed:
        raise typer.Exit(1)


@app.command("test")
def try_out(
    packs: Folders,
    core: Core = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--with", help="More packs that the cases need, as those whose marks they name."
        ),
    ] = None,
    together: Annotated[
        bool, typer.Option("--together", help="All in one snapshot, as a marketplace has them.")
    ] = False,
    as_of: Day = None,
    as_json: AsJson = False,
) -> None:
    """Run the tests of packs: cases, bounds, each signal taken away in turn, disguises."""
    folders, base = wiring.pack_paths(packs), pack_work.needed_core(core)
    day, words = as_of.date() if as_of else pack_work.today(), pack_work.vocabulary()
    pairs = [(pack_work.files_of(f), pack_work.companions(f, beside or [])) for f in folders]
    if together:
        others = [base, *(files for _, more in pairs for files in more)]
        own = [files for files, _ in pairs]
        trials = try_together(own, beside=others, vocabulary=words, as_of=day)
    else:
        trials = (
            try_pack(files, beside=[base, *more], vocabulary=words, as_of=day)
            for files, more in pairs
        )
    failed = False
    for trial in trials:
        failed |= trial.failed
        typer.echo(pack_work.line(_plain(trial)) if as_json else trial_page(trial))
    if failed:
        raise typer.Exit(1)


def _plain(trial: PackTrial) -> dict[str, object]:
    """A trial as JSON values."""
    return {**asdict(trial), "failed": trial.failed}


@app.command()
def sign(
    pack: Folder,
    key: Annotated[Path, typer.Option("--key", "-k", help="Private key of the issuer.")],
    add: Annotated[
        bool, typer.Option("--add", help="One more signature under what is signed already.")
    ] = False,
) -> None:
    """Sign a pack: lock the revisions of its rules, hash its files, sign the hashes."""
    written = pack_work.sign_folder(pack, key, add=add)
    typer.echo(f"{pack}: signed, wrote {', '.join(written) or 'nothing'}")


@app.command()
def verify(
    pack: Either,
    trust: TrustFile,
    threshold: Threshold = 1,
    after: Annotated[
        int, typer.Option(min=0, help="Highest serial seen before; a lower one is refused.")
    ] = 0,
) -> None:
    """Verify that the bytes of a pack are what a trusted issuer signed."""
    typer.echo(
        verified_page(pack_work.verify_folder(pack, trust, threshold=threshold, after=after))
    )


@app.command()
def keygen(
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the private key.")],
    issuer: Annotated[
        list[str] | None, typer.Option(help="Issuer whose packs the key may sign; repeatable.")
    ] = None,
) -> None:
    """Make a signing key; prints its entry for the trust files of others."""
    typer.echo(pack_work.make_key(out, issuer or []), nl=False)
    typer.echo(f"private key -> {out}: keep it, nobody can make it again", err=True)
