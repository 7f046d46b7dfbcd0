"""Where pack commands meet files, keys, the clock and chance."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from countermark import wiring
from countermark.adapters.keys import new_key, read_key, read_trust, trust_entry, write_key
from countermark.adapters.packs import read_folder, write_folder
from countermark.adapters.vocabulary import everyday_words
from countermark.errors import UsageError
from countermark.flows.lint_pack import Rates, context_of, rates_of
from countermark.flows.sign_pack import sign, sign_too
from countermark.knowledge.files import Files
from countermark.knowledge.lint.subject import Context
from countermark.knowledge.reading import read_pack
from countermark.knowledge.verifying import Verified, verify_pack

CORE = Path("packs/core")
EXAMPLE = "-example"


def files_of(folder: Path) -> Files:
    """The files of one pack folder."""
    return read_folder(folder)


def today() -> date:
    """The day in UTC."""
    return datetime.now(UTC).date()


def core_files(core: Path | None) -> Files | None:
    """The core pack: the one given, or that of `packs/core`; None where there is none."""
    if core is None and not (CORE / "pack.toml").is_file():
        return None
    return read_folder(core or CORE)


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
    if not given and (example / "pack.toml").is_file() and not read_pack(read_folder(folder)).marks:
        return [read_folder(example)]
    return [read_folder(path) for path in wiring.pack_folders(given)]


def vocabulary() -> Sequence[str]:
    """Everyday words of many languages."""
    return everyday_words()


def lint_context(
    packs: Sequence[Files], core: Path | None, *, as_of: date | None, released: int
) -> Context:
    """What the linter may know: the core pack, the packs beside, everyday words, the day."""
    return context_of(
        core_files(core),
        packs,
        vocabulary=everyday_words(),
        as_of=as_of or today(),
        released=released,
    )


def background(run: Path | None) -> Rates | None:
    """How often each rule fired in the run of a folder."""
    return None if run is None else rates_of(wiring.run_summary(run), source=str(run))


def write_new(folder: Path, files: Files) -> None:
    """Write a new pack to a folder that is empty or not there.

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
    """What the signature of the pack of a folder says."""
    return verify_pack(
        read_folder(folder), trusted=read_trust(trust), threshold=threshold, highest_serial=after
    )


def make_key(path: Path, issuers: Sequence[str]) -> str:
    """Make a private key; returns its entry for trust files."""
    key = new_key()
    write_key(path, key)
    return trust_entry(key, tuple(issuers))


def line(row: Mapping[str, object]) -> str:
    """One JSON object in one line."""
    return json.dumps(row, ensure_ascii=False)
