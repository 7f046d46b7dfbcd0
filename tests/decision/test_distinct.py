"""Our own table of distinct texts says what Arrow's dictionaries say."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.decision.distinct import encoded

TEXTS = st.lists(
    st.lists(st.none() | st.text(max_size=3) | st.sampled_from(["a", "ab", "日本", ""]))
)


def chunked(parts: list[list[str | None]]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(part, pa.string()) for part in parts], pa.string())


def spelled(*columns: pa.ChunkedArray) -> list[str | None]:
    codes, texts = encoded(*columns)
    listed = texts.to_pylist()
    assert len(set(listed)) == len(listed)
    return [None if code < 0 else listed[code] for code in codes.tolist()]


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_codes_spell_the_columns_and_stand_in_the_order_of_first_sight(first, second) -> None:
    columns = chunked(first), chunked(second)
    values = [value for parts in (first, second) for part in parts for value in part]
    assert spelled(*columns) == values
    seen = list(dict.fromkeys(value for value in values if value is not None))
    assert encoded(*columns)[1].to_pylist() == seen


@settings(deadline=None)
@given(TEXTS)
def test_columns_of_codes_are_read_as_what_they_stand_for(parts) -> None:
    coded = chunked(parts).dictionary_encode()
    assert spelled(coded, coded) == [v for _ in range(2) for part in parts for v in part]


@settings(deadline=None)
@given(TEXTS, st.integers(0, 5))
def test_a_slice_is_read_from_its_own_beginning(parts, start) -> None:
    whole = chunked(parts)
    assert spelled(whole.slice(start)) == whole.slice(start).to_pylist()
