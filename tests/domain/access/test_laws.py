"""Laws of access: it answers always, and more trust never means less."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

from scenes import DAY, MEMBERS, plain_actor, random_actor, random_case, random_thing, related

from countermark.domain.access import (
    Action,
    Actor,
    Allowed,
    Confidentiality,
    Denied,
    Field,
    Grant,
    Kind,
    MemberKind,
    Purpose,
    Relation,
    Role,
    Scope,
    Thing,
    decide,
    visible,
)
from countermark.domain.access.permissions import PERMISSIONS

MANY = 6_000
PERSONAL = {Field.SELLER_IDENTITY, Field.REVIEWER_IDENTITY}
STRICTER = {
    Confidentiality.PUBLIC: [Confidentiality.ALLIANCE],
    Confidentiality.ALLIANCE: [Confidentiality.MEMBER],
    Confidentiality.MEMBER: [Confidentiality.NEED_TO_KNOW, Confidentiality.BRAND_SECRET],
}


def cases(seed):
    random = Random(seed)
    return (random_case(random) for _ in range(MANY))


def allowed(case, **changes):
    return isinstance(replace(case, **changes).answer(), Allowed)


def test_every_pair_of_a_kind_and_an_action_is_classified():
    assert set(PERMISSIONS) == set(product(Kind, Action))


def test_every_cell_is_decided_and_every_permission_serves_somebody():
    served = set()
    for member, kind in product(MemberKind, Kind):
        actors = [plain_actor(member, word) for word in (*Role, *Scope)]
        relations = product(Relation, Confidentiality)
        things = [related(kind, *each, f"{member}-1") for each in relations]
        for action in Action:
            # Where nobody may, the purpose is not looked at: one stands for all, for the time it saves.
            purposes = Purpose if PERMISSIONS[kind, action] else (Purpose.ENFORCEMENT,)
            for actor, thing, purpose in product(actors, things, purposes):
                answer = decide(actor, action, thing, purpose=purpose, on=DAY)
                assert answer.__class__ in {Allowed, Denied}
                if answer.__class__ is Allowed:
                    served.add((kind, action))
    assert served == {pair for pair, needed in PERMISSIONS.items() if needed is not None}


def test_another_role_or_scope_takes_nothing_away():
    random = Random(1)
    for case in cases(2):
        before = case.answer()
        if isinstance(before, Allowed):
            actor = case.actor
            more = (
                replace(actor, scopes=actor.scopes | {random.choice(list(Scope))})
                if actor.scopes
                else replace(actor, roles=actor.roles | {random.choice(list(Role))})
            )
            after = replace(case, actor=more).answer()
            assert isinstance(after, Allowed)
            assert after.hidden <= before.hidden


def test_a_disabled_actor_gets_nothing_and_learns_nothing():
    for case in cases(3):
        answer = replace(case, actor=replace(case.actor, disabled=True)).answer()
        assert isinstance(answer, Denied)
        assert not answer.exists


def test_stricter_confidentiality_permits_nothing_new():
    for case in cases(4):
        for level in STRICTER.get(case.thing.confidentiality, ()):
            stricter = replace(case.thing, confidentiality=level)
            assert allowed(case) or not allowed(case, thing=stricter)


def test_statistics_show_no_personal_data():
    for case in cases(5):
        answer = replace(case, purpose=Purpose.STATISTICS).answer()
        if isinstance(answer, Allowed):
            carried = {Kind.LISTING, Kind.LABEL, Kind.DECISION, Kind.EVENT}
            assert case.thing.kind not in {Kind.PERSON, Kind.SIGN_IN, Kind.API_KEY, Kind.CASE}
            assert case.thing.kind not in carried or Field.SELLER_IDENTITY in answer.hidden
            assert case.thing.kind not in carried - {Kind.LISTING} or answer.hidden >= PERSONAL


def test_a_brands_secret_is_shut_to_every_other_member_whatever_the_role_and_the_grant():
    random = Random(6)
    for case in cases(7):
        owner = random.choice([each for each in MEMBERS if each != case.actor.member])
        secret = replace(
            case.thing,
            owner=owner,
            confidentiality=Confidentiality.BRAND_SECRET,
            grants=(Grant(member=case.actor.member),),
            concerned=frozenset({case.actor.member}),
            suspect=True,
        )
        roles = frozenset() if case.actor.scopes else frozenset(Role)
        powerful = replace(case.actor, roles=roles, disabled=False)
        answer = replace(case, actor=powerful, thing=secret).answer()
        assert isinstance(answer, Denied)
        assert not answer.exists


def test_what_may_be_seen_may_be_known():
    """Whoever is allowed to see a thing is never told of another action that there is no such thing."""
    for case in cases(8):
        if allowed(case, action=Action.SEE):
            answer = case.answer()
            assert isinstance(answer, Allowed) or answer.exists


def test_a_list_holds_exactly_what_may_be_seen():
    random, seen = Random(9), 0
    for _ in range(1_500):
        actor, purpose = random_actor(random), random.choice(list(Purpose))
        filters = {kind: visible(actor, kind, purpose, on=DAY) for kind in Kind}
        for _ in range(12):
            thing = random_thing(random, actor)
            answer = decide(actor, Action.SEE, thing, purpose=purpose, on=DAY)
            assert filters[thing.kind].matches(thing) is isinstance(answer, Allowed)
            seen += isinstance(answer, Allowed)
    assert seen > 1_000


def test_a_filter_is_of_one_kind():
    actor = Actor(id="ann", member="we", kind=MemberKind.BRAND, roles=frozenset({Role.VIEWER}))
    packs = visible(actor, Kind.PACK, Purpose.KNOWLEDGE, on=DAY)
    assert packs.matches(Thing(kind=Kind.PACK, owner="we"))
    assert not packs.matches(Thing(kind=Kind.RULE, owner="we"))
