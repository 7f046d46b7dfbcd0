"""Questions about the listing's plain fields: figures, kind of goods, condition and places."""

from __future__ import annotations

import operator
from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.domain.places import EUROPEAN_UNION
from countermark.domain.signals import CategorySignal, ConditionSignal, NumberSignal, PlaceSignal
from countermark.domain.tables import CONDITIONS, LISTINGS
from countermark.operators.base import TITLE, Answer, Look, any_place
from countermark.operators.values import FEW, filled, is_given

BOUNDS = {
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
    "eq": operator.eq,
}


_MEMBERS, _UNION = pa.array(sorted(EUROPEAN_UNION), pa.string()), pa.scalar("EU", pa.string())
SINGLE = frozenset(f.name for f in LISTINGS if pa.types.is_float32(f.type))
"""Figures that listings keep in single precision."""


def number(look: Look, signal: NumberSignal, _: Mapping[str, Answer]) -> Answer:
    """A figure of the listing or its seller is within bounds. Unknown where the listing does not give it.

    A bound is read in the precision in which the table of listings keeps the figure.
    """
    values, known = _figure(look, signal.field)
    single = signal.field in SINGLE
    true = known.copy()
    for name, compare in BOUNDS.items():
        bound = getattr(signal, name)
        if bound is not None:
            true &= compare(values, float(np.float32(bound) if single else bound))
    return Answer(true, known, facts={signal.field: np.where(known, values, np.nan)})


def _figure(look: Look, name: str) -> tuple[np.ndarray, np.ndarray]:
    """The figure of each subject and whether it is known."""
    if name == "marks_in_title":
        return _marks_in_title(look).astype(float), np.ones(len(look), bool)
    if name == "pack_size":
        return look.columns["pack_size"][look.row].astype(float), np.ones(len(look), bool)
    if name in ("title_length", "description_length"):
        column = pc.utf8_length(look.batch.column(name.removesuffix("_length")))
    else:
        column = look.batch.column(name)
    return filled(column, 0).astype(float)[look.row], is_given(column)[look.row]


def _marks_in_title(look: Look) -> np.ndarray:
    """How many marks the title of each subject's listing names."""
    return look.columns["marks_in_title"][look.row]


def category(look: Look, signal: CategorySignal, _: Mapping[str, Answer]) -> Answer:
    """The goods are of one of these kinds and of none of those. Unknown where neither field nor title tells."""
    kind = look.columns["category"][look.row]
    true = kind >= 0
    if signal.is_:
        true &= look.lookup.kinds(signal.is_)[np.maximum(kind, 0)]
    if signal.not_:
        true &= ~look.lookup.kinds(signal.not_)[np.maximum(kind, 0)]
    return Answer(true, kind >= 0)


def condition(look: Look, signal: ConditionSignal, _: Mapping[str, Answer]) -> Answer:
    """The goods are offered in one of these conditions. Unknown where neither field nor text tells."""
    state = look.columns["condition"][look.row]
    wanted = np.zeros(len(CONDITIONS) + 1, bool)  # the last, -1, is where it is not known
    wanted[[CONDITIONS.index(name) if name != "unknown" else -1 for name in signal.is_]] = True
    return Answer(wanted[state], np.ones(len(look), bool) if wanted[-1] else state >= 0)


def place(look: Look, signal: PlaceSignal, _: Mapping[str, Answer]) -> Answer:
    """The listing is offered in, sent from, or written in certain places. Unknown where a field that is asked is empty."""
    true, known = np.ones(len(look), bool), np.ones(len(look), bool)
    for name in ("market", "ships_from", "language"):
        wanted = getattr(signal, name)
        if wanted:
            column = look.batch.column(name).take(pa.array(look.row))
            true &= pc.is_in(column, value_set=pa.array(wanted, pa.string())).to_numpy(
                zero_copy_only=False
            )
            known &= column.is_valid().to_numpy(zero_copy_only=False)
    if signal.abroad is not None:
        abroad, told = look.once("abroad", lambda: sent_from_abroad(look.batch))
        true &= abroad[look.row] == signal.abroad
        known &= told[look.row]
    return Answer(true & known, known)


def sent_from_abroad(batch: pa.RecordBatch) -> tuple[np.ndarray, np.ndarray]:
    """Of each listing whether it is sent from another country than it is offered in, and whether that is known.

    The countries of the European Union have one market and count as one.
    """
    columns = [batch.column(name) for name in ("market", "ships_from")]
    known = is_given(columns[0]) & is_given(columns[1])
    if len(batch) <= FEW:
        here, there = ([_territory(place) for place in column.to_pylist()] for column in columns)
        return known & np.array([a != b for a, b in zip(here, there, strict=True)], bool), known
    places = [
        pc.if_else(pc.is_in(column, value_set=_MEMBERS), _UNION, column) for column in columns
    ]
    return pc.not_equal(*places).fill_null(False).to_numpy(zero_copy_only=False), known


def _territory(place: str | None) -> str | None:
    return "EU" if place in EUROPEAN_UNION else place


def marks_in_title(
    look_row: np.ndarray, mark: np.ndarray, owner: np.ndarray, field: np.ndarray, rows: int
) -> np.ndarray:
    """How many distinct marks the title of each of `rows` listings names, from mention owners and texts."""
    named = any_place(owner[(field == TITLE) & (mark[owner] >= 0)], len(look_row))
    return np.bincount(look_row[named], minlength=rows)
