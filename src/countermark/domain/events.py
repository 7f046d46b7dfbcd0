"""Events: one line of the ledger each; who did what to what, and when. Only appended.

An event holds no personal data and no free text: whoever and whatever it names is named by a reference that means
nothing outside our tables, and what the thing was and became is a commitment (see `commitments`).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

EVENT_VERSION: Final = 1
MAX_TEXT: Final = 300

EventType = Literal[
    "listing.judged",
    "listing.shown",
    "listing.decided",
    "listing.undone",
    "case.opened",
    "case.claimed",
    "case.released",
    "case.escalated",
    "case.closed",
    "case.reopened",
    "member.joined",
    "member.changed",
    "key.issued",
    "key.revoked",
    "person.invited",
    "person.joined",
    "person.changed",
    "invitation.withdrawn",
    "credential.added",
    "credential.removed",
    "session.begun",
    "session.refused",
    "session.ended",
    "knowledge.loaded",
    "rescan.begun",
    "rescan.ended",
]


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was done. Attributes stand in the order of their names, as the canonical bytes need them.

    Attributes:
        actor: reference of the person or key, or "system".
        after, before: commitments to the thing's state; `commitments.NOTHING` where there was none.
        at: see `instant`.
        member: reference of the member in whose records it happened.
        reason: a code, or "".
        subject: reference of the thing.
        version: what it was decided by, as decisions name it, or "".
    """

    actor: str
    after: str
    at: str
    before: str
    member: str
    reason: str = ""
    subject: str
    type: EventType
    v: int = EVENT_VERSION
    version: str = ""


def instant(moment: datetime) -> str:
    """A moment as events write it: UTC with six decimals of a second.

    Raises:
        ValueError: the moment names no zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment} names no zone")
    # Not strftime, which writes the year 999 with three digits on some systems.
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


_ENCODER: Final = msgspec.json.Encoder()
# Texts of printable ASCII in which nothing is escaped, none longer than MAX_TEXT, and one whole number.
_PLAIN: Final = re.compile(rb'\{(?:"[a-z]+":(?:"[ !#-\[\]-~]{0,%d}"|[0-9]{1,15}),?)+\}' % MAX_TEXT)


def event_bytes(event: Event) -> bytes:
    """The canonical bytes (RFC 8785), which are stored, hashed and never made again.

    Plain ASCII in the order of the names needs no more than this, at a twentieth of the cost.

    Raises:
        ValueError: a text that would need escaping, or is too long for a reference or code.
    """
    data = _ENCODER.encode(event)
    if not _PLAIN.fullmatch(data):
        raise ValueError(f"an event holds references and codes only: {data[:MAX_TEXT]!r}")
    return data
