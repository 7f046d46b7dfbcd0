"""Where a run is written: kept, replaced, refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from scanned import HEADER, NAMES, names

POLICY = Path(__file__).parents[2] / "policies" / "balanced.toml"


def test_a_finished_run_is_replaced_only_when_asked_for(scan, refused, tmp_path):
    rows = HEADER + "1,Nike,3,USD\n"
    scan("a.csv", rows)
    assert "holds a finished run" in refused(scan("a.csv", rows))
    assert scan("a.csv", rows + "2,Nike,4,USD\n", "--force").lines()[0].startswith("2 listings")


def test_replacing_a_run_touches_nothing_else_in_its_folder(scan, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/notes.txt").write_text("mine")
    for _ in range(2):
        assert scan("a.csv", HEADER + "1,Nike,3,USD\n", "--force").code == 0
    assert names(tmp_path / "run") == sorted([*NAMES, "notes.txt"])


def test_a_run_is_kept_when_what_should_replace_it_cannot_be_read(scan, refused, tmp_path):
    scan("a.csv", HEADER + "1,Nike,3,USD\n")
    before = {p.name: p.read_bytes() for p in (tmp_path / "run").iterdir()}
    refused(scan("b.csv", "id,name\n1,Nike\n", "--force"))
    assert {p.name: p.read_bytes() for p in (tmp_path / "run").iterdir()} == before


def test_a_mistake_can_be_mended_in_the_same_folder(scan, refused):
    rows = "id,name\n1,Nike\n"
    refused(scan("a.csv", rows))
    assert scan("a.csv", rows, "--map", "id=listing_id", "--map", "name=title").code == 0


@pytest.mark.parametrize("content", ["{", "[]", "", '{"complete": true}'])
def test_a_folder_with_a_broken_summary_is_refused_and_named(cli, refused, scan, tmp_path, content):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/run.json").write_text(content)
    assert "run" in refused(scan("a.csv", HEADER + "1,Nike,3,USD\n"))
    assert "run" in refused(cli("explain", "a", "--run", tmp_path / "run"))


def test_a_place_that_cannot_be_written_is_named(cli, refused, home, tmp_path):
    (tmp_path / "file").write_text("x")
    said = cli(
        "scan",
        home / "listings.parquet",
        "-s",
        home / "s.snapshot",
        "-p",
        POLICY,
        "-o",
        tmp_path / "file/run",
        "--processes",
        1,
    )
    assert f"{tmp_path / 'file/run'} cannot be written" in refused(said)


@pytest.mark.parametrize(
    "arguments",
    [
        (), ("frobnicate",), ("scan",), ("scan", "x"), ("scan", "x", "--frobnicate"), ("scan", "x", "-s", "s", "-p", "p", "-o", "o", "--processes", "0"),
        ("explain", "x"), ("mentions",), ("train", "r"), ("evaluate", "r"), ("market", "make"), ("snapshot", "build"),
        ("market", "make", "-o", "o", "--listings", "0"), ("snapshot", "build", "x", "-o", "o", "--as-of", "soon"),
    ],
)  # fmt: skip
def test_misuse_is_exit_code_two(cli, arguments):
    assert cli(*arguments).code == 2
