"""Questions about who sells."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.signals import SellerSignal
from countermark.domain.territories import EUROPEAN_UNION
from countermark.operators.base import Answer, Look


def seller(look: Look, signal: SellerSignal, _: Mapping[str, Answer]) -> Answer:
    """The seller may sell the goods of the mark, here and today. Unknown where seller or venue is not given."""
    if signal.on_list:
        return Answer.unknown(len(look))
    rows = pa.array(look.row)
    seller_id, venue = (
        look.batch.column("seller_id").take(rows),
        look.batch.column("venue").take(rows),
    )
    key = pc.binary_join_element_wise(venue, seller_id, "\t")
    at = (
        pc.index_in(key, value_set=look.lookup.seller_keys)
        .fill_null(-1)
        .to_numpy(zero_copy_only=False)
    )
    asked = (
        look.mark
        if signal.authorised_for == "*"
        else np.full(len(look), _mark(look, signal.authorised_for))
    )
    true = np.zeros(len(look), bool)
    markets = look.batch.column("market")
    for k in np.flatnonzero(at >= 0).tolist():
        true[k] = _permitted(look, int(at[k]), int(asked[k]), markets[int(look.row[k])].as_py())
    return Answer(true, key.is_valid().to_numpy(zero_copy_only=False))


def _mark(look: Look, name: str) -> int:
    """Number of the mark, or of the mark of the style code; -2 where neither exists."""
    if name in look.lookup.marks:
        return look.lookup.marks[name]
    codes = look.snapshot.goods.style_codes
    return int(look.snapshot.goods.mark[codes.index(name)]) if name in codes else -2


def _permitted(look: Look, seller_number: int, mark: int, market: str | None) -> bool:
    """Whether one row of the seller's permissions covers the mark in the market; an unknown market is covered."""
    sellers = look.snapshot.sellers
    for k in range(sellers.first[seller_number], sellers.first[seller_number + 1]):
        if sellers.mark[k] in (mark, -1):
            territory = sellers.territories[k].split("|")
            inside = (
                market is None
                or market in territory
                or ("EU" in territory and market in EUROPEAN_UNION)
            )
            if "*" in territory or inside:
                return True
    return False
