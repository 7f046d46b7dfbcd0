"""Quality: figures that a reader can check by hand."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from markets import market, policy

from countermark.decision.deciding import Basis, decide
from countermark.decision.intervals import wilson
from countermark.decision.learning import learn
from countermark.decision.quality import LET_THROUGH, Quality, QualitySettings, quality_of
from countermark.decision.ranking import RECALLS, precision_at_recall
from countermark.decision.shares import Clusters
from countermark.domain.decisions import SELLER_TOTALS, TRUTH
from countermark.domain.tables import DECISIONS, SELLERS

ROWS = (
    # listing, seller, truth, language, action, claim, risk
    ("a", "s", "counterfeit", "en", "hold", "suspected_counterfeit", 90.0),
    ("b", "s", "counterfeit", "en", "review", "suspected_counterfeit", 40.0),
    ("c", "s", "declared_replica", "zh", "remove", "declared_replica", 99.0),
    ("d", "t", "counterfeit", "zh", "allow", None, 4.0),
    ("e", "t", "none", "en", "hold", "suspected_counterfeit", 88.0),
    ("f", "u", "none", "en", "allow", None, 1.0),
    ("g", "u", "misuse_of_mark", "en", "review", "misuse_of_mark", 2.0),
    ("h", None, "counterfeit", "en", None, None, None),
    ("i", None, "counterfeit", "en", "review", "misuse_of_mark", 3.0),
)


ACCOUNTS = [
    {"seller_id": i, "risk": risk, "action": action, "listings": 3, "naming": 3, "suspect": 1,
     "expected": 1.0, "marks": [], "version": "v"}
    for i, risk, action in (("s", 90.0, "review"), ("u", 60.0, "review"), ("x", 99.0, "review"))
]  # fmt: skip
"""The accounts s and u, and one that the truth does not have; account t names no mark."""


def measured(**settings: float) -> Quality:
    """The quality of the rows above; a listing without an action has no decision."""
    columns = list(zip(*ROWS, strict=True))
    names = ("listing_id", "seller_id", "claim", "language")
    known = dict(zip(names, map(list, columns[:4]), strict=True))
    table = {name: known.get(name, [None] * len(ROWS)) for name in TRUTH.names}
    decisions = [
        {
            "listing_id": i,
            "seller_id": s,
            "risk": r,
            "action": a,
            "claim": c,
            "grounds": [],
            "version": "v",
        }
        for i, s, _, _, a, c, r in ROWS
        if a
    ]
    return quality_of(
        pa.Table.from_pylist(decisions, schema=DECISIONS),
        pa.table(table, schema=TRUTH),
        floor_risk=0.1,
        sellers=pa.Table.from_pylist(ACCOUNTS, schema=SELLERS),
        settings=QualitySettings(**settings),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("name", "successes", "trials"),
    [
        ("precision", 3, 4),
        ("recall", 3, 6),
        ("precision at risk 50", 2, 3),
        ("recall at risk 50", 2, 6),
        ("held or removed: precision", 2, 3),
        ("removed: precision", 1, 1),
        ("misuse_of_mark: precision", 1, 2),
        ("misuse_of_mark: recall", 1, 1),
        ("misuse_of_mark: recall with what is only noted", 1, 1),
        ("grey_market: recall", 0, 0),
        ("counterfeit: recall", 2, 5),
        ("declared_replica: recall", 1, 1),
        ("innocent listings held or removed", 1, 2),
    ],
)
def test_a_share_counts_what_its_name_says(name: str, successes: int, trials: int) -> None:
    share = measured().shares[name]
    assert (share.successes, share.trials) == (successes, trials)


def test_the_claims_are_not_mixed_in_the_confusion() -> None:
    confusion = measured().confusion
    assert confusion["counterfeit"]["misuse_of_mark"] == 1
    assert confusion["counterfeit"][LET_THROUGH] == 2
    assert confusion["declared_replica"]["declared_replica"] == 1
    assert sum(sum(row.values()) for row in confusion.values()) == len(ROWS)


def test_a_listing_without_a_decision_has_the_floor_risk_and_is_the_worst_miss() -> None:
    misses = measured().misses
    assert [miss.listing_id for miss in misses] == ["h", "i", "d"]
    assert misses[0].risk == pytest.approx(0.1)
    assert misses[0].action == "allow"
    assert [miss.listing_id for miss in measured(worst=1).misses] == ["h"]


def test_only_listings_held_or_removed_for_nothing_are_false_alarms() -> None:
    assert [alarm.listing_id for alarm in measured().false_alarms] == ["e"]


def test_figures_are_given_by_language_and_left_out_where_nothing_is_known() -> None:
    groups = measured().groups
    assert set(groups["language"]) == {"en", "zh"}
    assert groups["language"]["zh"]["recall"].value == 0.5
    assert set(groups["evasion"]) == {"none"}


def test_the_page_and_the_plain_values_say_the_same() -> None:
    quality = measured()
    plain = json.loads(json.dumps(quality.as_dict()))
    assert plain["shares"]["recall"]["value"] == 0.5
    assert "9 listings, 6 of them counterfeit" in quality.as_text()
    assert "wrongly held or removed" in quality.as_text()
    assert all(len(line) == len(line.rstrip()) for line in quality.as_text().splitlines())


def test_an_order_is_as_good_as_the_first_listings_that_hold_a_share_of_what_is_sought() -> None:
    # By risk: c e b d i g f h, so h comes last at the floor; three of six are found within four.
    orders = measured().orders
    assert set(orders) == {"risk"}
    assert orders["risk"][0.5] == pytest.approx(3 / 4)
    assert orders["risk"][0.95] == pytest.approx(6 / 9)


def test_an_order_gains_nothing_by_listings_that_it_cannot_tell_apart() -> None:
    so = np.array([True, False, True, False])
    told = precision_at_recall(np.array([1.0, 1.0, 1.0, np.nan]), so)
    assert told == dict.fromkeys(RECALLS, 2 / 3)
    assert precision_at_recall(np.ones(3), np.zeros(3, bool)) == {}


def test_accounts_deal_that_have_a_counterfeit_among_their_listings() -> None:
    accounts = measured().accounts
    assert accounts is not None
    assert (accounts.accounts, accounts.dealing) == (3, 2)
    assert (accounts.reviewed, accounts.right) == (2, 1)
    assert accounts.precision_at[0.5] == 1.0
    assert accounts.error == pytest.approx((0.1 + 0.6) / 2)
    assert "3 accounts, 2 of them deal in counterfeits" in measured().as_text()
    assert measured().as_dict()["accounts"]["recall"] == 0.5


def test_equal_seeds_give_equal_intervals() -> None:
    assert measured().as_dict() == measured().as_dict()


def test_sellers_drawn_as_a_whole_widen_an_interval_that_listings_alone_make_too_narrow() -> None:
    code = np.repeat(np.arange(20), 50)
    right = np.repeat(np.arange(20) % 2 == 0, 50)
    every = np.ones(1000, bool)
    together = Clusters.of(code, resamples=400, seed=1).share(right, every)
    alone = Clusters.of(np.arange(1000), resamples=400, seed=1).share(right, every)
    assert together.seller_high - together.seller_low > 3 * (together.high - together.low)
    assert alone.seller_high - alone.seller_low == pytest.approx(alone.high - alone.low, rel=0.2)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(0, 0, 0, 1), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (5, 10, 0.2366, 0.7634)],
)
def test_wilson_intervals_are_those_of_the_books(k: int, n: int, low: float, high: float) -> None:
    assert wilson(k, n) == pytest.approx((low, high), abs=1e-4)


def test_a_truth_that_the_schema_does_not_know_is_refused() -> None:
    table = pa.table({"listing_id": ["a"], "claim": ["fake"]})
    with pytest.raises(ValueError, match="'fake', which is none of"):
        quality_of(DECISIONS.empty_table(), table, floor_risk=0.1)


def test_risks_learned_on_one_market_are_calibrated_on_another() -> None:
    known, fresh = market(12_000, seed=5), market(12_000, seed=6)
    weights = learn(known.findings, known.named, known.labels(0.5), rules=known.rules)
    basis = Basis(weights=weights, policy=policy(), snapshot_id="s", rules=known.rules)
    nobody = SELLER_TOTALS.empty_table()
    found = decide(fresh.findings, fresh.named, nobody, basis=basis, scanned=50_000)
    quality = quality_of(
        found.decisions, fresh.truth, floor_risk=weights.floor_risk, sellers=found.sellers
    )
    assert quality.error <= 0.02
    assert quality.accounts is not None
    assert quality.accounts.error <= 0.05
    assert quality.accounts.precision_at[0.5] > 0.9
    assert quality.shares["held or removed: precision"].low > 0.85
    assert quality.shares["recall"].low > 0.85
