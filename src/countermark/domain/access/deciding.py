"""Who may see or do what: one pure, total function, and the same policy as a filter for lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from countermark.domain.access import permissions
from countermark.domain.access.reading import Permission
from countermark.domain.access.words import (
    Action,
    Actor,
    Allowed,
    Confidentiality,
    Denied,
    Field,
    Kind,
    MemberKind,
    Purpose,
    Reason,
    Relation,
    Role,
    Thing,
)


def decide(
    actor: Actor, action: Action, thing: Thing, *, purpose: Purpose, on: date
) -> Allowed | Denied:
    """Whether `actor` may do `action` to `thing` on the day `on`, in a session of `purpose`."""
    needed = permissions.PERMISSIONS[thing.kind, action]
    if needed is None:
        reason = Reason.DISABLED if actor.disabled else Reason.NOBODY
        return Denied(reason, _may_know(actor, thing, on))
    refused = _refused(actor, needed, purpose) or _refused_by_state(actor, action, thing)
    if refused is None:
        refused = Reason.RELATION
        for relation in needed.relations:
            if _holds(relation, actor, action, thing, on):
                if _opens(relation, thing.confidentiality, actor, purpose):
                    return Allowed(relation, _hidden(actor, relation, thing.kind, purpose))
                refused = Reason.CONFIDENTIAL
    return Denied(refused, _may_know(actor, thing, on))


def _refused(actor: Actor, needed: Permission, purpose: Purpose) -> Reason | None:
    """Why `actor` may do it to no thing at all; None: it depends on the thing."""
    if actor.disabled:
        return Reason.DISABLED
    if needed.roles.isdisjoint(actor.roles) and needed.scopes.isdisjoint(actor.scopes):
        return Reason.ROLE
    if actor.kind not in needed.members:
        return Reason.MEMBER_KIND
    return None if purpose in needed.purposes else Reason.PURPOSE


def _refused_by_state(actor: Actor, action: Action, thing: Thing) -> Reason | None:
    """Why the thing as it stands does not allow it."""
    if thing.closed and action not in permissions.AFTER_CLOSING:
        return Reason.CLOSED
    if action in permissions.FOUR_EYES and actor.id in thing.done_by:
        return Reason.FOUR_EYES
    return None


def _holds(relation: Relation, actor: Actor, action: Action, thing: Thing, on: date) -> bool:
    """Whether `actor` stands so to `thing`; powers of attorney count if they cover `action`."""
    if relation is Relation.OWN:
        return thing.owner == actor.member
    if relation is Relation.AGENT_OF:
        return thing.owner in actor.attorney_for(action, on)
    if relation is Relation.GRANTED:
        return any(grant.holds(actor.member, on) for grant in thing.grants)
    if relation is Relation.CONCERNED:
        if not thing.suspect and thing.kind in permissions.ONLY_IF_SUSPECT:
            return False
        brands = actor.attorney_for(action, on)
        return actor.member in thing.concerned or not brands.isdisjoint(thing.concerned)
    return relation is Relation.NONE or actor.fellow


def _opens(relation: Relation, level: Confidentiality, actor: Actor, purpose: Purpose) -> bool:
    """Whether the relation gives `actor` things as confidential as that."""
    if level not in permissions.REACH[relation]:
        return False
    if level is Confidentiality.BRAND_SECRET:
        return actor.kind is MemberKind.BRAND and Role.AUTHOR in actor.roles
    if level is Confidentiality.NEED_TO_KNOW:
        return purpose in permissions.CLEARED_PURPOSES and not (
            permissions.CLEARED_ROLES.isdisjoint(actor.roles)
            and permissions.CLEARED_SCOPES.isdisjoint(actor.scopes)
        )
    return True


def _hidden(actor: Actor, relation: Relation, kind: Kind, purpose: Purpose) -> frozenset[Field]:
    """Fields that `actor` may not read in a thing opened by `relation`."""
    carried = permissions.FIELDS[kind]
    return frozenset([each for each in carried if not _shown(each, actor, relation, purpose)])


def _shown(field: Field, actor: Actor, relation: Relation, purpose: Purpose) -> bool:
    return any(
        relation in needed.relations and _refused(actor, needed, purpose) is None
        for needed in permissions.SHOWN_TO[field]
    )


def _may_know(actor: Actor, thing: Thing, on: date) -> bool:
    """Whether saying that the thing exists gives nothing away: people who stand so may see it."""
    needed = permissions.PERMISSIONS[thing.kind, Action.SEE]
    if needed is None or actor.disabled:
        return False
    for relation in needed.relations:
        if thing.confidentiality in permissions.REACH[relation] and _holds(
            relation, actor, Action.SEE, thing, on
        ):
            return True
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What a thing's columns must be, all of it; None: not asked.

    Attributes:
        owners: the owner is one of these.
        granted_to: shared with this member, on the day of the filter.
        concerned: names a mark of one of these.
        suspect: judged suspect.
        levels: it is as confidential as one of these.
    """

    owners: frozenset[str] | None = None
    granted_to: str | None = None
    concerned: frozenset[str] | None = None
    suspect: bool = False
    levels: frozenset[Confidentiality]

    def holds(self, thing: Thing, on: date) -> bool:
        """Whether `thing` meets it on the day `on`."""
        return (
            (self.owners is None or thing.owner in self.owners)
            and (
                self.granted_to is None
                or any(grant.holds(self.granted_to, on) for grant in thing.grants)
            )
            and (self.concerned is None or not self.concerned.isdisjoint(thing.concerned))
            and (thing.suspect or not self.suspect)
            and thing.confidentiality in self.levels
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which things of a kind are visible: those that meet any of the conditions.

    Attributes:
        on: day on which grants must be in force.
        any_of: none: nothing is visible.
    """

    kind: Kind
    on: date
    any_of: tuple[Condition, ...]

    def matches(self, thing: Thing) -> bool:
        """Whether `thing` is visible."""
        return thing.kind is self.kind and any(each.holds(thing, self.on) for each in self.any_of)


def visible(actor: Actor, kind: Kind, purpose: Purpose, *, on: date) -> Filter:
    """The things of `kind` that `actor` may see; the same as to ask `decide` of each."""
    needed = permissions.PERMISSIONS[kind, Action.SEE]
    if needed is None or _refused(actor, needed, purpose) is not None:
        return Filter(kind=kind, on=on, any_of=())
    conditions = (_condition(relation, actor, kind, purpose, on) for relation in needed.relations)
    return Filter(kind=kind, on=on, any_of=tuple(each for each in conditions if each is not None))


def _condition(
    relation: Relation, actor: Actor, kind: Kind, purpose: Purpose, on: date
) -> Condition | None:
    """Columns of the things that stand so to `actor`; None: there can be none."""
    levels = frozenset(
        level for level in Confidentiality if _opens(relation, level, actor, purpose)
    )
    brands = actor.attorney_for(Action.SEE, on)
    if relation is Relation.OWN:
        return Condition(owners=frozenset((actor.member,)), levels=levels)
    if relation is Relation.AGENT_OF:
        return Condition(owners=brands, levels=levels) if brands else None
    if relation is Relation.GRANTED:
        return Condition(granted_to=actor.member, levels=levels)
    if relation is Relation.CONCERNED:
        suspect = kind in permissions.ONLY_IF_SUSPECT
        return Condition(concerned=brands | {actor.member}, suspect=suspect, levels=levels)
    if relation is Relation.ALLIANCE and not actor.fellow:
        return None
    return Condition(levels=levels)
