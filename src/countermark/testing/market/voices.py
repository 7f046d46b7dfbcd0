"""The habits of sellers: which of all the phrases each one uses again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from countermark.testing.market.dice import Dice

DENSITY: Final = {"zh": 0.42, "ja": 0.55, "ko": 0.65, "th": 0.9}
"""Length of a text against one of the same content in a Latin alphabet."""


class Voice:
    """The habits of one seller. Equal keys write alike."""

    __slots__ = ("_dice", "_key")

    def __init__(self, key: int, dice: Dice) -> None:
        self._key, self._dice = key, dice

    def pick(self, options: Sequence[str], salt: int) -> str:
        """One of the up to three of `options` that this voice uses; `salt` tells uses apart."""
        first = self._key // (salt * 7 + 1)
        return options[(first + self._dice.whole(0, 2)) % len(options)]

    def always(self, options: Sequence[str], salt: int) -> str:
        """The one of `options` that this voice uses every time."""
        return options[self._key // (salt * 11 + 3) % len(options)]


def tidy(text: str) -> str:
    """`text` without doubled or hanging spaces, which empty places in a template leave."""
    return " ".join(text.split()).replace(" ,", ",").replace(" .", ".")
