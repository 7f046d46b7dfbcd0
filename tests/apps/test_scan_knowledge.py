"""What `scan` says to a snapshot, policy, weights or file that can not be used."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

POLICY = Path(__file__).parents[2] / "policies" / "balanced.toml"


def names(folder):
    return sorted(p.name for p in folder.rglob("*"))


def parquet(**columns):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


@pytest.mark.parametrize("size", [0, 10, 0.5])
def test_a_snapshot_that_is_none_or_cut_short_is_refused(cli, refused, home, tmp_path, size):
    data = (home / "s.snapshot").read_bytes()
    (tmp_path / "cut").write_bytes(data[: int(size * len(data)) if size < 1 else size])
    said = cli("mentions", home / "listings.parquet", "-s", tmp_path / "cut")
    assert "not a snapshot, or cut short" in refused(said)


@pytest.mark.parametrize(
    ("header", "gone", "says"),
    [
        ({"semantics": 99}, None, "made for semantics 99"), ({"rules": None}, None, "not a snapshot"), ({"goods.names": None}, None, "not a snapshot"),
        ({}, "goods.band", "not a snapshot"),
    ],
)  # fmt: skip
def test_a_snapshot_of_another_version_is_refused(cli, refused, home, tmp_path, header, gone, says):
    with np.load(home / "s.snapshot") as file:
        arrays = {name: file[name] for name in file.files if name != gone}
    plain = json.loads(arrays["header"].tobytes()) | header
    plain = {name: value for name, value in plain.items() if value is not None}
    arrays["header"] = np.frombuffer(json.dumps(plain).encode(), np.uint8)
    with (tmp_path / "other").open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    assert says in refused(cli("mentions", home / "listings.parquet", "-s", tmp_path / "other"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("=", "not TOML"), ('title = "A"', "id: the key is missing"), ('id = "a"\ntitle = "A"\nx = 1', "x: unknown key"),
        ('id = "a"\ntitle = "A"\n[claims.suspected_counterfeit]\nreview_at = 50\nhold_at = 20', "review_at is 50 and hold_at is 20"),
        ('id = "a"\ntitle = "A"\n[claims.suspected_counterfeit]\nreview_at = 500', "review_at: 500 cannot be used"),
        ('id = "a"\ntitle = "A"\n[caps]\nacted_share = "0.5"', 'acted_share: "0.5" cannot be used'),
        ('id = "a"\ntitle = "A"\n[caps]\nacted_share = 2', "acted_share: 2 cannot be used"),
        ('id = "a"\ntitle = "A"\n[caps]\nacted_share = nan', "nan is not a number"),
        ('id = "a"\ntitle = "A"\nlearned_only = true\n[claims.suspected_counterfeit]\nhold_at = 20', "precision_target.hold is missing"),
        ('id = "a"\ntitle = "A"\n[claims.theft]\nhold_at = 2', "claims.theft: unknown key"),
    ],
)  # fmt: skip
def test_a_policy_that_asks_for_the_impossible_is_refused(cli, refused, home, tmp_path, text, says):
    (tmp_path / "p.toml").write_text(text)
    said = cli(
        "scan",
        home / "listings.parquet",
        "-s",
        home / "s.snapshot",
        "-p",
        tmp_path / "p.toml",
        "-o",
        tmp_path / "run",
    )
    assert says in refused(said)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("missing", ["listings", "snapshot", "policy", "weights", "challenger"])
def test_a_file_that_is_not_there_is_named(cli, refused, home, tmp_path, missing):
    nowhere = tmp_path / "nowhere.csv"
    paths = {
        "listings": home / "listings.parquet",
        "snapshot": home / "s.snapshot",
        "policy": POLICY,
    } | {missing: nowhere}
    listings, options = paths.pop("listings"), []
    for name, path in paths.items():
        options += [f"--{name}", path]
    assert str(nowhere) in refused(cli("scan", listings, *options, "-o", tmp_path / "run"))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("option", "content"), [("--weights", "{}"), ("--weights", "zzz"), ("--challenger", "zzz")]
)
def test_weights_and_challengers_of_something_else_are_refused_before_the_scan(
    cli, refused, home, tmp_path, option, content
):
    (tmp_path / "w").write_text(content)
    said = cli(
        "scan",
        home / "listings.parquet",
        "-s",
        home / "s.snapshot",
        "-p",
        POLICY,
        "-o",
        tmp_path / "run",
        option,
        tmp_path / "w",
        "--processes",
        1,
    )
    assert "of this version" in refused(said)
    assert not (tmp_path / "run").exists()
