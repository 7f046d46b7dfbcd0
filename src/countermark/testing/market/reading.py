"""Reading what the simulated market is made from: a folder of packs, and the phrases here."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from countermark.errors import PackError
from countermark.testing.market.catalogue import Catalogue, catalogue_from_files
from countermark.testing.market.phrasebook import LANGUAGES, Phrasebook, phrasebook_from_files

_WANTED = ("marks.toml", "aliases.toml", "products.csv", "prices.csv")


def read_catalogue(packs: Path) -> Catalogue:
    """The catalogue of every pack below the folder `packs`, such as packs/starter.

    Raises:
        PackError: there is no such folder, a file cannot be parsed, or nothing has a price band.
    """
    if not packs.is_dir():
        raise PackError(f"{packs} is not a folder", hint="name the folder of brand packs")
    found = sorted(path for name in _WANTED for path in packs.glob(f"**/public/{name}"))
    return catalogue_from_files(
        {path.relative_to(packs).as_posix(): _bytes(path) for path in found}
    )


def read_phrasebook() -> Phrasebook:
    """The phrases of every language, from the data files of this package."""
    folder = files("countermark.testing.market") / "phrases"
    names = ["index", *LANGUAGES]
    return phrasebook_from_files({name: (folder / f"{name}.toml").read_bytes() for name in names})


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise PackError(f"{path} cannot be read: {fault.strerror}") from fault
