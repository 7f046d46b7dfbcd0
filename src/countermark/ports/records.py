"""What is kept of members, listings, decisions, cases and events, in domain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from countermark.domain.cases import Case, Waiting
from countermark.domain.events import Event
from countermark.domain.labels import Label
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

    def note(self, decided: Sequence[Kept]) -> None:
        """Keep decisions that do not act and do not hold: what a second reviewer would have decided."""

    def get(self, ref: str) -> Known:
        """One sighting by its reference, with the decision that holds. Raises NotFound."""

    def decision(self, ref: str) -> Kept:
        """One decision by its reference, whether or not it holds. Raises NotFound."""

    def after(self, member: str, ref: str, limit: int) -> Sequence[Known]:
        """The last sightings of a member's listings whose references come after `ref`, in their order."""


class Cases(Protocol):
    """People's work."""

    def add(self, cases: Sequence[Case]) -> None:
        """Keep new cases. Raises Conflict if one of the same kind about the same subject is open."""

    def get(self, ref: str) -> Case:
        """Raises NotFound."""

    def save(self, case: Case) -> Case:
        """Store `case` and return it one revision higher.

        Raises Conflict if somebody saved first, or another of its kind about the same subject is open.
        """

    def open_of(self, subjects: Sequence[str]) -> Mapping[str, Case]:
        """By subject its review that is not closed; second reviews are not among them."""

    def queue(
        self,
        member: str,
        *,
        now: datetime,
        limit: int,
        after: Case | None = None,
        escalated: bool = False,
    ) -> Sequence[Case]:
        """Cases that nobody holds at `now`, the most harmful first, of equals the oldest.

        Args:
            after: the last case of the page before, as it was then.
            escalated: the queue of those who lead instead of the other.
        """

    def held(self, member: str, person: str, *, now: datetime) -> Sequence[Case]:
        """Cases that a person holds at `now`, in the order of their references."""

    def count_open(self, member: str, *, escalated: bool = False) -> Waiting:
        """How many cases of a queue are not closed, those that somebody holds among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelOfListing:
    """A label, and the listing as its venue calls it.

    Attributes:
        is_latest: whether the listing still says what the label was given for.
    """

    label: Label
    venue: str
    listing_id: str
    is_latest: bool


class Labels(Protocol):
    """What people found out about listings."""

    def add(self, label: Label) -> None:
        """Keep a new label."""

    def withdraw(self, ref: str, at: datetime) -> None:
        """A label does not stand any more. Raises NotFound if none stands by that reference."""

    def of_decision(self, decision: str) -> Label | None:
        """The label that was given with a decision, withdrawn or not."""

    def of_listing(self, sighting: str) -> Sequence[Label]:
        """All labels of one sighting, withdrawn or not, the oldest first."""

    def standing(self, member: str, after: str, limit: int) -> Sequence[LabelOfListing]:
        """Labels of a member that were not withdrawn and whose references come after `after`, in their order."""


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
    def labels(self) -> Labels:
        """What people found out."""

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
