"""The tree of kinds of goods as numbers, and which kinds are about or made for other goods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

OVERRULING = ("repair", "media", "services", "toys.miniature")
"""Kinds that are about other goods: a title that has their noun is not about the goods beside it."""
ACCESSORY = ("parts", *OVERRULING)
"""Kinds of another maker for the goods of a brand, or about them."""
FOR_OTHERS = (
    *ACCESSORY, "electronics.charger", "electronics.cable", "electronics.battery", "electronics.memory",
    "electronics.component", "electronics.printer_supply", "electronics.film",
)  # fmt: skip
"""Kinds that are made for other goods and cost less than those."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The categories of a snapshot; each array has one more row for number -1, a kind that is not known.

    Attributes:
        top: int32, the highest category above each.
        parent: int32, the category above each, -1 at the top.
        below: bool (n + 1, n + 1), the first is the second or stands below it.
        overruling, accessory, for_others: bool, of the kinds named above.
    """

    top: np.ndarray
    parent: np.ndarray
    below: np.ndarray
    overruling: np.ndarray
    accessory: np.ndarray
    for_others: np.ndarray


def tree_of(categories: Sequence[str]) -> Tree:
    """The tree of these category ids; `bags.handbag` stands below `bags`."""
    number = {name: k for k, name in enumerate(categories)}
    below = np.zeros((len(number) + 1, len(number) + 1), bool)
    for a, k in number.items():
        below[k, [j for b, j in number.items() if a == b or a.startswith(f"{b}.")]] = True

    def of(names: Sequence[str]) -> np.ndarray:
        return np.asarray(below[:, [number[name] for name in names if name in number]].any(1))

    return Tree(
        top=np.array([*(number.get(c.partition(".")[0], k) for c, k in number.items()), -1], np.int32),
        parent=np.array([*(number.get(c.rpartition(".")[0], -1) for c in number), -1], np.int32),
        below=below, overruling=of(OVERRULING), accessory=of(ACCESSORY), for_others=of(FOR_OTHERS),
    )  # fmt: skip
