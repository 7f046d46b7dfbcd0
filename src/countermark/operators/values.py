"""What codes stand for, as Arrow arrays made once for a snapshot: batches take from them, and look values up in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.tables import CONDITIONS, MAKERS, NAMED_IN, ROLES
from countermark.knowledge.recognition import HOW
from countermark.knowledge.snapshot import Snapshot


class Values(NamedTuple):
    """String arrays; the code is the position. Style codes and GTINs that a product lacks are null."""

    marks: pa.Array
    hows: pa.Array
    roles: pa.Array
    makers: pa.Array
    texts: pa.Array
    conditions: pa.Array
    categories: pa.Array
    currencies: pa.Array
    style_codes: pa.Array
    gtins: pa.Array


def values_of(snapshot: Snapshot) -> Values:
    """The values of a snapshot."""
    goods = snapshot.goods
    return Values(
        marks=_strings([mark.id for mark in snapshot.marks]), hows=_strings(HOW), roles=_strings(ROLES),
        makers=_strings(MAKERS), texts=_strings(NAMED_IN),
        conditions=_strings(CONDITIONS), categories=_strings(snapshot.categories), currencies=_strings(goods.currencies),
        style_codes=_strings([code or None for code in goods.style_codes]), gtins=_strings([gtin or None for gtin in goods.gtins]),
    )  # fmt: skip


def _strings(values: Sequence[str | None]) -> pa.Array:
    return pa.array(values, pa.string())


def spelled(values: pa.Array, codes: np.ndarray) -> pa.Array:
    """The value of each code, null for negative ones."""
    return values.take(pa.array(codes.astype(np.int64), mask=codes < 0))


def codes_in(values: pa.Array, texts: pa.Array) -> np.ndarray:
    """The int32 code of each text, -1 for nulls and what is not there."""
    found = pc.index_in(texts, value_set=values, skip_nulls=True)
    return found.fill_null(-1).to_numpy(zero_copy_only=False)
