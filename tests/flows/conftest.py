"""A folder of listings, scans of it, and processes that do so."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from scans import knowledge_of, scanned, steps, write_listings

from countermark.knowledge.snapshot import snapshot_bytes

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def home(tmp_path_factory, snapshot):
    """A folder with a snapshot, many listings and few."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "s.snapshot").write_bytes(snapshot_bytes(snapshot))
    write_listings(folder / "listings")
    write_listings(folder / "few", chunks=2)
    return folder


@pytest.fixture(scope="session")
def knowledge(home):
    """The snapshot of `home`."""
    return knowledge_of(home / "s.snapshot")


@pytest.fixture(scope="session")
def whole(home, knowledge):
    """The run of all listings that nothing interrupted."""
    scanned(home / "listings", home / "whole", knowledge=knowledge)
    return home / "whole"


@pytest.fixture
def begin(home, knowledge, tmp_path):
    """The steps of a scan of all listings, or others, to the folder `run` of the test."""

    def act(listings=None, **workers):
        source = listings or home / "listings"
        return steps(source, tmp_path / "run", knowledge=knowledge, **workers)

    return act


@pytest.fixture
def scan(begin):
    """The summary of a whole such scan."""
    return lambda **options: list(begin(**options))[-1]


@pytest.fixture
def process(home, tmp_path):
    """Runs a script in a process of its own, with scans, listings, run folder and snapshot."""

    def act(script, *arguments):
        given = [HERE, home / "listings", tmp_path / "run", home / "s.snapshot", *arguments]
        return subprocess.run(
            [sys.executable, "-c", script, *map(str, given)],
            check=False,
            capture_output=True,
            text=True,
        )

    return act
