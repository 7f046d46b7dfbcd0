"""Labels of people become weights, whatever kind of table they come in; what is no label is refused."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scans import knowledge_of, scanned, write_listings

from countermark.decision.weights import prior_weights, weights_bytes
from countermark.domain.decisions import LABELS
from countermark.errors import UsageError
from countermark.flows.train_weights import labels_of, train_weights
from countermark.knowledge.snapshot import snapshot_bytes


@pytest.fixture(scope="module")
def run(tmp_path_factory, snapshot):
    folder = tmp_path_factory.mktemp("run")
    (folder / "s.snapshot").write_bytes(snapshot_bytes(snapshot))
    write_listings(folder / "listings")
    scanned(folder / "listings", folder / "run", knowledge=knowledge_of(folder / "s.snapshot"))
    return folder / "run"


@pytest.fixture(scope="module")
def train(run, snapshot):
    """Trains on labels of the listings of the run."""
    names = ("findings", "named", "sellers")
    tables = {name: pq.read_table(run / f"{name}.parquet") for name in names}

    def act(labels, challenger=False):
        return train_weights(tables, labels, snapshot=snapshot, challenger=challenger)

    return act


@pytest.fixture(scope="module")
def labels(run):
    """Every listing that declares a replica is counterfeit, no other that names a mark is."""
    found = pq.read_table(run / "findings.parquet").to_pylist()
    declared = {f["listing_id"] for f in found if f["rule"].endswith("/declares-replica")}
    ids = sorted(set(pq.read_table(run / "named.parquet").column("listing_id").to_pylist()))
    claims = ["counterfeit" if listing in declared else "none" for listing in ids]
    return labels_of(pa.table({"listing_id": ids, "claim": claims}), source="t")


def weight(weights, rule):
    return next(w for w in weights.rules if w.rule.endswith(f"/{rule}"))


@pytest.mark.parametrize(
    ("columns", "claims", "origins"),
    [
        ({"claim": ["none", "counterfeit"]}, ["none", "counterfeit"], ["review"] * 2),
        ({"claim": ["not_counterfeit", None]}, ["not_counterfeit", None], ["review"] * 2),
        ({"label": [True, False]}, ["counterfeit", "not_counterfeit"], ["review"] * 2),
        ({"label": [1, 0]}, ["counterfeit", "not_counterfeit"], ["review"] * 2),
        ({"label": ["true", "false"]}, ["counterfeit", "not_counterfeit"], ["review"] * 2),
        ({"label": [None, True]}, [None, "counterfeit"], ["review"] * 2),
        ({"claim": [None, None]}, [None, None], ["review"] * 2),
        ({"claim": ["none", "none"], "origin": ["court", None]}, ["none"] * 2, ["court", "review"]),
        ({"claim": ["none", "none"], "origin": [None, None]}, ["none"] * 2, ["review"] * 2),
    ],
)
def test_labels_say_claim_and_origin(columns, claims, origins):
    labels = labels_of(pa.table({"listing_id": ["a", "b"], **columns}), source="t")
    assert labels.schema == LABELS
    assert labels.column("claim").to_pylist() == claims
    assert labels.column("origin").to_pylist() == origins


def test_ids_are_text():
    labels = labels_of(pa.table({"listing_id": [7], "claim": ["none"]}), source="t")
    assert labels.column("listing_id").to_pylist() == ["7"]


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"id": ["a"], "claim": ["none"]}, "need listing_id and claim or label"),
        ({"listing_id": ["a"], "verdict": ["none"]}, "need listing_id and claim or label"),
        ({"listing_id": ["a", None], "claim": ["none", "none"]}, "no listing_id"),
        ({"listing_id": ["a"], "claim": ["fake"]}, "claim 'fake' is unknown"),
        ({"listing_id": ["a"], "claim": [""]}, "claim '' is unknown"),
        ({"listing_id": ["a"], "claim": [3]}, "claim '3' is unknown"),
        ({"listing_id": ["a"], "label": ["perhaps"]}, "neither true nor false"),
        ({"listing_id": ["a"], "label": [5]}, "neither true nor false"),
        (
            {"listing_id": ["a"], "claim": ["none"], "origin": ["gossip"]},
            "origin 'gossip' is unknown",
        ),
        ({"listing_id": ["a"], "claim": ["none"], "inclusion": [0.0]}, r"not in \(0, 1\]"),
        ({"listing_id": ["a"], "claim": ["none"], "inclusion": [5.0]}, r"not in \(0, 1\]"),
        ({"listing_id": ["a"], "claim": ["none"], "inclusion": [float("nan")]}, r"not in \(0, 1\]"),
        ({"listing_id": ["a"], "claim": ["none"], "inclusion": ["often"]}, "not a number"),
    ],
)
def test_what_is_no_label_is_refused_by_name(columns, says):
    with pytest.raises(UsageError, match=says) as refused:
        labels_of(pa.table(columns), source="labels.csv")
    assert str(refused.value).startswith("labels.csv: ")


def test_a_rule_that_labels_confirm_weighs_more_than_its_author_said(train, labels, snapshot):
    learned, none = train(labels)
    prior = prior_weights(snapshot.rules)
    assert none is None
    assert weight(learned, "declares-replica").labelled > 0
    assert weight(learned, "declares-replica").lower > weight(prior, "declares-replica").lower == 0


def test_the_order_of_labels_does_not_matter(train, labels):
    turned = labels.take(pa.array(range(len(labels)))[::-1])
    assert weights_bytes(train(turned)[0]) == weights_bytes(train(labels)[0])


def test_without_labels_the_authors_weights_stay(train, snapshot):
    nothing = labels_of(pa.table({"listing_id": ["nobody"], "claim": ["none"]}), source="t")
    rules = {w.rule: w.bits_micro for w in train(nothing.slice(0, 0))[0].rules}
    assert rules == {w.rule: w.bits_micro for w in prior_weights(snapshot.rules).rules}


def test_a_challenger_is_trained_only_when_it_is_wanted_and_alike_each_time(train, labels):
    pytest.importorskip("lightgbm")
    first, second = train(labels, challenger=True)[1], train(labels, challenger=True)[1]
    assert first == second
    assert first is not None


def test_a_challenger_needs_both_kinds_of_label(train, labels):
    pytest.importorskip("lightgbm")
    with pytest.raises(UsageError, match="cannot train a challenger"):
        train(labels.slice(0, 2), challenger=True)
