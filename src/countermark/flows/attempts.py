"""Attempts: what stands between a question that a browser was asked and its answer. Each is taken once."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from countermark.domain.credentials import NewPasskey, OpenIdentity, Passkey
from countermark.domain.people import MAX_NAME, Person
from countermark.domain.sessions import AttemptKind, SignInAttempt, Strength, derived, token_digest
from countermark.errors import NotPossible
from countermark.flows.identity import (
    NOBODY,
    Charged,
    Deed,
    Visit,
    give_back,
    network_name,
    refusal,
    token_from,
    too_often,
)
from countermark.flows.keep_session import Opened, begin_session
from countermark.ports import Means, OpenIdProvider, Unit

_MAX_CODE: Final = 4_096


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """An attempt that has begun: the token for the browser, and what it must answer or where it must go."""

    token: str = field(repr=False)
    question: str = ""


def begin_attempt(
    kind: AttemptKind, *, visit: Visit, unit: Unit, means: Means, person: str | None = None
) -> Begun:
    """A new attempt under a new token."""
    token = means.chance.secret()
    attempt = SignInAttempt(
        digest=token_digest(token),
        kind=kind,
        person=person,
        purpose=visit.purpose,
        begun_at=means.clock.now(),
    )
    unit.sessions.begin(attempt)
    return Begun(token=token)


def begin_for_anybody(kind: AttemptKind, *, visit: Visit, means: Means) -> Begun:
    """An attempt of whoever it may be.

    Raises:
        TooOften: of this network.
    """
    now = means.clock.now()
    begun = None
    with means.records.writing() as unit:
        network = network_name(visit.address, now=now, unit=unit, means=means)
        name = network.replace("network:", "network:begun:")
        charge = means.limits.begun.charge(unit.limits.hold(name, now), now)
        unit.limits.keep(name, charge.tally)
        if not charge.wait:
            begun = begin_attempt(kind, visit=visit, unit=unit, means=means)
    if begun is None:
        raise too_often(charge.wait)
    return begun


def take_attempt(
    token: str, kind: AttemptKind, *, unit: Unit, means: Means
) -> SignInAttempt | None:
    """The attempt of a token if it is of this kind and may go on; it is gone from the records either way."""
    if token_from(token) is None:
        return None
    attempt = unit.sessions.take(token_digest(token))
    if attempt is None or attempt.kind != kind or not attempt.is_good(means.clock.now()):
        return None
    return attempt


def refused(person: Person | None, reason: str, *, unit: Unit, means: Means) -> None:
    """Tell that a sign-in was refused; of whom, if that is known."""
    deed = Deed(
        actor=NOBODY,
        member=NOBODY if person is None else person.member,
        subject=NOBODY if person is None else person.ref,
        at=means.clock.now(),
    )
    unit.journal.append([deed.event("session.refused", reason=reason)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer that was looked at.

    Attributes:
        person: whom it shows; None if it is not right.
        of: whose it claims to be, if that is known.
    """

    person: Person | None
    of: Person | None
    strength: Strength
    charged: Charged


def open_or_refuse(answered: Answered, *, visit: Visit, unit: Unit, means: Means) -> Opened | None:
    """A session for the person who answered, its charge given back; or the refusal told, and None."""
    person = answered.person
    if person is None or not person.active:
        refused(answered.of, answered.strength, unit=unit, means=means)
        return None
    give_back(answered.charged, unit=unit, means=means, clear=True)
    return begin_session(person, strength=answered.strength, visit=visit, unit=unit, means=means)


def or_refusal(opened: Opened | None) -> Opened:
    """What was opened.

    Raises:
        NotAllowed: nothing was.
    """
    if opened is None:
        raise refusal()
    return opened


def passkey_of(token: str, answer: str, *, unit: Unit, means: Means) -> Passkey | None:
    """The passkey that signed the challenge of an attempt, and is counted now."""
    credential = means.passkeys.credential_of(answer)
    passkey = None if credential is None else unit.credentials.passkey(credential)
    if passkey is None:
        return None
    count = means.passkeys.signed_in(derived(token, "challenge"), answer, passkey=passkey)
    if count is None or not unit.credentials.use_passkey(passkey, count, means.clock.now()):
        return None
    return passkey


def passkey_from(
    made: NewPasskey, person: Person, *, name: str, now: datetime, means: Means
) -> Passkey:
    """A key that was just made, as a person's."""
    return Passkey(
        ref=means.chance.refs(1)[0],
        person=person.ref,
        member=person.member,
        name=name.strip()[:MAX_NAME] or "passkey",
        credential=made.credential,
        public_key=made.public_key,
        sign_count=made.sign_count,
        added_at=now,
    )


def the_provider(means: Means) -> OpenIdProvider:
    """The provider.

    Raises:
        NotPossible: there is none.
    """
    if means.provider is None:
        raise NotPossible("no provider is set up here", hint="sign in by password or passkey")
    return means.provider


def provider_address(token: str, *, provider: OpenIdProvider) -> str:
    """Where the browser of an attempt is sent; what comes back can only be used with the attempt's token."""
    return provider.address(
        state=derived(token, "state").hex(),
        nonce=derived(token, "nonce").hex(),
        verifier=derived(token, "verifier").hex(),
    )


def identity_of(token: str, code: str, state: str, *, means: Means) -> OpenIdentity | None:
    """Who the provider says it is, if it answers this very attempt. The attempt must have been taken before."""
    mine = derived(token, "state").hex()
    if not hmac.compare_digest(state.encode(), mine.encode()) or len(code) > _MAX_CODE:
        return None
    return the_provider(means).identity(
        code,
        nonce=derived(token, "nonce").hex(),
        verifier=derived(token, "verifier").hex(),
        now=means.clock.now(),
    )
