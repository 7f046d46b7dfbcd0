"""What tests of the gate are made of: a clock and chance of their own, records in a file, submissions, and what was kept."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from countermark.adapters.records import open_records
from countermark.decision.deciding import Basis
from countermark.decision.policy import parse_policy
from countermark.decision.weights import prior_weights
from countermark.decision.window import Window
from countermark.domain.cases import Case
from countermark.domain.events import Event
from countermark.domain.offers import Offer
from countermark.flows.judge_submissions import GateKnowledge, Submission, judge
from countermark.flows.keep_judged import Answer, keep
from countermark.ports import Keeping, Known, Message, Records, Unit

START = datetime(2026, 11, 24, 9, tzinfo=UTC)
VENUE = "bazaar.example"

POLICY = """
id = "gate"
title = "Review soon, hold late"
[claims.suspected_counterfeit]
evaluate_at = 1
review_at = 10
hold_at = 60
[claims.declared_replica]
review_at = 10
hold_at = 20
[caps]
acted_share = 1
[breakers]
least_findings = 100000
[granted]
"*" = "active"
"""
"""A policy under which nothing but the evidence decides, so that listings come out alike in any company."""

FAKE = "Gucci bag replica 1:1"
PLAIN = "plain cotton shirt"
TITLES = (
    FAKE, PLAIN, "Nike Air Max 90 shoes", "Ad1das shoes mirror quality", "Case for Apple iPhone 15", "oak table",
    "Rolex watch add whatsapp +86 138 0013 8000", "Louis Vuitton Neverfull MM bag AAA replica",
)  # fmt: skip


@dataclass(slots=True)
class StepClock:
    """A `ports.Clock` that goes on by one second whenever it is read."""

    at: datetime = START

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at


@dataclass(slots=True)
class SeededChance:
    """A `ports.Chance` that comes out the same each time."""

    seed: int = 0
    count: int = 0
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def refs(self, count: int) -> Sequence[str]:
        first, self.count = self.count, self.count + count
        return [f"{self.seed:08x}{k:024x}" for k in range(first, first + count)]

    def nonces(self, count: int) -> Sequence[bytes]:
        return [self.dice.randbytes(16) for _ in range(count)]

    def secret(self) -> str:
        return base64.urlsafe_b64encode(self.dice.randbytes(32)).decode().rstrip("=")


def keeping_in(folder, *, seed: int = 0) -> Keeping:
    """Records in a new SQLite file of the folder."""
    records = open_records(f"sqlite:///{folder}/records.sqlite")
    return Keeping(records=records, clock=StepClock(), chance=SeededChance(seed))


def gate_knowledge(plan, snapshot, *, shadow: bool = False, policy: str = POLICY) -> GateKnowledge:
    """Knowledge of a snapshot under a policy and the authors' priors."""
    basis = Basis(
        weights=prior_weights(snapshot.rules),
        policy=parse_policy(policy, source="gate.toml"),
        snapshot_id=snapshot.id,
        rules=snapshot.rules,
    )
    return GateKnowledge(plan=plan, basis=basis, shadow=shadow)


def sent(listing_id: str = "l1", title: str = FAKE, **more: Any) -> Submission:
    """A submission; `member`, `actor` and `venue` besides fields of the offer."""
    said = {
        name: more.pop(name, value)
        for name, value in (("member", "m1"), ("actor", "k1"), ("venue", VENUE))
    }
    return Submission(**said, offer=Offer(listing_id=listing_id, title=title, **more))


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """Judging and keeping in one."""

    knowledge: GateKnowledge
    keeping: Keeping

    def __call__(self, *submissions: Submission) -> list[Answer]:
        offers, venues = [s.offer for s in submissions], [s.venue for s in submissions]
        judged, _ = judge(offers, venues, self.knowledge, Window())
        return keep(submissions, judged, keeping=self.keeping)

    @property
    def kept(self) -> Holdings:
        return kept_in(self.keeping.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdings:
    """All that records hold.

    Attributes:
        latest: by member, venue and listing id.
        cases: that are open, by the same.
        bodies: canonical bytes of the events.
    """

    latest: Mapping[tuple[str, str, str], Known]
    cases: Mapping[tuple[str, str, str], Case]
    events: Sequence[Event]
    bodies: Sequence[bytes]
    messages: Sequence[Message]

    def told(self, kind: str) -> list[Event]:
        """The events of one type."""
        return [event for event in self.events if event.type == kind]


class _LookedAt(Exception):
    """Ends a transaction that must leave nothing behind."""


def kept_in(records: Records, members: Sequence[str] = ("m1", "m2")) -> Holdings:
    """All that records hold now; messages that are due are looked at and stay."""
    with records.reading() as unit:
        seen = [known for member in members for known in unit.sightings.after(member, "", 10_000)]
        latest = {(k.sighting.member, k.sighting.venue, k.sighting.listing_id): k for k in seen}
        opened = unit.cases.open_of([known.sighting.ref for known in seen])
        bodies = [body for _, body in unit.journal.after(0, 100_000)]
    return Holdings(
        latest=latest,
        cases={
            key: opened[k.sighting.ref] for key, k in latest.items() if k.sighting.ref in opened
        },
        events=[msgspec.json.decode(body, type=Event) for body in bodies],
        bodies=bodies,
        messages=_messages(records),
    )


def _messages(records: Records) -> Sequence[Message]:
    far = START + timedelta(days=3650)
    found: list[Message] = []

    def look(unit: Unit) -> None:
        found.extend(unit.outbox.take(far, far, 100_000))
        raise _LookedAt

    try:
        with records.writing() as unit:
            look(unit)
    except _LookedAt:
        pass
    return found


def said_in(message: Message) -> Mapping[str, str]:
    """The body of a message."""
    return json.loads(message.body)
