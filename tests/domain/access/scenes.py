"""Questions of access: drawn freely, drawn near the border of what is allowed, and the border itself."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cache
from itertools import product

from countermark.domain.access import (
    Action,
    Actor,
    Allowed,
    Confidentiality,
    Grant,
    Kind,
    MemberKind,
    Power,
    Purpose,
    Relation,
    Role,
    Scope,
    Thing,
    decide,
)

DAY = date(2026, 11, 24)
MEMBERS = {f"{kind}-{n}": kind for kind in MemberKind for n in (1, 2)}
BRANDS = ("brand-1", "brand-2")
DAYS = (DAY - timedelta(days=1), DAY, DAY + timedelta(days=30))
PLAIN_LEVELS = (Confidentiality.PUBLIC, Confidentiality.ALLIANCE, Confidentiality.MEMBER)
FACTS = (
    *[("case", fact) for fact in ("action", *["purpose"] * 3, *["relation"] * 3)],
    *[("actor", fact) for fact in (*["words"] * 8, *["kind"] * 3, "powers", "fellow")],
    *[("thing", each.name) for each in fields(Thing)],
    ("thing", "done_by"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question."""

    actor: Actor
    action: Action
    thing: Thing
    purpose: Purpose

    def answer(self):
        return decide(self.actor, self.action, self.thing, purpose=self.purpose, on=DAY)


def some(random, words, most):
    return frozenset(random.sample(list(words), random.randint(1, most)))


def random_actor(random):
    member, kind = random.choice(list(MEMBERS.items()))
    person = random.random() < 0.7
    powers = [
        Power(
            brand=random.choice(BRANDS),
            actions=frozenset(Action) if random.random() < 0.5 else some(random, Action, 12),
            valid_until=random.choice(DAYS),
        )
        for _ in range(random.randint(1, 2) if kind == "agent" or random.random() < 0.1 else 0)
    ]
    return Actor(
        id=random.choice(("ann", "bob")),
        member=member,
        kind=kind,
        roles=some(random, Role, 3) if person and random.random() < 0.97 else frozenset(),
        scopes=frozenset() if person else some(random, Scope, 3),
        powers=tuple(powers),
        fellow=random.random() < 0.85,
        disabled=random.random() < 0.04,
    )


def random_thing(random, actor):
    """A thing that often has something to do with `actor`."""
    tied = [actor.member, actor.member, *(power.brand for power in actor.powers)]
    owner = random.choice(tied if random.random() < 0.6 else list(MEMBERS))
    grants = [
        Grant(
            member=random.choice([actor.member, *MEMBERS]) if n else actor.member,
            valid_until=random.choice((None, *DAYS)),
        )
        for n in range(random.choice((0, 0, 1, 2)))
    ]
    concerned = [random.choice([*tied, *BRANDS]) for _ in range(random.randint(0, 2))]
    return Thing(
        kind=random.choice(list(Kind)),
        owner=owner,
        confidentiality=random.choices(list(Confidentiality), (2, 3, 5, 2, 2))[0],
        grants=tuple(grants),
        concerned=frozenset(concerned),
        suspect=random.random() < 0.6,
        closed=random.random() < 0.1,
        done_by=some(random, ("ann", "bob", "cem"), 2) if random.random() < 0.4 else frozenset(),
    )


def any_case(random):
    actor = random_actor(random)
    return Case(
        actor=actor,
        action=Action.SEE if random.random() < 0.25 else random.choice(list(Action)),
        thing=random_thing(random, actor),
        purpose=random.choice(list(Purpose)),
    )


def related(kind, relation, level, member):
    """A thing that stands so to `member`, who is agent of brand-2 if an agent."""
    owners = {Relation.OWN: member, Relation.AGENT_OF: "brand-2"}
    return Thing(
        kind=kind,
        owner=owners.get(relation, "marketplace-2"),
        confidentiality=level,
        grants=(Grant(member=member),) if relation is Relation.GRANTED else (),
        concerned=frozenset({member} if relation is Relation.CONCERNED else ()),
        suspect=True,
    )


def plain_actor(kind, word):
    """Somebody with one role or scope."""
    return Actor(
        id="ann",
        member=f"{kind}-1",
        kind=kind,
        roles=frozenset({word} if isinstance(word, Role) else ()),
        scopes=frozenset({word} if isinstance(word, Scope) else ()),
        powers=(Power(brand="brand-2", actions=frozenset(Action), valid_until=DAY),),
    )


@cache
def allowed_cases():
    """By kind of thing and action, the plainest cases that are allowed."""
    levels = dict.fromkeys(Relation, Confidentiality.MEMBER)
    levels |= {Relation.ALLIANCE: Confidentiality.ALLIANCE, Relation.NONE: Confidentiality.PUBLIC}
    found = {}
    members = (MemberKind.MARKETPLACE, MemberKind.BRAND, MemberKind.AGENT)
    for member, word in product(members, (*Role, *Scope)):
        actor = plain_actor(member, word)
        for kind, (relation, level) in product(Kind, levels.items()):
            thing = related(kind, relation, level, actor.member)
            for action, purpose in product(Action, Purpose):
                case = Case(actor=actor, action=action, thing=thing, purpose=purpose)
                if isinstance(case.answer(), Allowed):
                    found.setdefault((kind, action), []).append(case)
    return list(found.values())


def border_cases():
    """For all that is allowed one plain case, with each word and fact of it changed in turn.

    And for every kind and action somebody with all roles, at home.
    """
    able = replace(plain_actor(MemberKind.MARKETPLACE, Role.ADMIN), roles=frozenset(Role))
    for kind, action, purpose in product(Kind, Action, Purpose):
        thing = related(kind, Relation.OWN, Confidentiality.MEMBER, able.member)
        yield Case(actor=able, action=action, thing=thing, purpose=purpose)
    for cases in allowed_cases():
        first, last = cases[0], cases[-1]
        actor, thing = first.actor, first.thing
        for word in (*Role, *Scope):
            words = {
                "roles": frozenset({word} if isinstance(word, Role) else ()),
                "scopes": frozenset({word} if isinstance(word, Scope) else ()),
            }
            yield replace(first, actor=replace(actor, **words))
        yield from (replace(first, purpose=purpose) for purpose in Purpose)
        yield from (replace(first, actor=replace(actor, kind=kind)) for kind in MemberKind)
        yield replace(first, actor=replace(actor, disabled=True))
        yield replace(first, thing=replace(thing, closed=True))
        yield replace(first, thing=replace(thing, done_by=frozenset({actor.id})))
        yield from strangers(last)


def strangers(case):
    """The case with the thing in every relation, and with every tie lapsed."""
    actor, thing = case.actor, case.thing
    member, late = actor.member, DAYS[0]
    levels = Confidentiality if case.action is Action.SEE else PLAIN_LEVELS
    for relation, level in product(Relation, levels):
        moved = related(thing.kind, relation, level, member)
        yield replace(case, thing=moved)
        if relation in {Relation.NONE, Relation.GRANTED}:
            yield replace(case, thing=moved, actor=replace(actor, fellow=False))
    lapsed = replace(actor, powers=tuple(replace(each, valid_until=late) for each in actor.powers))
    of_brand = related(thing.kind, Relation.AGENT_OF, Confidentiality.MEMBER, member)
    yield replace(case, thing=of_brand, actor=lapsed)
    shared = related(thing.kind, Relation.GRANTED, Confidentiality.MEMBER, member)
    yield replace(case, thing=replace(shared, grants=(Grant(member=member, valid_until=late),)))
    named = related(thing.kind, Relation.CONCERNED, Confidentiality.MEMBER, member)
    yield replace(case, thing=replace(named, suspect=False))


def one_fact_changed(random, case):
    """The case with one fact drawn anew: of its actor or thing, their relation, its action or purpose."""
    actor, thing, (part, fact) = case.actor, case.thing, random.choice(FACTS)
    other = any_case(random)
    if fact == "relation":
        relation = random.choice(list(Relation))
        moved = related(thing.kind, relation, thing.confidentiality, actor.member)
        return replace(case, thing=moved)
    if part == "case":
        return replace(case, **{fact: getattr(other, fact)})
    if fact == "words":
        words = {"roles": frozenset(), "scopes": frozenset()}
        words |= random.choice(
            ({"roles": some(random, Role, 2)}, {"scopes": some(random, Scope, 2)})
        )
        return replace(case, actor=replace(actor, **words))
    value = getattr(getattr(other, part), fact)
    if fact == "done_by":
        value = frozenset({actor.id})
    elif isinstance(value, bool):
        value = not getattr(getattr(case, part), fact)
    return replace(case, **{part: replace(getattr(case, part), **{fact: value})})


def random_case(random):
    """Half are drawn freely; half lie near the border: one that is allowed, with a fact changed.

    Most free cases miss what is allowed in several ways at once and tell nothing of any one.
    """
    if random.random() < 0.5:
        return any_case(random)
    return one_fact_changed(random, random.choice(random.choice(allowed_cases())))
