"""The code agrees with a second policy, written by hand in Cedar; planted faults show that this would be noticed."""

from __future__ import annotations

from random import Random

import pytest
from oracle import disagreements, oracle
from scenes import border_cases, random_case

from countermark.domain.access import Actor, Grant, permissions
from countermark.domain.access.permissions import FIELDS, GROUPS, MAY, SHOWN
from countermark.domain.access.reading import read_permissions, read_shown
from countermark.domain.access.words import Action, Confidentiality, Kind, Purpose, Relation, Role

RANDOM = 3_000


@pytest.fixture(scope="module")
def cases():
    random = Random(20261124)
    return [*border_cases(), *(random_case(random) for _ in range(RANDOM))]


@pytest.fixture(scope="module")
def answers(cases):
    return oracle(cases)


def test_the_code_and_the_cedar_policy_agree(cases, answers):
    assert disagreements(cases, answers, FIELDS) == []
    assert (
        sum(case.action in allowed for case, allowed in zip(cases, answers, strict=True))
        > len(cases) / 5
    )


def plant(target, name, value):
    return lambda monkeypatch: monkeypatch.setattr(target, name, value)


def edited(old, new):
    """A fault in the table: the first `old` reads `new`."""
    assert old in MAY
    return plant(permissions, "PERMISSIONS", read_permissions(MAY.replace(old, new), GROUPS))


def reach(relation, *levels):
    return plant(permissions, "REACH", {**permissions.REACH, relation: frozenset(levels)})


FAULTS = {
    "relation none reaches what is the alliance's": reach(
        Relation.NONE, Confidentiality.PUBLIC, Confidentiality.ALLIANCE
    ),
    "fellows reach what is the member's": reach(Relation.ALLIANCE, *Confidentiality),
    "who is concerned reaches need to know": reach(Relation.CONCERNED, *Confidentiality),
    "the purpose is ignored": plant(
        permissions,
        "PERMISSIONS",
        read_permissions(MAY, {**GROUPS, "pursuit": " ".join(Purpose)}),
    ),
    "need to know for any purpose": plant(permissions, "CLEARED_PURPOSES", frozenset(Purpose)),
    "need to know for any role": plant(permissions, "CLEARED_ROLES", frozenset(Role)),
    "an expired power of attorney is accepted": plant(
        Actor,
        "attorney_for",
        lambda self, action, on: frozenset(
            each.brand for each in self.powers if self.kind == "agent" and action in each.actions
        ),
    ),
    "a power of attorney covers every action": plant(
        Actor,
        "attorney_for",
        lambda self, action, on: frozenset(
            each.brand for each in self.powers if self.kind == "agent" and on <= each.valid_until
        ),
    ),
    "an expired grant is accepted": plant(
        Grant, "holds", lambda self, member, on: self.member == member
    ),
    "the last day of a grant does not count": plant(
        Grant,
        "holds",
        lambda self, member, on: (
            self.member == member and (self.valid_until is None or on < self.valid_until)
        ),
    ),
    "brands see listings before they are suspect": plant(
        permissions, "ONLY_IF_SUSPECT", frozenset({Kind.DECISION, Kind.LABEL})
    ),
    "people approve their own work": plant(permissions, "FOUR_EYES", frozenset({Action.DECIDE})),
    "closed things are worked on": plant(permissions, "AFTER_CLOSING", frozenset(Action)),
    "viewers read cases": edited("casework auditor cases:read", "casework viewer auditor cases:read"),
    "brands have the desk of marketplaces": edited("| enforcement            | marketplace", "| enforcement"),
    "whoever is concerned reads the seller's name": plant(
        permissions,
        "SHOWN_TO",
        read_shown(SHOWN.replace("| ties     ", "| ties concerned", 1), GROUPS),
    ),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault, cases, answers, monkeypatch):
    FAULTS[fault](monkeypatch)
    assert disagreements(cases, answers, FIELDS) != []
