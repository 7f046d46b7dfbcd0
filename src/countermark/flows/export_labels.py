"""Labels of the review desk as the table that `countermark train` reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from countermark.domain.access import Action, Kind, Thing
from countermark.domain.decisions import LABELS
from countermark.flows.desk import OnKind, Reviewer, refuse
from countermark.ports import Keeping, LabelOfListing, Unit

_EXPORTING: Final[tuple[OnKind, ...]] = ((Action.EXPORT, Kind.LABEL),)
_AT_ONCE: Final = 10_000


def export_labels(
    *, reviewer: Reviewer, keeping: Keeping, venue: str | None = None, edited: bool = False
) -> pa.Table:
    """What people of the member found out, of schema `domain.decisions.LABELS`; the oldest first.

    Withdrawn labels are left out. Of two that disagree both are given, those of second reviews too: whoever learns from
    them decides which counts.

    Args:
        venue: of one venue only; two venues may call different listings alike.
        edited: also of listings that say something else by now than what the label was given for.

    Raises:
        NotAllowed: labels are not theirs to export.
    """
    with keeping.records.reading(reviewer.member) as unit:
        labels = Thing(kind=Kind.LABEL, owner=reviewer.member)
        today = keeping.clock.now().date()
        refuse(reviewer.refused(_EXPORTING, labels, today))
        pages = [
            _table([each for each in page if venue in (None, each.venue) and (edited or each.is_latest)])
            for page in _pages(reviewer.member, unit=unit)
        ]  # fmt: skip
    return pa.concat_tables([LABELS.empty_table(), *pages])


def _pages(member: str, *, unit: Unit) -> Iterator[list[LabelOfListing]]:
    after = ""
    while page := unit.labels.standing(member, after, _AT_ONCE):
        yield list(page)
        after = page[-1].label.ref


def _table(some: list[LabelOfListing]) -> pa.Table:
    rows = [
        {
            "listing_id": each.listing_id,
            "claim": each.label.claim,
            "origin": each.label.origin,
            "inclusion": each.label.inclusion,
        }
        for each in some
    ]
    return pa.Table.from_pylist(rows, schema=LABELS)
