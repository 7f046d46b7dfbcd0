"""Outcomes as a table of findings: ids, spans and numbers; sentences are written when a person looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from countermark.domain.tables import FINDINGS
from countermark.operators.base import Answer, Look, Places
from countermark.operators.values import spelled
from countermark.scanning.plan import RuleOutcome


def findings_table(look: Look, outcomes: Sequence[RuleOutcome]) -> pa.Table:
    """The findings of all rules that fired, ordered by listing and rule."""
    parts = [_of_rule(look, outcome) for outcome in outcomes if outcome.fired.any()]
    if not parts:
        return FINDINGS.empty_table()
    table = pa.concat_tables([part for part, _ in parts])
    rows = np.concatenate([row for _, row in parts])
    order = np.argsort(rows, kind="stable")
    return table.take(pa.array(order))


def _of_rule(look: Look, outcome: RuleOutcome) -> tuple[pa.Table, np.ndarray]:
    """Findings of one rule, and the row of each."""
    fired = np.flatnonzero(outcome.fired)
    subjects = outcome.subjects[fired]
    rule, row = outcome.planned.rule, look.row[subjects]
    size, at = len(fired), pa.array(row)
    values, batch = look.lookup.values, look.batch
    mention, how = _first_mention(look, subjects)
    share, band, priced = _price_facts(outcome, fired)
    product = np.where(priced, look.product[subjects], -1)
    names = sorted(rule.signals)
    columns = {
        "listing_id": batch.column("listing_id").take(at),
        "seller_id": batch.column("seller_id").take(at),
        **{name: pa.repeat(value, size) for name, value in _constants(look, outcome).items()},
        "mark": spelled(values.marks, look.mark[subjects]),
        "how": spelled(values.hows, how),
        "style_code": spelled(values.style_codes, product),
        "mention": mention,
        "word": _first_word(outcome, fired),
        "price_minor": batch.column("price_minor").take(at),
        "currency": batch.column("currency").take(at),
        "band_minor": pa.array(band, pa.int64(), mask=~priced),
        "asked_share": pa.array(share.astype(np.float32), mask=~priced),
        "true_signals": _bits([outcome.answers[name].true[fired] for name in names], size),
        "known_signals": _bits([outcome.answers[name].known[fired] for name in names], size),
    }
    arrays = [columns[field.name].cast(field.type) for field in FINDINGS]
    return pa.Table.from_arrays(arrays, schema=FINDINGS), row


def _constants(look: Look, outcome: RuleOutcome) -> dict[str, pa.Scalar]:
    rule = outcome.planned.rule
    constants = {
        "rule": rule.id, "rev": rule.rev, "status": look.snapshot.granted[rule.id], "claim": rule.claim,
        "reason": rule.reason, "disclosable": rule.disclosable_alone,
    }  # fmt: skip
    return {name: pa.scalar(value, FINDINGS.field(name).type) for name, value in constants.items()}


def _bits(columns: Sequence[np.ndarray], size: int) -> pa.Array:
    total = np.zeros(size, np.uint32)
    for k, column in enumerate(columns[:32]):
        total |= column.astype(np.uint32) << np.uint32(k)
    return pa.array(total)


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


def _spans(places: Places, at: np.ndarray) -> pa.Array:
    """Struct of field, start and end, null where `at` is negative."""
    if not len(places.owner):
        return pa.nulls(len(at), FINDINGS.field("mention").type)
    safe = np.maximum(at, 0)
    parts = [
        pa.array(places.field[safe].astype(np.int8)),
        pa.array(places.start[safe]),
        pa.array(places.end[safe]),
    ]
    return pa.StructArray.from_arrays(parts, ["field", "start", "end"], mask=pa.array(at < 0))


def _first_mention(look: Look, subjects: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    owners = look.mentions.owner  # they stand in order of subject, text and token
    at = np.searchsorted(owners, subjects)
    there = at < len(owners)
    at[~there] = -1
    at[there] = np.where(owners[at[there]] == subjects[there], at[there], -1)
    how = look.mentions.how[np.maximum(at, 0)] if len(look.mentions.how) else at
    return _spans(look.mentions, at), np.where(at >= 0, how, -1)


def _first_word(outcome: RuleOutcome, fired: np.ndarray) -> pa.Array:
    """The first place that a term or phrase signal found."""
    rule = outcome.planned.rule
    for name, signal in sorted(rule.signals.items()):
        answer: Answer = outcome.answers[name]
        if signal.op in ("term", "phrase") and name not in rule.unless and len(answer.places.owner):
            return _spans(answer.places, _first(answer.places, fired))
    return pa.nulls(len(fired), FINDINGS.field("word").type)


def _price_facts(
    outcome: RuleOutcome, fired: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Asked share, band and whether a price was judged at all."""
    for answer in outcome.answers.values():
        if "asked_share" in answer.facts:
            share, band = answer.facts["asked_share"][fired], answer.facts["band_minor"][fired]
            return share, band, ~np.isnan(share)
    return np.zeros(len(fired)), np.zeros(len(fired), np.int64), np.zeros(len(fired), bool)
