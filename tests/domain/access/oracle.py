"""What the policy written in Cedar says to questions of access, and where the code says otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import cedarpy
from scenes import DAY

from countermark.domain.access import Action, Allowed, Denied, Field

NEVER_ENDS = 10_000_000
POLICY = cedarpy.PolicySet.from_str(
    (Path(__file__).parent / "policy.cedar").read_text(encoding="utf-8")
)


def entities(number, case):
    """Actor and thing of a case as Cedar has them."""
    actor, thing = case.actor, case.thing
    shared = {}
    for grant in thing.grants:
        until = NEVER_ENDS if grant.valid_until is None else grant.valid_until.toordinal()
        shared[grant.member] = max(until, shared.get(grant.member, 0))
    yield {
        "uid": {"type": "Actor", "id": f"a{number}"},
        "attrs": {
            "member": actor.member,
            "kind": actor.kind,
            "roles": list(actor.roles),
            "scopes": list(actor.scopes),
            "fellow": actor.fellow,
            "disabled": actor.disabled,
        },
        "parents": [],
    }
    yield {
        "uid": {"type": "Thing", "id": f"t{number}"},
        "attrs": {
            "kind": thing.kind,
            "owner": thing.owner,
            "confidentiality": thing.confidentiality,
            "concerned": list(thing.concerned),
            "suspect": thing.suspect,
            "closed": thing.closed,
            "done_by": list(thing.done_by),
        },
        "tags": shared,
        "parents": [],
    }


def request(number, case, asked, covered):
    """The question whether `asked`, powers of attorney counting where they cover `covered`."""
    attorney_for = [
        power.brand
        for power in case.actor.powers
        if case.actor.kind == "agent" and covered in power.actions and power.valid_until >= DAY
    ]
    return {
        "principal": {"type": "Actor", "id": f"a{number}"},
        "action": {"type": "Action", "id": asked},
        "resource": {"type": "Thing", "id": f"t{number}"},
        "context": {
            "actor": case.actor.id,
            "purpose": case.purpose,
            "day": DAY.toordinal(),
            "attorney_for": attorney_for,
        },
    }


def oracle(cases):
    """For each case what Cedar allows of: its action, to know of the thing, to read each field."""
    known = [entity for number, case in enumerate(cases) for entity in entities(number, case)]
    asked = [
        (number, word, request(number, case, word, covered))
        for number, case in enumerate(cases)
        for word, covered in (
            (case.action, case.action),
            ("know", Action.SEE),
            *((field, Action.SEE) for field in (Field if case.action == "see" else ())),
        )
    ]
    results = cedarpy.is_authorized_batch([each for *_, each in asked], POLICY, json.dumps(known))
    allowed = [set() for _ in cases]
    for (number, word, _), result in zip(asked, results, strict=True):
        assert not result.diagnostics.errors, result.diagnostics.errors
        if result.allowed:
            allowed[number].add(word)
    return allowed


def disagreement(case, allowed, carried):
    """Where the answer of the code and of the oracle differ, "" if nowhere."""
    answer = case.answer()
    if isinstance(answer, Allowed) != (case.action in allowed):
        return f"{case.action} of {case.thing.kind}: {answer}"
    if isinstance(answer, Denied) and answer.exists != ("know" in allowed):
        return f"{case.action} of {case.thing.kind}, whether it may be known: {answer}"
    if isinstance(answer, Allowed) and case.action is Action.SEE:
        hidden = {field for field in carried[case.thing.kind] if field not in allowed}
        if hidden != answer.hidden:
            return f"fields of {case.thing.kind}: {sorted(answer.hidden ^ hidden)}"
    return ""


def disagreements(cases, answers, carried):
    pairs = zip(cases, answers, strict=True)
    return [
        (what, case) for case, allowed in pairs if (what := disagreement(case, allowed, carried))
    ]
