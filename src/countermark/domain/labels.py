"""Labels: what people found out about listings, and where each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from countermark.domain.decisions import LABEL_CLAIMS, ORIGINS

MAX_NOTE: Final = 2_000
"""Characters of a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What one person found a listing to be when they decided about it. Never changed; withdrawn when that is undone.

    Attributes:
        listing: reference of the sighting that they looked at.
        case, decision: references of where and as what it was decided.
        claim: one of `decisions.LABEL_CLAIMS`; None: could not tell.
        origin: one of `decisions.ORIGINS`.
        inclusion: probability of having been sampled, see `decisions.LABELS`; None of what a queue put before somebody.
        person: reference of who found it out.
        blind: found without being told what was decided before.
        note: why, in their words; for people only.
    """

    ref: str
    member: str
    listing: str
    case: str
    decision: str
    claim: str | None
    origin: str = "review"
    inclusion: float | None = None
    person: str
    blind: bool = False
    note: str = ""
    decided_at: datetime
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse what no label can say."""
        if self.claim not in (None, *LABEL_CLAIMS) or self.origin not in ORIGINS:
            raise ValueError(f"no label: {self.claim!r} by {self.origin!r}")
        if self.inclusion is not None and not 0 < self.inclusion <= 1:
            raise ValueError(f"an inclusion probability of {self.inclusion} is outside (0, 1]")
        if len(self.note) > MAX_NOTE:
            raise ValueError(f"a note has at most {MAX_NOTE} characters")
