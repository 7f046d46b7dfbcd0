"""Names measured on ordinary listings, and what lint and snapshot make of the figures."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from countermark.adapters.packs import write_folder
from small_packs import CORE, small

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "measure-names.md"
MARK = '[[mark]]\nid = "apple"\nkind = "word"\ntext = "Apple"\n'
NAME = (
    '[[alias]]\nmark = "apple"\ntext = "Apple"\nlang = "en"\nkind = "official"\nclass = "coined"\n'
)
TITLES = ["apple phone"] * 6 + ["apple pie"] * 4 + ["oak table"]
MARKS = ["apple"] * 6 + [None] * 5


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A core, a brand with an everyday name, and listings of which the brand is known."""
    monkeypatch.chdir(tmp_path)
    write_folder("core", CORE)
    write_folder("apple", small("acme.apple", {"marks.toml": MARK, "aliases.toml": NAME}))
    ids = [str(k) for k in range(len(TITLES))]
    pq.write_table(pa.table({"listing_id": ids, "title": TITLES, "mark": MARKS}), "l.parquet")
    return tmp_path


def test_a_name_that_means_other_things_is_told_refused_by_lint_and_made_stricter(folder, cli):
    said = cli("pack", "measure", "apple", "--on", "l.parquet", "-o", "uses.csv")
    assert said.lines() == [
        "apple: Apple means the brand in 6 of 10 titles, at least 30.4%: generic",
        "1 names occur; 1 of them also mean something else",
    ]
    lint = cli("pack", "lint", "apple", "--core", "core", "--measured", "uses.csv", "--as-of", "2026-11-24")  # fmt: skip
    assert 'KP05 public/aliases.toml [[alias]] 1: alias "Apple" is called coined' in lint.out
    asked = ("snapshot", "build", "core", "apple", "--as-of", "2026-11-24", "-o")
    plain, strict = cli(*asked, "a.snapshot"), cli(*asked, "b.snapshot", "--measured", "uses.csv")
    assert "note: Apple of acme.apple is called coined and was measured generic" in strict.err
    assert plain.out.partition(":")[0] != strict.out.partition(":")[0]
    named = [
        cli("mentions", "l.parquet", "--snapshot", file, "--json").out.count('"official"')
        for file in ("a.snapshot", "b.snapshot")
    ]
    assert named == [10, 0]


def test_the_how_to_page_can_be_followed(tmp_path, monkeypatch, cli):
    monkeypatch.chdir(tmp_path)
    for name in ("core", "starter/apple", "starter/nike", "starter/coach"):
        shutil.copytree(ROOT / "packs" / name, f"packs/{name}")
    (block,) = re.findall(r"```sh\n(.*?)```", PAGE.read_text(), re.DOTALL)
    lines = [line.replace("200000", "3000 --processes 1") for line in block.splitlines()]
    done = [cli(*shlex.split(line)[1:]).code for line in lines]
    assert done == [0, 0, 0, 0]
    assert Path("starter.snapshot").is_file()


def test_a_market_is_a_background_of_its_ordinary_listings(folder, cli):
    pq.write_table(pa.table({"listing_id": ["1", "2"], "title": ["apple pie"] * 2}), "m.parquet")
    truth = {"listing_id": ["1", "2"], "mark": ["apple", None], "claim": ["counterfeit", "none"]}
    Path("market/truth").mkdir(parents=True)
    Path("m.parquet").rename("market/listings.parquet")
    pq.write_table(pa.table({**truth, "seller_id": ["s", "s"]}), "market/truth/listings.parquet")
    sellers = {"seller_id": ["s"], "kind": ["shop"], "split": ["a"]}
    pq.write_table(pa.table(sellers), "market/truth/sellers.parquet")
    said = cli("pack", "measure", "apple", "--on", "market", "--json")
    assert '"occurrences": 1, "meant": 0' in said.out


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"listing_id": ["1"], "title": ["apple"]}, "a background needs the column mark"),
        (
            {"listing_id": ["1"], "title": ["x"], "mark": ["a"], "claim": ["counterfeit"]},
            "no listing of it is ordinary",
        ),
    ],
)
def test_what_can_not_be_measured_on_is_refused(folder, cli, refused, table, says):
    pq.write_table(pa.table(table), "l.parquet")
    assert says in refused(cli("pack", "measure", "apple", "--on", "l.parquet"))
