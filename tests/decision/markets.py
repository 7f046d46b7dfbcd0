"""Small markets of findings for the tests of deciding, drawn with NumPy from given seeds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from countermark.decision.deciding import Basis, Decided, decide
from countermark.decision.policy import Policy, parse_policy
from countermark.decision.weights import Weights, prior_weights
from countermark.domain.decisions import LABELS, SELLER_TOTALS, TRUTH
from countermark.domain.rules import Expectation, Rule
from countermark.domain.tables import FINDINGS, NAMED
from countermark.knowledge.recognition import HOW

OPEN = """
id = "open"
title = "No cap in the way"
[claims.suspected_counterfeit]
evaluate_at = 1
review_at = 20
hold_at = 60
remove_at = 97
[claims.declared_replica]
evaluate_at = 1
review_at = 20
hold_at = 60
remove_at = 80
[claims.misuse_of_mark]
review_at = 30
[caps]
acted_share = 1
seller_share = 1
[granted]
"*" = "active"
"""
"""A policy under which nothing but the evidence decides."""


def policy(text: str = "", **changes: str) -> Policy:
    """The open policy with lines replaced, `hold_at="hold_at = 10"`, and text added at its end."""
    source = OPEN
    for key, line in changes.items():
        assert f"\n{key} = " in source, key
        head, _, tail = source.partition(f"\n{key} = ")
        source = f"{head}\n{line}\n{tail.partition(chr(10))[2]}"
    return parse_policy(source + text, source="test.toml")


def rule(name: str, *, prior: str = "strong", **more: Any) -> Rule:
    """A rule of the pack core.test; `name` is its local id."""
    return Rule(
        id=f"core.test/{name}",
        rev=more.get("rev", 1),
        status=more.get("status", "active"),
        claim=more.get("claim", "suspected_counterfeit"),
        title=name,
        reason="some_reason",
        prior=prior,  # type: ignore[arg-type]
        expect=Expectation(
            max_rate=Decimal(more.get("max_rate", "1")), min_precision=Decimal("0.5")
        ),
        signals={},
        when="x",
        disclosable_alone=more.get("alone", True),
    )


def findings(rules: Sequence[Rule], fired: Iterable[tuple[str, str, int]]) -> pa.Table:
    """The findings of (listing, seller, number of the rule)."""
    rows = []
    for listing, seller, number in fired:
        each = rules[number]
        rows.append(
            {
                **dict.fromkeys(FINDINGS.names),
                "listing_id": listing,
                "seller_id": seller or None,
                "mark": "korvane",
                "rule": each.id,
                "rev": each.rev,
                "status": each.status,
                "claim": each.claim,
                "reason": each.reason,
                "disclosable": each.disclosable_alone,
                "true_signals": 1,
                "known_signals": 1,
            }
        )
    return pa.Table.from_pylist(rows, schema=FINDINGS)


def named(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Named listings; what a row does not say is not known."""
    blank = {
        **dict.fromkeys(NAMED.names),
        "mark": "korvane",
        "marks": 1,
        "how": "official",
        "condition": -1,
        "pack_size": 1,
        "true_signals": 0,
        "known_signals": 0,
    }
    return pa.Table.from_pylist([{**blank, **row} for row in rows], schema=NAMED)


def labels(rows: Iterable[tuple[str, str | None, str]]) -> pa.Table:
    """Labels of (listing, claim, origin)."""
    listed = [{"listing_id": i, "claim": c, "origin": o, "inclusion": None} for i, c, o in rows]
    return pa.Table.from_pylist(listed, schema=LABELS)


def decided(
    rules: Sequence[Rule],
    fired: Sequence[tuple[str, str, int]],
    *,
    rows: Sequence[Mapping[str, Any]] | None = None,
    under: Policy | None = None,
    weights: Weights | None = None,
    scanned: int = 100_000,
) -> Decided:
    """What is decided; every listing with a finding names a mark if `rows` is not given."""
    if rows is None:
        seller = {listing: seller for listing, seller, _ in fired}
        rows = [{"listing_id": i, "seller_id": s or None} for i, s in seller.items()]
    return decide(
        findings(rules, fired),
        named(rows),
        SELLER_TOTALS.empty_table(),
        basis=Basis(
            weights=weights or prior_weights(rules),
            policy=under or policy(),
            snapshot_id="cm1-0",
            rules=rules,
        ),
        scanned=scanned,
    )


def by_listing(result: Decided, column: str) -> dict[str, Any]:
    """A column of the decisions by listing id."""
    ids = result.decisions.column("listing_id").to_pylist()
    return dict(zip(ids, result.decisions.column(column).to_pylist(), strict=True))


class Market(NamedTuple):
    """A drawn market: every listing names a mark."""

    rules: tuple[Rule, ...]
    findings: pa.Table
    named: pa.Table
    truth: pa.Table
    counterfeit: np.ndarray

    def labels(self, share: float = 1.0, *, seed: int = 0) -> pa.Table:
        """Labels of a random share of the listings."""
        chosen = np.flatnonzero(np.random.default_rng(seed).random(self.named.num_rows) < share)
        table = self.truth.take(pa.array(chosen))
        size = len(chosen)
        return pa.table(
            [table["listing_id"], table["claim"], pa.repeat("review", size), pa.nulls(size)],
            names=LABELS.names,
        ).cast(LABELS)


RATES = ((0.55, 0.01), (0.40, 0.02), (0.40, 0.02), (0.30, 0.10), (0.15, 0.15))
"""How often each rule fires on counterfeits and on others; rule 2 copies rule 1."""


def market(size: int, *, seed: int, base: float = 0.15) -> Market:
    """A market whose sellers are mostly honest or mostly not."""
    dice = np.random.default_rng(seed)
    sellers = max(2, size // 6)
    dealing = dice.random(sellers) < base * 1.4
    seller = dice.integers(0, sellers, size)
    counterfeit = dice.random(size) < np.where(dealing[seller], 0.65, base * 0.1)
    rules = tuple(rule(f"r{k}", prior=p) for k, p in enumerate(("strong", *["moderate"] * 4)))
    hits = [dice.random(size) < np.where(counterfeit, yes, no) for yes, no in RATES]
    hits[2] = hits[1]
    ids = np.array([f"l{k:07d}" for k in range(size)])
    share = np.where(
        counterfeit, dice.lognormal(-1.0, 0.6, size), dice.lognormal(0.1, 0.4, size)
    ).astype(np.float32)
    table = pa.table(
        {
            "listing_id": ids,
            "seller_id": np.char.add("s", seller.astype(str)),
            "mark": np.array(["korvane", "tallow"])[dice.integers(0, 2, size)],
            "marks": np.ones(size, np.int16),
            "how": np.array(HOW)[np.where(dice.random(size) < 0.9, 0, 4)],
            "asked_share": pa.array(share, mask=dice.random(size) < 0.3),
            "condition": dice.integers(-1, 5, size).astype(np.int8),
            "price_minor": dice.integers(1000, 90000, size),
            "currency": pa.repeat("EUR", size),
            "seller_age_days": dice.integers(1, 3000, sellers).astype(np.int32)[seller],
            "seller_listings": pa.nulls(size, pa.int32()),
            "seller_rating": dice.uniform(0.7, 1, sellers).astype(np.float32)[seller],
            "stock": pa.nulls(size, pa.int32()),
            "sold": pa.nulls(size, pa.int32()),
            "photos": dice.integers(1, 12, size).astype(np.int32),
            "true_signals": dice.integers(0, 2**20, size).astype(np.uint64),
            "known_signals": np.full(size, 2**20 - 1, np.uint64),
        }
    )
    for field in NAMED:
        if field.name not in table.schema.names:
            blank = {"pack_size": 1, "role": "own", "named_in": "title"}.get(field.name)
            table = table.append_column(field.name, pa.repeat(pa.scalar(blank, field.type), size))
    table = table.select(NAMED.names).cast(NAMED)
    truth = pa.table(
        {
            "listing_id": ids,
            "claim": np.where(counterfeit, "counterfeit", "none"),
            "seller_id": table["seller_id"],
            "language": np.array(["en", "zh"])[dice.integers(0, 2, size)],
            "evasion": pa.array(np.full(size, "lookalike"), mask=dice.random(size) < 0.8),
            "seller_kind": np.where(dealing[seller], "ring", "shop"),
            "kind": np.where(counterfeit, "fake", "genuine"),
        }
    ).cast(TRUTH)
    return Market(rules, _fired(rules, hits, table), table, truth, counterfeit)


def _fired(rules: Sequence[Rule], hits: Sequence[np.ndarray], table: pa.Table) -> pa.Table:
    parts = []
    for each, hit in zip(rules, hits, strict=True):
        at = pa.array(np.flatnonzero(hit))
        size = len(at)
        columns = {name: pa.nulls(size, FINDINGS.field(name).type) for name in FINDINGS.names}
        columns |= {name: table[name].take(at) for name in ("listing_id", "seller_id", "mark")}
        facts = {"rule": each.id, "rev": each.rev, "status": each.status, "claim": each.claim}
        facts |= {"reason": each.reason, "disclosable": each.disclosable_alone}
        facts |= {"true_signals": 1, "known_signals": 1}
        columns |= {name: pa.repeat(value, size) for name, value in facts.items()}
        parts.append(pa.table(columns).cast(FINDINGS))
    return pa.concat_tables(parts)


def decided_market(drawn: Market, weights: Weights) -> Decided:
    """What is decided of a drawn market under the open policy."""
    basis = Basis(weights=weights, policy=policy(), snapshot_id="cm1-0", rules=drawn.rules)
    totals = SELLER_TOTALS.empty_table()
    return decide(drawn.findings, drawn.named, totals, basis=basis, scanned=drawn.named.num_rows)
