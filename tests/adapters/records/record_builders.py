"""Things to keep: each argument states only what the test is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from countermark.domain.cases import Case
from countermark.domain.events import Event, instant
from countermark.domain.members import ApiKey, Member
from countermark.domain.sightings import Decision, Sighting
from countermark.ports import Kept, Known, Message

ME, OTHER, VENUE = "a" * 32, "b" * 32, "plaza.example"
AT = datetime(2026, 11, 24, 12, 0, 0, 123_456, tzinfo=UTC)
_SERIAL = count(1)


def ref():
    """A new reference; later ones are greater."""
    return f"{next(_SERIAL):032x}"


def decided(listing, *, member=ME, **more):
    made = {"action": "allow", "risk_milli": 312, "claim": None, "mark": None, "grounds": (), "version": "s/p/w", "by": "gate", "acting": True, "decided_at": AT} | more  # fmt: skip
    decision = Decision(ref=ref(), listing=listing, member=member, **made)
    return Kept(decision=decision, nonce=b"n" * 16, commitment="c" * 64)


def seen(listing_id="l1", *, member=ME, previous=None, decision=None, **more):
    made = {"venue": VENUE, "seller_id": "s1", "digest": "d" * 64, "seen_at": AT, "content": b"{}"} | more  # fmt: skip
    sighting = Sighting(ref=ref(), member=member, listing_id=listing_id, previous=previous, **made)
    return Known(sighting=sighting, kept=decided(sighting.ref, member=member, **(decision or {})))


def again(known, **more):
    """The next sighting of the same listing."""
    return seen(known.sighting.listing_id, member=known.sighting.member, previous=known.sighting.ref, **more)  # fmt: skip


def redecided(known, **more):
    """The sighting with another decision."""
    old = known.kept.decision
    return replace(known, kept=decided(old.listing, member=old.member, previous=old.ref, **more))


def case(subject=None, *, member=ME, **more):
    return Case(ref=ref(), member=member, subject=subject or ref(), **{"risk_milli": 70_000, "opened_at": AT} | more)  # fmt: skip


def event(subject=None, *, member=ME, **more):
    return Event(**{"actor": "gate", "after": "", "at": instant(AT), "before": "", "member": member, "subject": subject or ref(), "type": "listing.judged"} | more)  # fmt: skip


def message(*, member=ME, due_at=AT, **more):
    return Message(ref=ref(), member=member, topic="listing.judged", body=b"{}", due_at=due_at, **more)  # fmt: skip


def member(name="Plaza", *, venues=("plaza.example",), **more):
    made = {"kind": "marketplace", "created_at": AT, "ref": ref()} | more
    return Member(name=name, venues=venues, **made)


def key(of=ME, **more):
    return ApiKey(**{"ref": ref(), "member": of, "name": "gate 1", "scopes": frozenset({"gate:judge", "cases:read"}), "digest": ref() * 2, "hint": "cm_abcdef", "issued_at": AT, "expires_at": AT + timedelta(days=90)} | more)  # fmt: skip
