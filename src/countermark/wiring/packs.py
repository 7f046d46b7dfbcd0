"""Where pack commands meet files, keys, the clock and chance."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from countermark import wiring
from countermark.adapters.keys import new_key, read_key, read_trust, trust_entry, write_key
from countermark.adapters.packs import read_archive, read_files, read_folder, write_folder
from countermark.adapters.storage.files import read_file, write_file
from countermark.adapters.storage.tables import read_table
from countermark.adapters.vocabulary import everyday_words
from countermark.domain.origins import Level
from countermark.errors import UsageError
from countermark.flows.lint_pack import Rates, context_of, rates_of
from countermark.flows.measure_names import measure_names
from countermark.flows.ship_pack import receive, ship
from countermark.flows.sign_pack import sign, sign_too
from countermark.knowledge.distinctiveness import Measured, NameUse, allowed, parse_uses
from countermark.knowledge.files import Files
from countermark.knowledge.lint.subject import Context
from countermark.knowledge.reading import read_pack
from countermark.knowledge.verifying import Verified, verify_pack

CORE = Path("packs/core")
EXAMPLE = "-example"


def files_of(path: Path) -> Files:
    """The files of one pack, a folder or an archive."""
    return read_files(path)


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def core_files(core: Path | None) -> Files | None:
    """The core pack: the one given, or that of `packs/core`; None where there is none."""
    if core is None and not (CORE / "pack.toml").is_file():
        return None
    return read_files(core or CORE)


def needed_core(core: Path | None) -> Files:
    """The core pack.

    Raises:
        UsageError: none is given and none is here.
    """
    files = core_files(core)
    if files is None:
        raise UsageError(f"no core pack in {CORE}", hint="say where it is with --core")
    return files


def companions(folder: Path, given: Sequence[Path]) -> list[Files]:
    """Packs that the cases of a pack need: those given, else its example.

    A pack without marks, as core, may have a pack of marks for its tests in `<folder>-example`.
    """
    example = folder.resolve().with_name(folder.resolve().name + EXAMPLE)
    if not given and (example / "pack.toml").is_file() and not read_pack(read_files(folder)).marks:
        return [read_folder(example)]
    return [read_files(path) for path in wiring.pack_paths(given)]


def vocabulary() -> Sequence[str]:
    """Everyday words of many languages."""
    return everyday_words()


def lint_context(
    packs: Sequence[Files],
    core: Path | None,
    *,
    as_of: date | None,
    released: int,
    measured_by: Path | None = None,
) -> Context:
    """What the linter may know: the core pack, the packs beside, everyday words, the day."""
    return context_of(
        core_files(core),
        packs,
        vocabulary=everyday_words(),
        as_of=as_of or today(),
        released=released,
        measured=measured(measured_by),
    )


def background(run: Path | None) -> Rates | None:
    """How often each rule fired in the run of a folder."""
    return None if run is None else rates_of(wiring.run_summary(run), source=str(run))


def write_new(folder: Path, files: Files) -> None:
    """Write a pack to a folder that is empty or not there.

    Raises:
        UsageError: something is there.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is there already", hint="give another folder with -o")
    write_folder(folder, files)


def sign_folder(folder: Path, key: Path, *, add: bool) -> Sequence[str]:
    """Sign the pack of a folder, or put one more signature under it; returns the files written."""
    files, signing = read_folder(folder), read_key(key)
    made = (
        sign_too(files, key=signing)
        if add
        else sign(files, key=signing, random_bytes=secrets.token_bytes)
    )
    write_folder(folder, made)
    return sorted(made)


def verify_folder(folder: Path, trust: Path, *, threshold: int, after: int) -> Verified:
    """What the signature of a pack, a folder or an archive, says."""
    return verify_pack(
        read_files(folder), trusted=read_trust(trust), threshold=threshold, highest_serial=after
    )


def measure(paths: Iterable[Path], background: Path) -> Sequence[NameUse]:
    """How ordinary listings use the names of packs: those of a simulated market, or a table with its own truth."""
    is_market = background.is_dir()
    listings = read_table(background / "listings.parquet" if is_market else background)
    truth = wiring.truth(background) if is_market else listings
    return measure_names(
        map(read_files, wiring.pack_paths(paths)), listings, truth, source=str(background)
    )


def measured(path: Path | None) -> Measured:
    """What the table of name uses in a file allows each name to be called; nothing is said without one."""
    if path is None:
        return {}
    return allowed(parse_uses(read_file(path, what="table of name uses"), source=str(path)))


def ship_folder(folder: Path, out: Path, *, parts: Sequence[Level]) -> Path:
    """Write the archive of a signed pack into the folder `out`; returns its path."""
    shipment = ship(read_folder(folder), parts=parts)
    write_file(out / shipment.name, shipment.content, what="archive")
    return out / shipment.name


def unpack_archive(
    archive: Path, trust: Path, out: Path, *, threshold: int, after: int
) -> Verified:
    """Verify an archive and write its files to a folder that is empty or not there."""
    verified, files = receive(
        read_archive(archive),
        trusted=read_trust(trust),
        threshold=threshold,
        highest_serial=after,
    )
    write_new(out, files)
    return verified


def make_key(path: Path, issuers: Sequence[str]) -> str:
    """Make a private key; returns its entry for trust files."""
    key = new_key()
    write_key(path, key)
    return trust_entry(key, tuple(issuers))


def line(row: Mapping[str, object]) -> str:
    """One JSON object in one line."""
    return json.dumps(row, ensure_ascii=False)
