"""The head noun of a title: which of its nouns says what is sold, read one noun at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from countermark.testing.interpreter.knowledge import Knowledge, falls_under
from countermark.testing.interpreter.spots import TITLE, Named, Spot

HEAD_FIRST = ("ru", "es", "pt", "fr", "it", "ar", "id", "vi", "th")
"""Languages in which the head stands before what describes it: "funda de iPhone"; in the others it stands last."""
ABOUT_GOODS = ("repair", "media", "services", "toys.miniature")
"""Kinds of which a noun anywhere in the title tells that the goods named beside it are not sold."""
MADE_FOR_GOODS = (
    *ABOUT_GOODS, "parts", "electronics.charger", "electronics.cable", "electronics.battery", "electronics.memory",
    "electronics.component", "electronics.printer_supply", "electronics.film",
)  # fmt: skip
"""Kinds that are made for other goods."""
NEAR = 2  # tokens
_ENDS_CLAUSE = frozenset(",;|/()[]{}–—•、。「」『』【】，；（）／｜،")
_ENDS_CLAUSE_SPACED = frozenset("-*+~&")


class Head(NamedTuple):
    """The head noun: every kind it stands for, the one the listing goes by, and whether it stands outside all names."""

    kinds: frozenset[str]
    category: str
    apart: bool


class _Noun(NamedTuple):
    """One reading of a noun of the title, with what tells whether it is the head.

    Attributes:
        foreign: it is of languages that order nouns otherwise than this title.
        in_name: it stands in the name of a mark or model.
        complement: it names what the goods are for.
        clause, phrase: how many clauses end, and how many names begin, before it.
    """

    spot: Spot
    kind: str
    foreign: bool
    in_name: bool
    complement: bool
    clause: int
    phrase: int

    @property
    def about(self) -> bool:
        """Whether the goods beside it are not sold."""
        plain = not (self.foreign or self.in_name or self.complement)
        return plain and falls_under(self.kind, ABOUT_GOODS)

    @property
    def doubt(self) -> int:
        """How unlikely it is the head, from 0."""
        return 4 * self.foreign + 2 * self.complement + self.in_name

    @property
    def main(self) -> bool:
        """Whether it is of goods that are not made for other goods."""
        return not falls_under(self.kind, MADE_FOR_GOODS)

    @property
    def phrase_it_is_in(self) -> tuple[bool, int, bool, int, int]:
        """What nouns must share for one to be described by the other."""
        fitted = self.complement and self.main
        return not self.about, self.doubt, fitted, self.clause, self.phrase


def head_of(
    title: str, words: Sequence[Spot], names: list[Named], knowledge: Knowledge
) -> Head | None:
    """The head noun of a title, None where it has no noun that may be it.

    Args:
        words: every word of every set; those of lists that stand in names left out.
        names: the accepted names in all texts of the listing.
    """
    here = [word for word in words if word.field == TITLE]
    all_nouns = [word for word in here if word.what.startswith("noun:")]
    nouns = [noun for noun in all_nouns if not any(_in_longer(noun, other) for other in all_nouns)]
    head_first = _puts_heads_first(nouns)
    marked = _marked(here, names, knowledge)
    readings = [
        _reading(noun, head_first, title, here, marked)
        for noun in nouns
        if not _comes_along(noun, title, here, nouns)
    ]
    if not readings:
        return None
    best = min(_phrase_heads(readings, head_first), key=lambda noun: _preference(noun, head_first))
    same = [n for n in readings if _same(n.spot, best.spot) and n.foreign == best.foreign]
    return Head(frozenset(n.kind for n in same), best.kind, not best.in_name)


def _phrase_heads(readings: list[_Noun], head_first: bool) -> list[_Noun]:
    """The head of each phrase: its first or its last noun, the longest of several there."""
    phrases: dict[tuple[object, ...], list[_Noun]] = {}
    for noun in readings:
        phrases.setdefault(noun.phrase_it_is_in, []).append(noun)
    return [
        min(
            phrase,
            key=lambda n: (n.spot.token, -n.spot.token_end, n.kind) if head_first else (-n.spot.token_end, n.spot.token, n.kind),
        )
        for phrase in phrases.values()
    ]  # fmt: skip


def _preference(noun: _Noun, head_first: bool) -> tuple[object, ...]:
    """Which head of a phrase goes first.

    Around "for" goods made for others come first; else the first clause, and in a clause of phrases with the head last
    goods made for others again ("laptop HP charger").
    """
    *leading, phrase = noun.phrase_it_is_in
    return *leading, noun.main and not head_first, phrase


def _reading(
    noun: Spot,
    head_first: bool,
    title: str,
    here: list[Spot],
    marked: list[Spot],
) -> _Noun:
    _, language, kind = noun.what.split(":")
    return _Noun(
        spot=noun, kind=kind, foreign=(language in HEAD_FIRST) != head_first,
        in_name=any(_within(noun, name) for name in marked), complement=_is_complement(noun, title, here),
        clause=_clause(title, noun), phrase=len({name.token for name in marked if name.token < noun.token}),
    )  # fmt: skip


def _puts_heads_first(nouns: Iterable[Spot]) -> bool:
    """Whether more nouns are known only to languages with the head first than only to the others."""
    known: dict[tuple[int, int], set[bool]] = {}
    for noun in nouns:
        language = noun.what.split(":")[1]
        known.setdefault((noun.token, noun.token_end), set()).add(language in HEAD_FIRST)
    kinds = list(known.values())
    return kinds.count({True}) > kinds.count({False})


def _marked(here: Iterable[Spot], names: Iterable[Named], knowledge: Knowledge) -> list[Spot]:
    """Where the title names marks, or models of marks that the listing names."""
    marks = {name.entry.mark for name in names}
    models = {
        f"model:{text}"
        for product in knowledge.products
        if product.mark in marks
        for text in (product.name, *product.also)
    }
    return [name.spot for name in names if name.spot.field == TITLE] + [
        word for word in here if word.what in models
    ]


def _comes_along(noun: Spot, title: str, here: list[Spot], nouns: list[Spot]) -> bool:
    """Whether a noun names what comes with the goods or is left out.

    It follows "with" or "without" in its clause, or it is the first noun after a word such as "and", close behind it,
    or the last before a word such as "included".
    """
    for word in here:
        if any(_within(word, other) for other in nouns):
            continue
        if (
            word.what == "list:core.included_after"
            and 0 < word.token - noun.token_end <= NEAR
            and not any(noun.token_end < other.token_end < word.token for other in nouns)
        ):
            return True
        if word.token_end >= noun.token:
            continue
        if word.what == "list:core.goods_end" and _clause(title, word) == _clause(title, noun):
            return True
        between = any(word.token_end < other.token < noun.token for other in nouns)
        if (
            word.what == "list:core.included"
            and noun.token - word.token_end <= NEAR
            and not between
        ):
            return True
    return False


def _is_complement(noun: Spot, title: str, here: Iterable[Spot]) -> bool:
    """Whether a noun names what the goods fit: after "for" in its clause, or close before a word such as 用."""
    before = [word for word in here if word.what == "list:core.fit_before"]
    after = [word for word in here if word.what == "list:core.fit_after"]
    prepositions = [w for w in before if not any(_in_longer(w, other) for other in after)]
    postpositions = [w for w in after if not any(_in_longer(w, o) for o in (*before, *after))]
    return any(
        word.token_end < noun.token and _clause(title, word) == _clause(title, noun)
        for word in prepositions
    ) or any(0 < word.token - noun.token_end <= NEAR for word in postpositions)


def _clause(title: str, spot: Spot) -> int:
    """How many clauses end before a place: at punctuation, and at a dash or plus between spaces."""
    ended, byte = 0, 0
    for at, char in enumerate(title):
        if byte >= spot.start:
            break
        spaced = title[at - 1 : at] == " " and title[at + 1 : at + 2] == " "
        ended += char in _ENDS_CLAUSE or (char in _ENDS_CLAUSE_SPACED and spaced)
        byte += len(char.encode())
    return ended


def _within(spot: Spot, outer: Spot) -> bool:
    return outer.token <= spot.token and spot.token_end <= outer.token_end


def _same(one: Spot, other: Spot) -> bool:
    return _within(one, other) and _within(other, one)


def _in_longer(spot: Spot, outer: Spot) -> bool:
    return _within(spot, outer) and not _same(spot, outer)
