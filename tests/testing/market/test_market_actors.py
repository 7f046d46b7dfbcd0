from collections import Counter, defaultdict

from countermark.testing.market.spec import CLAIM_OF

ORIGINS = {"review", "appeal", "brand", "test_purchase"}


def test_no_ring_is_in_both_splits(market):
    splits = defaultdict(set)
    for row in market.rows("truth/sellers"):
        splits[row["ring_id"] or row["seller_id"]].add(row["split"])
    assert all(len(found) == 1 for found in splits.values())


def test_about_half_of_the_sellers_train(market):
    splits = Counter(row["split"] for row in market.rows("truth/sellers"))
    assert 0.45 < splits["train"] / sum(splits.values()) < 0.55


def test_rings_have_two_to_three_hundred_accounts_and_a_heavy_tail(market):
    sizes = sorted(row["accounts"] for row in market.rows("truth/rings"))
    assert sizes[0] >= 2
    assert sizes[-1] <= 300
    assert sizes[-1] > 4 * sizes[len(sizes) // 2]


def test_rings_and_sellers_agree(market):
    accounts = Counter(row["ring_id"] for row in market.rows("truth/sellers") if row["ring_id"])
    assert accounts == {row["ring_id"]: row["accounts"] for row in market.rows("truth/rings")}


def test_labels_are_of_the_train_split_and_mostly_right(market):
    train = {row["seller_id"] for row in market.rows("truth/sellers") if row["split"] == "train"}
    truth = {row["listing_id"]: row["kind"] for row in market.rows("truth/listings")}
    labels = market.rows("labels")
    assert {row["seller_id"] for row in labels} <= train
    assert {row["origin"] for row in labels} == ORIGINS
    right = [row["claim"] == CLAIM_OF[truth[row["listing_id"]]] for row in labels]
    assert 0.955 < sum(right) / len(right) < 1


def test_some_listings_were_looked_at_twice(market):
    looks = Counter(row["listing_id"] for row in market.rows("labels"))
    assert set(looks.values()) == {1, 2}
    assert 0.05 < sum(count == 2 for count in looks.values()) / len(looks) < 0.15


def test_links_join_entities_that_exist(market):
    entities = [row["entity_id"] for row in market.rows("truth/entities")]
    ends = {row[end] for row in market.rows("truth/links") for end in ("from_id", "to_id")}
    assert len(entities) == len(set(entities))
    assert ends <= set(entities)


def test_every_account_is_an_entity(market):
    accounts = {row["value"] for row in market.rows("truth/entities") if row["kind"] == "account"}
    assert accounts == {row["seller_id"] for row in market.rows("truth/sellers")}


def test_some_links_are_wrong_and_some_are_not_seen(market):
    links = market.rows("truth/links")
    wrong = sum(not row["is_true"] for row in links) / len(links)
    unseen = sum(not row["observed"] for row in links) / len(links)
    assert 0.01 < wrong < 0.1
    assert 0.1 < unseen < 0.4


def test_accounts_of_a_ring_share_more_than_strangers_do(market):
    ring_of = {row["entity_id"]: row["ring_id"] for row in market.rows("truth/entities")}
    users = defaultdict(set)
    for row in market.rows("truth/links"):
        if row["kind"] == "uses_phone" and row["observed"]:
            users[row["to_id"]].add(ring_of[row["from_id"]])
    shared = [rings for rings in users.values() if len(rings) == 1 and None not in rings]
    assert len(shared) > 20


def test_the_venue_names_the_stores_and_nobody_else(market):
    lines = (market.folder / "venue/public/sellers.csv").read_text().splitlines()
    kinds = {row["seller_id"]: row["kind"] for row in market.rows("truth/sellers")}
    named = {line.split(",")[1] for line in lines[1:]}
    assert lines[0] == "venue,seller_id,name,scope,territory,valid_from,valid_to,evidence"
    assert named == {seller for seller, kind in kinds.items() if kind == "authorised_store"}
    assert all(",mark:" in line for line in lines[1:])
