import gzip
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from countermark.adapters.sources import open_source
from countermark.domain.ingested import ROW_LINE
from countermark.errors import SourceError
from countermark.ingest.mapping import ColumnMapping
from countermark.ingest.normalising import normalise

CSV = 'listing_id,title,price\n1,"Nike, new",10\n2,b\n3,"two\nlines",12\n4,d,13,extra\n5,e,14\n'
LINES = '{"listing_id":1,"title":"Nike"}\nnot json\n\n[1]\n{"listing_id":2,"title":5}\n'


def read(path, **options):
    chunks = list(open_source(str(path), **options).chunks())
    rows = [
        row
        for c in chunks
        for row in (
            normalise(c.rows, ColumnMapping(), source="x").listings.to_pylist()
            if c.rows.num_columns
            else []
        )
    ]
    notes = [note for c in chunks for note in c.notes.to_pylist()]
    return rows, notes


def test_csv_rows_with_the_wrong_number_of_cells_become_notes(tmp_path):
    (tmp_path / "a.csv").write_text(CSV)
    rows, notes = read(tmp_path / "a.csv")
    assert [(r["listing_id"], r["title"]) for r in rows] == [
        ("1", "Nike, new"),
        ("3", "two\nlines"),
        ("5", "e"),
    ]
    assert [(n["line"], n["kept"]) for n in notes] == [(3, False), (5, False)]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ('listing_id,title,price\n1,Nike,1\n2,"Gucci,20\n3,Rolex,30\n', 3, "runs over 2 lines"),
        (
            'listing_id,price,title\n1,1,Nike\n2,20,"Gucci\n3,30,Rolex\n',
            3,
            "a quote is opened and not closed",
        ),
    ],
)
def test_rows_behind_a_quote_that_is_never_closed_are_not_lost_silently(tmp_path, text, line, says):
    (tmp_path / "a.csv").write_text(text)
    _, notes = read(tmp_path / "a.csv")
    assert [(n["line"], n["kept"]) for n in notes] == [(line, False)]
    assert says in notes[0]["reason"]


def test_inches_and_cells_of_several_lines_are_no_open_quotes(tmp_path):
    (tmp_path / "a.csv").write_text('listing_id,title,price\n1,5" pipe,1\n2,b,2\n')
    assert read(tmp_path / "a.csv")[1] == []
    (tmp_path / "a.csv").write_text('listing_id,title,price\n1,"a\nb",1\n2,b,2\n')
    assert read(tmp_path / "a.csv")[1] == []


def test_json_lines_that_are_no_object_become_notes(tmp_path):
    (tmp_path / "a.jsonl").write_text(LINES)
    rows, notes = read(tmp_path / "a.jsonl")
    assert [(r["listing_id"], r["title"]) for r in rows] == [("1", "Nike"), ("2", "5")]
    assert [n["line"] for n in notes] == [2, 4]


@pytest.mark.parametrize(
    ("ending", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress), ("", bytes)]
)
def test_packed_files_read_like_plain_ones(tmp_path, ending, pack):
    (tmp_path / f"a.csv{ending}").write_bytes(pack(CSV.encode()))
    assert len(read(tmp_path / f"a.csv{ending}")[0]) == 3


def test_a_folder_and_a_glob_are_read_in_order_of_name(tmp_path):
    for name in ("b", "a"):
        pq.write_table(
            pa.table({"listing_id": [name], "title": ["t"]}), tmp_path / f"{name}.parquet"
        )
    (tmp_path / "readme.txt").write_text("x")
    assert [r["listing_id"] for r in read(tmp_path)[0]] == ["a", "b"]
    assert [r["listing_id"] for r in read(tmp_path / "b*.parquet")[0]] == ["b"]


def test_lines_of_a_parquet_file_count_rows(tmp_path):
    pq.write_table(
        pa.table({"listing_id": ["a", "b"], "title": ["t", "u"]}), tmp_path / "a.parquet"
    )
    chunk = next(iter(open_source(str(tmp_path / "a.parquet")).chunks()))
    assert chunk.rows.column(ROW_LINE).to_pylist() == [1, 2]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.csv", b"", "empty"), ("a.csv", "listing_id,title\n1,x".encode("utf-16"), "UTF-16"), ("a.csv", b"a,a\n1,2\n", "stands twice"),
        ("a.parquet", b"PAR1 broken", "a.parquet"), ("a.csv.gz", gzip.compress(b"listing_id,title\n" * 99)[:40], "a.csv.gz"),
        ("a.xlsx", b"x", "not a kind of file"),
    ],
)  # fmt: skip
def test_files_that_cannot_be_read_give_one_clear_line(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=says):
        read(tmp_path / name)


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(SourceError, match="no listings there"):
        open_source(str(tmp_path / "nowhere.csv"))


def test_another_encoding_is_read_when_named_and_survived_when_not(tmp_path):
    (tmp_path / "a.csv").write_bytes("listing_id,title\n1,耐克鞋\n".encode("gb18030"))
    assert read(tmp_path / "a.csv", encoding="gb18030")[0][0]["title"] == "耐克鞋"
    assert read(tmp_path / "a.csv")[0][0]["listing_id"] == "1"


def test_the_fingerprint_changes_with_the_content(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"listing_id": "1", "title": "a"}))
    before = open_source(str(path)).fingerprint()
    path.write_text(json.dumps({"listing_id": "1", "title": "abc"}))
    assert open_source(str(path)).fingerprint() != before
