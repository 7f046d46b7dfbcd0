"""Plain facts of a listing and of its seller cut into bins that people can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import msgspec
import numpy as np
import pyarrow as pa

from countermark.decision.evidence import Rows, numbers, words
from countermark.decision.prices import usual_share
from countermark.domain.tables import CONDITIONS, ROLES
from countermark.knowledge.recognition import HOW

MICRO: Final = 1_000_000
"""Numbers that are stored are whole millionths, so that equal numbers have equal bytes."""

Direction = Literal["falling", "rising", "free"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TermKind:
    """How one fact is cut into bins.

    Attributes:
        name: as grounds and weights call it.
        edges: bounds of the bins of a number, rising; a bin begins at its lower edge.
        values: the values of a word, each a bin.
        direction: falling: a lower number is never less suspicious; rising: a higher one.
        prior: bits of the bins of a number before anything is measured; empty: none.
    """

    name: str
    edges: tuple[float, ...] = ()
    values: tuple[str, ...] = ()
    direction: Direction = "free"
    prior: tuple[float, ...] = ()

    @property
    def bins(self) -> int:
        """Number of bins; what is not known stands in one more, the last."""
        return len(self.values) if self.values else len(self.edges) + 1


LISTING_TERMS: Final = (
    TermKind(
        name="asked-share", edges=(0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0), direction="falling"
    ),
    TermKind(name="usual-share", edges=(0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.2), direction="falling"),
    TermKind(name="seller-age-days", edges=(30, 90, 180, 365, 1095), direction="falling"),
    TermKind(name="seller-rating", edges=(0.8, 0.9, 0.95, 0.98), direction="falling"),
    TermKind(name="how", values=HOW),
    TermKind(name="role", values=ROLES),
    TermKind(name="condition", values=CONDITIONS),
    TermKind(name="sent", values=("home", "abroad")),
)
"""Facts of a listing; a price, age or rating that is lower is never evidence for the goods.

asked-share: price of a piece / lowest genuine price. usual-share: where no genuine price is known, and
the condition is, the same against what listings usually ask for like goods, see `prices.py`. sent: from
the territory that it is offered in, or from another.
"""

SELLER_TERMS: Final = (
    TermKind(name="others-facts", edges=(-1.0, -0.5, 0.0, 0.5, 1.0, 2.0), direction="rising"),
    TermKind(name="others-rules", edges=(0.05, 0.2, 0.5, 1.0, 2.0, 3.5), direction="rising"),
    TermKind(
        name="others-suspect-share",
        edges=(0.05, 0.1, 0.25, 0.5, 0.75),
        direction="rising",
        prior=(0.0, 0.0, 0.5, 1.0, 1.5, 2.0),
    ),
    TermKind(name="naming", edges=(3, 6, 11, 31, 101)),
)
"""What the other listings of the seller say of one of them.

others-facts: mean bits of the plain facts of the other listings. others-rules: mean bits of the
rules that fired for them. others-suspect-share: share of them for which rules say a bit or more,
one innocent listing added, so that one suspect among few is no pattern yet. naming: how many
listings of the seller name a mark.
"""

_SUSPECT = 1.0
_OTHER_GOODS = (ROLES.index("like"), ROLES.index("denied"))
_MOST_FACTS, _MOST_RULES = 4.0, 8.0


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bits of one fact, by bin.

    Attributes:
        edges_micro: as in `TermKind.edges`, in millionths.
        values: as in `TermKind.values`.
        bits_micro: of each bin, the last for what is not known.
    """

    name: str
    edges_micro: tuple[int, ...] = ()
    values: tuple[str, ...] = ()
    bits_micro: tuple[int, ...]

    def __post_init__(self) -> None:
        """Refuse another number of bits than of bins."""
        bins = len(self.values) if self.values else len(self.edges_micro) + 1
        if len(self.bits_micro) != bins + 1:
            raise ValueError(f"term {self.name} has {bins} bins and {len(self.bits_micro)} bits")

    @property
    def bits(self) -> np.ndarray:
        """float64 bits of each bin, the last for what is not known."""
        return np.array(self.bits_micro) / MICRO

    def bin_of(self, column: np.ndarray) -> np.ndarray:
        """The bin of each value; numbers are NaN and words -1 where not known."""
        unknown = len(self.bits_micro) - 1
        if self.values:
            return np.where((column >= 0) & (column < unknown), column, unknown)
        edges = np.array(self.edges_micro) / MICRO
        # A tenth of a millionth keeps a value that is an edge in float32 above that edge.
        found = np.searchsorted(edges, np.nan_to_num(column) + 1e-7, side="right")
        return np.where(np.isnan(column), unknown, found)

    def lines(self) -> tuple[tuple[str, float], ...]:
        """What each bin says, in words, and its bits."""
        if self.values:
            said: list[str] = [f"{self.name} {value}" for value in self.values]
        else:
            edges = [f"{edge / MICRO:g}" for edge in self.edges_micro]
            middle = [f"{self.name} {a} to {b}" for a, b in pairwise(edges)]
            said = [f"{self.name} below {edges[0]}", *middle, f"{self.name} {edges[-1]} or more"]
        return tuple(zip([*said, f"{self.name} not known"], self.bits.tolist(), strict=True))


def term_of(kind: TermKind, bits: Sequence[float] | np.ndarray) -> Term:
    """The term of a kind with these bits, the last for what is not known."""
    return Term(
        name=kind.name,
        edges_micro=tuple(micro(edge) for edge in kind.edges),
        values=kind.values,
        bits_micro=tuple(micro(bit) for bit in bits),
    )


def prior_term(kind: TermKind) -> Term:
    """The term of a kind before anything is measured."""
    return term_of(kind, [*(kind.prior or (0.0,) * kind.bins), 0.0])


def micro(number: float) -> int:
    """A number in whole millionths."""
    return round(float(number) * MICRO)


def listing_columns(
    rows: Rows, named: pa.Table, usual: Mapping[str, int]
) -> Mapping[str, np.ndarray]:
    """By name of a listing term its column, one value a row.

    Facts are asked of listings that name a mark; of the others they say nothing, see `fact_bits`.

    Args:
        usual: see `prices.usual_prices`.
    """
    at = rows.named
    asked, condition, abroad = (
        numbers(named.column(name), at) for name in ("asked_share", "condition", "abroad")
    )
    unpriced = np.isnan(asked) & (condition >= 0)
    return {
        "asked-share": asked,
        "usual-share": np.where(unpriced, usual_share(named, at, usual), np.nan),
        "seller-age-days": numbers(named.column("seller_age_days"), at),
        "seller-rating": numbers(named.column("seller_rating"), at),
        "how": words(named.column("how"), at, HOW),
        "role": words(named.column("role"), at, ROLES),
        "condition": np.nan_to_num(condition, nan=-1).astype(np.int64),
        "sent": np.nan_to_num(abroad, nan=-1).astype(np.int64),
    }


def term_bits(terms: Sequence[Term], columns: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """float32 bits of each row, by name of the term."""
    return {
        term.name: term.bits.astype(np.float32)[term.bin_of(columns[term.name])] for term in terms
    }


def fact_bits(
    rows: Rows, terms: Sequence[Term], columns: Mapping[str, np.ndarray]
) -> dict[str, np.ndarray]:
    """float32 bits of the plain facts of each row, by name of the term; 0 where it names no mark.

    Nothing was asked of a listing that names no mark, which is not the same as not being known.
    """
    named = rows.named >= 0
    return {name: bits * named for name, bits in term_bits(terms, columns).items()}


def seller_columns(
    rows: Rows, facts: np.ndarray, rules: np.ndarray, *, role: np.ndarray
) -> Mapping[str, np.ndarray]:
    """By name of a seller term its column; NaN for a listing whose seller has no other one.

    A listing's own evidence is left out, so that it never counts twice. NaN too for goods that are
    only likened to the mark's or said not to be them: what else the seller sells makes them no
    counterfeits.

    Args:
        facts: bits of each row from plain facts.
        rules: bits of each row from rules that may act, >= 0.
        role: position in ROLES of each row, -1 where it names no mark.
    """
    known = rows.seller >= 0
    codes = np.where(known, rows.seller, len(rows.sellers))
    size = len(rows.sellers) + 1

    def of_seller(values: np.ndarray) -> np.ndarray:
        return np.bincount(codes, weights=values, minlength=size)[codes]

    suspect = (rules >= _SUSPECT).astype(float)
    facts, rules = np.clip(facts, -_MOST_FACTS, _MOST_FACTS), np.minimum(rules, _MOST_RULES)
    others = np.bincount(codes, minlength=size)[codes] - 1
    columns = {
        "others-facts": (of_seller(facts) - facts) / np.maximum(others, 1),
        "others-rules": (of_seller(rules) - rules) / np.maximum(others, 1),
        "others-suspect-share": (of_seller(suspect) - suspect) / (others + 1),
        "naming": of_seller((rows.named >= 0).astype(float)),
    }
    alone = ~known | (others < 1) | np.isin(role, _OTHER_GOODS)
    return {name: np.where(alone, np.nan, column) for name, column in columns.items()}
