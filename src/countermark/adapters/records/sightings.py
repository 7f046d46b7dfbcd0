"""Sightings and decisions in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, bindparam, insert, select, update

from countermark.adapters.records.tables import DECISIONS, LISTINGS
from countermark.domain.sightings import Decision, Sighting
from countermark.errors import NotFound
from countermark.ports import Kept, Known

_SIGHTING = ("ref", "member", "venue", "listing_id", "seller_id", "digest", "seen_at", "previous", "content")  # fmt: skip
_DECISION = (
    "ref", "listing", "member", "action", "risk_milli", "claim", "mark", "grounds", "edits", "version", "by", "acting",
    "decided_at", "previous", "findings",
)  # fmt: skip
_KNOWN = select(
    *(LISTINGS.c[name].label(f"seen_{name}") for name in _SIGHTING),
    *(DECISIONS.c[name] for name in (*_DECISION, "nonce", "commitment")),
).join_from(LISTINGS, DECISIONS, DECISIONS.c.ref == LISTINGS.c.decision)


@dataclass(frozen=True, slots=True)
class SqlSightings:
    """A `ports.Sightings`."""

    connection: Connection

    def known(self, member: str, venue: str, listing_ids: Sequence[str]) -> Mapping[str, Known]:
        """See the port."""
        query = _KNOWN.where(
            LISTINGS.c.latest,
            LISTINGS.c.member == member,
            LISTINGS.c.venue == venue,
            LISTINGS.c.listing_id.in_(listing_ids),
        )
        return {known.sighting.listing_id: known for known in self._all(query)}

    def add(self, seen: Sequence[Known]) -> None:
        """See the port."""
        if not seen:
            return
        before = [k.sighting.previous for k in seen if k.sighting.previous is not None]
        if before:
            old = update(LISTINGS).where(LISTINGS.c.ref == bindparam("old")).values(latest=False)
            self.connection.execute(old, [{"old": ref} for ref in before])
        newest = {(k.sighting.venue, k.sighting.listing_id): k.sighting.ref for k in seen}
        self.connection.execute(
            insert(LISTINGS),
            [
                {name: getattr(k.sighting, name) for name in _SIGHTING}
                | {
                    "latest": newest[k.sighting.venue, k.sighting.listing_id] == k.sighting.ref,
                    "decision": k.kept.decision.ref,
                }
                for k in seen
            ],
        )
        self._add_decisions([k.kept for k in seen])

    def supersede(self, decided: Sequence[Kept]) -> None:
        """See the port."""
        if not decided:
            return
        self._add_decisions(decided)
        now = update(LISTINGS).where(LISTINGS.c.ref == bindparam("of"))
        self.connection.execute(
            now.values(decision=bindparam("new")),
            [{"of": kept.decision.listing, "new": kept.decision.ref} for kept in decided],
        )

    def get(self, ref: str) -> Known:
        """See the port."""
        found = self._all(_KNOWN.where(LISTINGS.c.ref == ref))
        if not found:
            raise NotFound(f"there is no listing {ref!r}", hint="copy its reference from the queue")
        return found[0]

    def after(self, member: str, ref: str, limit: int) -> Sequence[Known]:
        """See the port."""
        query = _KNOWN.where(LISTINGS.c.latest, LISTINGS.c.member == member, LISTINGS.c.ref > ref)
        return self._all(query.order_by(LISTINGS.c.ref).limit(limit))

    def _add_decisions(self, decided: Sequence[Kept]) -> None:
        self.connection.execute(insert(DECISIONS), [_row(kept) for kept in decided])

    def _all(self, query: Select[Any]) -> list[Known]:
        return [_known(row) for row in self.connection.execute(query).mappings()]


def _row(kept: Kept) -> dict[str, Any]:
    row = {name: getattr(kept.decision, name) for name in _DECISION}
    joined = {name: " ".join(row[name]) for name in ("grounds", "edits")}
    return row | joined | {"nonce": kept.nonce, "commitment": kept.commitment}


def _known(values: RowMapping) -> Known:
    decision = {name: values[name] for name in _DECISION}
    decision |= {name: tuple(decision[name].split()) for name in ("grounds", "edits")}
    return Known(
        sighting=Sighting(**{name: values[f"seen_{name}"] for name in _SIGHTING}),
        kept=Kept(
            decision=Decision(**decision), nonce=values["nonce"], commitment=values["commitment"]
        ),
    )
