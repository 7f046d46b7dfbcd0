"""CSV: RFC 4180 and nothing else."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.errors import PackError
from countermark.knowledge.csv_rows import read_rows
from countermark.knowledge.faults import Where

WHERE = Where(pack="a.b", file="public/x.csv")


def rows(text: str | bytes) -> list[list[str]]:
    """The rows of a file with the columns a and b."""
    content = text.encode() if isinstance(text, str) else text
    return [row for _, row in read_rows(content, header=("a", "b"), where=WHERE)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n", []),
        ("a,b\n1,2", [["1", "2"]]),
        ("a,b\r\n1,2\r\n", [["1", "2"]]),
        ('a,b\n"1,5","say ""yes"""\n', [["1,5", 'say "yes"']]),
        ('a,b\n"two\nlines",2\n', [["two\nlines", "2"]]),
        ("a,b\n,\n", [["", ""]]),
    ],
)
def test_rows_are_read(text, found):
    assert rows(text) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b,c\n", 'header: column "c" is not known'),
        ("a\n", "header: column b is missing"),
        ("b,a\n", "header: column b stands where a belongs"),
        ("a,b,b\n", "header: column b stands where nothing belongs"),
        ("", "header: column a is missing"),
        ("\ufeffa,b\n", "begins with a byte order mark"),
        (b"a,b\n\xff,1\n", "byte 4 is not UTF-8"),
        ('a,b\n1"2,3\n', "row 2: a quote"),
        ('a,b\n"1"2,3\n', "row 2: a quote"),
        ('a,b\n1,2\n"3,4\n', "row 3: a quote"),
        ("a,b\n1,2\r3,4\n", "row 2: a quote or a carriage return"),
        ("a,b\n1,2,3\n", "row 2: has 3 cells and the header has 2"),
        ("a,b\n1,2\n\n3,4\n", "row 3: has 0 cells"),
    ],
)
def test_anything_else_is_refused_with_its_row(text, says):
    with pytest.raises(PackError) as caught:
        rows(text)
    assert says in str(caught.value)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8")), min_size=2, max_size=2)))
def test_what_a_spreadsheet_writes_is_what_is_read(table):
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([["a", "b"], *table])
    assert rows(text.getvalue()) == table
