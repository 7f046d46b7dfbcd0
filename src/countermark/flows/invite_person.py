"""Invite somebody to act for a member, and take an invitation back."""

from __future__ import annotations

from dataclasses import dataclass, field

from countermark.domain.access import Role
from countermark.domain.people import INVITED_FOR, Invitation, folded_email
from countermark.domain.sessions import token_digest
from countermark.errors import Conflict, NotFound, NotPossible
from countermark.flows.identity import ActingPerson, Deed, of_token
from countermark.ports import Means


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """An invitation, and the token that is sent to the one invited and kept nowhere."""

    invitation: Invitation
    token: str = field(repr=False)


def invite_person(
    email: str, *, member: str, roles: frozenset[Role], actor: ActingPerson, means: Means
) -> Invited:
    """An invitation; an earlier one of the same person opens nothing any more.

    Raises:
        NotAllowed: the actor may not "person.invite".
        UsageError: it is no e-mail address.
        Conflict: the person acts for this member already.
        NotPossible: the member is not active.
    """
    actor.check("person.invite", member)
    folded, now, token = folded_email(email), means.clock.now(), means.chance.secret()
    invitation = Invitation(
        ref=means.chance.refs(1)[0],
        member=member,
        email=folded,
        roles=roles,
        digest=token_digest(token),
        invited_by=actor.ref,
        invited_at=now,
        expires_at=now + INVITED_FOR,
    )
    deed = Deed(actor=actor.ref, member=member, subject=invitation.ref, at=now)
    with means.records.writing() as unit:
        if not unit.members.get(member).active:
            raise NotPossible(f"member {member} is not active", hint="make it active first")
        known = unit.people.by_email(folded)
        # Whoever acts for another member is not told of here: accepting is refused instead.
        if known is not None and known.member == member:
            raise Conflict("this person acts for the member already", hint="change their roles")
        unit.people.invite(invitation)
        unit.journal.append([deed.event("person.invited", after=of_token(invitation))])
    return Invited(invitation=invitation, token=token)


def withdraw_invitation(ref: str, *, member: str, actor: ActingPerson, means: Means) -> None:
    """The invitation opens nothing any more.

    Raises:
        NotAllowed: the actor may not "person.invite".
        NotFound: the member has no such invitation.
        NotPossible: it was accepted or withdrawn before.
    """
    actor.check("person.invite", member)
    now = means.clock.now()
    deed = Deed(actor=actor.ref, member=member, subject=ref, at=now)
    with means.records.writing() as unit:
        found = next((each for each in unit.people.invitations_of(member) if each.ref == ref), None)
        if found is None:
            raise NotFound(f"there is no invitation {ref!r}", hint="look at the list of them")
        if not unit.people.withdraw(ref, now):
            raise NotPossible(
                f"invitation {ref} is used or withdrawn", hint="nothing is to be done"
            )
        unit.journal.append([deed.event("invitation.withdrawn", before=of_token(found))])
