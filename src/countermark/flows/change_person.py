"""Change what a person may do: their roles, and whether they may do anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from countermark.domain.access import Role
from countermark.domain.people import Person
from countermark.errors import NotPossible
from countermark.flows.identity import ActingPerson, Deed, of_person
from countermark.ports import Means, Unit


def change_roles(
    person_ref: str, roles: frozenset[Role], *, actor: ActingPerson, means: Means
) -> Person:
    """The person with these roles and no others. Their sessions go on: what they may do is looked up each time.

    Raises:
        NotFound: no such person.
        NotAllowed: the actor may not "person.change".
        NotPossible: the member would be left without an active admin.
    """
    return _changed(
        person_ref, lambda it: replace(it, roles=roles), reason="roles", actor=actor, means=means
    )


def disable_person(person_ref: str, *, actor: ActingPerson, means: Means) -> Person:
    """The person who may do nothing any more; their sessions and attempts are over at once.

    Raises:
        NotFound, NotAllowed, NotPossible: as `change_roles`.
    """
    return _changed(
        person_ref,
        lambda it: replace(it, active=False),
        reason="disabled",
        actor=actor,
        means=means,
    )


def enable_person(person_ref: str, *, actor: ActingPerson, means: Means) -> Person:
    """The person who may do again what their roles say, after they sign in anew.

    Raises:
        NotFound, NotAllowed: as `change_roles`.
    """
    return _changed(
        person_ref, lambda it: replace(it, active=True), reason="enabled", actor=actor, means=means
    )


def _changed(
    ref: str,
    change: Callable[[Person], Person],
    *,
    reason: str,
    actor: ActingPerson,
    means: Means,
) -> Person:
    now = means.clock.now()
    nonce = means.chance.nonces(1)[0]
    with means.records.writing() as unit:
        before = unit.people.hold(ref)
        actor.check("person.change", before.member)
        after = replace(change(before), nonce=nonce)
        _leaves_an_admin(before, after, unit=unit)
        saved = unit.people.save(after)
        if not saved.active:
            unit.sessions.end_all(ref, now)
        deed = Deed(actor=actor.ref, member=saved.member, subject=ref, at=now)
        event = deed.event(
            "person.changed", reason=reason, before=of_person(before), after=of_person(saved)
        )
        unit.journal.append([event])
    return saved


def _leaves_an_admin(before: Person, after: Person, *, unit: Unit) -> None:
    """Refuse what would shut a member out of its own records."""
    if not _is_admin(before) or _is_admin(after):
        return
    others = (one for one in unit.people.of_member(before.member) if one.ref != before.ref)
    if not any(_is_admin(one) for one in others):
        raise NotPossible(
            f"member {before.member} would be left without an admin",
            hint="give somebody else the role first",
        )


def _is_admin(person: Person) -> bool:
    return person.active and "admin" in person.roles
