"""Cases: units of people's work, and what may become of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, get_args

from countermark.errors import Conflict, NotPossible

CaseKind = Literal["review", "second_review"]
CaseState = Literal["open", "claimed", "escalated", "closed"]
CASE_STATES: Final[tuple[str, ...]] = get_args(CaseState)

CLAIM_FOR: Final = timedelta(minutes=15)
"""How long a case stays with the person who took it; then it is anybody's again."""

COUNTED: Final = 10_000
"""Cases up to which a queue is counted; beyond them it is only said that there are more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One piece of work.

    Attributes:
        member: the marketplace in whose queue it is.
        subject: reference of what it is about; of a review, a sighting.
        risk_milli: the highest of the decisions that it was about since it was opened.
        harm: expected, see `review.harm`; the highest since it was opened.
        not_for: reference of the person whose work is looked at a second time, who must leave it to others: of a second
            review who decided first, of an escalated case who escalated it.
        claimed_by: reference of the person it is with, until `claimed_until`.
        outcome: of a closed case the decision it ended in.
        revision: 0 before it is stored.
    """

    ref: str
    kind: CaseKind = "review"
    member: str
    subject: str
    state: CaseState = "open"
    risk_milli: int
    harm: int = 0
    opened_at: datetime
    not_for: str | None = None
    claimed_by: str | None = None
    claimed_until: datetime | None = None
    outcome: str | None = None
    revision: int = 0

    def __post_init__(self) -> None:
        """Refuse what no case can be."""
        if self.state not in CASE_STATES:
            raise ValueError(f"{self.state!r} is no state of a case")
        if (self.claimed_by is None) != (self.claimed_until is None):
            raise ValueError(f"case {self.ref} is with somebody until some moment, or with nobody")

    def held_by(self, now: datetime) -> str | None:
        """The person it is with at `now`; None once the claim has expired."""
        if self.claimed_by is None or self.claimed_until is None or now >= self.claimed_until:
            return None
        return self.claimed_by

    def claim(self, person: str, now: datetime) -> Case:
        """The case with `person`, who may claim again to keep it longer.

        Raises:
            Conflict: somebody else has it.
            NotPossible: it is closed.
        """
        self._still_open("claimed")
        holder = self.held_by(now)
        if holder not in (None, person):
            raise Conflict(
                f"case {self.ref} is with somebody else",
                hint=f"it is free again at {self.claimed_until}, or take another case",
            )
        state: CaseState = "escalated" if self.state == "escalated" else "claimed"
        return replace(self, state=state, claimed_by=person, claimed_until=now + CLAIM_FOR)

    def release(self, person: str, now: datetime) -> Case:
        """The case back in the queue.

        Raises:
            Conflict: it is not with `person`.
        """
        self._is_with(person, now)
        state: CaseState = "escalated" if self.state == "escalated" else "open"
        return replace(self, state=state, claimed_by=None, claimed_until=None)

    @property
    def is_led(self) -> bool:
        """Whether it was escalated, so that it is for those who lead."""
        return self.kind == "review" and self.not_for is not None

    def escalate(self, person: str, now: datetime) -> Case:
        """The case in the queue of those who lead, `person` not among them.

        Raises:
            Conflict: it is not with `person`.
            NotPossible: it is a second review, which is for one person's eyes.
        """
        self._is_with(person, now)
        if self.kind == "second_review":
            raise NotPossible(
                f"case {self.ref} is a second review and cannot be escalated",
                hint="say that it cannot be told, or release it",
            )
        return replace(self, state="escalated", not_for=person, claimed_by=None, claimed_until=None)

    def close(self, person: str, now: datetime, *, outcome: str) -> Case:
        """The case ended by the decision `outcome`.

        Raises:
            Conflict: it is not with `person`.
        """
        self._is_with(person, now)
        return replace(self, state="closed", claimed_by=None, claimed_until=None, outcome=outcome)

    def withdraw(self, *, outcome: str) -> Case:
        """The case ended by nobody, since what it was opened for does not hold any more.

        Raises:
            NotPossible: somebody works on it or asked those who lead, or it is closed.
        """
        if self.state != "open":
            raise NotPossible(
                f"case {self.ref} is {self.state}", hint="only a case that waits can be withdrawn"
            )
        return replace(self, state="closed", outcome=outcome)

    def reopen(self) -> Case:
        """The case back in the queue that it was in, without an outcome.

        Raises:
            NotPossible: it is not closed.
        """
        if self.state != "closed":
            raise NotPossible(
                f"case {self.ref} is {self.state}", hint="only a closed case can be reopened"
            )
        return replace(self, state="escalated" if self.is_led else "open", outcome=None)

    def _still_open(self, verb: str) -> None:
        if self.state == "closed":
            raise NotPossible(
                f"case {self.ref} is closed and cannot be {verb}", hint="undo its decision first"
            )

    def _is_with(self, person: str, now: datetime) -> None:
        self._still_open("changed")
        if self.held_by(now) != person:
            raise Conflict(
                f"case {self.ref} is not claimed by you any more", hint="claim it and repeat"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """How many cases wait in a queue.

    Attributes:
        number: at most `COUNTED`.
        more: whether there are more than that.
    """

    number: int
    more: bool
