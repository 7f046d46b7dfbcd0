"""The challenger: the same trees every time, an order better than chance, and clear refusals."""

from __future__ import annotations

import sys

import numpy as np
import pyarrow as pa
import pytest
from markets import Market, market

from countermark.decision.challenger import ChallengerSettings, ranks_of, train_challenger
from countermark.decision.scoring import Weighed, weighed_of
from countermark.decision.weights import Weights, prior_weights, weights_id
from countermark.domain.decisions import RANKS
from countermark.errors import MissingExtra, PolicyError, UsageError

FEW = ChallengerSettings(rounds=30)


@pytest.fixture(scope="module")
def drawn() -> Market:
    return market(3000, seed=8)


def weighed(drawn: Market, weights: Weights | None = None) -> Weighed:
    known = weights or prior_weights(drawn.rules)
    return weighed_of(drawn.findings, drawn.named, None, weights=known, rules=drawn.rules)


@pytest.fixture(scope="module")
def model(drawn: Market) -> bytes:
    return train_challenger(weighed(drawn), drawn.labels(), settings=FEW)


def test_equal_labels_grow_equal_trees_whatever_their_order(drawn: Market, model: bytes) -> None:
    turned = drawn.labels().take(pa.array(np.arange(3000)[::-1].copy()))
    assert train_challenger(weighed(drawn), turned, settings=FEW) == model


def test_the_order_is_better_than_chance_on_another_market(model: bytes) -> None:
    fresh = market(3000, seed=9)
    ranks = ranks_of(model, weighed(fresh), snapshot_id="s")
    assert ranks.schema == RANKS
    score = ranks["rank"].to_numpy()
    assert (score[fresh.counterfeit].mean() - score[~fresh.counterfeit].mean()) > 0.4
    assert 0 <= score.min() <= score.max() <= 1


def test_a_challenger_that_reads_the_bits_of_a_snapshot_works_for_that_one_alone(
    drawn: Market,
) -> None:
    settings = ChallengerSettings(rounds=5, snapshot_id="cm1-a")
    model = train_challenger(weighed(drawn), drawn.labels(), settings=settings)
    ranks = ranks_of(model, weighed(drawn), snapshot_id="cm1-a")
    assert ranks.num_rows == drawn.named.num_rows
    with pytest.raises(PolicyError, match="snapshot cm1-a, the scan is of cm1-b"):
        ranks_of(model, weighed(drawn), snapshot_id="cm1-b")


def test_a_challenger_works_for_the_weights_alone_that_it_was_trained_beside(
    drawn: Market, model: bytes
) -> None:
    other = prior_weights(drawn.rules, base_rate=0.2)
    with pytest.raises(PolicyError, match=f"weights {weights_id(prior_weights(drawn.rules))} make"):
        ranks_of(model, weighed(drawn, other), snapshot_id="s")


@pytest.mark.parametrize(
    "data",
    [b"", b"tree\n", b"countermark challenger 1\n", b"countermark challenger 2\n", b"\xff\xfe"],
)
def test_what_is_not_a_challenger_is_refused(drawn: Market, data: bytes) -> None:
    with pytest.raises(PolicyError, match="no challenger"):
        ranks_of(data, weighed(drawn), snapshot_id="s")


def test_labels_of_one_kind_cannot_train(drawn: Market) -> None:
    labels = drawn.labels()
    innocent = labels.filter(pa.compute.equal(labels["claim"], "none"))
    with pytest.raises(UsageError, match="0 of counterfeits, cannot train"):
        train_challenger(weighed(drawn), innocent)


def test_an_empty_scan_has_no_order(drawn: Market, model: bytes) -> None:
    empty = drawn._replace(findings=drawn.findings.slice(0, 0), named=drawn.named.slice(0, 0))
    ranks = ranks_of(model, weighed(empty), snapshot_id="s")
    assert ranks.num_rows == 0


def test_without_lightgbm_the_extra_is_named(
    drawn: Market, model: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    with pytest.raises(MissingExtra, match="needs lightgbm"):
        ranks_of(model, weighed(drawn), snapshot_id="s")
