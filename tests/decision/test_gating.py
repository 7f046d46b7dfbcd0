"""The gate: each listing alone, under what the gate did lately."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import findings, market, named, policy, rule

from countermark.decision.deciding import Basis, decide
from countermark.decision.gating import Gated, gate
from countermark.decision.learning import learn
from countermark.decision.weights import prior_weights
from countermark.decision.window import BUCKET_LISTINGS, Tally, Window
from countermark.domain.decisions import SELLER_TOTALS
from countermark.domain.sightings import RISK_MILLI
from countermark.domain.tables import FINDINGS, NAMED

DRAWN = market(240, seed=7)
BARE = market(60, seed=11)


def basis_of(rules, *, under=None, weights=None) -> Basis:
    return Basis(
        weights=weights or prior_weights(rules), policy=under or policy(), snapshot_id="cm1-0", rules=rules,
    )  # fmt: skip


def learned() -> Any:
    return learn(DRAWN.findings, DRAWN.named, DRAWN.labels(), rules=DRAWN.rules)


def only(table: pa.Table, ids) -> pa.Table:
    return table.filter(pc.is_in(table["listing_id"], value_set=pa.array(list(ids), pa.string())))


def gated(found, names, basis, *, window=None, listings=None) -> Gated:
    size = len({*found["listing_id"].to_pylist(), *names["listing_id"].to_pylist()})
    return gate(found, names, basis=basis, window=window or Window(), listings=listings or size)


def alone(found, names, basis) -> Mapping[str, Any]:
    """What `decide` says of the one listing of both tables if nobody knows its seller and nothing limits a run."""
    breakers = replace_struct(basis.policy.breakers, breaker_factor=None)
    free = replace_struct(
        basis.policy, breakers=breakers,
        caps=replace_struct(basis.policy.caps, acted_share=1, acted_least=9, seller_least=9),
        precision_target=type(basis.policy.precision_target)(),
    )  # fmt: skip
    nobody = [
        t.set_column(
            t.schema.get_field_index("seller_id"),
            t.schema.field("seller_id"),
            pa.nulls(len(t), pa.string()),
        )
        for t in (found, names)
    ]
    said = decide(
        *nobody, SELLER_TOTALS.empty_table(), basis=replace(basis, policy=free), scanned=1
    )
    (row,) = said.decisions.to_pylist()
    return row


def replace_struct(value, **changes):
    return type(value)(**{name: getattr(value, name) for name in value.__struct_fields__} | changes)


def same(judged, row) -> bool:
    said = (judged.action, judged.claim, judged.mark, list(judged.grounds))
    assert said == (row["action"], row["claim"], row["mark"], row["grounds"])
    assert abs(judged.risk_milli - row["risk"] * RISK_MILLI) <= 0.51
    return True


def mixed() -> tuple[list, pa.Table, pa.Table]:
    """A market whose listings do not all name a mark, with claims of every kind and rules that only evaluate."""
    rules = [
        rule("fake"), rule("says", claim="declared_replica"), rule("like", claim="misuse_of_mark"),
        rule("grey", claim="grey_market"), rule("new", status="evaluation"), rule("hint", prior="weak", alone=False),
    ]  # fmt: skip
    dice = np.random.default_rng(3)
    fired = [(f"l{k}", f"s{k % 4}", n) for k in range(80) for n in range(6) if dice.random() < 0.35]
    names = [
        {
            "listing_id": f"l{k}",
            "seller_id": f"s{k % 4}",
            "asked_share": float(dice.random()),
            "mark": "tallow",
        }
        for k in range(0, 80, 2)
    ]
    return rules, findings(rules, fired), named(names)


RULES, FOUND, NAMES = mixed()
MARKETS = {
    "priors": (DRAWN.findings, DRAWN.named, basis_of(DRAWN.rules)),
    "learned": (DRAWN.findings, DRAWN.named, basis_of(DRAWN.rules, weights=learned())),
    "mixed": (FOUND, NAMES, basis_of(RULES)),
    "targets": (FOUND, NAMES, basis_of(RULES, under=policy("[precision_target]\nhold = 0.99\nremove = 1\n"))),
}  # fmt: skip


@pytest.mark.parametrize("name", MARKETS)
def test_a_listing_is_judged_as_decide_judges_one_of_an_unknown_seller(name):
    found, names, basis = MARKETS[name]
    ids = sorted({*found["listing_id"].to_pylist(), *names["listing_id"].to_pylist()})
    together = gated(found, names, basis)
    assert sorted(together.by_id) == ids
    assert together.notes == ()
    for listing in ids[:120]:
        one = only(found, [listing]), only(names, [listing])
        assert same(gated(*one, basis).by_id[listing], alone(*one, basis))
        assert together.by_id[listing] == gated(*one, basis).by_id[listing]
    assert len({judged.action for judged in together.by_id.values()}) > 2


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 79), min_size=1), st.randoms())
def test_company_and_order_make_no_difference(chosen, dice):
    basis = basis_of(RULES)
    ids = [f"l{k}" for k in chosen]
    found, names = only(FOUND, ids), only(NAMES, ids)
    whole = gated(FOUND, NAMES, basis).by_id
    some = gated(
        *(t.take(pa.array(dice.sample(range(len(t)), len(t)), pa.int64())) for t in (found, names)),
        basis,
    )
    assert some.by_id == {listing: whole[listing] for listing in ids if listing in whole}


def test_the_tally_counts_what_was_judged():
    said = gated(FOUND, NAMES, basis_of(RULES), listings=500)
    acted = sum(judged.action in ("hold", "remove") for judged in said.by_id.values())
    pairs = {(row["listing_id"], row["rule"]) for row in FOUND.to_pylist()}
    fired = {each.id: sum(rule_id == each.id for _, rule_id in pairs) for each in RULES}
    assert said.tally == Tally(listings=500, acted=acted, fired=fired)


def test_listings_without_evidence_are_counted_and_nothing_follows():
    said = gate(
        FINDINGS.empty_table(),
        NAMED.empty_table(),
        basis=basis_of(RULES),
        window=Window(),
        listings=7,
    )
    assert (dict(said.by_id), said.tally, said.notes) == ({}, Tally(listings=7, fired={}), ())


HOLD = "hold_at = 21"  # one strong rule is enough


@dataclass
class Stream:
    """Listings that come one by one, and the window that goes along."""

    basis: Basis
    window: Window = field(default_factory=Window)

    def step(self, number: int, *, fires: bool, others: int = 0) -> Gated:
        rows = [(f"x{number}", "s", 0)] if fires else []
        names = named([{"listing_id": i} for i, *_ in rows])
        said = gate(
            findings(RULES, rows),
            names,
            basis=self.basis,
            window=self.window,
            listings=len(rows) + others,
        )
        self.window = self.window.after(said.tally)
        return said


def only_action(said: Gated) -> str:
    (judged,) = said.by_id.values()
    return judged.action


def test_the_cap_turns_what_is_beyond_it_into_reviews_over_all_that_the_gate_did():
    caps = policy(hold_at=HOLD, acted_share="acted_share = 0.01\nacted_least = 3")
    stream = Stream(basis_of(RULES, under=caps))
    actions = [only_action(stream.step(k, fires=True)) for k in range(5)]
    assert actions == ["hold"] * 3 + ["review"] * 2
    assert "2 listings" not in "".join(stream.step(9, fires=True).notes)
    stream.step(10, fires=False, others=393)  # 6 and 393 are 399: of 400, one in a hundred is 4
    first, second = stream.step(11, fires=True), stream.step(12, fires=True)
    assert (only_action(first), first.notes) == ("hold", ())
    assert only_action(second) == "review"
    assert second.notes == (
        "1 listings review instead of hold or remove: more than 4 of the last 401",
    )
    assert stream.window.total.acted == 4


def test_within_one_batch_the_riskiest_keep_their_action():
    caps = policy(hold_at=HOLD, acted_share="acted_share = 0\nacted_least = 2")
    strong = findings(RULES, [(f"l{k}", "", 0) for k in range(4)] + [("l2", "", 1), ("l3", "", 1)])
    names = named([{"listing_id": f"l{k}"} for k in range(4)])
    said = gated(strong, names, basis_of(RULES, under=caps))
    acted = sorted(i for i, judged in said.by_id.items() if judged.action in ("hold", "remove"))
    assert acted == ["l2", "l3"]
    equal = gated(
        findings(RULES, [(f"l{k}", "", 0) for k in range(4)]), names, basis_of(RULES, under=caps)
    )
    assert [i for i, judged in equal.by_id.items() if judged.action == "hold"] == ["l0", "l1"]


BREAKER = """
[breakers]
breaker_factor = 2
least_findings = 5
"""


def test_a_rule_that_fires_too_often_over_the_window_only_evaluates_until_it_does_not():
    rules = [rule("fake", max_rate="0.01"), *RULES[1:]]
    stream = Stream(basis_of(rules, under=policy(BREAKER, hold_at=HOLD)))
    actions = [only_action(stream.step(k, fires=True)) for k in range(6)]
    assert actions[:4] == ["hold"] * 4  # fewer than five findings are no rate
    assert set(actions[4:]) == {"evaluate"}
    assert "fired for 7 of 7 listings" in "".join(stream.step(6, fires=True).notes)
    stream.step(7, fires=False, others=393 - 1)
    assert (
        only_action(stream.step(8, fires=True)) == "hold"
    )  # 8 of 400: twice one in a hundred, not more
    assert only_action(stream.step(9, fires=True)) == "evaluate"  # 9 of 401


def test_what_left_the_window_is_held_against_nobody():
    rules = [rule("fake", max_rate="0.001"), *RULES[1:]]
    stream = Stream(basis_of(rules, under=policy(BREAKER, hold_at=HOLD)))
    for k in range(6):
        said = stream.step(k, fires=True)
    assert only_action(said) == "evaluate"
    for k in range(22):
        stream.step(k, fires=False, others=BUCKET_LISTINGS)
    assert stream.window.total.fired.get(rules[0].id, 0) == 0
    assert only_action(stream.step(99, fires=True)) == "hold"
