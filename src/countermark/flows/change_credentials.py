"""Change what one signs in by: add or remove passkeys, change the password. Only for oneself, while signed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from countermark.domain.credentials import Passkey, password_fault
from countermark.domain.events import EventType
from countermark.domain.people import Person
from countermark.domain.sessions import derived
from countermark.errors import NotAllowed, NotFound, NotPossible, UsageError
from countermark.flows.attempts import Begun, begin_attempt, passkey_from, take_attempt
from countermark.flows.identity import (
    Deed,
    Visit,
    account_name,
    charge,
    give_back,
    refusal,
    too_often,
)
from countermark.flows.keep_session import SignedIn
from countermark.flows.sign_in import code_is_right
from countermark.ports import Means, Unit


def begin_adding_passkey(signed_in: SignedIn, *, visit: Visit, means: Means) -> Begun:
    """What the browser asks an authenticator to make."""
    person = signed_in.person
    with means.records.writing() as unit:
        begun = begin_attempt("adding", visit=visit, unit=unit, means=means, person=person.ref)
        has = unit.credentials.passkeys_of(person.ref)
    challenge = derived(begun.token, "challenge")
    ask = means.passkeys.ask_to_register(challenge, person=person, has=has)
    return replace(begun, question=ask)


def add_passkey(
    token: str, answer: str, *, name: str, signed_in: SignedIn, means: Means
) -> Passkey:
    """The passkey that was made for the attempt of `begin_adding_passkey`, which the same person began.

    Raises:
        NotAllowed: it was not, or the attempt is used up or too old.
        Conflict: the passkey is there already.
    """
    passkey = None
    with means.records.writing() as unit:
        attempt = take_attempt(token, "adding", unit=unit, means=means)
        person = unit.people.hold(signed_in.person.ref)
        if attempt is not None and attempt.person == person.ref and person.active:
            made = means.passkeys.registered(derived(token, "challenge"), answer)
            if made is not None:
                now = means.clock.now()
                passkey = passkey_from(made, person, name=name, now=now, means=means)
                unit.credentials.add_passkey(passkey)
                _told("credential.added", passkey.ref, person, "passkey", now, unit=unit)
    if passkey is None:
        raise refusal()
    return passkey


def remove_passkey(ref: str, *, signed_in: SignedIn, means: Means) -> None:
    """The passkey opens nothing any more.

    Raises:
        NotFound: the person has no such passkey.
        NotPossible: it is all that the person can sign in by, as far as passwords and passkeys go.
    """
    now = means.clock.now()
    with means.records.writing() as unit:
        person = unit.people.hold(signed_in.person.ref)
        passkeys = unit.credentials.passkeys_of(person.ref)
        if all(each.ref != ref for each in passkeys):
            raise NotFound(f"there is no passkey {ref!r}", hint="look at the list of yours")
        if len(passkeys) == 1 and unit.credentials.password_of(person.ref) is None:
            raise NotPossible("this is the last passkey", hint="add another one first")
        unit.credentials.remove_passkey(ref)
        _told("credential.removed", ref, person, "passkey", now, unit=unit)


def change_password(
    old: str, code: str, new: str, *, signed_in: SignedIn, visit: Visit, means: Means
) -> None:
    """Another password; all other sessions of the person are over.

    Raises:
        UsageError: the new one will not do.
        NotAllowed: the old one or the code is not right.
        TooOften: of this account or network.
    """
    person = signed_in.person
    fault = password_fault(new, person.email)
    if fault is not None:
        raise UsageError(f"the password {fault}", hint="take a longer one that nobody would guess")
    with means.records.writing() as unit:
        account = account_name(person.email, means=means)
        charged = charge(visit.address, account, unit=unit, means=means)
        hashed = unit.credentials.password_of(person.ref)
    if charged.wait:
        raise too_often(charged.wait)
    right = means.passwords.matches(hashed, old)
    fresh = means.passwords.hashed(new) if right else ""
    now, changed = means.clock.now(), False
    with means.records.writing() as unit:
        held = unit.people.hold(person.ref)
        same = right and unit.credentials.password_of(held.ref) == hashed
        if same and code_is_right(held, code, unit=unit, means=means):
            give_back(charged, unit=unit, means=means)
            unit.credentials.keep_password(held, fresh, now)
            unit.sessions.end_all(held.ref, now, but=signed_in.session.ref)
            _told("credential.added", held.ref, held, "password", now, unit=unit)
            changed = True
    if not changed:
        raise NotAllowed("the password was not changed", hint="check the old one and the code")


def _told(
    what: EventType, subject: str, person: Person, reason: str, at: datetime, *, unit: Unit
) -> None:
    deed = Deed(actor=person.ref, member=person.member, subject=subject, at=at)
    unit.journal.append([deed.event(what, reason=reason)])
