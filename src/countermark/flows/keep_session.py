"""A session: begun, looked up at each request, ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from countermark.domain.people import Person
from countermark.domain.sessions import Session, Strength, token_digest
from countermark.errors import NotAllowed
from countermark.flows.identity import ActingPerson, Deed, Visit, of_token, token_from
from countermark.ports import Means, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session that has just begun, and the token that only the browser is given."""

    session: Session
    person: Person
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Whose request it is."""

    session: Session
    person: Person


def begin_session(
    person: Person, *, strength: Strength, visit: Visit, unit: Unit, means: Means
) -> Opened:
    """A new session under a new token; the browser's earlier one is over. The caller holds the person.

    The event's `version` is the strength, its `before` the earlier session.
    """
    now = means.clock.now()
    token = means.chance.secret()
    session = Session(
        ref=means.chance.refs(1)[0],
        digest=token_digest(token),
        person=person.ref,
        member=person.member,
        purpose=visit.purpose,
        strength=strength,
        begun_at=now,
        last_seen_at=now,
    )
    deed = Deed(actor=person.ref, member=person.member, subject=session.ref, at=now)
    event = deed.event(
        "session.begun",
        reason=visit.purpose,
        before=_ended(visit.previous, now, unit=unit),
        after=of_token(session),
        version=strength,
    )
    unit.sessions.add(session)
    unit.journal.append([event])
    return Opened(session=session, person=person, token=token)


def check_session(token: str, *, means: Means) -> SignedIn | None:
    """Who is signed in by a token; None if nobody is, any more.

    That a session ran out is written when it is noticed, so that no clock brings it back.
    """
    if token_from(token) is None:
        return None
    now = means.clock.now()
    with means.records.reading() as unit:
        session = unit.sessions.by_digest(token_digest(token))
        person = None if session is None else unit.people.get(session.person)
    if session is None or person is None or session.ended_at is not None:
        return None
    ending = session.ending(now) or (None if person.active else "disabled")
    if ending is not None:
        with means.records.writing() as unit:
            _end(session, now, actor=session.person, reason=ending, unit=unit)
        return None
    seen = session.seen(now)
    if session.is_due(now):
        with means.records.writing() as unit:
            unit.sessions.seen(seen)
    return SignedIn(session=seen, person=person)


def sign_out(token: str, *, means: Means) -> None:
    """The session is over; once more does nothing."""
    if token_from(token) is None:
        return
    now = means.clock.now()
    with means.records.writing() as unit:
        session = unit.sessions.by_digest(token_digest(token))
        if session is not None:
            _end(session, now, actor=session.person, reason="signed-out", unit=unit)


def end_sessions(person_ref: str, *, actor: ActingPerson, means: Means, but: str = "") -> int:
    """All sessions of a person ended at once, save the one with the reference `but`; how many.

    Raises:
        NotFound: no such person.
        NotAllowed: the person is another one, and the actor may not "person.change".
    """
    now = means.clock.now()
    with means.records.writing() as unit:
        person = unit.people.hold(person_ref)
        if actor.ref != person.ref:
            actor.check("person.change", person.member)
        ended = unit.sessions.end_all(person.ref, now, but=but)
        deed = Deed(actor=actor.ref, member=person.member, subject=person.ref, at=now)
        unit.journal.append([deed.event("session.ended", reason="all")])
    return ended


def forget_old(before: datetime, *, means: Means) -> None:
    """Sessions, attempts, and tallies of accounts and networks from before then, dropped; nothing else uses them.

    Raises:
        NotAllowed: `before` is so near that limits or sessions would be forgotten while they hold.
    """
    if (means.clock.now() - before).total_seconds() < 2 * 86_400:
        raise NotAllowed("what is younger than two days is needed", hint="give an earlier moment")
    with means.records.writing() as unit:
        unit.sessions.forget(before)
        unit.limits.forget(before, "account:")
        unit.limits.forget(before, "network:")


def _end(session: Session, now: datetime, *, actor: str, reason: str, unit: Unit) -> None:
    """End a session that nobody ended before, and tell it."""
    if unit.sessions.end(session.ref, now):
        deed = Deed(actor=actor, member=session.member, subject=session.ref, at=now)
        event = deed.event("session.ended", reason=reason, before=of_token(session))
        unit.journal.append([event])


def _ended(token: str | None, now: datetime, *, unit: Unit) -> str:
    """End the session of a token, if there is one; the commitment to it."""
    session = None
    if token is not None and token_from(token) is not None:
        session = unit.sessions.by_digest(token_digest(token))
    if session is None or not unit.sessions.end(session.ref, now):
        return ""
    return of_token(session)
