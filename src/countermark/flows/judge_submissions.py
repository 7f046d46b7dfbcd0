"""New and edited listings judged as they come; pure, so that a worker may judge the next while these are being kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import pyarrow as pa

from countermark.decision.deciding import Basis
from countermark.decision.gating import Judgement, gate
from countermark.decision.policy import policy_of
from countermark.decision.weights import weights_of
from countermark.decision.window import Window
from countermark.domain.offers import Offer
from countermark.domain.sightings import RISK_MILLI
from countermark.domain.tables import ACTIONS
from countermark.ingest.offers import listings_of
from countermark.knowledge.snapshot import parse_snapshot
from countermark.scanning.plan import Plan, plan_of
from countermark.scanning.scanning import scan


@dataclass(frozen=True, slots=True, kw_only=True)
class GateKnowledge:
    """What the gate judges by; replaced as a whole, never changed.

    Attributes:
        shadow: decisions are kept and nothing follows from them.
    """

    plan: Plan
    basis: Basis
    shadow: bool = False


class Submission(msgspec.Struct, frozen=True, kw_only=True):
    """One listing that a venue sends.

    Attributes:
        member: reference of the marketplace, which runs the venue.
        actor: reference of the key or person that speaks for it.
    """

    member: str
    actor: str
    venue: str
    offer: Offer


class Judged(msgspec.Struct, frozen=True, array_like=True):
    """What follows from one offer alone; see `domain.sightings.Decision`.

    Attributes:
        findings: JSON rows of the rules that held, with their facts; empty where none did.
        notes: values that could not be used, one sentence each.
    """

    action: str
    risk_milli: int
    claim: str | None = None
    mark: str | None = None
    grounds: tuple[str, ...] = ()
    findings: bytes = b""
    notes: tuple[str, ...] = ()


class JudgedBatch(msgspec.Struct, frozen=True, array_like=True):
    """What follows from some offers, in their order.

    Attributes:
        switched: what follows at least if other goods stand here than before, see `Policy.edits`.
        notes: breakers that tripped and caps that were reached, one sentence each.
    """

    listings: tuple[Judged, ...]
    version: str
    shadow: bool
    switched: str
    notes: tuple[str, ...] = ()


def judge(
    offers: Sequence[Offer], venues: Sequence[str], knowledge: GateKnowledge, window: Window
) -> tuple[JudgedBatch, Window]:
    """Each offer judged alone, and the window after it; no input, output, clock or chance.

    What cannot be used of an offer is set aside with a note and the rest is judged.
    """
    ids = [str(number) for number in range(len(offers))]
    batch, notes = listings_of(offers, ids, venues)
    found = scan(batch, knowledge.plan)
    basis = knowledge.basis
    gated = gate(found.findings, found.named, basis=basis, window=window, listings=len(offers))
    facts = _facts(found.findings)
    floor = round(basis.weights.floor_risk * RISK_MILLI)
    allowed = Judgement(action=ACTIONS[0], risk_milli=floor)
    judged = [
        _judged(gated.by_id.get(at, allowed), facts.get(at, b""), said)
        for at, said in zip(ids, notes, strict=True)
    ]
    out = JudgedBatch(
        tuple(judged), basis.version, knowledge.shadow, basis.policy.edits.switched, gated.notes
    )
    return out, window.after(gated.tally)


def _judged(judgement: Judgement, findings: bytes, notes: tuple[str, ...]) -> Judged:
    return Judged(
        judgement.action,
        judgement.risk_milli,
        judgement.claim,
        judgement.mark,
        judgement.grounds,
        findings,
        notes,
    )


def _facts(findings: pa.Table) -> Mapping[str, bytes]:
    """The findings of each listing as JSON rows."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in findings.to_pylist():
        rows.setdefault(row.pop("listing_id"), []).append(
            {name: value for name, value in row.items() if value is not None}
        )
    return {at: msgspec.json.encode(found) for at, found in rows.items()}


_OFFERS: Final = msgspec.msgpack.Decoder(tuple[tuple[Offer, ...], tuple[str, ...]])
_BATCH: Final = msgspec.msgpack.Decoder(JudgedBatch)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateScan:
    """Makes the function that a gate's worker runs, bytes to bytes; sent to it once.

    Attributes:
        snapshot: bytes of the snapshot.
        policy, weights: in plain values.
    """

    snapshot: bytes
    policy: Mapping[str, Any]
    weights: Mapping[str, Any]
    shadow: bool

    def __call__(self) -> Callable[[bytes], bytes]:
        """Load everything once; the function judges batch after batch and remembers the window.

        Raises:
            SnapshotError: the snapshot cannot be used.
        """
        snapshot = parse_snapshot(self.snapshot, source="snapshot")
        basis = Basis(
            weights=weights_of(self.weights),
            policy=policy_of(self.policy),
            snapshot_id=snapshot.id,
            rules=snapshot.rules,
        )
        knowledge = GateKnowledge(plan=plan_of(snapshot), basis=basis, shadow=self.shadow)
        trial = _trial([mark.text for mark in snapshot.marks])
        judge(trial, [""] * len(trial), knowledge, Window())
        window = Window()

        def judge_packed(data: bytes) -> bytes:
            nonlocal window
            offers, venues = _OFFERS.decode(data)
            judged, window = judge(offers, venues, knowledge, window)
            return msgspec.msgpack.encode(judged)

        return judge_packed


def _trial(names: Sequence[str]) -> list[Offer]:
    """Offers that ask about all there is to ask, so that every loop is ready when the first caller comes."""
    some = names[:: max(1, len(names) // 8)][:8]
    return [
        Offer(
            listing_id="0",
            title=title.format(name[:100], name[: max(3, len(name) - 1)]),
            description="Mirror quality 1:1, whatsapp +86 138 0013 8000, https://example.org, fits most",
            price="9.00",
            currency="EUR",
            category="bags.handbag",
        )
        for name in some
        for title in ("{} bag replica", "case for {}, like {}", "{1}x shoes", "table")
    ]


def packed(submissions: Sequence[Submission]) -> bytes:
    """Submissions as a gate's worker is asked."""
    offers, venues = [s.offer for s in submissions], [s.venue for s in submissions]
    return msgspec.msgpack.encode((offers, venues))


def unpacked(data: bytes) -> JudgedBatch:
    """What a gate's worker answered."""
    return _BATCH.decode(data)
