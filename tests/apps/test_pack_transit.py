"""Signed packs on their way: shipped as one file, verified before anything is written or compiled."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from countermark.adapters.packs import read_folder, write_folder
from small_packs import ACME, CORE, header

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "sign-and-ship-a-pack.md"
PARTS = """[parts.members]
level = "members"
licence = "x"
[parts.venue]
level = "venue"
licence = "x"
[requires]"""


@pytest.fixture
def folder(tmp_path, monkeypatch, cli) -> Path:
    """A working folder with a signed core pack and a signed brand pack, and who may sign what."""
    monkeypatch.chdir(tmp_path)
    write_folder("core", CORE)
    write_folder("acme", ACME)
    trust = "".join(cli("pack", "keygen", "-o", f"{who}.pem", "--issuer", who).out for who in ("core", "acme"))  # fmt: skip
    Path("trust.toml").write_text(trust)
    for who in ("core", "acme"):
        assert cli("pack", "sign", who, "--key", f"{who}.pem").code == 0
    return tmp_path


def test_a_shipped_pack_is_verified_unpacked_and_compiled_as_the_folder_is(folder, cli):
    assert cli("pack", "ship", "acme", "-o", "out").code == 0
    (archive,) = Path("out").iterdir()
    assert archive.name.startswith("acme.zorvik-1-")
    assert "verified, parts public" in cli("pack", "verify", archive, "-t", "trust.toml").out
    said = cli("pack", "unpack", archive, "-t", "trust.toml", "-o", "got")
    assert said.code == 0, said.err
    assert read_folder("got") == read_folder("acme")
    built = [
        cli("snapshot", "build", "core", pack, "-o", "s", "--as-of", "2026-11-24", "-t", "trust.toml")
        for pack in ("acme", archive)
    ]  # fmt: skip
    assert built[0].out
    assert built[0].out == built[1].out


def test_the_how_to_page_can_be_followed(tmp_path, monkeypatch, cli):
    """Each command of the page, line by line; the archive's name and the trusted keys are the real ones."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "packs" / "core", "packs/core")
    Path("inbox").mkdir()
    cli("pack", "new", "acme.rokkit", "--category", "toys.figure")
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    assert len(lines) == 10
    for line in lines:
        command, *targets = re.split(r" >>? ", line)
        arrived = next(Path("outbox").glob("*.tar"), None) if Path("outbox").exists() else None
        if arrived:
            shutil.copy(arrived, "inbox")
            command = command.replace("acme.rokkit-1-0123456789abcdef.tar", arrived.name)
        said = cli(*shlex.split(command)[1:])
        assert said.code == 0, (line, said)
        for target in targets:
            with Path("trust.toml" if target.endswith("trust.toml") else target).open("a") as file:
                file.write(said.out)
    assert Path("s.snapshot").is_file()


def test_archives_in_a_folder_are_packs(folder, cli):
    cli("pack", "ship", "acme", "-o", "out")
    assert cli("pack", "lint", "out", "--as-of", "2026-11-24").code == 0


def test_a_changed_archive_leaves_nothing_behind(folder, cli, refused):
    cli("pack", "ship", "acme", "-o", "out")
    (archive,) = Path("out").iterdir()
    archive.write_bytes(archive.read_bytes().replace(b"Zorvik", b"Zorvin"))
    says = refused(cli("pack", "unpack", archive, "-t", "trust.toml", "-o", "got"))
    assert "is not what was signed" in says
    assert not Path("got").exists()


def test_a_pack_changed_after_it_was_signed_is_not_shipped(folder, cli, refused):
    Path("acme/public/marks.toml").write_bytes(b"# changed\n")
    says = refused(cli("pack", "ship", "acme", "-o", "out"))
    assert says == "the files of the pack are not those that were signed"


def test_an_older_edition_is_not_unpacked(folder, cli, refused):
    cli("pack", "ship", "acme", "-o", "out")
    (archive,) = Path("out").iterdir()
    asked = ("pack", "unpack", archive, "-t", "trust.toml", "-o", "got", "--after", 2)
    assert "serial 1 is lower than 2" in refused(cli(*asked))


def test_the_secret_part_of_a_marketplace_does_not_leave_in_clear(folder, cli):
    write_folder("acme", {"members/tells.toml": b"", "venue/terms.toml": b""})
    text = Path("acme/pack.toml").read_text().replace("[requires]", PARTS)
    Path("acme/pack.toml").write_text(text)
    assert cli("pack", "sign", "acme", "--key", "acme.pem").code == 0
    assert cli("pack", "ship", "acme", "-o", "out", "--members").code == 0
    (archive,) = Path("out").iterdir()
    said = cli("pack", "verify", archive, "-t", "trust.toml").out
    assert "verified, parts public, members\n" in said


def test_a_snapshot_is_built_of_trusted_packs_only(folder, cli, refused):
    Path("core/pack.toml").write_bytes(header("core.general", serial=2))
    said = cli("snapshot", "build", "core", "acme", "-o", "s", "-t", "trust.toml")
    assert "pack.toml is not what was signed" in refused(said)
    assert not Path("s").exists()
