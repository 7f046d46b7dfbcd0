"""Outcomes as a table of findings: ids, spans and numbers; sentences are written when a person looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from countermark.domain.tables import FINDINGS
from countermark.operators.base import NO_PLACES, Look, Places
from countermark.operators.values import spelled
from countermark.scanning.plan import Asked, Plan

PLAIN = ("listing_id", "seller_id", "price_minor", "currency")
NOTHING = FINDINGS.empty_table()


class _Spans(NamedTuple):
    """Stretches of text; `there`: bool, whether there is one."""

    field: np.ndarray
    start: np.ndarray
    end: np.ndarray
    there: np.ndarray


class _Fired(NamedTuple):
    """Findings of one rule or several, parallel columns: row of `Plan.constants`, subject, and what made the rule hold."""

    rule: np.ndarray
    subject: np.ndarray
    share: np.ndarray
    band: np.ndarray
    priced: np.ndarray
    true: np.ndarray
    known: np.ndarray
    word_field: np.ndarray
    word_start: np.ndarray
    word_end: np.ndarray
    worded: np.ndarray

    @property
    def word(self) -> _Spans:
        """The first word of a list that the rule asks for."""
        return _Spans(self.word_field, self.word_start, self.word_end, self.worded)


def findings_table(look: Look, asked: Sequence[Asked], plan: Plan) -> pa.Table:
    """The findings of all rules that fired, ordered by listing and rule."""
    parts = [
        _of_rule(part, rule, plan)
        for part in asked
        for rule in np.flatnonzero(part.fired.any(1)).tolist()
    ]
    if not parts:
        return NOTHING
    found = _Fired(*(np.concatenate(column) for column in zip(*parts, strict=True)))
    order = np.argsort(look.row[found.subject], kind="stable")
    return _table(look, _Fired(*(column[order] for column in found)), plan)


def _table(look: Look, found: _Fired, plan: Plan) -> pa.Table:
    values, subject, unpriced = look.lookup.values, found.subject, ~found.priced
    plain = look.batch.select(PLAIN).take(pa.array(look.row[subject]))
    constants = plan.constants.take(pa.array(found.rule))
    mention, how = _first_mention(look, subject)
    product = np.where(found.priced, look.product[subject], -1)
    columns = {
        **dict(zip(PLAIN, plain.columns, strict=True)),
        **dict(zip(constants.schema.names, constants.columns, strict=True)),
        "mark": spelled(values.marks, look.mark[subject]),
        "how": spelled(values.hows, how),
        "style_code": spelled(values.style_codes, product),
        "mention": _structs(mention),
        "word": _structs(found.word),
        "band_minor": pa.array(found.band, pa.int64(), mask=unpriced),
        "asked_share": pa.array(found.share, mask=unpriced),
        "true_signals": pa.array(found.true),
        "known_signals": pa.array(found.known),
    }
    return pa.Table.from_arrays([columns[name] for name in FINDINGS.names], schema=FINDINGS)


def _of_rule(part: Asked, number: int, plan: Plan) -> _Fired:
    """The findings of one rule of a layer."""
    fired = np.flatnonzero(part.fired[number])
    rule, numbers = part.layer.rules[number].rule, part.layer.numbers[number]
    share, band, priced = _price_facts(part, number, fired)
    asked = [numbers[name] for name in sorted(rule.signals)[:32]]
    row = np.full(len(fired), plan.constant_rows[rule.id])
    true, known = (_bits(bits[asked][:, fired]) for bits in (part.true, part.known))
    word = _first_word(part, number, fired)
    return _Fired(
        row, part.subjects[fired], share.astype(np.float32), band, priced, true, known, *word
    )


def _bits(columns: np.ndarray) -> np.ndarray:
    """uint32 for each finding: bit k is column k of bool (columns, findings)."""
    places = np.left_shift(np.uint32(1), np.arange(len(columns), dtype=np.uint32))
    return (columns * places[:, None]).sum(0, dtype=np.uint32)


def _first(places: Places, owners: np.ndarray) -> np.ndarray:
    """Position of the first place of each owner (lowest field, then token), -1 for none."""
    if not len(places.owner) or not len(owners):
        return np.full(len(owners), -1)
    asked = np.zeros(max(int(places.owner.max()), int(owners.max())) + 1, bool)
    asked[owners] = True
    kept = np.flatnonzero(asked[places.owner])
    if not len(kept):
        return np.full(len(owners), -1)
    order = kept[np.lexsort((places.token[kept], places.field[kept], places.owner[kept]))]
    ordered = places.owner[order]
    at = np.minimum(np.searchsorted(ordered, owners), len(order) - 1)
    return np.where(ordered[at] == owners, order[at], -1)


def _spans(places: Places, at: np.ndarray) -> _Spans:
    """The places at these positions; none where a position is negative."""
    if not len(places.owner):
        none = np.zeros(len(at), np.int32)
        return _Spans(none.astype(np.int8), none, none, none > 0)
    safe = np.maximum(at, 0)
    field = places.field[safe].astype(np.int8)
    return _Spans(field, places.start[safe], places.end[safe], at >= 0)


def _structs(spans: _Spans) -> pa.Array:
    """Structs of field, start and end."""
    parts = [pa.array(column) for column in spans[:-1]]
    names = ["field", "start", "end"]
    return pa.StructArray.from_arrays(parts, names, mask=pa.array(~spans.there))


def _first_mention(look: Look, subjects: np.ndarray) -> tuple[_Spans, np.ndarray]:
    owners = look.mentions.owner  # they stand in order of subject, text and token
    at = np.searchsorted(owners, subjects)
    there = at < len(owners)
    at[~there] = -1
    at[there] = np.where(owners[at[there]] == subjects[there], at[there], -1)
    how = look.mentions.how[np.maximum(at, 0)] if len(look.mentions.how) else at
    return _spans(look.mentions, at), np.where(at >= 0, how, -1)


def _first_word(part: Asked, number: int, fired: np.ndarray) -> _Spans:
    """The first place that a term or phrase signal found."""
    rule = part.layer.rules[number].rule
    for name, signal in sorted(rule.signals.items()):
        if signal.op in ("term", "phrase") and name not in rule.unless:
            places = part.answers[part.layer.numbers[number][name]].places
            if len(places.owner):
                return _spans(places, _first(places, fired))
    return _spans(NO_PLACES, fired)


def _price_facts(
    part: Asked, number: int, fired: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Asked share, band and whether a price was judged at all."""
    for question in part.layer.numbers[number].values():
        facts = part.answers[question].facts
        if "asked_share" in facts:
            share, band = facts["asked_share"][fired], facts["band_minor"][fired]
            return share, band, ~np.isnan(share)
    return np.zeros(len(fired)), np.zeros(len(fired), np.int64), np.zeros(len(fired), bool)
