"""The command as a user gives it, and a folder with what most commands need."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from countermark.apps.cli.main import run
from countermark.knowledge.snapshot import snapshot_bytes

POLICIES = Path(__file__).parents[2] / "policies"


class Said(NamedTuple):
    """What a command did: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    def lines(self) -> list[str]:
        """Lines of standard output."""
        return self.out.split("\n")[:-1]


Cli = Callable[..., Said]


@pytest.fixture(scope="session")
def cli() -> Cli:
    """Runs `countermark` with these arguments in this process, as its entry point does."""

    def act(*arguments):
        out, err, given, code = io.StringIO(), io.StringIO(), sys.argv, 0
        sys.argv = ["countermark", *map(str, arguments)]
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                run()
        except SystemExit as left:
            code = left.code or 0
        finally:
            sys.argv = given
        return Said(code, out.getvalue(), err.getvalue())

    return act


@pytest.fixture(scope="session")
def home(tmp_path_factory, snapshot, cli) -> Path:
    """A folder with a snapshot, three listings, and a run of them."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "s.snapshot").write_bytes(snapshot_bytes(snapshot))
    rows = {
        "listing_id": ["a", "b", "c"],
        "title": ["Gucci replica bag 1:1", "oak table", "Nike shoes"],
    }
    pq.write_table(pa.table(rows), folder / "listings.parquet")
    said = cli(
        *("scan", folder / "listings.parquet", "-s", folder / "s.snapshot", "-o", folder / "run"),
        *("-p", POLICIES / "balanced.toml", "--processes", 1),
    )
    assert said.code == 0, said.err
    return folder


@pytest.fixture
def scan(cli, home, tmp_path):
    """Scans a file of this name and content to the folder `run` of the test."""

    def act(name, content, *options):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return cli(
            "scan",
            path,
            "-s",
            home / "s.snapshot",
            "-p",
            POLICIES / "balanced.toml",
            "-o",
            tmp_path / "run",
            "--processes",
            1,
            *options,
        )

    return act


@pytest.fixture(scope="session")
def refused() -> Callable[[Said], str]:
    """The one error line of a refusal: exit code 1, nothing on standard output, at most a hint besides."""

    def act(said):
        assert said.code == 1, said
        assert said.out == ""
        error, *hint = said.err.splitlines()
        assert error.startswith("error: ")
        assert [line[:8] for line in hint] in ([], ["  hint: "])
        assert said.err.isprintable() or set(said.err) & set(map(chr, range(32))) == {"\n"}
        return error.removeprefix("error: ")

    return act
