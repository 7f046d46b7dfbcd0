"""What is kept of people, what they show to sign in, their sessions and the limits on trying, in domain words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from countermark.domain.credentials import OneTimeSecret, OpenIdentity, Passkey
from countermark.domain.limits import Tally
from countermark.domain.people import Invitation, Person
from countermark.domain.sessions import Session, SignInAttempt


class People(Protocol):
    """Those who act for members, and invitations to join them."""

    def add(self, person: Person) -> Person:
        """Keep a new person. Raises Conflict if somebody has the same e-mail."""

    def get(self, ref: str) -> Person:
        """Raises NotFound."""

    def hold(self, ref: str) -> Person:
        """As `get`, and nobody else changes the person until the transaction ends."""

    def by_email(self, email: str) -> Person | None:
        """The person with this folded e-mail."""

    def of_member(self, member: str) -> Sequence[Person]:
        """Everybody who acts for a member, by name."""

    def save(self, person: Person) -> Person:
        """Store `person` and return it one revision higher. Raises Conflict if somebody saved first."""

    def invite(self, invitation: Invitation) -> None:
        """Keep a new invitation; earlier ones of the same member and e-mail open nothing any more."""

    def invitation(self, digest: str) -> Invitation | None:
        """The invitation whose token has this digest."""

    def invitations_of(self, member: str) -> Sequence[Invitation]:
        """All of a member's invitations, the newest first."""

    def accept(self, ref: str, at: datetime) -> bool:
        """Mark an invitation as accepted; False if it was accepted or withdrawn before."""

    def withdraw(self, ref: str, at: datetime) -> bool:
        """Mark an invitation as withdrawn; False if it was accepted or withdrawn before."""


class Credentials(Protocol):
    """What people show to sign in."""

    def password_of(self, person: str) -> str | None:
        """The hash of a person's password."""

    def keep_password(self, person: Person, hashed: str, at: datetime) -> None:
        """Keep the hash in the place of an earlier one."""

    def one_time_of(self, person: str) -> OneTimeSecret | None:
        """What a person's one-time codes are made from."""

    def keep_one_time(self, secret: OneTimeSecret) -> None:
        """Keep it in the place of an earlier one."""

    def take_step(self, person: str, step: int) -> bool:
        """Use the code of a step; False if it or a later one was used before."""

    def add_passkey(self, passkey: Passkey) -> None:
        """Keep a new one. Raises Conflict if its credential is there already."""

    def passkey(self, credential: bytes) -> Passkey | None:
        """By its credential."""

    def passkeys_of(self, person: str) -> Sequence[Passkey]:
        """The oldest first."""

    def use_passkey(self, passkey: Passkey, sign_count: int, at: datetime) -> bool:
        """Keep that it was used; False if it was used in between, by what is known in `passkey`."""

    def remove_passkey(self, ref: str) -> None:
        """Forget it."""

    def link(self, person: Person, identity: OpenIdentity, at: datetime) -> None:
        """Keep that a provider's identity is this person's. Raises Conflict if it is somebody's already."""

    def person_of(self, identity: OpenIdentity) -> str | None:
        """Whose it is."""


class Sessions(Protocol):
    """Who is signed in, and who is about to."""

    def add(self, session: Session) -> None:
        """Keep a new session."""

    def by_digest(self, digest: str) -> Session | None:
        """The session whose token has this digest."""

    def of_person(self, person: str) -> Sequence[Session]:
        """Those that were not ended, the newest first."""

    def seen(self, session: Session) -> None:
        """Keep when it was seen and began, unless it was ended in between."""

    def end(self, ref: str, at: datetime) -> bool:
        """End a session; False if it was ended before."""

    def end_all(self, person: str, at: datetime, *, but: str = "") -> int:
        """End all sessions of a person, save the one with the reference `but`, and drop their attempts; how many."""

    def begin(self, attempt: SignInAttempt) -> None:
        """Keep an attempt."""

    def take(self, digest: str) -> SignInAttempt | None:
        """The attempt whose token has this digest, which is gone thereby: nobody else is given it."""

    def forget(self, before: datetime) -> None:
        """Drop sessions and attempts that were last seen before then."""


class Limits(Protocol):
    """Tallies of what was tried, the same for all processes."""

    def hold(self, name: str, now: datetime) -> Tally:
        """The tally of this name, a new one if there is none; nobody else has it until the transaction ends."""

    def find(self, name: str) -> Tally | None:
        """The tally of this name, only to be looked at."""

    def keep(self, name: str, tally: Tally) -> None:
        """Keep it."""

    def drop(self, name: str) -> None:
        """Forget it."""

    def salt(self, day: date, fresh: bytes) -> bytes:
        """The salt of a day: `fresh` if it has none yet."""

    def forget(self, before: datetime, prefix: str) -> None:
        """Drop tallies whose name begins so and which changed last before then, and salts of days before then."""
