"""What codes stand for, as Arrow arrays made once for a snapshot: batches take from them, and look values up in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.tables import CONDITIONS, MAKERS, NAMED_IN, ROLES
from countermark.knowledge.recognition import HOW
from countermark.knowledge.snapshot import Snapshot

FEW = 64  # values for which plain Python is quicker than a call of Arrow, which looks at all texts first


class Vocabulary(NamedTuple):
    """Texts; the code of one is its position.

    Attributes:
        array: the same, strings.
        codes: of each text; of equal ones the first.
    """

    texts: Sequence[str | None]
    array: pa.Array
    codes: Mapping[str | None, int]


class Values(NamedTuple):
    """Texts by their codes. Style codes and GTINs that a product lacks are null."""

    marks: Vocabulary
    hows: Vocabulary
    roles: Vocabulary
    makers: Vocabulary
    texts: Vocabulary
    conditions: Vocabulary
    categories: Vocabulary
    currencies: Vocabulary
    style_codes: Vocabulary
    gtins: Vocabulary


def values_of(snapshot: Snapshot) -> Values:
    """The values of a snapshot."""
    goods = snapshot.goods
    return Values(
        marks=vocabulary([mark.id for mark in snapshot.marks]), hows=vocabulary(HOW), roles=vocabulary(ROLES),
        makers=vocabulary(MAKERS), texts=vocabulary(NAMED_IN), conditions=vocabulary(CONDITIONS),
        categories=vocabulary(snapshot.categories), currencies=vocabulary(goods.currencies),
        style_codes=vocabulary([code or None for code in goods.style_codes]),
        gtins=vocabulary([gtin or None for gtin in goods.gtins]),
    )  # fmt: skip


def vocabulary(texts: Sequence[str | None]) -> Vocabulary:
    """A vocabulary of these texts."""
    numbered = reversed(list(enumerate(texts)))
    codes: dict[str | None, int] = {text: k for k, text in numbered if text is not None}
    return Vocabulary(tuple(texts), pa.array(texts, pa.string()), codes)


def spelled(values: Vocabulary, codes: np.ndarray) -> pa.Array:
    """The text of each code, null for negative ones."""
    if len(codes) <= FEW:
        known = [values.texts[code] if code >= 0 else None for code in codes.tolist()]
        return pa.array(known, pa.string())
    return values.array.take(pa.array(codes.astype(np.int64), mask=codes < 0))


def codes_in(values: Vocabulary, texts: pa.Array) -> np.ndarray:
    """The int32 code of each text, -1 for nulls and what is not there."""
    if len(texts) <= FEW:
        return np.array([values.codes.get(text, -1) for text in texts.to_pylist()], np.int32)
    found = pc.index_in(texts, value_set=values.array, skip_nulls=True)
    return found.fill_null(-1).to_numpy(zero_copy_only=False)


def filled(column: pa.Array, null: int) -> np.ndarray:
    """The numbers of a column, with this one for nulls."""
    if len(column) <= FEW:
        known = [null if number is None else number for number in column.to_pylist()]
        return np.array(known, column.type.to_pandas_dtype())
    return column.fill_null(null).to_numpy(zero_copy_only=False)


def is_given(column: pa.Array) -> np.ndarray:
    """Bool: which values of a column are not null."""
    if not column.null_count:
        return np.ones(len(column), bool)
    return column.is_valid().to_numpy(zero_copy_only=False)
