"""What the policy of access promises, claim by claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from scenes import DAY

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
    Power,
    Purpose,
    Reason,
    Relation,
    Role,
    Scope,
    Thing,
    decide,
)
from countermark.domain.access.permissions import FIELDS, GROUPS, MAY
from countermark.domain.access.reading import read_permissions

KINDS = {"shop": "marketplace", "bazaar": "marketplace", "korvane": "brand", "rival": "brand"}
KINDS |= {"lex": "agent", "police": "law_enforcement", "lab": "expert", "eyes": "regulator"}


def person(member, *roles, **facts):
    who = {"id": "ann", "member": member, "kind": MemberKind(KINDS[member])}
    return Actor(**{**who, "roles": frozenset(map(Role, roles)), **facts})


def machine(member, *scopes):
    scopes = frozenset(map(Scope, scopes))
    return Actor(id="key-1", member=member, kind=MemberKind(KINDS[member]), scopes=scopes)


def thing(kind, owner, confidentiality="member", **facts):
    level = Confidentiality(confidentiality)
    return Thing(kind=Kind(kind), owner=owner, confidentiality=level, **facts)


def ask(actor, action, about, purpose="enforcement"):
    return decide(actor, Action(action), about, purpose=Purpose(purpose), on=DAY)


def may(*question):
    return isinstance(ask(*question), Allowed)


SUSPECT = thing("listing", "shop", concerned=frozenset({"korvane"}), suspect=True)
SECRET = thing("pack", "korvane", "brand_secret")


@pytest.mark.parametrize(
    ("role", "able"),
    [
        ("viewer", "see"),
        ("auditor", "see export"),
        ("author", "see"),
        ("admin", ""),
        ("analyst", "see claim decide undo escalate create judge"),
        ("lead_analyst", "see claim decide undo escalate create judge bulk rescan export share"),
        ("investigator", "see export share"),
    ],
)
def test_each_role_does_its_own_work_on_listings(role, able):
    found = {action for action in Action if may(person("shop", role), action, SUSPECT)}
    assert found - {"list"} == set(able.split())


@pytest.mark.parametrize(
    ("scope", "able"),
    [
        ("gate:judge", "judge create"),
        ("gate:operate", ""),
        ("listings:read", "see list"),
        ("cases:write", ""),
    ],
)
def test_a_machine_does_what_its_key_is_for(scope, able):
    found = {action for action in Action if may(machine("shop", scope), action, SUSPECT)}
    assert found == set(able.split())


def test_a_machine_never_approves_decides_activates_or_signs():
    scopes = frozenset(Scope)
    for kind in Kind:
        for action in ("approve", "decide", "activate", "sign", "share", "issue_key"):
            for purpose in Purpose:
                about = thing(kind, "shop")
                assert not may(machine("shop", *scopes), action, about, purpose)


def test_a_brand_sees_suspect_listings_that_name_its_marks_and_no_other():
    analyst = person("korvane", "analyst")
    assert ask(analyst, "see", SUSPECT).by is Relation.CONCERNED
    assert not may(analyst, "see", replace(SUSPECT, suspect=False))
    assert not may(person("rival", "analyst"), "see", SUSPECT)
    assert not may(analyst, "decide", SUSPECT)
    assert may(analyst, "answer", SUSPECT)


def test_a_brand_sees_neither_the_seller_nor_what_other_brands_found():
    seen = ask(person("korvane", *Role), "see", SUSPECT, "investigation")
    assert {Field.SELLER_IDENTITY, Field.OTHER_BRANDS_FINDINGS} <= seen.hidden


@pytest.mark.parametrize(
    ("purpose", "shown"),
    [
        ("enforcement", True),
        ("investigation", True),
        ("knowledge", False),
        ("operation", False),
        ("audit", False),
        ("statistics", False),
    ],
)
def test_personal_data_of_sellers_is_for_enforcement_and_investigation(purpose, shown):
    seen = ask(person("shop", "analyst"), "see", SUSPECT, purpose)
    assert (Field.SELLER_IDENTITY not in seen.hidden) is shown


def test_a_viewer_reads_no_personal_data():
    seen = ask(person("shop", "viewer"), "see", thing("decision", "shop"))
    assert {Field.SELLER_IDENTITY, Field.REVIEWER_IDENTITY} <= seen.hidden


@pytest.mark.parametrize(
    ("actor", "able"),
    [
        (person("korvane", "author"), True),
        (person("korvane", "admin", "author"), True),
        (person("korvane", "admin"), False),
        (person("korvane", *(set(Role) - {Role.AUTHOR})), False),
        (machine("korvane", *Scope), False),
        (person("rival", *Role), False),
        (person("shop", *Role), False),
    ],
)
def test_secret_tells_are_read_by_authors_of_the_brand_only(actor, able):
    about = replace(SECRET, grants=(Grant(member="rival"), Grant(member="shop")))
    assert may(actor, "see", about, "knowledge") is able
    assert may(actor, "edit", about, "knowledge") is able


def test_others_see_of_a_secret_only_that_there_is_a_sign():
    alliance_rule = thing("rule", "korvane", "alliance")
    reader = person("shop", "lead_analyst")
    assert ask(reader, "see", alliance_rule).hidden == {Field.SECRET_FACTS}
    assert ask(reader, "see", SUSPECT).hidden == {Field.SECRET_FACTS}
    assert ask(person("korvane", "author"), "see", alliance_rule).hidden == frozenset()


@pytest.mark.parametrize(
    ("days", "actions", "able"),
    [(0, "see", True), (30, "see answer", True), (-1, "see", False), (30, "answer", False)],
)
def test_an_agent_acts_under_a_power_of_attorney_in_force_that_covers_the_action(
    days, actions, able
):
    actions = frozenset(map(Action, actions.split()))
    power = Power(brand="korvane", actions=actions, valid_until=DAY + timedelta(days=days))
    agent = person("lex", "analyst", powers=(power,))
    assert may(agent, "see", SUSPECT) is able
    assert may(agent, "see", thing("case", "korvane")) is able
    assert not may(agent, "see", thing("case", "rival"))
    assert not may(agent, "see", SECRET)


def test_a_power_of_attorney_counts_for_agents_only():
    power = Power(brand="korvane", actions=frozenset(Action), valid_until=DAY)
    assert not may(person("rival", "analyst", powers=(power,)), "see", SUSPECT)


@pytest.mark.parametrize(
    ("until", "able"), [(None, True), (DAY, True), (DAY - timedelta(days=1), False)]
)
def test_a_grant_opens_a_case_until_its_last_day(until, able):
    case = thing(
        "case", "shop", "need_to_know", grants=(Grant(member="police", valid_until=until),)
    )
    officer = person("police", "investigator")
    for action in ("see", "export", "answer"):
        assert may(officer, action, case, "investigation") is able
    assert not may(officer, "edit", case, "investigation")
    assert not may(officer, "share", case, "investigation")
    assert ask(officer, "see", case, "investigation").__class__ is (Allowed if able else Denied)


@pytest.mark.parametrize(
    ("role", "purpose", "able"),
    [
        ("investigator", "investigation", True),
        ("auditor", "audit", True),
        ("investigator", "enforcement", False),
        ("analyst", "investigation", False),
    ],
)
def test_need_to_know_takes_a_cleared_person_and_an_investigation_or_audit(role, purpose, able):
    assert may(person("shop", role), "see", thing("case", "shop", "need_to_know"), purpose) is able


@pytest.mark.parametrize(
    ("actor", "about", "exists"),
    [
        (person("bazaar", "analyst"), thing("case", "shop"), False),
        (person("bazaar", "analyst"), thing("case", "shop", "alliance"), False),
        (person("korvane", *Role), replace(SUSPECT, suspect=False), False),
        (person("bazaar", *Role), SECRET, False),
        (person("bazaar", "admin"), thing("rule", "korvane", "alliance"), True),
        (person("shop", "viewer"), thing("case", "shop"), True),
        (person("shop", "admin"), SUSPECT, True),
        (person("shop", "viewer", disabled=True), SUSPECT, False),
    ],
)
def test_what_an_actor_has_nothing_to_do_with_does_not_exist_for_them(actor, about, exists):
    answer = ask(actor, "edit", about)
    assert isinstance(answer, Denied)
    assert answer.exists is exists


def test_a_suspended_member_keeps_its_own_and_loses_what_is_the_alliances():
    suspended = person("bazaar", "viewer", fellow=False)
    assert may(suspended, "see", thing("listing", "bazaar"))
    assert not may(suspended, "see", thing("rule", "korvane", "alliance"))
    assert may(suspended, "see", thing("rule", "korvane", "public"))


@pytest.mark.parametrize(
    ("action", "about", "purpose"),
    [
        ("decide", thing("decision", "shop"), "enforcement"),
        ("decide", thing("case", "shop"), "enforcement"),
        ("approve", thing("job", "shop"), "enforcement"),
        ("activate", thing("rule", "shop"), "operation"),
        ("approve", thing("policy", "shop"), "operation"),
    ],
)
def test_nobody_gives_the_second_look_to_their_own_work(action, about, purpose):
    lead, own = person("shop", "lead_analyst"), replace(about, done_by=frozenset({"ann"}))
    assert ask(lead, action, own, purpose) == Denied(Reason.FOUR_EYES, exists=True)
    assert may(replace(lead, id="bob"), action, own, purpose)


def test_a_closed_case_is_read_and_undone_and_not_worked_on():
    closed, lead = thing("case", "shop", closed=True), person("shop", "lead_analyst")
    assert may(lead, "see", closed)
    assert may(lead, "undo", closed)
    assert ask(lead, "edit", closed) == Denied(Reason.CLOSED, exists=True)


def test_an_auditor_reads_all_of_the_own_member_and_changes_nothing():
    auditor = person("shop", "auditor")
    seen = {kind for kind in Kind if may(auditor, "see", thing(kind, "shop"), "audit")}
    assert seen == set(Kind)
    done = {
        action
        for action in Action
        for kind in Kind
        if may(auditor, action, thing(kind, "shop"), "audit")
    }
    assert done == {Action.SEE, Action.LIST, Action.EXPORT}


def test_people_and_keys_are_the_administrators_who_see_no_listings():
    admin = person("shop", "admin")
    assert may(admin, "issue_key", thing("api_key", "shop"), "operation")
    assert may(admin, "disable", thing("person", "shop"), "operation")
    assert not may(admin, "disable", thing("person", "bazaar", "public"), "operation")
    assert not may(admin, "see", thing("listing", "shop"), "operation")


def test_nobody_edits_listings_or_touches_events_or_exports_snapshots():
    everything = frozenset(Role)
    for purpose in Purpose:
        actor = person("shop", *everything)
        assert not may(actor, "edit", thing("listing", "shop"), purpose)
        assert not may(actor, "export", thing("snapshot", "shop"), purpose)
        for action in set(Action) - {Action.SEE, Action.LIST, Action.EXPORT}:
            assert not may(actor, action, thing("event", "shop"), purpose)


def test_a_marketplace_activates_the_rules_of_fellows_and_a_brand_does_not():
    rule = thing("rule", "korvane", "alliance")
    assert may(person("shop", "lead_analyst"), "activate", rule, "operation")
    assert not may(person("rival", "lead_analyst"), "activate", rule, "operation")


def test_a_regulator_reads_the_ledger_that_was_granted():
    event = thing("event", "shop", grants=(Grant(member="eyes"),))
    assert may(person("eyes", "auditor"), "see", event, "audit")
    assert not may(person("eyes", "auditor"), "see", thing("event", "shop"), "audit")


def test_an_actor_is_a_person_or_a_machine():
    with pytest.raises(ValueError, match="roles and scopes"):
        person("shop", "viewer", scopes=frozenset({Scope.GATE_JUDGE}))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (MAY + "label\n  see | viewer | own | any\n", "stands twice"),
        (MAY.replace("lead_analyst", "leader", 1), "leader"),
    ],
)
def test_a_table_with_a_mistake_is_refused(table, message):
    with pytest.raises(ValueError, match=message):
        read_permissions(table, GROUPS)


def test_what_a_kind_carries_is_listed_for_every_kind():
    assert set(FIELDS) == set(Kind)
    assert FIELDS[Kind.LISTING] == (
        Field.SELLER_IDENTITY,
        Field.SECRET_FACTS,
        Field.OTHER_BRANDS_FINDINGS,
    )
