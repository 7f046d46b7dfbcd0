"""What was said to be kept survives the process; see bench/kill_records.py, which runs a thousand kills."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[3] / "bench/kill_records.py"


def run(*arguments):
    if not hasattr(os, "fork"):
        pytest.skip("processes are killed on POSIX only")
    done = subprocess.run([sys.executable, BENCH, "--kills", "30", *arguments], capture_output=True, text=True, check=False)  # fmt: skip
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_nothing_that_was_said_to_be_kept_is_lost_or_torn_by_thirty_kills():
    code, said = run()
    assert "lost 0, torn 0" in said
    assert code == 0


@pytest.mark.parametrize("mutant", ["early", "apart"])
def test_the_harness_finds_records_that_promise_too_early_or_write_in_parts(mutant):
    code, said = run("--mutant", mutant)
    assert code == 1
    assert ("lost 0" in said) == (mutant == "apart")


def test_every_commit_waits_for_the_disk(records, url):
    """Kill -9 cannot show it, for the page cache outlives a process."""
    with records.writing() as unit:
        ask = unit.cases.connection.exec_driver_sql
        if url.startswith("sqlite"):
            assert ask("PRAGMA synchronous").scalar_one() == 2
            assert ask("PRAGMA journal_mode").scalar_one() == "wal"
        else:
            assert ask("SHOW synchronous_commit").scalar_one() == "on"
