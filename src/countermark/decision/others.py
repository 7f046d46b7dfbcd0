"""What the other listings of its seller say of a listing.

Who offers counterfeits seldom offers one. How suspect the others are is their mean risk, and theirs
in turn depends on their seller's others. So evidence is weighed in rounds, each with weights of its
own: in the first round every listing stands alone, and each later one sees what the round before it
made of the others (stacked graphical models, Kou and Cohen 2007). What the first round says stands
where nothing is known of others: a listing whose seller is not known is not one whose seller has
nothing to hide, nor one whose seller sells nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from countermark.decision.evidence import Rows
from countermark.decision.terms import Term, TermKind
from countermark.domain.tables import ROLES

_RISK: Final = TermKind(
    name="others-risk",
    edges=(0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9),
    direction="rising",
    prior=(0.0, 0.0, 0.0, 0.0, 0.25, 0.5, 1.0, 1.5, 1.75, 2.0, 2.0),
)
SELLER_TERMS: Final = (
    _RISK,
    TermKind(name="naming", edges=(3, 6, 11, 31, 101)),
    TermKind(name="naming-share", edges=(0.1, 0.3, 0.5, 0.7, 0.9)),
)
"""Facts of the seller of a listing.

others-risk: mean probability that its other listings are counterfeit, half an innocent one added, so
that one suspect is no pattern yet. naming: how many of its listings name a mark. naming-share: of
all its listings that were scanned.
"""

_INNOCENT: Final = 0.5
_OTHER_GOODS: Final = (ROLES.index("like"), ROLES.index("denied"))


def seller_bins(
    rows: Rows, likely: np.ndarray, terms: Sequence[Term], *, role: np.ndarray
) -> Mapping[str, np.ndarray]:
    """By name of a seller term the int8 bin of each row; not known where the seller has no other.

    Nor is it for goods that are only likened to the mark's or said not to be them: what else the
    seller sells makes them no counterfeits.

    Args:
        likely: probability of each row that it is counterfeit.
        role: position in ROLES of each row, anything else where it is not known.
    """
    known = rows.seller >= 0
    codes = np.where(known, rows.seller, len(rows.sellers))
    size = len(rows.sellers) + 1

    def of_seller(values: np.ndarray) -> np.ndarray:
        return np.bincount(codes, weights=values, minlength=size)[codes]

    others = np.bincount(codes, minlength=size)[codes] - 1
    alone = ~known | (others < 1) | np.isin(role, _OTHER_GOODS)
    columns: Mapping[str, Callable[[], np.ndarray]] = {
        "others-risk": lambda: (of_seller(likely) - likely) / (others + _INNOCENT),
        "naming": lambda: of_seller(rows.named >= 0),
        "naming-share": lambda: of_seller(rows.named >= 0) / np.append(rows.scanned, 1)[codes],
    }
    found = {}
    for term in terms:  # one column at a time: each is long
        column = np.asarray(columns[term.name](), float)
        column[alone] = np.nan
        found[term.name] = term.bin_of(column)
    return found


def has_others(bins: Mapping[str, np.ndarray]) -> np.ndarray:
    """Of each row whether something is known of the other listings of its seller."""
    return np.asarray(bins[_RISK.name] < _RISK.bins)
