"""Sightings and decisions in tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, select, update
from sqlalchemy.exc import IntegrityError

from countermark.adapters.records.faults import spoil
from countermark.adapters.records.moments import micros
from countermark.adapters.records.rows import clean, fault_of, insert_rows, parts
from countermark.adapters.records.tables import DECISIONS, LISTINGS
from countermark.adapters.records.walls import only_own, own
from countermark.domain.sightings import Decision, Sighting
from countermark.errors import Conflict, NotFound
from countermark.ports import Kept, Known

_SIGHTING: Final = ("ref", "member", "venue", "listing_id", "seller_id", "digest", "seen_at", "previous", "content")  # fmt: skip
_DECISION: Final = (
    "ref", "listing", "member", "action", "risk_milli", "claim", "mark", "version", "by", "acting", "decided_at", "previous",
    "findings", "grounds", "edits",
)  # fmt: skip
_LISTING_ROW: Final = (*_SIGHTING, "latest", "decision")
_DECISION_ROW: Final = (*_DECISION, "nonce", "commitment")
_KNOWN: Final = select(
    *(LISTINGS.c[name] for name in _SIGHTING), *(DECISIONS.c[name] for name in _DECISION_ROW)
).join_from(LISTINGS, DECISIONS, DECISIONS.c.ref == LISTINGS.c.decision)
_DECIDED: Final = select(*(DECISIONS.c[name] for name in _DECISION_ROW))
_LAST: Final = (
    _KNOWN.where(  # made once: a question of every batch, whose making costs more than its answer
        LISTINGS.c.latest,
        LISTINGS.c.member == bindparam("member"),
        LISTINGS.c.venue == bindparam("venue"),
        LISTINGS.c.listing_id.in_(bindparam("ids", expanding=True)),
    )
)
_LISTING_ID, _SELLER_ID, _MARK = 200, 500, 200  # characters, as in `tables`


@dataclass(frozen=True, slots=True)
class SqlSightings:
    """A `ports.Sightings`."""

    connection: Connection
    member: str | None

    def known(self, member: str, venue: str, listing_ids: Sequence[str]) -> Mapping[str, Known]:
        """See the port. An id that cannot be kept is not known."""
        possible = (each for each in listing_ids if fault_of(each, _LISTING_ID) is None)
        if self.member not in (None, member):
            return {}
        return {
            known.sighting.listing_id: known
            for some in parts(possible)
            for known in self._all(_LAST, {"member": member, "venue": venue, "ids": some})
        }

    def add(self, seen: Sequence[Known]) -> None:
        """See the port. Raises Conflict, after which the transaction must be given up."""
        only_own(self.member, (known.sighting.member for known in seen))
        newest = {_listing(known.sighting): known.sighting.ref for known in seen}
        new = {known.sighting.ref for known in seen}
        before = {known.sighting.previous for known in seen} - new - {None}
        # both refuse what cannot be kept, before anything is changed
        rows = [
            _listing_row(known, newest[_listing(known.sighting)] == known.sighting.ref)
            for known in seen
        ]
        decisions = [_row(known.kept) for known in seen]
        self._change(
            update(LISTINGS).where(LISTINGS.c.ref == bindparam("old"), LISTINGS.c.latest),
            {"latest": False},
            [{"old": ref} for ref in sorted(filter(None, before))],
        )
        try:
            insert_rows(self.connection, LISTINGS, _LISTING_ROW, rows)
        except IntegrityError:
            raise _first() from None
        insert_rows(self.connection, DECISIONS, _DECISION_ROW, decisions)

    def supersede(self, decided: Sequence[Kept]) -> None:
        """See the port. Raises Conflict where another decision holds than the `previous` one; give the transaction up then."""
        only_own(self.member, (kept.decision.member for kept in decided))
        insert_rows(self.connection, DECISIONS, _DECISION_ROW, [_row(kept) for kept in decided])
        made = [kept.decision for kept in decided]
        self._change(
            update(LISTINGS).where(
                LISTINGS.c.ref == bindparam("of"), LISTINGS.c.decision == bindparam("old")
            ),
            {"decision": bindparam("new")},
            [{"of": d.listing, "old": d.previous, "new": d.ref} for d in made],
        )

    def note(self, decided: Sequence[Kept]) -> None:
        """See the port."""
        only_own(self.member, (kept.decision.member for kept in decided))
        insert_rows(self.connection, DECISIONS, _DECISION_ROW, [_row(kept) for kept in decided])

    def decision(self, ref: str) -> Kept:
        """See the port."""
        whose = own(DECISIONS.c.member, self.member)
        row = self.connection.execute(_DECIDED.where(DECISIONS.c.ref == ref, whose)).one_or_none()
        if row is None:
            raise NotFound(f"there is no decision {ref!r}", hint="copy its reference from its case")
        return _kept(row)

    def get(self, ref: str) -> Known:
        """See the port."""
        found = self._all(_KNOWN.where(LISTINGS.c.ref == ref, own(LISTINGS.c.member, self.member)))
        if not found:
            raise NotFound(f"there is no listing {ref!r}", hint="copy its reference from the queue")
        return found[0]

    def after(self, member: str, ref: str, limit: int) -> Sequence[Known]:
        """See the port."""
        whose = (LISTINGS.c.member == member, own(LISTINGS.c.member, self.member))
        query = _KNOWN.where(LISTINGS.c.latest, *whose, LISTINGS.c.ref > ref)
        return self._all(query.order_by(LISTINGS.c.ref).limit(limit))

    def _change(self, change: Any, values: dict[str, Any], rows: list[dict[str, Any]]) -> None:
        """Change one row for each of `rows`; where one is not there any more, somebody else was first."""
        if rows:
            mine = change.where(own(LISTINGS.c.member, self.member)).values(values)
            if self.connection.execute(mine, rows).rowcount != len(rows):
                spoil(self.connection)
                raise _first()

    def _all(self, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Known]:
        return [_known(row) for row in self.connection.execute(query, values)]


def _first() -> Conflict:
    return Conflict(
        "somebody else saw or decided one of the listings first",
        hint="look them up again and repeat it",
    )


def _listing(sighting: Sighting) -> tuple[str, str, str]:
    return sighting.member, sighting.venue, sighting.listing_id


def _listing_row(known: Known, latest: bool) -> tuple[Any, ...]:
    """In the order of `_LISTING_ROW`."""
    seen = known.sighting
    clean(seen.listing_id, "the listing id", _LISTING_ID)
    if seen.seller_id is not None:
        clean(seen.seller_id, "the seller id", _SELLER_ID)
    return (
        seen.ref, seen.member, seen.venue, seen.listing_id, seen.seller_id, seen.digest, micros(seen.seen_at), seen.previous,
        seen.content, latest, known.kept.decision.ref,
    )  # fmt: skip


def _row(kept: Kept) -> tuple[Any, ...]:
    """In the order of `_DECISION_ROW`."""
    made = kept.decision
    if made.mark is not None:
        clean(made.mark, "the mark", _MARK)
    return (
        made.ref, made.listing, made.member, made.action, made.risk_milli, made.claim, made.mark, made.version, made.by,
        made.acting, micros(made.decided_at), made.previous, made.findings, " ".join(made.grounds), " ".join(made.edits),
        kept.nonce, kept.commitment,
    )  # fmt: skip


def _known(row: Row[Any]) -> Known:
    """What the columns of `_KNOWN` say."""
    sighting = dict(zip(_SIGHTING, row[: len(_SIGHTING)], strict=True))
    return Known(sighting=Sighting(**sighting), kept=_kept(row[len(_SIGHTING) :]))


def _kept(row: Sequence[Any]) -> Kept:
    """What the columns of `_DECIDED` say."""
    *decided, grounds, edits, nonce, told = row
    decision = dict(zip(_DECISION[:-2], decided, strict=True))
    return Kept(
        decision=Decision(**decision, grounds=tuple(grounds.split()), edits=tuple(edits.split())),
        nonce=nonce,
        commitment=told,
    )
