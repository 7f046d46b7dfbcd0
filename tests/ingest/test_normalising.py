import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.domain.tables import LISTINGS
from countermark.errors import UsageError
from countermark.ingest.mapping import ColumnMapping, parse_mapping
from countermark.ingest.normalising import normalise

PLAIN = ColumnMapping()


def one(**columns):
    table = pa.table(
        {"listing_id": ["a"], "title": ["t"], **{name: [value] for name, value in columns.items()}}
    )
    done = normalise(table, PLAIN, source="x")
    return done.listings.to_pylist()[0], done.notes.to_pylist()


@pytest.mark.parametrize(
    ("price", "currency", "minor"),
    [
        ("39.00", "EUR", 3900),
        ("39", "eur", 3900),
        ("1,299.50", "USD", 129950),
        ("5000", "JPY", 5000),
        (12.345, "KWD", 12345),
        ("€12.00", "EUR", 1200),
        ("1.299,50 €", "EUR", 129950),
        ("1.299", "KWD", 1299),
        ("0.500", "EUR", 50),
    ],
)
def test_prices_become_exact_minor_units(price, currency, minor):
    row, notes = one(price=price, currency=currency)
    assert (row["price_minor"], row["currency"], notes) == (minor, currency.upper(), [])


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("price", "-3", "not above zero"), ("price", "0", "not above zero"), ("price", "1e30", "EMPTY"), ("price", "cheap", "not a number"),
        ("price", "1.299 €", "thousands or decimals"), ("price", "12.500", "thousands or decimals"),
        ("currency", "XXQ", "ISO 4217"), ("condition", "mint-ish", "none of"), ("stock", "many", "not a number"),
        ("pack_size", "0", "out of range"), ("seller_rating", "7", "out of range"), ("observed_at", "yesterday", "not a time"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_set_aside_and_the_listing_kept(column, value, reason):
    extra = {"currency": "EUR"} if column == "price" else {}
    row, notes = one(**{column: value}, **extra)
    assert row["listing_id"] == "a"
    assert row[column if column != "price" else "price_minor"] is None
    if reason != "EMPTY":
        assert reason in notes[0]["reason"]
        assert notes[0]["kept"]


def test_rows_without_id_or_title_are_refused_with_their_line():
    table = pa.table({"listing_id": ["a", None, "c", "  "], "title": ["t", "t", "", "t"]})
    done = normalise(table, PLAIN, source="f.csv")
    assert done.listings.column("listing_id").to_pylist() == ["a"]
    assert {(n["line"], n["reason"], n["kept"]) for n in done.notes.to_pylist()} == {
        (2, "no listing_id", False), (3, "no title", False), (4, "no listing_id", False),
    }  # fmt: skip


def test_an_endless_title_is_cut_and_said():
    row, notes = one(description="x" * 200_000)
    assert len(row["description"]) == 100_000
    assert "longer than" in notes[0]["reason"]


def test_columns_are_renamed_and_defaults_fill_what_is_empty():
    table = pa.table({"id": [1, 2], "name": ["a", "b"], "state": ["used", None]})
    mapping = parse_mapping(
        ["id=listing_id", "name=title", "state=condition"], ["condition=new", "currency=USD"]
    )
    rows = normalise(table, mapping, source="x").listings.to_pylist()
    assert [(r["listing_id"], r["condition"], r["currency"]) for r in rows] == [
        ("1", "used", "USD"),
        ("2", "new", "USD"),
    ]


@pytest.mark.parametrize(
    ("maps", "defaults", "says"),
    [
        (["name"], [], "theirs=ours"),
        (["a=colour_x"], [], "not a column"),
        ([], ["x=y"], "not a column"),
        (["zz=title"], [], "no column 'zz'"),
    ],
)
def test_mistakes_in_a_mapping_are_named(maps, defaults, says):
    with pytest.raises(UsageError, match=says):
        normalise(
            pa.table({"listing_id": ["a"], "title": ["t"]}),
            parse_mapping(maps, defaults),
            source="x",
        )


def test_a_source_without_the_required_column_says_what_it_has():
    with pytest.raises(UsageError, match="no column for title") as refused:
        normalise(pa.table({"listing_id": ["a"], "name": ["t"]}), PLAIN, source="x")
    assert "name" in refused.value.hint


VALUES = st.one_of(
    st.none(),
    st.text(max_size=20),
    st.sampled_from(["12", "-1", "1e9", "EUR", "new", "2026-01-01"]),
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.fixed_dictionaries(
            dict.fromkeys(
                ("listing_id", "title", "price", "currency", "condition", "stock", "gtin"), VALUES
            )
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_row_is_lost_and_none_is_fatal(rows):
    done = normalise(
        pa.Table.from_pylist(rows, schema=pa.schema([(n, pa.string()) for n in rows[0]])),
        PLAIN,
        source="x",
    )
    refused = {n["line"] for n in done.notes.to_pylist() if not n["kept"]}
    assert len(done.listings) + len(refused) == len(rows)
    assert done.listings.schema == LISTINGS
