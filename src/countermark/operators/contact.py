"""Questions about invitations to deal outside the marketplace."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import pyarrow as pa

from countermark.domain.signals import ContactSignal
from countermark.features.contacts import KINDS, contacts, may_have_contacts
from countermark.operators.base import TEXT_COLUMNS, TEXTS, Answer, Look, any_place


def contact(look: Look, signal: ContactSignal, _: Mapping[str, Answer]) -> Answer:
    """The text holds a phone number, messenger name, address or link of the kinds asked."""
    asked = [TEXTS[name] for name in signal.in_ if name in TEXTS]
    kinds = [k for k, kind in enumerate(KINDS) if not signal.kinds or kind in signal.kinds]
    ways = [w for w in (False, True) if signal.evasive in (None, w)]
    counted = np.uint16(sum(_bit(kind, way) for kind in kinds for way in ways))
    true = np.zeros(len(look), bool)
    for field in asked:
        found = look.once(("contacts", field), partial(_contacts_in, look, field))
        true |= found[look.row] & counted != 0
    return Answer(true, true | (len(asked) == len(signal.in_)))


def _contacts_in(look: Look, field: int) -> np.ndarray:
    """uint16 for each row that has subjects: what contacts its text holds, a bit a kind and way of writing."""
    rows = np.flatnonzero(any_place(look.row, len(look.batch)))
    bits = np.zeros(len(look.batch), np.uint16)
    column = look.batch.column(TEXT_COLUMNS[field])
    column = column if len(rows) == len(column) else column.take(pa.array(rows))
    for k in np.flatnonzero(may_have_contacts(column)).tolist():
        for each in contacts(column[k].as_py()):
            bits[rows[k]] |= _bit(KINDS.index(each.kind), each.evasive)
    return bits


def _bit(kind: int, evasive: bool) -> int:
    return 1 << (2 * kind + evasive)
