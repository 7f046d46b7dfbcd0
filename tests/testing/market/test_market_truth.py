from collections import Counter
from itertools import pairwise

import pytest

from countermark.domain.tables import CONDITIONS, LISTINGS
from countermark.testing.market.evasions import EVASIONS
from countermark.testing.market.spec import CLAIM_OF, SELLER_KINDS

LEAKS = ("ring", "fake", "counterfeit", "replica_seller", "opportunist", "grey_importer")


@pytest.mark.parametrize("name", ["listings", "edits"])
def test_sightings_have_the_columns_of_listings_and_no_other(market, name):
    assert market.table(name).schema.equals(LISTINGS)


def test_no_required_value_is_missing(market):
    table = market.table("listings")
    required = ["listing_id", "title", "seller_id"]
    assert all(table[column].null_count == 0 for column in required)
    assert all(title.strip() for title in table["title"].to_pylist())


def test_truth_covers_every_listing_once_and_in_order(market):
    first, truth = market.table("listings"), market.table("truth/listings")
    assert first["listing_id"].equals(truth["listing_id"])
    assert first["seller_id"].equals(truth["seller_id"])
    assert len(set(truth["listing_id"].to_pylist())) == first.num_rows == 24_000


def test_truth_covers_every_later_sighting(market):
    edits, truth = market.table("edits"), market.table("truth/edits")
    for column in ("listing_id", "observed_at"):
        assert edits[column].equals(truth[column])


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("fake", 0.06, 0.08),
        ("replica", 0.012, 0.018),
        ("grey", 0.015, 0.025),
        ("dupe", 0.011, 0.019),
        ("used", 0.07, 0.09),
        ("clearance", 0.034, 0.046),
        ("everyday", 0.02, 0.04),
    ],
)
def test_kinds_have_their_shares(market, kind, low, high):
    assert low <= market.summary.kinds[kind] / 24_000 <= high


def test_about_sixty_percent_sell_ordinary_goods_or_accessories(market):
    kinds = market.summary.kinds
    ordinary = kinds["plain"] + kinds["everyday"] + kinds["accessory"]
    assert 0.57 <= ordinary / 24_000 <= 0.63


def test_claims_follow_from_kinds(market):
    for row in market.rows("truth/listings"):
        assert row["claim"] == CLAIM_OF[row["kind"]]
        assert row["is_counterfeit"] == (row["claim"] == "counterfeit")
        assert (row["mark"] is None) == (row["kind"] in ("plain", "everyday"))
        assert row["condition_true"] in CONDITIONS
        assert row["evasion"] in {"", "unnamed", *EVASIONS}
        assert 0 <= row["returns"] <= row["sales"]


def test_ids_and_names_tell_nothing_of_the_kind(market):
    for row in market.rows("listings")[:4000]:
        told = f"{row['listing_id']} {row['seller_id']}".lower()
        assert not any(leak in told for leak in LEAKS)


def test_neighbouring_listings_have_unrelated_sellers(market):
    sellers = market.table("listings")["seller_id"].to_pylist()
    same = sum(one == other for one, other in pairwise(sellers))
    assert same / len(sellers) < 0.02


def test_every_kind_of_seller_and_every_language_occurs(market):
    kinds = Counter(row["kind"] for row in market.rows("truth/sellers"))
    languages = Counter(market.table("truth/listings")["language"].to_pylist())
    assert set(kinds) == set(SELLER_KINDS)
    assert len(languages) == 15


def test_sellers_of_counterfeits_evade_more_after_the_enforcement(market):
    dates = market.table("listings")["observed_at"].to_pylist()
    fakes = [
        (at.date().isoformat() >= "2027-02-15", bool(row["evasion"]))
        for at, row in zip(dates, market.rows("truth/listings"), strict=True)
        if row["kind"] == "fake"
    ]
    before = [evades for after, evades in fakes if not after]
    after = [evades for after, evades in fakes if after]
    assert sum(before) / len(before) + 0.15 < sum(after) / len(after)


def test_every_change_occurs_among_later_sightings(market):
    changes = Counter(market.table("truth/edits")["change"].to_pylist())
    assert set(changes) == {"price", "title", "switch", "reword"}


def test_later_sightings_come_later(market):
    first = dict(
        zip(
            market.table("listings")["listing_id"].to_pylist(),
            market.table("listings")["observed_at"].to_pylist(),
            strict=True,
        )
    )
    for row in market.rows("edits"):
        assert row["observed_at"] > first[row["listing_id"]]
