"""New and edited listings judged as they come; pure, so that the next are judged while these are being kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import pyarrow as pa

from countermark.decision.deciding import Basis
from countermark.decision.gating import Gated, Judgement, gate
from countermark.decision.window import Window
from countermark.domain.offers import FIELDS, Offer
from countermark.domain.sightings import RISK_MILLI
from countermark.domain.tables import ACTIONS, LISTINGS
from countermark.ingest.mapping import ColumnMapping
from countermark.ingest.normalising import normalise
from countermark.scanning.plan import Plan
from countermark.scanning.scanning import scan

AS_THEY_ARE: Final = ColumnMapping()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateKnowledge:
    """What the gate judges by; replaced as a whole, never changed.

    Attributes:
        shadow: decisions are kept and nothing follows from them.
    """

    plan: Plan
    basis: Basis
    shadow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One listing that a venue sends.

    Attributes:
        member: reference of the marketplace, which runs the venue.
        actor: reference of the key or person that speaks for it.
    """

    member: str
    actor: str
    venue: str
    offer: Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A submission with what follows from it alone.

    Attributes:
        findings: JSON rows of the rules that held, with their facts; empty where none did.
        notes: values that could not be used, one sentence each.
        switched: what follows at least if other goods stand here than before, see `Policy.edits`.
    """

    submission: Submission
    judgement: Judgement
    findings: bytes
    notes: tuple[str, ...]
    version: str
    shadow: bool
    switched: str


def judge(
    submissions: Sequence[Submission], knowledge: GateKnowledge, window: Window
) -> tuple[list[Judged], Gated]:
    """Each submission judged alone; no input, output, clock or chance.

    What cannot be used of an offer is set aside with a note and the rest is judged.
    """
    ids = [str(number) for number in range(len(submissions))]  # ids of venues may be equal
    ingested = normalise(_table(submissions, ids), AS_THEY_ARE, source="gate")
    found = scan(ingested.listings, knowledge.plan)
    gated = gate(
        found.findings,
        found.named,
        basis=knowledge.basis,
        window=window,
        listings=len(submissions),
    )
    notes, facts = _notes(ingested.notes), _facts(found.findings)
    allowed = Judgement(
        action=ACTIONS[0], risk_milli=round(knowledge.basis.weights.floor_risk * RISK_MILLI)
    )
    version, shadow = knowledge.basis.version, knowledge.shadow
    judged = [
        Judged(
            submission=each,
            judgement=gated.by_id.get(at, allowed),
            findings=facts.get(at, b""),
            notes=notes.get(at, ()),
            version=version,
            shadow=shadow,
            switched=knowledge.basis.policy.edits.switched,
        )
        for at, each in zip(ids, submissions, strict=True)
    ]
    return judged, gated


def _table(submissions: Sequence[Submission], ids: Sequence[str]) -> pa.Table:
    """The columns that some offer gives."""
    offers = [each.offer for each in submissions]
    columns: dict[str, pa.Array] = {
        "listing_id": pa.array(ids, pa.string()),
        "venue": pa.array([each.venue for each in submissions], pa.string()),
    }
    for name in FIELDS:
        if name == "listing_id":
            continue
        values = [getattr(offer, name) for offer in offers]
        if any(value is not None for value in values):
            kind = pa.string() if name == "price" else LISTINGS.field(name).type
            columns[name] = pa.array(values, kind)
    return pa.table(columns)


def _notes(notes: pa.Table) -> Mapping[str, tuple[str, ...]]:
    by_id: dict[str, tuple[str, ...]] = {}
    for row in notes.to_pylist():
        said = f"{row['column']} {row['value']!r}: {row['reason']}"
        by_id[row["listing_id"]] = (*by_id.get(row["listing_id"], ()), said)
    return by_id


def _facts(findings: pa.Table) -> Mapping[str, bytes]:
    """The findings of each listing as JSON rows."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in findings.to_pylist():
        rows.setdefault(row.pop("listing_id"), []).append(
            {name: value for name, value in row.items() if value is not None}
        )
    return {at: msgspec.json.encode(found) for at, found in rows.items()}
