"""What all flows about people share: where somebody comes from, who may act, charges on trying, events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from countermark.domain.access import Purpose
from countermark.domain.commitments import NOTHING, commitment
from countermark.domain.events import Event, EventType, instant
from countermark.domain.limits import Charge, Tally, network_of
from countermark.domain.people import Invitation, Person, folded_email
from countermark.domain.sessions import Session, derived, looks_like_a_token
from countermark.errors import NotAllowed, TooOften, UsageError
from countermark.ports import Means, Unit

SYSTEM: Final = "system"
NOBODY: Final = ""
_LONGEST: Final = 254

MayDo = Callable[[str, str], bool]
"""Whether an actor may do an action ("person.invite") in the records of a member."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActingPerson:
    """Somebody, or something, that asks for a change.

    Attributes:
        ref: as events name them.
        may: what access says of them.
    """

    ref: str
    may: MayDo

    def check(self, action: str, member: str) -> None:
        """Refuse what they may not do.

        Raises:
            NotAllowed: as said.
        """
        if not self.may(action, member):
            raise NotAllowed(f"{action} is not yours to do here", hint="ask an admin of the member")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Where and what for somebody comes to sign in.

    Attributes:
        address: of the network that the request came from.
        purpose: what the session will be for.
        previous: token of a session that the browser already has; it ends when another begins.
    """

    address: str
    purpose: Purpose = Purpose.OPERATION
    previous: str | None = None


def refusal() -> NotAllowed:
    """One error for whatever is wrong, so that nobody learns who is known here."""
    return NotAllowed(
        "signing in was refused",
        hint="check what you entered and begin again; an admin of your member can invite you anew",
    )


def too_often(wait: timedelta) -> TooOften:
    """The refusal of one try more, known account or not."""
    seconds = ceil(wait.total_seconds())
    return TooOften(
        "signing in was tried too often", hint=f"try again in {seconds} s", wait_s=seconds
    )


def token_from(given: str) -> str | None:
    """A text as a token of ours, None if it has not even the form of one."""
    return given if looks_like_a_token(given) else None


def email_or_none(given: str) -> str | None:
    """A folded e-mail, None if it is none: whoever signs in is not told which."""
    try:
        return folded_email(given)
    except UsageError:
        return None


def account_name(given: str, *, means: Means) -> str:
    """The name of an account's tally, whether or not there is such an account."""
    folded = given.strip().lower()[:_LONGEST]
    return "account:" + means.vault.fingerprint("account", folded)


def network_name(address: str, *, now: datetime, unit: Unit, means: Means) -> str:
    """The name of a network's tally today; tomorrow it has another, and today's salt is forgotten with the day."""
    salt = unit.limits.salt(now.date(), means.chance.nonces(1)[0])
    return "network:" + means.vault.fingerprint("network", network_of(address), salt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """A try that was counted beforehand, to be taken back if it does not fail.

    Attributes:
        network, account: names of tallies.
        before, made: the account's tally, and its charge.
    """

    network: str
    account: str | None = None
    before: Tally | None = None
    made: Charge | None = None
    wait: timedelta


def charge(address: str, account: str | None, *, unit: Unit, means: Means) -> Charged:
    """Count one try; of a try that must wait nothing is counted. Commit it before anything is looked at."""
    now, limits = means.clock.now(), unit.limits
    before = made = None
    if account is not None:
        before = limits.hold(account, now)
        made = means.limits.account.charge(before, now)
    network = network_name(address, now=now, unit=unit, means=means)
    of_network = means.limits.network.charge(limits.hold(network, now), now)
    wait = max(of_network.wait, made.wait if made is not None else timedelta(0))
    # Of whoever must wait only the moment is kept, which may have moved back with the clock.
    if account is not None and made is not None and bool(made.wait) == bool(wait):
        limits.keep(account, made.tally)
    if bool(of_network.wait) == bool(wait):
        limits.keep(network, of_network.tally)
    return Charged(network=network, account=account, before=before, made=made, wait=wait)


def give_back(charged: Charged, *, unit: Unit, means: Means, clear: bool = False) -> None:
    """Take a charge back: the try did not fail. `clear`: nor does any earlier failure of the account count."""
    now, limits, account = means.clock.now(), unit.limits, charged.account
    if account is not None and clear:
        limits.drop(account)
    elif account is not None and charged.made is not None and charged.before is not None:
        tally = limits.hold(account, now)
        limits.keep(account, means.limits.account.refund(tally, charged.made, charged.before))
    tally = limits.hold(charged.network, now)
    limits.keep(charged.network, means.limits.network.refund(tally))


def of_person(person: Person) -> str:
    """The commitment to a person's state."""
    return commitment(person.nonce, person.body())


def of_token(thing: Session | Invitation) -> str:
    """The commitment to the state of what is known by a token, whose digest is the nonce."""
    return commitment(bytes.fromhex(thing.digest), thing.body())


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Who did something to what, in whose records, and when: what an event says besides the thing's state."""

    actor: str
    member: str
    subject: str
    at: datetime

    def event(
        self,
        what: EventType,
        *,
        reason: str = "",
        before: str = NOTHING,
        after: str = NOTHING,
        version: str = "",
    ) -> Event:
        """The event of it."""
        return Event(
            actor=self.actor,
            after=after,
            at=instant(self.at),
            before=before,
            member=self.member,
            reason=reason,
            subject=self.subject,
            type=what,
            version=version,
        )


def one_time_secret(token: str) -> bytes:
    """The secret of one-time codes that an attempt offers: 160 bits, as RFC 4226 asks for."""
    return derived(token, "totp")[:20]
