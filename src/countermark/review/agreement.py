"""How far reviewers agree who looked at the same without knowing of each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from countermark.decision.intervals import lower_bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """A share of pairs, with an interval, and the same beyond chance.

    Attributes:
        pairs: listings that two people labelled.
        agreed: those of which they said the same; "cannot tell" twice is the same.
        low, high: exact two-sided 95 % interval of the share (Clopper and Pearson 1934); (0, 1) without pairs.
        kappa: Cohen's kappa, 1: they always agree, 0: as often as if each guessed at their own rates. It has no interval
            here. None without pairs, or where everybody always said the same one thing, so that nothing can be told.
    """

    pairs: int
    agreed: int
    low: float
    high: float
    kappa: float | None

    @property
    def share(self) -> float | None:
        """Of the pairs those that agreed, 0 to 1; None without pairs."""
        return self.agreed / self.pairs if self.pairs else None


def agreement(pairs: Iterable[tuple[str | None, str | None]]) -> Agreement:
    """How far the first and the second of some labels agree.

    Args:
        pairs: of each listing what the first and the second reviewer said; None: they could not tell.
    """
    counted = Counter(pairs)
    total = counted.total()
    agreed = sum(number for (first, second), number in counted.items() if first == second)
    # the level is of one side; the interval leaves 2.5 % out at each
    least = lower_bound(np.array([agreed, total - agreed]), np.array([total, total]), level=0.975)
    return Agreement(
        pairs=total,
        agreed=agreed,
        low=float(least[0]),
        high=1.0 - float(least[1]),
        kappa=_kappa(counted, agreed, total),
    )


def _kappa(
    counted: Counter[tuple[str | None, str | None]], agreed: int, total: int
) -> float | None:
    """Cohen 1960: agreement beyond what both would reach by guessing, as a share of what there is to reach."""
    firsts: Counter[str | None] = Counter()
    seconds: Counter[str | None] = Counter()
    for (first, second), number in counted.items():
        firsts[first] += number
        seconds[second] += number
    by_chance = sum(number * seconds[said] for said, number in firsts.items())
    if total == 0 or by_chance == total * total:
        return None
    return (agreed * total - by_chance) / (total * total - by_chance)
