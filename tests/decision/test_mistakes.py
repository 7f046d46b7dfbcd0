"""Mistakes of people: counted where two looked at one listing, and not learned."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from markets import Market, decided_market, labels, market

from countermark.decision.calibration import calibration_error
from countermark.decision.evidence import rows_of
from countermark.decision.labels import labelled_of
from countermark.decision.learning import learn
from countermark.decision.mistakes import error_share, rightness, without_mistakes

ERROR = 0.05


def looked_at(drawn: Market, *, twice: bool, seed: int = 0) -> pa.Table:
    """Labels of all listings, one in twenty wrong; of a fifth of them a second, independent one."""
    dice = np.random.default_rng(seed)
    ids, so = drawn.truth["listing_id"].to_pylist(), drawn.counterfeit
    often = np.repeat(np.arange(len(ids)), np.where(twice & (dice.random(len(ids)) < 0.2), 2, 1))
    said = so[often] ^ (dice.random(len(often)) < ERROR)
    return labels(
        (ids[k], "counterfeit" if yes else "none", "review")
        for k, yes in zip(often.tolist(), said.tolist(), strict=True)
    )


@pytest.fixture(scope="module")
def drawn() -> Market:
    return market(8000, seed=4)


def test_disagreements_tell_how_often_people_are_wrong(drawn: Market) -> None:
    assert error_share(looked_at(drawn, twice=True)) == pytest.approx(ERROR, abs=0.012)


def test_without_second_looks_nothing_is_known_of_mistakes(drawn: Market) -> None:
    assert error_share(looked_at(drawn, twice=False)) == 0
    assert error_share(labels([("a", None, "review"), ("a", "counterfeit", "review")])) == 0


def test_people_who_always_disagree_are_not_believed_to_be_always_wrong() -> None:
    both = [(f"l{k}", claim, "review") for k in range(900) for claim in ("none", "counterfeit")]
    assert error_share(labels(both)) == 0.2


@pytest.mark.parametrize(
    ("so", "probability", "right"), [(1, 0.5, 0.9), (0, 0.5, 0.9), (1, 0.9, 0.988), (1, 0.1, 0.5)]
)
def test_a_label_against_the_evidence_is_believed_less(
    so: float, probability: float, right: float
) -> None:
    found = rightness(np.array([so]), np.array([probability]), 0.1)
    assert found[0] == pytest.approx(right, abs=1e-3)


@pytest.mark.parametrize(("share", "true"), [(0.1, 0.0), (0.05, 0.0), (0.9, 1.0), (0.5, 0.5)])
def test_a_share_among_labels_is_told_without_their_mistakes(share: float, true: float) -> None:
    assert without_mistakes(share, 0.1) == pytest.approx(true)


def test_mistakes_that_were_counted_are_not_learned(drawn: Market) -> None:
    fresh = market(8000, seed=5)
    errors = []
    for twice in (False, True):
        given = looked_at(drawn, twice=twice)
        weights = learn(drawn.findings, drawn.named, given, rules=drawn.rules)
        risk = decided_market(fresh, weights).decisions["risk"].to_numpy() / 100
        ones = np.ones(len(risk))
        errors.append(calibration_error(risk, fresh.counterfeit.astype(float), ones))
    assert errors[0] > 0.03
    assert errors[1] < 0.02


def test_what_was_measured_of_a_rule_is_what_the_labels_say(drawn: Market) -> None:
    given = looked_at(drawn, twice=True)
    found = learn(drawn.findings, drawn.named, given, rules=drawn.rules).rules[0]
    fired = drawn.findings.filter(pc.equal(drawn.findings["rule"], found.rule))
    rows = rows_of(drawn.findings, drawn.named)
    labelled = labelled_of(given, rows)
    mine = np.isin(rows.ids.to_pylist(), fired["listing_id"].to_pylist())[labelled.row]
    assert found.confirmed == int(labelled.says("counterfeit")[mine].sum())
