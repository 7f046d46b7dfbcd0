"""A scan of listings: what is read, refused, decided and written."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scans import CHUNKS, ROWS, contents

from countermark import wiring
from countermark.adapters.storage.runs import read_summary
from countermark.domain.ingested import ROW_LINE
from countermark.errors import SourceError, UsageError

TABLES = ("findings", "decisions", "sellers", "rejected", "named", "flagged")
FINAL = {"run.json", *(f"{name}.parquet" for name in TABLES)}


@pytest.mark.parametrize("workers", [{"processes": 2}, {"threads": 3}])
def test_however_many_work_the_bytes_are_the_same(whole, scan, tmp_path, workers):
    scan(**workers)
    assert contents(tmp_path / "run") == contents(whole)


def test_a_run_holds_its_final_files_and_nothing_else(whole):
    assert set(contents(whole)) == FINAL


def test_every_row_that_is_read_is_scanned_or_refused(whole):
    counts = read_summary(whole)["counts"]
    assert counts["read"] == CHUNKS * ROWS == counts["scanned"] + counts["refused"]
    rejected = pq.read_table(whole / "rejected.parquet").to_pylist()
    refused = {(note["source"], note["line"]) for note in rejected if not note["kept"]}
    assert len(refused) == counts["refused"] == CHUNKS * ROWS // 10
    assert sum(note["kept"] for note in rejected) == counts["set_aside"] > 0


def test_a_listing_that_names_a_mark_is_decided_once(whole):
    decided = pq.read_table(whole / "decisions.parquet").column("listing_id").to_pylist()
    named = pq.read_table(whole / "named.parquet").column("listing_id").to_pylist()
    assert sorted(decided) == sorted(set(named))


def test_the_summary_says_what_was_scanned_with_what(whole, snapshot):
    summary = read_summary(whole)
    assert summary["identity"]["snapshot"] == snapshot.id
    assert summary["complete"] is True
    assert sum(summary["actions"].values()) == len(pq.read_table(whole / "decisions.parquet"))
    assert json.loads((whole / "run.json").read_text()) == summary


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"id,name\n1,Nike\n"),
        ("a.parquet", b"PAR1"),
        ("a.jsonl", b'{"id": 1}\n'),
    ],
)
def test_listings_that_cannot_be_begun_leave_nothing(scan, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises((SourceError, UsageError), match=name):
        scan(listings=tmp_path / name)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "content", "refused"),
    [
        ("a.csv", b"listing_id,title\n", 0),
        ("a.jsonl", b"", 0),
        ("a.jsonl", b"\n\n", 0),
        ("a.jsonl", b"not json\n", 1),
        ("a.csv", b"listing_id,title\n1,2,3\n", 1),
        ("a.csv", b"listing_id,title\n1,\n", 1),
    ],
)
def test_listings_without_a_listing_give_a_run_without_a_decision(
    scan, tmp_path, name, content, refused
):
    (tmp_path / name).write_bytes(content)
    counts = scan(listings=tmp_path / name)["counts"]
    assert (counts["read"], counts["scanned"], counts["refused"]) == (refused, 0, refused)
    assert set(contents(tmp_path / "run")) == FINAL
    assert len(pq.read_table(tmp_path / "run/decisions.parquet")) == 0


def test_an_empty_table_gives_a_run_without_a_decision(scan, tmp_path):
    empty = pa.table({"listing_id": pa.array([], pa.string()), "title": pa.array([], pa.string())})
    pq.write_table(empty, tmp_path / "a.parquet")
    assert scan(listings=tmp_path / "a.parquet")["counts"]["scanned"] == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_file_of_several_blocks_is_read_whole_with_its_lines(tmp_path, encoding):
    rows = "".join(f"l{k},{'Nike 鞋 ' * 40}\n" for k in range(50_000))  # 22 MB
    (tmp_path / "a.csv").write_text("listing_id,title\n" + rows, encoding=encoding)
    chunks = list(wiring.source(str(tmp_path / "a.csv"), encoding=encoding).chunks())
    lines = [line for chunk in chunks for line in chunk.rows.column(ROW_LINE).to_pylist()]
    assert lines == list(range(2, 50_002))


def test_another_encoding_is_another_run(home):
    plain, other = (wiring.source(str(home / "few"), encoding=e) for e in ("utf-8", "gb18030"))
    assert plain.fingerprint() != other.fingerprint()
