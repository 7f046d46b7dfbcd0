"""What a server is made of: records, clock, chance, and the workers of its gate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from countermark.adapters.engines.workers import ProcessWorker
from countermark.adapters.outside import SystemChance, SystemClock
from countermark.adapters.records import open_records
from countermark.adapters.storage.files import read_file
from countermark.decision.policy import policy_plain
from countermark.decision.weights import prior_weights, weights_plain
from countermark.domain.access import MemberKind, Scope
from countermark.domain.members import ApiKey, Member
from countermark.flows.admit_members import add_member, member_named
from countermark.flows.consequences import SYSTEM
from countermark.flows.identity import ActingPerson
from countermark.flows.issue_key import KeyAsked, issue_key, key_meant, revoke_key
from countermark.flows.judge_submissions import GateScan, packed, unpacked
from countermark.flows.rescan_listings import Rescanned, rescan_listings
from countermark.knowledge.snapshot import parse_snapshot
from countermark.ports import Keeping, Worker
from countermark.wiring import load_policy, load_weights

GATE_PATIENCE_S = 60.0
"""A worker of the gate that is silent for so long is ended and another takes its place; none needs a tenth of it."""


def keeping(url: str, *, owner_url: str | None = None) -> Keeping:
    """The records at a URL, see `adapters.records.open_records`, with the clock and chance of this machine."""
    records = open_records(url, owner_url=owner_url)
    return Keeping(records=records, clock=SystemClock(), chance=SystemChance())


def gate_scan(snapshot: Path, *, policy: Path, weights: Path | None, shadow: bool) -> GateScan:
    """What a gate judges by, read from files.

    Raises:
        CountermarkError: a file cannot be read or used.
    """
    data = read_file(snapshot, what="snapshot")
    known = parse_snapshot(data, source=str(snapshot))
    weighed = prior_weights(known.rules) if weights is None else load_weights(weights)
    return GateScan(
        snapshot=data,
        policy=policy_plain(load_policy(policy)),
        weights=weights_plain(weighed),
        shadow=shadow,
    )


def gate_worker(scan: GateScan) -> Worker:
    """A process that judges; it loads its knowledge when it is first asked."""
    return ProcessWorker(scan, patience_s=GATE_PATIENCE_S)


@dataclass(frozen=True, slots=True, kw_only=True)
class RescanDesk:
    """A rescan over some records by knowledge from files."""

    keeping: Keeping
    scan: GateScan

    def rescan(self, member: str, *, preview: bool) -> Iterator[Rescanned]:
        """See the flow; `member` by name or reference."""
        ref = member_named(member, self.keeping.records).ref
        judge = self.scan()
        return rescan_listings(
            ref,
            judge=lambda submissions: unpacked(judge(packed(submissions))),
            keeping=self.keeping,
            preview=preview,
        )


OPERATOR = ActingPerson(ref=SYSTEM, may=lambda *_: True)
"""Whoever can run commands beside the database; nothing there could be kept from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersDesk:
    """The flows about members and keys over some records."""

    keeping: Keeping

    def members(self) -> Sequence[Member]:
        """All members, by name."""
        with self.keeping.records.reading() as unit:
            return unit.members.all()

    def add_member(self, name: str, *, kind: MemberKind, venues: Sequence[str]) -> Member:
        """See the flow."""
        return add_member(name, kind=kind, venues=venues, keeping=self.keeping)

    def issue_key(self, member: str, *, name: str, scopes: frozenset[Scope], days: int) -> str:
        """The text of a new key of the member of this name or reference."""
        ref = member_named(member, self.keeping.records).ref
        asked = KeyAsked(member=ref, name=name, scopes=scopes, days=days)
        return issue_key(asked, actor=OPERATOR, keeping=self.keeping).text

    def keys_of(self, member: str) -> Sequence[ApiKey]:
        """The keys of the member of this name or reference."""
        ref = member_named(member, self.keeping.records).ref
        with self.keeping.records.reading() as unit:
            return unit.members.keys_of(ref)

    def revoke_key(self, begins: str, *, member: str) -> ApiKey:
        """The key that begins so, opening nothing any more."""
        ref = member_named(member, self.keeping.records).ref
        key = key_meant(begins, member=ref, keeping=self.keeping)
        return revoke_key(key.ref, member=ref, actor=OPERATOR, keeping=self.keeping)


def members_desk(url: str) -> MembersDesk:
    """Members and keys in the records at a URL."""
    return MembersDesk(keeping=keeping(url))
