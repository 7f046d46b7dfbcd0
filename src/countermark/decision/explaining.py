"""The account of one listing's risk: what was added to what, in bits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from countermark.decision.deciding import Basis
from countermark.decision.evidence import Rows, rows_of
from countermark.decision.scoring import key_bits_of, scores_of
from countermark.decision.standing import ACTING, WATCHED, standings
from countermark.decision.weights import Round, question_of
from countermark.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One piece of evidence for or against.

    Attributes:
        what: "core.general/declares-replica rev 3", "asked-share 0.2 to 0.3".
        bits: what it adds to the log-odds; each bit doubles the odds.
        counts: False for a rule that only evaluates: it is shown and not added.
    """

    what: str
    bits: float
    counts: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """How the risk of one listing comes about.

    Attributes:
        base: log-odds of a listing that names a mark, without evidence, in bits.
        entries: those that are not 0, the largest first.
        total: sum of the base and the entries that count.
        risk: the total calibrated, in percent.
    """

    listing_id: str
    base: float
    entries: tuple[Entry, ...]
    total: float
    risk: float

    def as_text(self) -> str:
        """One line a piece of evidence, for people."""
        lines = [f"{self.base:+7.2f} bits  a listing that names a mark"]
        for entry in self.entries:
            note = "" if entry.counts else "  (only evaluated, not added)"
            lines.append(f"{entry.bits:+7.2f} bits  {entry.what}{note}")
        lines.append(f"{self.total:+7.2f} bits  in all: risk {self.risk:.1f} %")
        return "\n".join(lines)


def account_of(
    listing_id: str,
    findings: pa.Table,
    named: pa.Table,
    totals: pa.Table,
    *,
    basis: Basis,
    scanned: int,
) -> Account:
    """The account of the risk that `decide` gives a listing, from the same tables.

    Raises:
        NotFound: the listing names no mark and has no finding.
    """
    rows = rows_of(findings, named, totals)
    row = rows.ids.index(listing_id).as_py()
    if row < 0:
        raise NotFound(
            f"listing {listing_id} names no mark and has no finding",
            hint="its risk is the floor of the weights",
        )
    standing = standings(rows.fired, policy=basis.policy, rules=basis.rules, scanned=scanned).of_key
    scores = scores_of(rows, named, weights=basis.weights, rules=basis.rules, standing=standing)
    question = basis.weights.questions["counterfeit"]
    weighed = scores.round_of(row)
    key_bits = key_bits_of(rows, weighed, basis.rules)
    entries = (*_rules(rows, key_bits, standing, row), *_facts(scores.bins, weighed, row))
    total = float(scores.counterfeit[row])
    return Account(
        listing_id=listing_id,
        base=weighed.base,
        entries=tuple(sorted(entries, key=lambda entry: (-entry.bits, entry.what))),
        total=total,
        risk=100 * float(question.calibration.probability(np.array([total]))[0]),
    )


def _rules(rows: Rows, key_bits: np.ndarray, standing: np.ndarray, row: int) -> list[Entry]:
    entries = []
    for number in rows.fired.key[rows.fired.row == row].tolist():
        key = rows.fired.keys[number]
        if question_of(key.claim) == "counterfeit" and standing[number] >= WATCHED:
            counts = bool(standing[number] == ACTING)
            bits = float(key_bits[number])
            entries.append(Entry(what=f"{key.rule} rev {key.rev}", bits=bits, counts=counts))
    return entries


def _facts(bins: Mapping[str, np.ndarray], weighed: Round, row: int) -> list[Entry]:
    entries = []
    for term in (*weighed.terms, *weighed.seller_terms):
        place = int(bins[term.name][row])
        what, bits = term.lines()[place] if place >= 0 else ("", 0.0)
        if bits:
            entries.append(Entry(what=what, bits=bits))
    return entries
