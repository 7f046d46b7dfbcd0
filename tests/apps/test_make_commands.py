"""`snapshot build` and `market make` as a user gives them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

PACKS = Path(__file__).parents[2] / "packs"
CORE, NIKE = PACKS / "core", PACKS / "starter" / "nike"
DAY = ("--as-of", "2026-11-24")


@pytest.fixture(scope="session")
def built(cli, tmp_path_factory):
    """A snapshot of the core pack and one brand, and what the command said."""
    path = tmp_path_factory.mktemp("snapshot") / "made" / "s.snapshot"
    return path, cli("snapshot", "build", CORE, NIKE, "-o", path, *DAY, "--json")


def test_a_snapshot_is_built_and_described(built):
    path, said = built
    facts = json.loads(said.out)
    assert (said.code, facts["packs"], facts["marks"]) == (0, 2, 1)
    assert facts["id"].startswith("cm1-")
    assert [p.name for p in path.parent.iterdir()] == ["s.snapshot"]


def test_the_same_packs_on_the_same_day_are_the_same_bytes_in_any_order(cli, built, tmp_path):
    said = cli("snapshot", "build", NIKE, CORE, "-o", tmp_path / "s.snapshot", *DAY)
    assert said.out.startswith(json.loads(built[1].out)["id"])
    assert (tmp_path / "s.snapshot").read_bytes() == built[0].read_bytes()


@pytest.mark.parametrize(
    ("packs", "options", "says"),
    [
        (["nowhere"], DAY, "nowhere: no pack there"),
        (["."], DAY, "no pack there"),
        ([NIKE, NIKE], DAY, "pack starter.nike is given twice"),
        ([NIKE], ("--as-of", "2099-01-01"), "no pack is in use on 2099-01-01"),
    ],
)
def test_packs_that_cannot_be_built_are_one_line_and_leave_nothing(
    cli, refused, tmp_path, monkeypatch, packs, options, says
):
    monkeypatch.chdir(tmp_path)
    assert says in refused(cli("snapshot", "build", *packs, "-o", "s.snapshot", *options))
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_that_cannot_be_written_is_named(cli, refused, tmp_path):
    (tmp_path / "file").write_text("x")
    said = cli("snapshot", "build", CORE, "-o", tmp_path / "file" / "s.snapshot", *DAY)
    assert f"snapshot {tmp_path / 'file/s.snapshot'} cannot be written" in refused(said)


@pytest.fixture(scope="session")
def packs(tmp_path_factory):
    """A folder with a few brand packs."""
    folder = tmp_path_factory.mktemp("packs")
    for name in ("nike", "gucci", "rolex", "apple"):
        shutil.copytree(PACKS / "starter" / name, folder / name)
    return folder


@pytest.fixture
def make(cli, packs, tmp_path):
    """Makes a market of these brands in the folder of this name."""

    def act(name, listings, *options):
        given = ("-o", tmp_path / name, "--listings", listings, "--packs", packs)
        return cli("market", "make", *given, "--processes", 1, *options)

    return act


def test_the_same_seed_makes_the_same_market(make, tmp_path):
    for name in ("one", "two"):
        said = make(name, 300, "--seed", 7)
        assert (said.code, said.err) == (0, "")
    files = {p.relative_to(tmp_path / "one"): p for p in (tmp_path / "one").rglob("*.parquet")}
    assert len(files) > 5
    for name, path in files.items():
        assert path.read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_market_has_as_many_listings_as_asked_for_each_with_its_truth(make, tmp_path):
    facts = json.loads(make("m", 120, "--json").out)
    listings = pq.read_table(tmp_path / "m/listings.parquet").column("listing_id")
    truth = pq.read_table(tmp_path / "m/truth/listings.parquet").column("listing_id")
    assert facts["listings"] == len(listings) == 120 == sum(facts["kinds"].values())
    assert listings.to_pylist() == truth.to_pylist()


def test_the_smallest_market_is_one_listing(make):
    assert make("m", 1).lines()[0].startswith("1 listings of 1 sellers")


def test_a_market_without_packs_or_without_a_place_is_one_line(make, refused, tmp_path):
    nowhere = tmp_path / "nowhere"
    assert f"{nowhere} is not a folder" in refused(make("m", 3, "--packs", nowhere))
    (tmp_path / "file").write_text("x")
    assert f"{tmp_path / 'file'} cannot be written" in refused(make("file", 3))
