"""Deciding: what follows, what may not follow, and why."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markets import by_listing, decided, findings, labels, market, named, policy, rule

from countermark.decision.deciding import Basis, Decided, decide
from countermark.decision.learning import learn
from countermark.decision.policy import Policy
from countermark.decision.weights import prior_weights
from countermark.domain.decisions import RANKS, SELLER_GROUND, SELLER_TOTALS
from countermark.domain.rules import Rule
from countermark.domain.tables import DECISIONS, SELLERS

WEAK, STRONG, SURE = rule("weak", prior="weak"), rule("strong"), rule("sure", prior="conclusive")
SECRET = rule("secret", prior="conclusive", alone=False)
WATCHED = rule("watched", prior="conclusive", status="evaluation")
SUNSET = rule("sunset", prior="conclusive", status="sunset")
REPLICA = rule("replica", prior="conclusive", claim="declared_replica")
MISUSE = rule("misuse", prior="conclusive", claim="misuse_of_mark")
GREY = rule("grey", prior="conclusive", claim="grey_market")
ALL = (WEAK, STRONG, SURE, SECRET, WATCHED, SUNSET, REPLICA, MISUSE, GREY)


def action(*fired: Rule, under: Policy | None = None, scanned: int = 1000) -> str:
    """What follows for one listing for which some rules fired."""
    found = decided(fired, [("l", "s", k) for k in range(len(fired))], under=under, scanned=scanned)
    return str(by_listing(found, "action")["l"])


@pytest.mark.parametrize(
    ("fired", "follows"),
    [
        ((), "evaluate"),
        ((WEAK,), "evaluate"),
        ((STRONG,), "review"),
        ((SURE,), "hold"),
        ((SURE, STRONG), "remove"),
        ((SECRET,), "review"),
        ((SECRET, WEAK), "hold"),
        ((WATCHED,), "evaluate"),
        ((WATCHED, STRONG), "review"),
        ((SUNSET,), "evaluate"),
        ((REPLICA,), "remove"),
        ((MISUSE,), "review"),
        ((GREY,), "evaluate"),
    ],
)
def test_what_follows_from_some_rules(fired: tuple[Rule, ...], follows: str) -> None:
    if not fired:
        found = decided([WEAK], [], rows=[{"listing_id": "l"}])
        assert by_listing(found, "action")["l"] == follows
    else:
        assert action(*fired) == follows


def test_a_base_rate_of_five_percent_is_a_risk_of_five() -> None:
    found = decided([WEAK], [], rows=[{"listing_id": "l"}])
    assert by_listing(found, "risk")["l"] == pytest.approx(5.0, abs=1e-4)


@pytest.mark.parametrize("other", [MISUSE, GREY, WATCHED, SUNSET])
def test_evidence_for_another_question_or_without_leave_does_not_raise_the_risk(
    other: Rule,
) -> None:
    rules = (STRONG, other)
    alone = by_listing(decided(rules, [("l", "s", 0)]), "risk")["l"]
    both = by_listing(decided(rules, [("l", "s", 0), ("l", "s", 1)]), "risk")["l"]
    assert both == alone


def test_a_rule_counts_once_for_a_listing_that_names_two_marks() -> None:
    once = by_listing(decided([STRONG], [("l", "s", 0)]), "risk")["l"]
    twice = by_listing(decided([STRONG], [("l", "s", 0), ("l", "s", 0)]), "risk")["l"]
    assert once == twice


FINDING = st.tuples(
    st.sampled_from([f"l{k}" for k in range(5)]), st.just(""), st.integers(0, len(ALL) - 1)
)
LISTED = [{"listing_id": f"l{k}", "seller_id": f"s{k % 2}"} for k in range(5)]


def _with_sellers(fired: Sequence[tuple[str, str, int]]) -> list[tuple[str, str, int]]:
    return [(listing, f"s{int(listing[1]) % 2}", number) for listing, _, number in fired]


@settings(max_examples=60, deadline=None)
@given(st.lists(FINDING, max_size=12), st.lists(FINDING, min_size=1, max_size=3))
def test_more_findings_never_lower_a_risk(
    some: list[tuple[str, str, int]], more: list[tuple[str, str, int]]
) -> None:
    before = decided(ALL, _with_sellers(some), rows=LISTED)
    after = decided(ALL, _with_sellers(some + more), rows=LISTED)
    for table in ("decisions", "sellers"):
        pairs = zip(
            getattr(before, table)["risk"].to_pylist(),
            getattr(after, table)["risk"].to_pylist(),
            strict=True,
        )
        assert all(late >= early - 1e-6 for early, late in pairs)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(FINDING, max_size=25),
    st.sampled_from([5, 50]),
    st.sampled_from(["0.2", "1"]),
)
def test_nothing_is_held_without_a_ground_that_may_act_and_be_told(
    fired: list[tuple[str, str, int]], scanned: int, share: str
) -> None:
    under = policy(acted_share=f"acted_share = {share}\nacted_least = 0")
    found = decided(ALL, _with_sellers(fired), rows=LISTED, under=under, scanned=scanned)
    told = {each.id: each for each in ALL}
    for row in found.decisions.to_pylist():
        grounds = [told[name] for name in row["grounds"] if name in told]
        if row["action"] in ("hold", "remove"):
            firm = [r for r in grounds if r.status == "active" and r.disclosable_alone]
            assert any(r.claim == row["claim"] for r in firm)
        if row["action"] != "evaluate":
            assert all(each.status == "active" for each in grounds)
        if row["action"] in ("review", "hold", "remove"):
            assert row["grounds"]
            assert row["claim"] is not None


@settings(max_examples=30, deadline=None)
@given(st.lists(FINDING, max_size=25), st.randoms(use_true_random=False))
def test_the_order_of_findings_does_not_change_a_decision(
    fired: list[tuple[str, str, int]], dice: object
) -> None:
    turned = list(fired)
    dice.shuffle(turned)  # type: ignore[attr-defined]
    under = policy(acted_share="acted_share = 0\nacted_least = 2\nseller_least = 1")
    one, two = (decided(ALL, _with_sellers(f), rows=LISTED, under=under) for f in (fired, turned))
    assert one == two


def test_grounds_come_with_those_of_the_claim_first_and_then_the_strongest() -> None:
    fired = [("l", "s", k) for k in range(len(ALL))]
    found = decided(ALL, fired)
    assert by_listing(found, "claim")["l"] == "suspected_counterfeit"
    grounds = by_listing(found, "grounds")["l"]
    assert grounds[:4] == [
        "core.test/secret", "core.test/sure", "core.test/strong", "core.test/weak",
    ]  # fmt: skip
    assert set(grounds[4:]) == {"core.test/replica", "core.test/misuse", "core.test/grey"}


def test_rules_that_only_evaluate_are_grounds_of_an_evaluation_alone() -> None:
    found = decided([WATCHED, STRONG], [("a", "s", 0), ("b", "t", 0), ("b", "t", 1)])
    assert by_listing(found, "grounds") == {"a": ["core.test/watched"], "b": ["core.test/strong"]}
    assert by_listing(found, "claim")["b"] == "suspected_counterfeit"


def test_a_decision_names_snapshot_policy_and_weights() -> None:
    version = by_listing(decided([WEAK], [("l", "s", 0)]), "version")["l"]
    assert [part[:3] for part in version.split("/")] == [
        "cm1",
        "p-" + version[8],
        "w-" + version[23],
    ]


@pytest.mark.parametrize(
    ("granted", "follows"),
    [
        ('"core.test/*" = "evaluation"', "evaluate"),
        ('"core.test/sure" = "evaluation"', "review"),
        ('"core.test/sure" = "draft"', "review"),
        ('"acme.*" = "draft"', "remove"),
    ],
)
def test_a_policy_lowers_what_a_rule_may_do(granted: str, follows: str) -> None:
    assert action(SURE, STRONG, under=policy(granted)) == follows


def test_a_policy_cannot_raise_what_the_snapshot_grants() -> None:
    assert action(WATCHED, under=policy('"core.test/watched" = "active"')) == "evaluate"


def breakers(text: str) -> Policy:
    return policy("[breakers]\n" + text)


def test_a_suspended_rule_only_evaluates() -> None:
    found = decided([SURE], [("l", "s", 0)], under=breakers('suspended = ["core.test/s*"]'))
    assert by_listing(found, "action") == {"l": "evaluate"}
    assert found.notes == ("core.test/sure only evaluates: the policy suspends core.test/s*",)


@pytest.mark.parametrize(
    ("fires", "scanned", "stopped"),
    [(30, 1000, False), (31, 1000, True), (19, 100, False), (20, 100, True), (31, 100_000, False)],
)
def test_a_rule_that_fires_far_more_than_its_author_said_is_stopped_for_the_run(
    *, fires: int, scanned: int, stopped: bool
) -> None:
    each = rule("often", prior="conclusive", max_rate="0.01")
    found = decided([each], [(f"l{k}", f"s{k}", 0) for k in range(fires)], scanned=scanned)
    assert set(by_listing(found, "action").values()) == {"evaluate" if stopped else "hold"}
    assert bool(found.notes) == stopped


CAPPED = policy(acted_share="acted_share = 0.02\nacted_least = 3")


@pytest.mark.parametrize(("scanned", "acted"), [(50, 3), (200, 4), (400, 8), (5000, 10)])
def test_beyond_the_cap_of_a_run_the_least_risky_are_reviewed(scanned: int, acted: int) -> None:
    fired = [(f"l{k}", f"s{k}", 0) for k in range(10)] + [("l7", "s7", 1)]
    found = decided([SURE, WEAK], fired, under=CAPPED, scanned=scanned)
    actions = by_listing(found, "action")
    held = [listing for listing, each in actions.items() if each == "hold"]
    assert len(held) == acted
    assert "l7" in held
    assert set(held) - {"l7"} == {f"l{k}" for k in range(10) if k != 7 and k < acted - (acted < 9)}
    assert set(actions.values()) <= {"hold", "review"}


@pytest.mark.parametrize(("total", "acted"), [(0, 5), (8, 5), (20, 5), (30, 7), (1000, 10)])
def test_of_one_seller_no_more_than_a_share_is_held_without_a_person(
    total: int, acted: int
) -> None:
    under = policy(seller_share="seller_share = 0.25")
    fired = [(f"l{k}", "s", 0) for k in range(10)] + [("other", "t", 0)]
    rows = [{"listing_id": i, "seller_id": s} for i, s, _ in fired]
    totals = pa.table({"seller_id": ["s"], "listings": [total]}).cast(SELLER_TOTALS)
    found = decide(
        findings([SURE], fired),
        named(rows),
        totals,
        basis=Basis(weights=prior_weights([SURE]), policy=under, snapshot_id="cm1-0", rules=[SURE]),
        scanned=5000,
    )
    actions = by_listing(found, "action")
    assert actions.pop("other") == "hold"
    assert list(actions.values()).count("hold") == acted
    assert (len(found.notes) == 1) == (acted < 10)


def test_listings_without_a_seller_are_not_capped_together() -> None:
    under = policy(seller_share="seller_share = 0\nseller_least = 0")
    fired = [(f"l{k}", "", 0) for k in range(10)]
    assert set(by_listing(decided([SURE], fired, under=under), "action").values()) == {"hold"}


def test_an_action_whose_expected_precision_is_too_low_falls_to_the_next_milder() -> None:
    under = policy("[precision_target]\nhold = 0.9")
    fired = [("a", "s", 0), ("a", "s", 1), ("b", "t", 0), ("c", "u", 0)]
    found = decided([SURE, WEAK], fired, under=under)
    risks, actions = by_listing(found, "risk"), by_listing(found, "action")
    assert actions == {"a": "hold", "b": "hold", "c": "review"}
    held = [risks[listing] for listing, each in actions.items() if each == "hold"]
    assert sum(held) / len(held) >= 90
    assert "expected precision is under 0.9" in found.notes[0]


def test_what_is_not_precise_enough_to_remove_is_held() -> None:
    under = policy("[precision_target]\nremove = 0.999")
    assert action(SURE, STRONG, under=under) == "hold"


def test_with_learned_only_a_rule_must_have_proved_itself() -> None:
    text = "[precision_target]\nhold = 0.8\nremove = 0.99"
    under = policy(text, title='title = "x"\nlearned_only = true')
    assert action(SURE, under=under) == "review"
    ids = [f"l{k}" for k in range(40)]
    fired = [(i, f"s{i}", 0) for i in ids[:20]]
    truth = [(i, "counterfeit" if k < 20 else "none", "review") for k, i in enumerate(ids)]
    listed = [{"listing_id": i, "seller_id": f"s{i}"} for i in ids]
    taught = learn(findings([SURE], fired), named(listed), labels(truth), rules=[SURE])
    assert taught.rules[0].lower > 0.8
    found = decided([SURE], [("x", "s", 0)], under=under, weights=taught)
    assert by_listing(found, "action") == {"x": "hold"}


def test_a_rule_that_proved_worthless_holds_nothing_whatever_the_risk() -> None:
    weights = prior_weights([SURE])
    worthless = msgspec.structs.replace(weights.rules[0], bits_micro=0, single_micro=0)
    weights = msgspec.structs.replace(weights, rules=(worthless,))
    low = policy(review_at="review_at = 1", hold_at="hold_at = 1", remove_at="remove_at = 1")
    found = decided([SURE], [("l", "s", 0)], under=low, weights=weights)
    assert by_listing(found, "action") == {"l": "review"}


def shop(suspects: int, clean: int) -> Decided:
    """A seller with suspect and clean listings, and one more."""
    fired = [(f"l{k}", "s", 0) for k in range(suspects)]
    ids = [f"l{k}" for k in range(suspects + clean)] + ["more"]
    rows = [{"listing_id": i, "seller_id": "s"} for i in ids]
    return decided([SURE], fired, rows=rows, under=policy(review_at="review_at = 15"))


def test_a_listing_of_a_seller_of_suspects_is_reviewed_on_that_ground() -> None:
    found = shop(8, 0)
    assert by_listing(found, "action")["more"] == "review"
    assert by_listing(found, "grounds")["more"] == [SELLER_GROUND]
    assert by_listing(found, "claim")["more"] == "suspected_counterfeit"
    assert by_listing(shop(0, 8), "action")["more"] == "evaluate"


def test_other_listings_of_the_seller_never_hold_anything() -> None:
    low = policy(review_at="review_at = 1", hold_at="hold_at = 1", remove_at="remove_at = 1")
    rows = [{"listing_id": f"l{k}", "seller_id": "s"} for k in range(9)]
    found = decided([SURE], [(f"l{k}", "s", 0) for k in range(8)], rows=rows, under=low)
    assert by_listing(found, "action")["l8"] == "review"


@pytest.mark.parametrize("fired", [[], [("l", "s", 0)]])
def test_a_seller_with_one_listing_gets_no_seller_evidence(
    fired: list[tuple[str, str, int]],
) -> None:
    with_seller = decided([SURE], fired, rows=[{"listing_id": "l", "seller_id": "s"}])
    nobody = [(i, "", n) for i, _, n in fired]
    without = decided([SURE], nobody, rows=[{"listing_id": "l"}])
    assert by_listing(with_seller, "risk") == by_listing(without, "risk")


def test_sellers_are_counted_and_shown_to_people() -> None:
    under = policy("[sellers]\nreview_at = 50\nleast_suspects = 3")
    fired = [(f"a{k}", "bad", 0) for k in range(4)] + [("b0", "once", 0)]
    rows = [{"listing_id": i, "seller_id": s} for i, s, _ in fired]
    rows += [{"listing_id": f"c{k}", "seller_id": "good", "mark": "tallow"} for k in range(4)]
    found = decided([SURE], fired, rows=rows, under=under).sellers
    by_seller = {row["seller_id"]: row for row in found.to_pylist()}
    assert [by_seller[s]["action"] for s in ("bad", "once", "good")] == ["review", "allow", "allow"]
    assert [by_seller[s]["suspect"] for s in ("bad", "once", "good")] == [4, 1, 0]
    assert [by_seller[s]["naming"] for s in ("bad", "once", "good")] == [4, 1, 4]
    assert by_seller["bad"]["marks"] == ["korvane"]
    assert by_seller["good"]["marks"] == []
    assert by_seller["bad"]["risk"] > by_seller["once"]["risk"] > by_seller["good"]["risk"]
    assert by_seller["bad"]["expected"] > 3


def test_the_last_sighting_of_a_listing_counts() -> None:
    rows = [{"listing_id": "l", "mark": mark, "seller_id": "s"} for mark in ("old", "new")]
    found = decided([SURE], [("l", "s", 0)], rows=rows)
    assert by_listing(found, "mark") == {"l": "new"}
    assert found.decisions.num_rows == 1


def test_a_listing_with_a_finding_and_no_mark_is_decided_too() -> None:
    found = decided([SURE], [("l", "s", 0)], rows=[])
    assert by_listing(found, "action") == {"l": "hold"}
    assert by_listing(found, "mark") == {"l": "korvane"}
    assert found.sellers.num_rows == 0


def test_nothing_found_is_nothing_decided() -> None:
    found = decided([SURE], [], rows=[])
    assert (found.decisions.schema, found.decisions.num_rows) == (DECISIONS, 0)
    assert (found.sellers.schema, found.sellers.num_rows) == (SELLERS, 0)


def test_the_challenger_gives_an_order_and_nothing_else() -> None:
    drawn = market(300, seed=1)
    basis = Basis(
        weights=prior_weights(drawn.rules), policy=policy(), snapshot_id="s", rules=drawn.rules
    )
    ids = drawn.named["listing_id"].to_pylist()[5:]
    ranks = pa.table({"listing_id": ids, "rank": [0.5] * len(ids)}).cast(RANKS)
    nobody = SELLER_TOTALS.empty_table()
    with_rank, without = (
        decide(drawn.findings, drawn.named, nobody, basis=basis, scanned=300, ranks=r).decisions
        for r in (ranks, None)
    )
    assert with_rank.drop_columns("rank") == without.drop_columns("rank")
    assert with_rank["rank"].null_count == 5
    assert without["rank"].null_count == 300


def test_a_rule_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="sure rev 1 fired and is not among the rules"):
        decide(
            findings([SURE], [("l", "s", 0)]),
            named([]),
            SELLER_TOTALS.empty_table(),
            basis=Basis(weights=prior_weights([]), policy=policy(), snapshot_id="s", rules=[]),
            scanned=1,
        )


def test_more_listings_than_were_scanned_are_refused() -> None:
    with pytest.raises(ValueError, match="only 1 were scanned"):
        decided([SURE], [("a", "s", 0), ("b", "s", 0)], scanned=1)
