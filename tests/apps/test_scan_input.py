"""What `scan` makes of listings, good and bad, as a user gives them."""

from __future__ import annotations

import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from scanned import HEADER, NAMES, names, notes, parquet


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
