"""`scan`, `mentions` and `explain` as a user gives them."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

POLICY = Path(__file__).parents[2] / "policies" / "balanced.toml"
NAMES = [
    "decisions.parquet",
    "findings.parquet",
    "flagged.parquet",
    "named.parquet",
    "rejected.parquet",
    "run.json",
    "sellers.parquet",
]
HEADER = "listing_id,title,price,currency\n"


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
            POLICY,
            "-o",
            tmp_path / "run",
            "--processes",
            1,
            *options,
        )

    return act


def names(folder):
    return sorted(p.name for p in folder.rglob("*"))


def notes(folder):
    return pq.read_table(folder / "rejected.parquet").to_pylist()


def parquet(**columns):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


def broken_text():
    """A column of text that holds bytes which are none."""
    data = b"Nike\xff\xfe Gucci"
    ends = b"".join(n.to_bytes(4, "little") for n in (0, 6, len(data)))
    return pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(ends), pa.py_buffer(data)])


MANY = "listing_id,title\n" + "".join(f"{k},Nike shoes {k * 7919 % 1000}\n" for k in range(20_000))
CUT = {
    "a.parquet": parquet(listing_id=["1"] * 9, title=["Nike"] * 9)[:200],
    "a.csv.gz": gzip.compress(MANY.encode())[:5000],
    "b.csv.gz": b"not packed",
    "a.csv.zst": zstandard.compress(MANY.encode())[:500],
    "b.csv.zst": b"not packed",
}


def test_a_scan_says_what_it_found_and_where_it_lies(scan, tmp_path):
    said = scan("l.csv", HEADER + "1,Gucci replica bag 1:1,30,USD\n2,oak table,3,USD\n")
    assert (said.code, said.err) == (0, "")
    assert said.lines()[0] == "2 listings scanned, 1 name a mark, 1 findings"
    assert said.lines()[-1] == f"-> {tmp_path / 'run'}"
    assert names(tmp_path / "run") == NAMES


def test_a_scan_can_say_it_in_one_json_object(scan, tmp_path):
    said = scan("l.csv", HEADER + "1,Gucci replica bag 1:1,30,USD\n", "--json")
    written = json.loads((tmp_path / "run/run.json").read_text())
    assert json.loads(said.out) | {"complete": True} == written


@pytest.mark.parametrize(
    ("name", "content", "options", "says"),
    [
        ("a.csv", "", (), "a.csv: the file is empty"),
        *((name, content, (), f"{name}: ") for name, content in CUT.items()),
        ("a.csv", "id,name\n1,Nike\n", (), "a.csv: no column for listing_id"),
        ("a.csv", "id,name\n1,Nike\n", ("--map", "nix=title"), "a.csv: no column 'nix'"),
        ("a.csv", "listing_id,title,title\n1,Nike,x\n", (), "a.csv: column 'title' stands twice"),
        ("a.csv", HEADER.encode("utf-16"), (), "a.csv: the file is UTF-16"),
        ("a.jsonl", '{"listing_id": "1"}'.encode("utf-16"), (), "a.jsonl: the file is UTF-16"),
        (
            "a.csv",
            HEADER + "1,Nike,1,EUR\n",
            ("--encoding", "klingon"),
            "no encoding is called 'klingon'",
        ),
        ("a.jsonl", "{}\n", ("--encoding", "klingon"), "no encoding is called 'klingon'"),
        ("a.csv", HEADER + "1,Nike,1,EUR\n", ("--encoding", "utf-16"), "a.csv: UTF-16"),
        ("a.xlsx", "x", (), "a.xlsx: not a kind of file that is read"),
        ("a.csv", HEADER, ("--map", "title"), "'title' is not of the form theirs=ours"),
        ("a.csv", HEADER, ("--default", "stock=many"), "default stock=many cannot be used"),
        ("a.csv", HEADER, ("--default", "condition=mint"), "default condition=mint cannot be used"),
        ("a.csv", HEADER, ("--default", "currency=XXQ"), "default currency=XXQ cannot be used"),
        ("a.csv", HEADER, ("--default", "price=3"), "price has no default"),
        ("a.csv", HEADER, ("--default", "listing_id=x"), "listing_id has no default"),
    ],
)
def test_listings_that_cannot_be_scanned_are_one_line_and_leave_nothing(
    scan, refused, tmp_path, name, content, options, says
):
    assert says in refused(scan(name, content, *options))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", '{"listing_id":"1","title":"Nike \\ud83d"}\n'),
        ("a.jsonl", '{"listing_id":"1","title":"Nike 鞋"}\n'.encode("gb18030")),
        ("a.jsonl", '\ufeff{"listing_id":"1","title":"Nike"}\n'),
        ("a.jsonl", '{"listing_id":"1","title":"Nike","price":1e999}\n'),
        ("a.csv", "listing_id,title\n1,Nike Schläppchen\n".encode("latin-1")),
        ("a.csv", "listing_id,title\n1,Nike\n2,Schläppchen,x\n".encode("latin-1")),
        ("a.csv", "listing_id,title,größe\n1,Nike,3\n".encode("latin-1")),
        ("a.csv", "\n\nlisting_id,title\n1,Nike\n"),
        ("a.csv", "listing_id,title,__line__\n1,Nike,9\n"),
        ("a.csv", "\ufefflisting_id,title\n1,Nike\n"),
        ("a.parquet", parquet(listing_id=["1", "2"], title=broken_text())),
        ("a.parquet", parquet(listing_id=["1"], title=["Nike"], __line__=[7])),
    ],
)
def test_nobody_escapes_a_scan_by_broken_characters(scan, tmp_path, name, content):
    assert scan(name, content).code == 0
    named = pq.read_table(tmp_path / "run/named.parquet").to_pylist()
    assert (named[0]["listing_id"], named[0]["mark"]) == ("1", "nike")


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("a.csv", "gb18030"), ("a.jsonl", "gb18030"), ("a.csv", "utf-16"), ("a.jsonl", "utf-16")],
)
def test_another_encoding_is_read_when_it_is_named(scan, tmp_path, name, encoding):
    text = (
        "listing_id,title\n1,耐克鞋\n"
        if name == "a.csv"
        else '{"listing_id":"1","title":"耐克鞋"}\n'
    )
    assert scan(name, text.encode(encoding), "--encoding", encoding).code == 0
    assert pq.read_table(tmp_path / "run/named.parquet").column("mark").to_pylist() == ["nike"]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_a_title_of_ten_megabytes_is_cut_and_the_cut_is_said(scan, tmp_path, name):
    title = "Nike " * 2_000_000
    line = (
        f"1,{title}\n"
        if name == "a.csv"
        else json.dumps({"listing_id": "1", "title": title}) + "\n"
    )
    assert scan(name, "listing_id,title\n" * (name == "a.csv") + line).code == 0
    (note,) = notes(tmp_path / "run")
    assert (note["column"], note["kept"], len(note["value"])) == ("title", True, 200)
    assert note["reason"].startswith("longer than 5000 characters")


def test_an_endless_line_is_refused_once_and_the_next_one_read(scan, tmp_path):
    endless = json.dumps({"listing_id": "1", "title": "Nike " * 8_000_000})
    said = scan("a.jsonl", endless + '\n{"listing_id":"2","title":"Nike"}\n')
    assert said.lines()[:2] == [
        "1 listings scanned, 1 name a mark, 0 findings",
        "1 rows refused, 0 values set aside (rejected.parquet)",
    ]
    assert [(n["line"], n["kept"]) for n in notes(tmp_path / "run")] == [(1, False)]


@pytest.mark.parametrize(
    ("price", "currency", "minor", "column"),
    [
        ("-3", "EUR", None, "price"), ("0", "EUR", None, "price"), ("1e30", "EUR", None, "price"), ("inf", "EUR", None, "price"),
        ("99999999999999", "EUR", None, "price"), ("cheap", "EUR", None, "price"), ("12.50-15.00", "EUR", None, "price"),
        ("5", "XXQ", None, "currency"), ("5", "", None, None), ("", "EUR", None, None), ("39.00", "eur", 3900, None),
        ("39,00", "EUR", 3900, None), ("1.299,50 €", "EUR", 129950, None), ("US$ 1,299.50", "USD", 129950, None),
        ("1 299,50 kr", "SEK", 129950, None), ("CHF 1'299.50", "CHF", 129950, None), ("Rs. 500", "INR", 50000, None),
        ("EUR 39", "EUR", 3900, None), ("1.299.000", "VND", 1299000, None), ("1,299", "USD", 129900, None),
    ],
)  # fmt: skip
def test_a_price_is_read_exactly_or_set_aside(scan, tmp_path, price, currency, minor, column):
    assert scan("a.csv", HEADER + f'1,Nike,"{price}",{currency}\n').code == 0
    (row,) = pq.read_table(tmp_path / "run/named.parquet").to_pylist()
    assert row["price_minor"] == minor
    assert [(n["column"], n["value"]) for n in notes(tmp_path / "run")] == (
        [(column, currency if column == "currency" else price)] if column else []
    )


def test_a_listing_seen_several_times_is_decided_once(scan, tmp_path):
    rows = "1,Nike shoes,3,USD\n1,Gucci replica bag,3,USD\n1,Nike,3,USD\n"
    assert scan("a.csv", HEADER + rows).code == 0
    assert pq.read_table(tmp_path / "run/decisions.parquet").column("listing_id").to_pylist() == [
        "1"
    ]


@pytest.mark.parametrize(
    "title",
    [
        "Nike \u202eshoes",
        "N\u200bi\u200dk\u2060e shoes",
        "\x1b[2J Nike\x00 shoes\x07",
        "\u2028Nike\x85",
        "Ni\U000e0041ke",
    ],
)
def test_bidi_and_control_characters_hide_no_name(scan, tmp_path, title):
    line = json.dumps({"listing_id": "1", "title": title}) + "\n"
    assert scan("a.jsonl", line).code == 0
    assert pq.read_table(tmp_path / "run/named.parquet").column("mark").to_pylist() == ["nike"]


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


def test_explain_says_why_and_what_the_seller_is_told(cli, home):
    said = cli("explain", "a", "--run", home / "run")
    assert said.lines()[0] == "a  Gucci replica bag 1:1"
    assert "  core.general/declares-replica rev 1 [active]" in said.out
    assert "would have stopped it: denied" in said.out
    assert "  the seller is told:" in said.lines()


def test_explain_as_json_is_one_object(cli, home):
    explained = json.loads(cli("explain", "a", "--run", home / "run", "--json").out)
    assert explained["grounds"][0]["rule"] == "core.general/declares-replica"


def test_explain_says_why_a_listing_without_a_finding_is_allowed(cli, home):
    said = cli("explain", "c", "--run", home / "run")
    assert said.lines()[0].startswith("c  ")
    assert "-> allow" in said.lines()[1]
    assert "mark nike" in said.out


@pytest.mark.parametrize("listing_id", ["b", "nobody", "\x1b[31m\u202e\n"])
def test_a_listing_about_which_nothing_was_decided_is_not_explained(cli, refused, home, listing_id):
    line = refused(cli("explain", listing_id, "--run", home / "run"))
    assert "has no decision in this run" in line


def test_explain_needs_the_snapshot_of_the_run(cli, refused, home, tmp_path):
    assert "no run there" in refused(cli("explain", "a", "--run", tmp_path))
    said = cli("explain", "a", "--run", home / "run", "-s", tmp_path / "other")
    assert str(tmp_path / "other") in refused(said)


def test_pages_for_people_show_no_character_that_moves_the_cursor(scan, cli, home, tmp_path):
    title = "\x1b]0;owned\x07\x1b[2J Gucci \u202e replica bag 1:1 \x9b31m"
    scan("l.jsonl", json.dumps({"listing_id": "\x1b[31ma", "title": title}) + "\n")
    pages = cli("explain", "\x1b[31ma", "--run", tmp_path / "run").out
    pages += cli("mentions", tmp_path / "l.jsonl", "-s", home / "s.snapshot").out
    assert "Gucci" in pages
    assert all(c.isprintable() or c == "\n" for c in pages)


def test_the_version_is_said(cli):
    assert cli("--version").out.startswith("countermark ")
