"""Questions about invitations to deal outside the marketplace."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from countermark.domain.signals import ContactSignal
from countermark.features.contacts import contacts, may_have_contacts
from countermark.operators.base import TEXT_COLUMNS, TEXTS, Answer, Look, any_place


def contact(look: Look, signal: ContactSignal, _: Mapping[str, Answer]) -> Answer:
    """The text holds a phone number, messenger name, address or link of the kinds asked."""
    asked = [TEXTS[name] for name in signal.in_ if name in TEXTS]
    rows = np.flatnonzero(any_place(look.row, len(look.batch)))
    row_true = np.zeros(len(look.batch), bool)
    for field in asked:
        column = look.batch.column(TEXT_COLUMNS[field])
        column = column if len(rows) == len(column) else column.take(pa.array(rows))
        for k in np.flatnonzero(may_have_contacts(column)).tolist():
            row_true[rows[k]] |= any(
                _counts(signal, c.kind, c.evasive) for c in contacts(column[k].as_py())
            )
    true = row_true[look.row]
    return Answer(true, true | (len(asked) == len(signal.in_)))


def _counts(signal: ContactSignal, kind: str, evasive: bool) -> bool:
    return (not signal.kinds or kind in signal.kinds) and (
        signal.evasive is None or evasive == signal.evasive
    )
