"""Explaining: the account of a risk adds up to the risk that was decided."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from markets import by_listing, findings, market, named, policy, rule

from countermark.decision.deciding import Basis, decide
from countermark.decision.explaining import account_of
from countermark.decision.learning import learn
from countermark.decision.weights import prior_weights
from countermark.domain.decisions import SELLER_TOTALS
from countermark.domain.tables import FINDINGS
from countermark.errors import NotFound

NOBODY = SELLER_TOTALS.empty_table()


def test_an_account_adds_up_to_the_decided_risk() -> None:
    drawn = market(2000, seed=3)
    weights = learn(drawn.findings, drawn.named, drawn.labels(), rules=drawn.rules)
    basis = Basis(weights=weights, policy=policy(), snapshot_id="s", rules=drawn.rules)
    found = decide(drawn.findings, drawn.named, NOBODY, basis=basis, scanned=9000)
    risks = by_listing(found, "risk")
    for number in (0, *np.flatnonzero(drawn.counterfeit)[:4].tolist()):
        listing = f"l{number:07d}"
        account = account_of(
            listing, drawn.findings, drawn.named, NOBODY, basis=basis, scanned=9000
        )
        assert account.risk == pytest.approx(risks[listing], abs=1e-3)
        summed = account.base + sum(entry.bits for entry in account.entries if entry.counts)
        assert summed == pytest.approx(account.total, abs=1e-4)


def test_a_listing_whose_seller_is_not_known_is_judged_by_what_is_said_of_it_alone() -> None:
    drawn = market(2000, seed=3)
    weights = learn(drawn.findings, drawn.named, drawn.labels(), rules=drawn.rules)
    basis = Basis(weights=weights, policy=policy(), snapshot_id="s", rules=drawn.rules)
    nameless = drawn.named.set_column(1, "seller_id", pa.nulls(2000, pa.string()))
    account = account_of(
        "l0000001", FINDINGS.empty_table(), nameless, NOBODY, basis=basis, scanned=2000
    )
    first, last = weights.rounds[0], weights.rounds[-1]
    assert account.base == first.base != last.base
    said = {what: bits for term in first.terms for what, bits in term.lines()}
    assert all(said[entry.what] == entry.bits for entry in account.entries)
    assert not any(entry.what.startswith("others-risk") for entry in account.entries)


def test_a_rule_that_only_evaluates_is_shown_and_not_added() -> None:
    rules = (rule("loud"), rule("watched", status="evaluation"), rule("grey", claim="grey_market"))
    basis = Basis(weights=prior_weights(rules), policy=policy(), snapshot_id="s", rules=rules)
    fired = findings(rules, [("l", "s", k) for k in range(3)])
    listed = named([{"listing_id": "l", "seller_id": "s"}])
    text = account_of("l", fired, listed, NOBODY, basis=basis, scanned=10).as_text()
    assert text.splitlines() == [
        "  -4.25 bits  a listing that names a mark",
        "  +4.50 bits  core.test/loud rev 1",
        "  +4.50 bits  core.test/watched rev 1  (only evaluated, not added)",
        "  +0.25 bits  in all: risk 54.4 %",
    ]


def test_a_listing_without_evidence_is_not_found() -> None:
    basis = Basis(weights=prior_weights([]), policy=policy(), snapshot_id="s", rules=[])
    with pytest.raises(NotFound, match="listing x names no mark"):
        account_of("x", findings([], []), named([]), NOBODY, basis=basis, scanned=1)
