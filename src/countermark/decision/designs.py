"""Evidence as columns of a regression: rules as indicators, plain facts as steps between bins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from countermark.decision.evidence import Rows
from countermark.decision.fitting import Prior
from countermark.decision.terms import Term, TermKind, term_of


@dataclass(frozen=True, slots=True, kw_only=True)
class TermBlock:
    """The columns of one fact.

    Attributes:
        steps: (bins + 1, k) matrix; bits of the bins are `steps @ coefficients`.
        prior: of its k coefficients.
    """

    kind: TermKind
    steps: np.ndarray
    prior: Prior

    @property
    def width(self) -> int:
        """How many columns."""
        return int(self.steps.shape[1])


def term_block(kind: TermKind, *, spread: float, unknown: bool) -> TermBlock:
    """The columns of one fact: a step at each edge that bits may rise over, or a column a bin.

    Args:
        spread: of each step, in bits.
        unknown: whether not knowing the fact may mean something.
    """
    bins = kind.bins
    if kind.direction == "falling":
        steps = np.triu(np.ones((bins, bins)), 1)[:, 1:]
    elif kind.direction == "rising":
        steps = np.tril(np.ones((bins, bins)), -1)[:, :-1]
    else:
        steps = np.eye(bins)
    prior_bits = np.array(kind.prior or (0.0,) * bins)
    mean = np.linalg.lstsq(steps, prior_bits, rcond=None)[0] if kind.prior else None
    low = -np.inf if kind.direction == "free" else 0.0
    width = steps.shape[1] + unknown
    full = np.zeros((bins + 1, width))
    full[:bins, : steps.shape[1]] = steps
    means, floors = np.zeros(width), np.full(width, low)
    if mean is not None:
        means[: len(mean)] = np.maximum(mean.round(9), low)
    if unknown:
        full[bins, -1] = 1.0
        floors[-1] = -np.inf
    prior = Prior(mean=means, spread=np.full(width, spread), floor=floors)
    return TermBlock(kind=kind, steps=full, prior=prior)


def joined(priors: Sequence[Prior]) -> Prior:
    """Several priors on end."""
    return Prior(
        mean=np.concatenate([prior.mean for prior in priors]),
        spread=np.concatenate([prior.spread for prior in priors]),
        floor=np.concatenate([prior.floor for prior in priors]),
    )


def term_columns(
    blocks: Sequence[TermBlock], bins: Mapping[str, np.ndarray], at: np.ndarray
) -> np.ndarray:
    """Dense columns of some facts for the rows `at`."""
    parts = [block.steps[bins[block.kind.name][at]] for block in blocks]
    return np.hstack(parts) if parts else np.zeros((len(at), 0))


def rule_columns(rows: Rows, at: np.ndarray, keys: np.ndarray) -> Any:
    """Sparse indicators of the rules `keys` (positions in `Fired.keys`) for the rows `at`."""
    from scipy import sparse

    place = np.full(len(rows), -1)
    place[at] = np.arange(len(at))
    column = np.full(len(rows.fired.keys), -1)
    column[keys] = np.arange(len(keys))
    line, number = place[rows.fired.row], rows.fired.of_key(column).astype(np.int64)
    chosen = (line >= 0) & (number >= 0)
    ones = np.ones(int(chosen.sum()))
    where = (line[chosen], number[chosen])
    return sparse.csr_matrix((ones, where), shape=(len(at), len(keys)))


def terms_of(
    blocks: Sequence[TermBlock], coefficients: np.ndarray, weights: Sequence[np.ndarray]
) -> tuple[tuple[Term, ...], float]:
    """The terms that fitted coefficients say, and the bits moved out of them into the base.

    Each term is moved so that its mean over the labelled listings is 0: its bits then say how
    much more or less suspicious than usual a listing is.

    Args:
        weights: of each block, the mass of labelled listings in each bin.
    """
    terms, moved, start = [], 0.0, 0
    for block, mass in zip(blocks, weights, strict=True):
        bits, middle = centred(block, coefficients[start : start + block.width], mass)
        terms.append(term_of(block.kind, bits))
        moved += middle
        start += block.width
    return tuple(terms), moved


def seller_terms_of(
    blocks: Sequence[TermBlock], coefficients: np.ndarray, masses: Sequence[np.ndarray]
) -> tuple[Term, ...]:
    """The terms that fitted coefficients say; a listing without others gets exactly 0 bits.

    The bits of free terms are moved so that their mean is 0, into the first term, which is known
    whenever they are.
    """
    bits: list[np.ndarray] = []
    start = 0
    for block, mass in zip(blocks, masses, strict=True):
        mine = coefficients[start : start + block.width]
        start += block.width
        if block.kind.direction == "free":
            known = np.append(mass[:-1], 0.0)
            found, middle = centred(block, mine, known)
            bits[0][:-1] += middle
            bits.append(found)
        else:
            bits.append(block.steps @ mine)
    return tuple(term_of(block.kind, each) for block, each in zip(blocks, bits, strict=True))


def centred(
    block: TermBlock, coefficients: np.ndarray, mass: np.ndarray
) -> tuple[np.ndarray, float]:
    """Bits of the bins moved so that their mean over `mass` is 0, and by how much they were moved.

    A bin that stands for itself and that no label fell into says nothing: 0 bits.
    """
    bits = block.steps @ coefficients
    middle = float(mass @ bits / mass.sum()) if mass.sum() else 0.0
    bits = bits - middle
    alone = np.full(len(bits), block.kind.direction == "free")
    alone[-1] = True
    return np.where(alone & (mass <= 0), 0.0, bits), middle
