"""Accept an invitation: somebody becomes a person here, with what they will show to sign in."""

from __future__ import annotations

from dataclasses import dataclass, field

from countermark.domain.credentials import (
    NewPasskey,
    OneTimeSecret,
    OpenIdentity,
    password_fault,
)
from countermark.domain.people import MAX_NAME, Invitation, Person
from countermark.domain.sessions import Strength, derived, token_digest
from countermark.errors import NotAllowed, UsageError
from countermark.flows.attempts import (
    begin_attempt,
    identity_of,
    passkey_from,
    provider_address,
    take_attempt,
    the_provider,
)
from countermark.flows.identity import (
    Deed,
    Visit,
    charge,
    give_back,
    of_person,
    of_token,
    one_time_secret,
    refusal,
    token_from,
    too_often,
)
from countermark.ports import Means, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What somebody who was invited may choose from. It is made anew whenever the page is opened.

    Attributes:
        token: of the attempt, which only the browser is given.
        one_time: what an authenticator app reads the secret of one-time codes from.
        passkey: what a browser needs to make a passkey.
        provider: where the browser may be sent; None without a provider.
    """

    token: str = field(repr=False)
    invitation: Invitation
    one_time: str = field(repr=False)
    passkey: str
    provider: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPassword:
    """A password, and a code that shows that the app has the secret."""

    password: str = field(repr=False)
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByPasskey:
    """What a new passkey answered, and how the person calls it."""

    answer: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ByProvider:
    """What the provider sent back."""

    code: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """Who joins, and what they will sign in by."""

    name: str
    language: str = "en"
    shown: ByPassword | ByPasskey | ByProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class _Checked:
    """What was looked at and is right."""

    strength: Strength
    hashed: str = ""
    step: int = 0
    passkey: NewPasskey | None = None
    identity: OpenIdentity | None = None


def open_invitation(invited: str, *, visit: Visit, means: Means) -> Offer:
    """What the one who was invited may choose from.

    Raises:
        NotAllowed: the invitation opens nothing.
        TooOften: of this network.
    """
    begun = None
    with means.records.writing() as unit:
        charged = charge(visit.address, None, unit=unit, means=means)
        found = None if charged.wait else _good(invited, unit=unit, means=means)
        if found is not None:
            give_back(charged, unit=unit, means=means)
            begun = begin_attempt("joining", visit=visit, unit=unit, means=means)
    if charged.wait:
        raise too_often(charged.wait)
    if found is None or begun is None:
        raise _opens_nothing()
    token, provider = begun.token, means.provider
    person = _person(found, token, name=found.email[:MAX_NAME], language="en", means=means)
    ask = means.passkeys.ask_to_register(derived(token, "challenge"), person=person, has=())
    return Offer(
        token=token,
        invitation=found,
        one_time=means.codes.address(one_time_secret(token), found.email),
        passkey=ask,
        provider=None if provider is None else provider_address(token, provider=provider),
    )


def accept_invitation(
    invited: str, token: str, *, joining: Joining, visit: Visit, means: Means
) -> Person:
    """The person who joined, who may now sign in. `token` is that of the offer.

    Nothing is used up by a faulty password, name or code; the invitation is by a success.

    Raises:
        UsageError: the name, language, password or code will not do.
        NotAllowed: the invitation or offer opens nothing, or what was shown is not right.
        Conflict: somebody has this e-mail, passkey or identity already.
        TooOften: of this network.
    """
    with means.records.writing() as unit:
        charged = charge(visit.address, None, unit=unit, means=means)
        found = None if charged.wait else _good(invited, unit=unit, means=means)
    if charged.wait:
        raise too_often(charged.wait)
    if found is None or token_from(token) is None:
        raise _opens_nothing()
    name, language = joining.name.strip(), joining.language
    try:
        person = _person(found, token, name=name, language=language, means=means)
    except ValueError as fault:
        raise UsageError(f"that will not do: {fault}", hint="correct it and repeat") from None
    checked = _checked(joining.shown, token, person, means=means)
    with means.records.writing() as unit:
        attempt = take_attempt(token, "joining", unit=unit, means=means)
        if attempt is None or not unit.people.accept(found.ref, person.joined_at):
            raise _opens_nothing()
        give_back(charged, unit=unit, means=means)
        person = unit.people.add(person)
        _keep(joining, checked, token, person, unit=unit, means=means)
        deed = Deed(actor=person.ref, member=person.member, subject=person.ref, at=person.joined_at)
        event = deed.event(
            "person.joined",
            reason=checked.strength,
            before=of_token(found),
            after=of_person(person),
        )
        unit.journal.append([event])
    return person


def _good(invited: str, *, unit: Unit, means: Means) -> Invitation | None:
    """The invitation of a token, if it opens anything and its member is active."""
    if token_from(invited) is None:
        return None
    found = unit.people.invitation(token_digest(invited))
    if found is None or not found.is_good(means.clock.now()):
        return None
    return found if unit.members.get(found.member).active else None


def _opens_nothing() -> NotAllowed:
    """One error for an invitation that is unknown, used, withdrawn or too old."""
    return NotAllowed("this invitation opens nothing", hint="ask who invited you for another one")


def _person(
    invitation: Invitation, token: str, *, name: str, language: str, means: Means
) -> Person:
    """Who joins. The reference comes from the offer, since a passkey is made for it before the person is there."""
    return Person(
        ref=derived(token, "person").hex()[:32],
        member=invitation.member,
        name=name,
        email=invitation.email,
        roles=invitation.roles,
        language=language,
        joined_at=means.clock.now(),
        nonce=means.chance.nonces(1)[0],
    )


def _checked(
    shown: ByPassword | ByPasskey | ByProvider, token: str, person: Person, *, means: Means
) -> _Checked:
    """What is right of what was shown; slow, and in no transaction."""
    if isinstance(shown, ByPassword):
        return _password(shown, token, person, means=means)
    if isinstance(shown, ByPasskey):
        passkey = means.passkeys.registered(derived(token, "challenge"), shown.answer)
        if passkey is not None:
            return _Checked(strength="passkey", passkey=passkey)
    else:
        the_provider(means)
        identity = identity_of(token, shown.code, shown.state, means=means)
        if identity is not None:
            return _Checked(strength="oidc", identity=identity)
    raise refusal()


def _password(shown: ByPassword, token: str, person: Person, *, means: Means) -> _Checked:
    fault = password_fault(shown.password, person.email)
    if fault is not None:
        raise UsageError(f"the password {fault}", hint="take a longer one that nobody would guess")
    step = means.codes.step_of(one_time_secret(token), shown.code, means.clock.now())
    if step is None:
        raise UsageError(
            "the code is not that of the secret shown", hint="scan it again, and check the clock"
        )
    return _Checked(
        strength="password+totp", hashed=means.passwords.hashed(shown.password), step=step
    )


def _keep(
    joining: Joining, checked: _Checked, token: str, person: Person, *, unit: Unit, means: Means
) -> None:
    """Keep what the person will sign in by."""
    now, shown = person.joined_at, joining.shown
    if checked.passkey is not None:
        name = shown.name if isinstance(shown, ByPasskey) else ""
        unit.credentials.add_passkey(
            passkey_from(checked.passkey, person, name=name, now=now, means=means)
        )
    elif checked.identity is not None:
        unit.credentials.link(person, checked.identity, now)
    else:
        unit.credentials.keep_password(person, checked.hashed, now)
        sealed = means.vault.seal(one_time_secret(token), owner=person.ref)
        secret = OneTimeSecret(
            person=person.ref,
            member=person.member,
            sealed=sealed,
            last_step=checked.step,
            added_at=now,
        )
        unit.credentials.keep_one_time(secret)
