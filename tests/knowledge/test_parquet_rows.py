"""Tables in Parquet: the same knowledge as their CSV, and no way to say more."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermark.errors import PackError
from countermark.knowledge.reading import inspect_files, read_pack

PATH = "public/prices.parquet"
LISTED = f'[tables."{PATH}"]\ngenerated = true\nsource = "{"0" * 64}"\n'


def parquet(rows, **types):
    """A Parquet file of CSV rows, all columns text unless another type is said."""
    header, *body = rows
    columns = [pa.array([row[k] for row in body], pa.string()) for k in range(len(header))]
    table = pa.table(dict(zip(header, columns, strict=True)))
    for name, kind in types.items():
        table = table.set_column(header.index(name), name, table.column(name).cast(kind))
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


@pytest.fixture(scope="module")
def rows(korvane):
    return list(csv.reader(io.StringIO(korvane["public/prices.csv"].decode())))


@pytest.fixture(scope="module")
def moved(korvane, rows):
    """The example pack with its prices in Parquet."""
    files = {path: data for path, data in korvane.items() if path != "public/prices.csv"}
    header = files["pack.toml"] + f"\n{LISTED}".encode()
    return {**files, "pack.toml": header, PATH: parquet(rows)}


def test_a_table_says_the_same_in_parquet_as_in_csv(korvane, moved):
    plain, other = read_pack(korvane).prices, read_pack(moved).prices
    assert [(b.style_code, b.low, b.valid_to) for b in plain] == [
        (b.style_code, b.low, b.valid_to) for b in other
    ]
    assert str(other[0].origin) == f"{PATH} row 2"


def test_it_lints_as_the_csv_does(moved, lint):
    assert lint(moved) == []


def test_what_it_was_made_from_must_be_said(moved, korvane):
    with pytest.raises(PackError, match=r"pack\.toml does not say what this table was made from"):
        read_pack({**moved, "pack.toml": korvane["pack.toml"]})
    false = moved["pack.toml"].replace(b"generated = true", b"generated = false")
    with pytest.raises(PackError, match="generated is false: write the table as CSV"):
        read_pack({**moved, "pack.toml": false})


def test_a_row_in_both_is_written_twice(korvane, moved):
    again = {**moved, "public/products.csv": korvane["public/products.csv"]}
    products = list(csv.reader(io.StringIO(korvane["public/products.csv"].decode())))
    again["public/products.parquet"] = parquet(products)
    again["pack.toml"] += LISTED.replace("prices", "products").encode()
    with pytest.raises(PackError, match="KV-2210 9521234500018 is written twice"):
        read_pack(again)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: parquet(rows)[:-9], "not Parquet"),
        (lambda _: b"PAR1", "not Parquet"),
        (lambda _: b"", "not Parquet"),
        (lambda rows: parquet([r[:-1] for r in rows]), "column valid_to is missing"),
        (lambda rows: parquet([[*r, "x"] for r in rows]), 'column "x" is not known'),
        (lambda rows: parquet(rows, pack_size=pa.int64()), "pack_size: is int64"),
        (lambda rows: parquet([rows[0], ["KV-2210", "EUR", "new", "1", "2.00", "1.00", "3.00", "2026-01-01", None]]), "row 2: the band"),
        (lambda rows: parquet([rows[0], *([rows[1]] * 2_000_001)]), "has 2000001 rows and may have"),
    ],
)  # fmt: skip
def test_a_table_that_can_not_be_is_refused(moved, rows, change, says):
    with pytest.raises(PackError, match=says):
        read_pack({**moved, PATH: change(rows)})


def test_hidden_characters_and_secrets_are_seen_in_it(moved, rows, lint):
    odd = [[cell.replace("KV-3105", "KV\u200b3105") for cell in row] for row in rows]
    assert any("holds U+200B" in remark for remark in lint({**moved, PATH: parquet(odd)}, "KP04"))
    header = ["venue", "seller_id", "name", "scope", "territory", "valid_from", "valid_to", "evidence"]  # fmt: skip
    told = ["v", "s", "paper lantern grade", "*", "*", "2026-01-01", "", ""]
    files = {**moved, "public/sellers.parquet": parquet([header, told])}
    files["pack.toml"] += LISTED.replace("prices", "sellers").encode()
    (remark,) = [one for one in lint(files, "KP18") if "sellers.parquet" in one]
    assert "holds a word of list venue/rules/r1.toml" in remark


@given(data=st.data())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_bytes_are_they_give_a_pack_or_faults(moved, data):
    content = bytearray(moved[PATH])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    inspect_files({**moved, PATH: bytes(content)})
