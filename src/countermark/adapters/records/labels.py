"""Labels in their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from countermark.adapters.records.rows import clean
from countermark.adapters.records.tables import LABELS, LISTINGS
from countermark.adapters.records.walls import only_own, own
from countermark.domain.labels import MAX_NOTE, Label
from countermark.errors import NotFound
from countermark.ports import LabelOfListing


@dataclass(frozen=True, slots=True)
class SqlLabels:
    """A `ports.Labels`."""

    connection: Connection
    member: str | None

    def add(self, label: Label) -> None:
        """See the port."""
        only_own(self.member, [label.member])
        clean(label.note, "the note", MAX_NOTE)
        self.connection.execute(insert(LABELS), asdict(label))

    def withdraw(self, ref: str, at: datetime) -> None:
        """See the port."""
        one = (LABELS.c.ref == ref, own(LABELS.c.member, self.member))
        still = update(LABELS).where(*one, LABELS.c.withdrawn_at.is_(None))
        if self.connection.execute(still.values(withdrawn_at=at)).rowcount == 0:
            raise NotFound(f"there is no label {ref!r} that stands", hint="look at its case again")

    def of_decision(self, decision: str) -> Label | None:
        """See the port."""
        whose = own(LABELS.c.member, self.member)
        query = select(LABELS).where(LABELS.c.decision == decision, whose)
        row = self.connection.execute(query).mappings().one_or_none()
        return None if row is None else Label(**row)

    def of_listing(self, sighting: str) -> Sequence[Label]:
        """See the port."""
        whose = own(LABELS.c.member, self.member)
        query = select(LABELS).where(LABELS.c.listing == sighting, whose).order_by(LABELS.c.ref)
        return [Label(**row) for row in self.connection.execute(query).mappings()]

    def standing(self, member: str, after: str, limit: int) -> Sequence[LabelOfListing]:
        """See the port."""
        whose = (LABELS.c.member == member, own(LABELS.c.member, self.member))
        query = (
            select(LABELS, LISTINGS.c.venue, LISTINGS.c.listing_id, LISTINGS.c.latest)
            .join_from(LABELS, LISTINGS, LISTINGS.c.ref == LABELS.c.listing)
            .where(*whose, LABELS.c.withdrawn_at.is_(None), LABELS.c.ref > after)
        )
        rows = self.connection.execute(query.order_by(LABELS.c.ref).limit(limit))
        return [
            LabelOfListing(
                label=Label(**dict(zip(LABELS.c.keys(), row, strict=False))),
                venue=row.venue,
                listing_id=row.listing_id,
                is_latest=row.latest,
            )
            for row in rows
        ]
