"""Canonical JSON: one text for one value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.knowledge.canonical import canonical_json

TEXT = st.text(st.characters(codec="utf-8"))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ('\u20ac$\u000f\nA\'B"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        (
            {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
            '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}',
        ),
        (-(2**53) + 1, "-9007199254740991"),
    ],
)
def test_known_texts(value, text):
    """Among them the key order of RFC 8785 section 3.2.3, which is that of UTF-16."""
    assert canonical_json(value) == text.encode()


@pytest.mark.parametrize(
    "value", [1.0, 2**53, {1: "a"}, "\ud800", {"\udc00": 1}, b"x", [float("nan")], object()]
)
def test_what_readers_may_disagree_on_is_refused(value):
    with pytest.raises(ValueError):  # noqa: PT011
        canonical_json(value)


def test_deep_nesting_is_refused():
    value: object = 1
    for _ in range(40):
        value = [value]
    with pytest.raises(ValueError, match="nested more than 32 deep"):
        canonical_json(value)


@given(VALUES)
def test_reading_gives_the_value_back(value):
    assert json.loads(canonical_json(value)) == value


@given(st.dictionaries(TEXT, st.integers(0, 9)))
def test_the_order_of_keys_does_not_matter(table):
    assert canonical_json(dict(reversed(table.items()))) == canonical_json(table)
