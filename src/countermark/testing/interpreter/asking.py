"""What the questions of rules are asked about, and what they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from countermark.domain.catalogue import PriceBand, Product
from countermark.domain.packs import Pack
from countermark.domain.rules import Rule
from countermark.testing.interpreter.goods import Kinds
from countermark.testing.interpreter.knowledge import Knowledge
from countermark.testing.interpreter.spots import NAMED_IN, Named, Spot

SEARCHED = NAMED_IN
"""The texts of a listing in which words are looked for; the others are not read yet."""


class Answer(NamedTuple):
    """One question answered: whether it holds, whether that is known, and where in the texts."""

    true: bool
    known: bool
    places: tuple[Spot, ...] = ()


UNKNOWN = Answer(true=False, known=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One listing together with one mark that it names, or none.

    Attributes:
        mark: id, "" where the listing names none.
        mentions: of the mark.
        words: every word of every set, those found in disguise included.
        marks_in_title: how many marks the title names.
        named_in: the texts that name a mark, this or another.
        condition: "" not known.
        product, band: what the price is held against, where that is known.
    """

    listing: Mapping[str, Any]
    knowledge: Knowledge
    mark: str
    mentions: tuple[Named, ...]
    words: tuple[Spot, ...]
    marks_in_title: int
    named_in: frozenset[str]
    kinds: Kinds
    condition: str
    pieces: int
    product: Product | None
    band: PriceBand | None

    def of_sets(self, names: set[str]) -> tuple[Spot, ...]:
        """The words of these sets."""
        return tuple(word for word in self.words if word.what in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of one rule, with the means to ask the rule's other questions.

    Attributes:
        other: the answer to another signal of the rule, by name.
        when: whether another rule of the pack holds, its exclusions aside, by local id.
    """

    pack: Pack
    rule: Rule
    other: Callable[[str], Answer]
    when: Callable[[str], Answer]


def searched(fields: tuple[str, ...]) -> bool:
    """Whether all of these texts are read at all."""
    return all(field in SEARCHED for field in fields)


def found(places: tuple[Spot, ...], fields: tuple[str, ...]) -> Answer:
    """True where there is a place; else known only if every text asked is read."""
    return Answer(bool(places), bool(places) or searched(fields), places)
