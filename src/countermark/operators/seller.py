"""Questions about who sells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.places import reaches
from countermark.domain.signals import SellerSignal
from countermark.operators.base import Answer, Look
from countermark.operators.values import FEW, codes_in, is_given

_TAB = pa.scalar(
    "\t", pa.string()
)  # typed: Arrow looks for modules on the disk to guess the type of a bare text


def seller(look: Look, signal: SellerSignal, _: Mapping[str, Answer]) -> Answer:
    """The seller may sell the goods of the mark, here and today. Unknown where seller or venue is not given.

    Or, with `on_list`: the seller stands on that list.
    """
    key = look.once("seller", lambda: _keys(look))
    if signal.on_list is not None:
        return _on_list(look, signal.on_list, key)
    at = codes_in(look.lookup.seller_keys, key)
    true = np.zeros(len(look), bool)
    listed = np.flatnonzero(at >= 0).tolist()
    asked, styles = _asked(look, signal.authorised_for) if listed else (at, ())
    markets = look.batch.column("market")
    for k in listed:
        goods = (int(asked[k]), styles[k])
        true[k] = _permitted(look, int(at[k]), goods, markets[int(look.row[k])].as_py())
    return Answer(true, is_given(key))


def _keys(look: Look) -> pa.Array:
    """Venue, tab and seller id of each subject; null where one is not given."""
    columns = [look.batch.column(name) for name in ("venue", "seller_id")]
    if len(look.batch) <= FEW:
        pairs = list(zip(*(column.to_pylist() for column in columns), strict=True))
        keys = [None if None in pairs[row] else "\t".join(pairs[row]) for row in look.row.tolist()]
        return pa.array(keys, pa.string())
    rows = pa.array(look.row)
    return pc.binary_join_element_wise(*(column.take(rows) for column in columns), _TAB)


def _on_list(look: Look, name: str, key: pa.Array) -> Answer:
    """Whether the hash of venue and seller stands on a list of the asking pack or the core pack."""
    full = name if name.startswith("core.") else f"{look.pack}.{name}"
    listed = look.snapshot.seller_lists.get(full, ())
    encoded = key.dictionary_encode()
    known = is_given(key)
    hashes = [sha256(text.encode()).hexdigest() for text in encoded.dictionary.to_pylist()]
    is_listed = np.array([*(one in listed for one in hashes), False], bool)
    codes = encoded.indices.fill_null(len(hashes)).to_numpy(zero_copy_only=False)
    return Answer(is_listed[codes] & known, known)


def _asked(look: Look, name: str) -> tuple[np.ndarray, Sequence[str]]:
    """What a permission is asked for, for each subject: number of the mark (-2 none), and the style, "" not known."""
    codes, marks = look.snapshot.goods.style_codes, look.snapshot.goods.mark
    if name != "*" and name not in look.lookup.marks:
        mark = int(marks[codes.index(name)]) if name in codes else -2
        return np.full(len(look), mark), [name] * len(look)
    asked = look.mark if name == "*" else np.full(len(look), look.lookup.marks[name])
    shown = (look.product >= 0) & (asked == look.mark)
    return asked, [codes[p] if s else "" for p, s in zip(look.product, shown, strict=True)]


def _permitted(look: Look, seller_number: int, goods: tuple[int, str], market: str | None) -> bool:
    """Whether one row of the seller's permissions covers mark and style in the market; an unknown market is covered."""
    sellers, (mark, style) = look.snapshot.sellers, goods
    for k in range(sellers.first[seller_number], sellers.first[seller_number + 1]):
        if sellers.mark[k] == mark and sellers.styles[k] in ("", style):
            territory = sellers.territories[k].split("|")
            if market is None or reaches(territory, market):
                return True
    return False
