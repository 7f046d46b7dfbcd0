"""`countermark pack ship` and `countermark pack unpack`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from countermark.apps.cli.options import Threshold, TrustFile
from countermark.apps.cli.pack_pages import verified_page
from countermark.domain.origins import Level
from countermark.wiring import packs as pack_work


def ship(
    pack: Annotated[Path, typer.Argument(help="Folder of a signed pack.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Folder for the archive; its name tells the pack.")
    ] = Path(),
    members: Annotated[
        bool, typer.Option("--members", help="With the part for members of the alliance.")
    ] = False,
) -> None:
    """Write a signed pack as one archive; receivers verify it without the parts that are not theirs."""
    parts: list[Level] = ["public", "members"] if members else ["public"]
    path = pack_work.ship_folder(pack, out, parts=parts)
    typer.echo(f"{pack}: {', '.join(parts)} -> {path}")


def unpack(
    archive: Annotated[Path, typer.Argument(help="Archive of a pack.")],
    trust: TrustFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to make.")],
    threshold: Threshold = 1,
    after: Annotated[
        int, typer.Option(min=0, help="Highest serial seen before; a lower one is refused.")
    ] = 0,
) -> None:
    """Verify an archive and write its files; nothing is written of one that fails."""
    verified = pack_work.unpack_archive(archive, trust, out, threshold=threshold, after=after)
    typer.echo(f"{verified_page(verified)}\n-> {out}")
