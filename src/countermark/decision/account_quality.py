"""The risks of accounts held against the truth: who deals in counterfeits, and was it seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from countermark.decision.calibration import calibration_error
from countermark.decision.distinct import encoded
from countermark.decision.evidence import numbers
from countermark.decision.intervals import wilson
from countermark.decision.ranking import precision_at_recall
from countermark.domain.decisions import QUESTION_OF_TRUTH

_BINS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountQuality:
    """How good the risks of accounts are.

    Attributes:
        accounts, dealing: accounts with a listing in the truth, and those of them that have a
            counterfeit or declared replica among their listings.
        error: expected calibration error of the risk over accounts that name a mark, 0 to 1.
        reviewed, right: accounts shown to a person, and those of them that deal.
        precision_at: by share of the dealing accounts, precision of the riskiest that hold them.
    """

    accounts: int
    dealing: int
    error: float
    reviewed: int
    right: int
    precision_at: Mapping[float, float]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "accounts": self.accounts,
            "dealing": self.dealing,
            "calibration_error": self.error,
            "precision": self.right / self.reviewed if self.reviewed else None,
            "recall": self.right / self.dealing if self.dealing else None,
            "precision_at_recall": {f"{share:g}": p for share, p in self.precision_at.items()},
        }

    def lines(self) -> list[str]:
        """What people are told, a line each."""
        said = [f"{self.accounts} accounts, {self.dealing} of them deal in counterfeits"]
        for name, total in (("precision", self.reviewed), ("recall", self.dealing)):
            if total:
                low, high = (100 * bound for bound in wilson(self.right, total))
                share = f"{100 * self.right / total:6.1f} %  [{low:.1f}, {high:.1f}]"
                said.append(f"{'  accounts reviewed: ' + name:<42} {share}")
        name = "  expected calibration error"
        return [*said, f"{name:<42} {100 * self.error:6.2f} points"]


def account_quality(sellers: pa.Table, truth: pa.Table) -> AccountQuality:
    """How good the table of accounts is against the truth of their listings.

    An account deals if any of its listings in the truth is a counterfeit or a declared replica.

    Args:
        sellers: schema `SELLERS`.
        truth: schema `domain.decisions.TRUTH` with `seller_id`; listings without one are left out.
    """
    truth = truth.filter(pc.is_valid(truth.column("seller_id")))
    code, ids = encoded(truth.column("seller_id"))
    claims = truth.column("claim").to_pylist()
    so = np.array([QUESTION_OF_TRUTH.get(claim) == "counterfeit" for claim in claims], float)
    deals = np.bincount(code, weights=so, minlength=len(ids)) > 0
    at = pc.index_in(ids, value_set=sellers.column("seller_id").combine_chunks())
    place = at.fill_null(-1).to_numpy().astype(np.int64)
    risk = numbers(sellers.column("risk"), place)
    shown = pc.equal(sellers.column("action"), "review").to_numpy()
    review = np.append(shown, False)[place]
    known = ~np.isnan(risk)
    ones = np.ones(int(known.sum()))
    error = calibration_error(risk[known] / 100, deals[known].astype(float), ones, bins=_BINS)
    return AccountQuality(
        accounts=len(ids),
        dealing=int(deals.sum()),
        error=error,
        reviewed=int(review.sum()),
        right=int((review & deals).sum()),
        precision_at=precision_at_recall(risk, deals),
    )
