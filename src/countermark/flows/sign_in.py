"""Sign in by password and one-time code, by passkey, or by a provider: a session, or one and the same refusal."""

from __future__ import annotations

from dataclasses import replace

from countermark.domain.people import Person
from countermark.domain.sessions import SignInAttempt, derived
from countermark.flows.attempts import (
    Answered,
    Begun,
    begin_attempt,
    begin_for_anybody,
    identity_of,
    open_or_refuse,
    or_refusal,
    passkey_of,
    provider_address,
    refused,
    take_attempt,
    the_provider,
)
from countermark.flows.identity import (
    Visit,
    account_name,
    charge,
    email_or_none,
    give_back,
    refusal,
    too_often,
)
from countermark.flows.keep_session import Opened
from countermark.ports import Means, Unit


def sign_in_by_password(email: str, password: str, *, visit: Visit, means: Means) -> Begun:
    """The first step; the second is `sign_in_by_code`.

    The try is counted before the password is looked at, and the slow look happens outside of any transaction.

    Raises:
        TooOften: of this account or network.
        NotAllowed: whatever else is wrong.
    """
    folded = email_or_none(email)
    with means.records.writing() as unit:
        charged = charge(visit.address, account_name(email, means=means), unit=unit, means=means)
        person = unit.people.by_email(folded) if folded is not None else None
        hashed = None if person is None else unit.credentials.password_of(person.ref)
    if charged.wait:
        raise too_often(charged.wait)
    right = means.passwords.matches(hashed, password)
    fresh = None
    if right and hashed is not None and means.passwords.is_dated(hashed):
        fresh = means.passwords.hashed(password)
    begun = None
    with means.records.writing() as unit:
        held = _still(person, hashed, unit=unit) if right and person is not None else None
        if held is not None:
            give_back(charged, unit=unit, means=means)
            if fresh is not None:
                unit.credentials.keep_password(held, fresh, means.clock.now())
            begun = begin_attempt("password", visit=visit, unit=unit, means=means, person=held.ref)
        else:
            refused(person, "password", unit=unit, means=means)
    if begun is None:
        raise refusal()
    return begun


def sign_in_by_code(token: str, code: str, *, visit: Visit, means: Means) -> Opened:
    """The second step after `sign_in_by_password`. After a wrong code the attempt goes on, `MAX_TRIES` in all.

    Raises:
        TooOften: of this account or network.
        NotAllowed: whatever else is wrong.
    """
    with means.records.writing() as unit:
        attempt = take_attempt(token, "password", unit=unit, means=means)
        claimed = unit.people.get(attempt.person) if attempt and attempt.person else None
        account = None if claimed is None else account_name(claimed.email, means=means)
        charged = charge(visit.address, account, unit=unit, means=means)
        if charged.wait and attempt is not None:
            unit.sessions.begin(attempt)  # it was not tried
    if charged.wait:
        raise too_often(charged.wait)
    with means.records.writing() as unit:
        person = None if claimed is None else unit.people.hold(claimed.ref)
        right = person is not None and code_is_right(person, code, unit=unit, means=means)
        if attempt is not None and not right:
            unit.sessions.begin(replace(attempt, tries=attempt.tries + 1))
        answered = Answered(
            person=person if right else None, of=person, strength="password+totp", charged=charged
        )
        visit = _as_asked(visit, attempt)
        opened = open_or_refuse(answered, visit=visit, unit=unit, means=means)
    return or_refusal(opened)


def begin_passkey(*, visit: Visit, means: Means) -> Begun:
    """What the browser asks its authenticators; whose they are is known only from the answer.

    Raises:
        TooOften: of this network.
    """
    begun = begin_for_anybody("passkey", visit=visit, means=means)
    return replace(begun, question=means.passkeys.ask_to_sign_in(derived(begun.token, "challenge")))


def sign_in_by_passkey(token: str, answer: str, *, visit: Visit, means: Means) -> Opened:
    """A session for whose passkey signed the challenge of `begin_passkey`. Wrong passwords hold nobody up here.

    Raises:
        TooOften: of this network.
        NotAllowed: whatever else is wrong.
    """
    with means.records.writing() as unit:
        charged = charge(visit.address, None, unit=unit, means=means)
        attempt = None if charged.wait else take_attempt(token, "passkey", unit=unit, means=means)
    if charged.wait:
        raise too_often(charged.wait)
    with means.records.writing() as unit:
        passkey = None
        if attempt is not None:
            passkey = passkey_of(token, answer, unit=unit, means=means)
        person = None if passkey is None else unit.people.hold(passkey.person)
        answered = Answered(person=person, of=person, strength="passkey", charged=charged)
        visit = _as_asked(visit, attempt)
        opened = open_or_refuse(answered, visit=visit, unit=unit, means=means)
    return or_refusal(opened)


def begin_provider(*, visit: Visit, means: Means) -> Begun:
    """Where the browser is sent.

    Raises:
        NotPossible: there is no provider, or it cannot be reached.
        TooOften: of this network.
    """
    provider = the_provider(means)
    begun = begin_for_anybody("oidc", visit=visit, means=means)
    return replace(begun, question=provider_address(begun.token, provider=provider))


def sign_in_by_provider(token: str, code: str, state: str, *, visit: Visit, means: Means) -> Opened:
    """A session for whom the provider knows under `code`. The attempt is used up before the provider is asked.

    Raises:
        TooOften: of this network.
        NotAllowed: whatever else is wrong.
        NotPossible: there is no provider.
    """
    the_provider(means)
    with means.records.writing() as unit:
        charged = charge(visit.address, None, unit=unit, means=means)
        attempt = None if charged.wait else take_attempt(token, "oidc", unit=unit, means=means)
    if charged.wait:
        raise too_often(charged.wait)
    identity = None
    if attempt is not None:
        identity = identity_of(token, code, state, means=means)
    visit = _as_asked(visit, attempt)
    with means.records.writing() as unit:
        ref = None if identity is None else unit.credentials.person_of(identity)
        person = None if ref is None else unit.people.hold(ref)
        answered = Answered(person=person, of=person, strength="oidc", charged=charged)
        opened = open_or_refuse(answered, visit=visit, unit=unit, means=means)
    return or_refusal(opened)


def code_is_right(person: Person, code: str, *, unit: Unit, means: Means) -> bool:
    """Whether it is a code of the person's that was never used; it is used by that."""
    secret = unit.credentials.one_time_of(person.ref)
    if secret is None or not person.active:
        return False
    plain = means.vault.open(secret.sealed, owner=person.ref)
    step = means.codes.step_of(plain, code, means.clock.now())
    return step is not None and unit.credentials.take_step(person.ref, step)


def _as_asked(visit: Visit, attempt: SignInAttempt | None) -> Visit:
    """The visit for the purpose that was told when the attempt began."""
    purpose = None if attempt is None else attempt.purpose
    return visit if purpose is None else replace(visit, purpose=purpose)


def _still(person: Person, hashed: str | None, *, unit: Unit) -> Person | None:
    """The person, held, if the password that was looked at is still theirs and they may sign in."""
    held = unit.people.hold(person.ref)
    same = unit.credentials.password_of(held.ref) == hashed
    return held if held.active and same else None
