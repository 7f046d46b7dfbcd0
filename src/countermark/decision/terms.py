"""Plain facts of a listing cut into bins that people can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final, Literal

import msgspec
import numpy as np
import pyarrow as pa

from countermark.decision.evidence import Rows, numbers, words
from countermark.decision.prices import usual_share
from countermark.domain.tables import CONDITIONS, MAKERS, NAMED_IN, ROLES
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
    TermKind(
        name="typical-share", edges=(0.25, 0.4, 0.55, 0.7, 0.8, 0.9, 1.0), direction="falling"
    ),
    TermKind(name="usual-share", edges=(0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1.2), direction="falling"),
    TermKind(name="seller-age-days", edges=(30, 90, 180, 365, 1095), direction="falling"),
    TermKind(name="seller-rating", edges=(0.8, 0.9, 0.95, 0.98), direction="falling"),
    TermKind(name="how", values=HOW),
    TermKind(name="named-in", values=NAMED_IN),
    TermKind(name="role", values=ROLES),
    TermKind(name="maker", values=MAKERS),
    TermKind(name="condition", values=CONDITIONS),
    TermKind(name="sent", values=("home", "abroad")),
)
"""Facts of a listing; a price, age or rating that is lower is never evidence for the goods.

asked-share: price of a piece / lowest genuine price. typical-share: the same / the typical genuine
price, where that is at most three times the lowest: in a wider band every price is as usual as
another. usual-share: where no genuine price is known and the goods are not used, the same against
what listings usually ask for like goods, see `prices.py`; used ones ask anything. sent: from the
territory that it is offered in, or from another.
"""


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
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

    @cached_property
    def bits(self) -> np.ndarray:
        """float64 bits of each bin, the last for what is not known."""
        return np.array(self.bits_micro) / MICRO

    @cached_property
    def _edges(self) -> np.ndarray:
        return np.array(self.edges_micro) / MICRO

    @cached_property
    def _bits_or_none(self) -> np.ndarray:
        return np.append(self.bits, 0.0).astype(np.float32)

    def bin_of(self, column: np.ndarray) -> np.ndarray:
        """The int8 bin of each value; numbers are NaN and words -1 where not known."""
        unknown = len(self.bits_micro) - 1
        if self.values:
            found = np.where((column >= 0) & (column < unknown), column, unknown)
            return found.astype(np.int8)
        # A tenth of a millionth keeps a value that is an edge in float32 above that edge.
        found = np.searchsorted(self._edges, np.nan_to_num(column) + 1e-7, side="right").astype(
            np.int8
        )
        found[np.isnan(column)] = unknown
        return found

    def bits_of(self, bins: np.ndarray) -> np.ndarray:
        """float32 bits of each bin; -1, which was not asked, has 0."""
        return self._bits_or_none[bins]

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


def listing_bins(
    rows: Rows, named: pa.Table, terms: Sequence[Term], usual: Mapping[str, int]
) -> Mapping[str, np.ndarray]:
    """By name of a listing term the int8 bin of each row.

    -1 for a listing that names no mark: nothing was asked of it, which is not the same as not being
    known.

    Args:
        usual: see `prices.usual_prices`.
    """
    found, unnamed = {}, rows.named < 0
    for term in terms:
        bins = term.bin_of(_listing_column(term.name, rows, named, usual))
        bins[unnamed] = -1
        found[term.name] = bins
    return found


def _listing_column(name: str, rows: Rows, named: pa.Table, usual: Mapping[str, int]) -> np.ndarray:
    at = rows.named
    if name in _WORDS:
        column, known = _WORDS[name]
        return words(named.column(column), at, known)
    if name == "usual-share":
        priced = ~np.isnan(numbers(named.column("asked_share"), at))
        unused = np.isin(numbers(named.column("condition"), at), _UNUSED)
        return np.where(priced | ~unused, np.nan, usual_share(named, at, usual))
    if name == "typical-share":
        asked, typical = (numbers(named.column(c), at) for c in ("asked_share", "typical_share"))
        return np.where(asked <= _WIDEST * typical, typical, np.nan)
    column = "abroad" if name == "sent" else name.replace("-", "_")
    values = numbers(named.column(column), at)
    return np.nan_to_num(values, nan=-1) if name in _CODES else values


_WORDS: Final[Mapping[str, tuple[str, Sequence[str]]]] = {
    "how": ("how", HOW),
    "named-in": ("named_in", NAMED_IN),
    "role": ("role", ROLES),
    "maker": ("maker", MAKERS),
}
_WIDEST: Final = 3.0
_UNUSED: Final = [CONDITIONS.index(name) for name in ("new", "open_box", "refurbished")]
_CODES: Final = ("condition", "sent")


def summed_bits(terms: Sequence[Term], bins: Mapping[str, np.ndarray], size: int) -> np.ndarray:
    """float64 sum of the bits of some terms, for `size` rows."""
    total = np.zeros(size)
    for term in terms:
        total += term.bits_of(bins[term.name])
    return total
