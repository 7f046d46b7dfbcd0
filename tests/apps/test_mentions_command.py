"""`mentions` as a user gives it, and output that is cut off or has no room."""

from __future__ import annotations

import json
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


def parquet(**columns):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


def test_mentions_as_json_are_one_object_a_line_for_every_listing_in_order(cli, home, tmp_path):
    titles = {
        "z": "正品 Nіkе 🔥 运动鞋",
        "a": "oak table",
        "m": "Gucci bag by Gucci",
        "b": "line\nbreak \u2028 Nike",
    }
    rows = [json.dumps({"listing_id": k, "title": t}) for k, t in titles.items()]
    (tmp_path / "l.jsonl").write_text("\n".join(rows))
    said = cli("mentions", tmp_path / "l.jsonl", "-s", home / "s.snapshot", "--json")
    objects = [json.loads(line) for line in said.lines()]
    assert [o["listing_id"] for o in objects] == list(titles)
    assert [[m["mark"] for m in o["mentions"]] for o in objects] == [
        ["nike"],
        [],
        ["gucci", "gucci"],
        ["nike"],
    ]
    for found in objects:
        for mention in found["mentions"]:
            start, end = mention["span"]
            assert titles[found["listing_id"]][start:end] == mention["text"]
            assert set(mention) == {"brand", "mark", "field", "text", "span", "how"}
    assert objects[0]["mentions"][0] | {"span": []} == {
        "brand": "Nike",
        "mark": "nike",
        "field": "title",
        "text": "Nіkе",
        "span": [],
        "how": "lookalike",
    }


def test_mentions_for_people_show_those_that_name_a_mark(cli, home):
    said = cli("mentions", home / "listings.parquet", "-s", home / "s.snapshot")
    assert said.lines() == [
        "a: Gucci ('Gucci' in title, official)",
        "c: Nike ('Nike' in title, official)",
    ]


def test_mentions_say_how_many_rows_were_refused(cli, home, tmp_path):
    (tmp_path / "l.csv").write_text("listing_id,title\n1,Nike\n2\n,Gucci\n")
    said = cli("mentions", tmp_path / "l.csv", "-s", home / "s.snapshot")
    assert said.lines() == ["1: Nike ('Nike' in title, official)"]
    assert said.err == "2 rows refused; countermark scan says why\n"


def test_mentions_cut_off_by_the_reader_end_without_a_word(home, tmp_path):
    pq.write_table(
        pa.table({"listing_id": [f"l{k}" for k in range(20_000)], "title": ["Nike shoes"] * 20_000}), tmp_path / "l.parquet"
    )  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "countermark.apps.cli.main",
        "mentions",
        tmp_path / "l.parquet",
        "-s",
        home / "s.snapshot",
        "--json",
    ]
    with subprocess.Popen(
        list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert json.loads(process.stdout.readline())["listing_id"] == "l0"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() in (0, 1)


def test_output_that_has_no_room_is_one_clear_line(home):
    command = [
        sys.executable,
        "-m",
        "countermark.apps.cli.main",
        "mentions",
        home / "listings.parquet",
        "-s",
        home / "s.snapshot",
    ]
    try:
        with open("/dev/full", "w") as full:  # noqa: PTH123 - a device, not a file
            done = subprocess.run(
                list(map(str, command)), stdout=full, stderr=subprocess.PIPE, text=True, check=False
            )
    except OSError:
        pytest.skip("no /dev/full here")
    assert (done.returncode, done.stderr) == (
        1,
        "error: standard output: no space left on device\n",
    )
