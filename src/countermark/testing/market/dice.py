"""Choices from a stream of uniform numbers drawn in blocks: repeatable, and fast row by row."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Generic, TypeVar

import numpy as np

T = TypeVar("T")
_BLOCK = 32_768


class Dice:
    """A stream of choices. Two dice made from equal seeds choose alike."""

    __slots__ = ("_next",)

    def __init__(self, *seeds: int) -> None:
        self._next = _uniform(np.random.default_rng(np.random.SeedSequence(seeds))).__next__

    def share(self) -> float:
        """A number in [0, 1)."""
        return self._next()

    def chance(self, share: float) -> bool:
        """True with probability `share`."""
        return self._next() < share

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self._next()

    def whole(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int((high - low + 1) * self._next())

    def pick(self, options: Sequence[T]) -> T:
        """One of `options`, all alike."""
        return options[int(self._next() * len(options))]

    def bell(self, low: float, middle: float, high: float) -> float:
        """A number in [low, high), most often near `middle` (triangular distribution)."""
        share, span = self._next(), high - low
        if span <= 0:
            return low
        if share < (middle - low) / span:
            return float(low + (share * span * (middle - low)) ** 0.5)
        return float(high - ((1 - share) * span * (high - middle)) ** 0.5)


class Weighted(Generic[T]):
    """Options with weights, to be chosen from with dice."""

    __slots__ = ("_bounds", "_options")

    def __init__(self, weights: Iterable[tuple[T, float]]) -> None:
        pairs = tuple(weights)
        self._options = tuple(option for option, _ in pairs)
        self._bounds = tuple(accumulate(weight for _, weight in pairs))

    def pick(self, dice: Dice) -> T:
        """One of the options, in proportion to its weight."""
        return self._options[bisect_right(self._bounds, dice.share() * self._bounds[-1])]


def _uniform(rng: np.random.Generator) -> Iterator[float]:
    while True:
        yield from rng.random(_BLOCK).tolist()
