"""What is kept of members, listings, decisions, cases and events, in domain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from countermark.domain.cases import Case
from countermark.domain.events import Event
from countermark.domain.members import ApiKey, Member
from countermark.domain.sightings import Decision, Sighting
from countermark.ports.outside import Chance, Clock
from countermark.ports.people import Credentials, Limits, People, Sessions


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A decision as records keep it, with what its commitment was made with."""

    decision: Decision
    nonce: bytes
    commitment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The last sighting of a listing and the decision that holds for it."""

    sighting: Sighting
    kept: Kept


class Sightings(Protocol):
    """Listings as they were seen, and the decisions about them."""

    def known(self, member: str, venue: str, listing_ids: Sequence[str]) -> Mapping[str, Known]:
        """By listing id what is known of those listings that were seen before."""

    def add(self, seen: Sequence[Known]) -> None:
        """Keep new sightings, each the last of its listing, with their decisions.

        Raises Conflict if another than its `previous` is the last of one.
        """

    def supersede(self, decided: Sequence[Kept]) -> None:
        """Keep new decisions about sightings that are there. Raises Conflict if another than its `previous` holds for one."""

    def get(self, ref: str) -> Known:
        """One sighting by its reference, with the decision that holds. Raises NotFound."""

    def after(self, member: str, ref: str, limit: int) -> Sequence[Known]:
        """The last sightings of a member's listings whose references come after `ref`, in their order."""


class Cases(Protocol):
    """People's work."""

    def add(self, cases: Sequence[Case]) -> None:
        """Keep new cases. Raises Conflict if one about the same subject is open."""

    def get(self, ref: str) -> Case:
        """Raises NotFound."""

    def save(self, case: Case) -> Case:
        """Store `case` and return it one revision higher. Raises Conflict if somebody saved first."""

    def open_of(self, subjects: Sequence[str]) -> Mapping[str, Case]:
        """By subject its case that is not closed."""


class Members(Protocol):
    """Organisations and the keys of their machines."""

    def add(self, member: Member) -> None:
        """Keep a new member. Raises Conflict if another one runs one of its venues or has its name."""

    def get(self, ref: str) -> Member:
        """Raises NotFound."""

    def all(self) -> Sequence[Member]:
        """Every member, by name."""

    def add_key(self, key: ApiKey) -> None:
        """Keep a new key."""

    def save_key(self, key: ApiKey) -> None:
        """Keep what changed of a key. Raises NotFound."""

    def key_of(self, digest: str) -> ApiKey | None:
        """The key with this digest."""

    def keys_of(self, member: str) -> Sequence[ApiKey]:
        """All keys of a member, the newest first."""


class Journal(Protocol):
    """The events. Nothing in it is ever changed."""

    def append(self, events: Sequence[Event]) -> None:
        """Write events in this order, in the same transaction as what they tell of."""

    def after(self, number: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """Numbers and canonical bytes of the events after a number, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Something that others must be told once what it tells of is done.

    Attributes:
        ref: its own, by which the receiver knows it from a repetition.
        tries: how often it was tried.
    """

    ref: str
    member: str
    topic: str
    body: bytes
    due_at: datetime | None
    tries: int = 0


class Outbox(Protocol):
    """Messages that wait to be sent; written in the transaction that they tell of."""

    def put(self, messages: Sequence[Message]) -> None:
        """Keep new messages."""

    def take(self, now: datetime, until: datetime, limit: int) -> Sequence[Message]:
        """Messages that are due, the oldest first; nobody else is given them before `until`."""

    def sent(self, ref: str) -> None:
        """A message has arrived."""

    def again(self, ref: str, due_at: datetime | None, reason: str) -> None:
        """A message did not arrive; it is due again, or (None) set aside for people to look at."""

    def set_aside(self) -> Sequence[tuple[Message, str]]:
        """Messages that were set aside, and why."""


class Unit(Protocol):
    """One transaction over all records: everything in it is kept, or nothing."""

    @property
    def sightings(self) -> Sightings:
        """Listings and decisions."""

    @property
    def cases(self) -> Cases:
        """People's work."""

    @property
    def members(self) -> Members:
        """Organisations and keys."""

    @property
    def journal(self) -> Journal:
        """Events."""

    @property
    def outbox(self) -> Outbox:
        """Messages that wait."""

    @property
    def people(self) -> People:
        """Persons."""

    @property
    def credentials(self) -> Credentials:
        """What persons show to sign in."""

    @property
    def sessions(self) -> Sessions:
        """Sessions, invitations and attempts."""

    @property
    def limits(self) -> Limits:
        """What is remembered of earlier tries."""


class Records(Protocol):
    """The database of members, listings, decisions, cases and events."""

    def writing(self, member: str | None = None) -> AbstractContextManager[Unit]:
        """A transaction that is kept when the block ends, and survives loss of power; undone by an exception.

        Args:
            member: whose rows may be seen and written in it; None: the system itself, which sees all.

        Raises RecordsError when the database cannot be written; then nothing of it was.
        """

    def reading(self, member: str | None = None) -> AbstractContextManager[Unit]:
        """A view of one moment, of `member`'s rows only. Writing in it is an error."""

    def close(self) -> None:
        """Let go of the database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What every flow that keeps something stands on."""

    records: Records
    clock: Clock
    chance: Chance
