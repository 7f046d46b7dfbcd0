"""One listing judged by every rule."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, NamedTuple

from countermark.domain.packs import Pack
from countermark.domain.rules import Rule
from countermark.knowledge.logic import evaluate, parse
from countermark.testing.interpreter import (
    code_questions,
    goods_questions,
    seller_question,
    text_questions,
)
from countermark.testing.interpreter.asking import UNKNOWN, Answer, Asked, Subject
from countermark.testing.interpreter.goods import (
    band_of,
    condition_of,
    kinds_of,
    pieces_of,
    product_of,
)
from countermark.testing.interpreter.goods_heads import head_of
from countermark.testing.interpreter.knowledge import Knowledge, knowledge_of
from countermark.testing.interpreter.names import TERM
from countermark.testing.interpreter.naming import Surroundings, accepted, outermost, settled
from countermark.testing.interpreter.spots import TITLE, Named, Spot, names_in, words_in

QUESTIONS: Mapping[str, Callable[..., Answer]] = {
    "brand": text_questions.brand, "term": text_questions.term, "phrase": text_questions.phrase,
    "context": text_questions.context, "near": text_questions.near, "pattern": text_questions.pattern,
    "contact": text_questions.contact, "price": goods_questions.price, "number": goods_questions.number,
    "category": goods_questions.category, "condition": goods_questions.condition, "place": goods_questions.place,
    "maker": goods_questions.maker, "seller": seller_question.seller, "image": goods_questions.image, "rule": goods_questions.rule,
    "code": code_questions.code, "variant": code_questions.variant,
}  # fmt: skip
ASLEEP = ("draft", "retired")
"""Rules of these states are not asked."""


class Mention(NamedTuple):
    """One stretch of a listing that names a mark: bytes of the UTF-8 text of a field, and the way of recognition."""

    mark: str
    field: str
    start: int
    end: int
    how: str


class Outcome(NamedTuple):
    """One rule asked of a listing and one mark that it names ("" for none).

    Attributes:
        unknown: too little is known to say, and nothing excludes the rule.
        blocked: the signals but for which the rule would have fired.
    """

    rule: str
    mark: str
    fired: bool
    unknown: bool
    blocked: frozenset[str]


class Interpretation(NamedTuple):
    """Everything said about one listing."""

    mentions: tuple[Mention, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Judges listings with what packs say on one day."""

    knowledge: Knowledge

    @classmethod
    def of(cls, packs: Iterable[Pack], *, vocabulary: Sequence[str], as_of: date) -> Interpreter:
        """The interpreter of these packs."""
        return cls(knowledge_of(packs, vocabulary=vocabulary, as_of=as_of))

    def read(self, listing: Mapping[str, Any]) -> Interpretation:
        """The mentions in a listing, and the outcome of every rule for every mark that it names.

        Args:
            listing: values by column of `domain.tables.LISTINGS`; one that is absent is not known.
        """
        subjects = _subjects(listing, self.knowledge)
        mentions = [_mention(named) for subject in subjects for named in subject.mentions]
        outcomes = [
            _outcome(subject, pack, rule)
            for subject in subjects
            for pack, rule in self.knowledge.rules()
            if rule.status not in ASLEEP
        ]
        return Interpretation(tuple(mentions), tuple(outcomes))


def _mention(named: Named) -> Mention:
    return Mention(named.entry.mark, named.spot.field, named.spot.start, named.spot.end, named.how)


def _subjects(listing: Mapping[str, Any], knowledge: Knowledge) -> list[Subject]:
    """The listing with each mark that it names; with none where it only uses words that sellers disguise."""
    read = names_in(listing, knowledge)
    names = settled([named for named in read if named.entry.kind != TERM])
    terms = [
        n.spot._replace(what=f"list:{n.entry.list_name}") for n in read if n.entry.kind == TERM
    ]
    if not read:
        return []
    words = [*words_in(listing, knowledge), *terms]
    kinds = kinds_of(listing, words, knowledge)
    around = Surroundings(
        listing=listing, names=names, words=words, kinds=kinds, knowledge=knowledge
    )
    names = accepted(around)
    words = [word for word in words if not _inside(word, names)]
    head = head_of(listing.get("title") or "", words, names, knowledge)
    kinds = kinds._replace(head=head)
    around = replace(around, words=words, kinds=kinds)
    mentions = outermost(names)
    marks = list(dict.fromkeys(named.entry.mark for named in mentions)) or ([""] if terms else [])
    return [_subject(around, mark, mentions) for mark in marks]


def _inside(word: Spot, names: Iterable[Named]) -> bool:
    """Whether a word of a list stands in an accepted name: the "new" of New Balance tells no condition."""
    return word.what.startswith("list:") and any(name.spot.contains(word) for name in names)


def _subject(around: Surroundings, mark: str, mentions: list[Named]) -> Subject:
    listing, words, kinds, knowledge = around.listing, around.words, around.kinds, around.knowledge
    condition, pieces = condition_of(listing, words), pieces_of(listing, words)
    product = product_of(listing, mark, words, kinds, knowledge)
    return Subject(
        listing=listing, knowledge=knowledge, mark=mark, words=tuple(words), kinds=kinds, condition=condition,
        mentions=tuple(named for named in mentions if named.entry.mark == mark), pieces=pieces, product=product,
        named_in=frozenset(named.spot.field for named in mentions),
        marks_in_title=len({named.entry.mark for named in mentions if named.spot.field == TITLE}),
        band=band_of(listing, product, condition, pieces, knowledge),
    )  # fmt: skip


def _answer(subject: Subject, pack: Pack, rule: Rule, name: str) -> Answer:
    """The answer to one signal of a rule."""
    signal = rule.signals[name]
    asked = Asked(
        pack=pack, rule=rule,
        other=lambda other: _answer(subject, pack, rule, other),
        when=lambda local: _when_of(subject, pack, local),
    )  # fmt: skip
    return QUESTIONS[signal.op](subject, signal, asked)


def _when(subject: Subject, pack: Pack, rule: Rule) -> Answer:
    """Whether the condition of a rule holds, its exclusions aside."""
    answers = {name: _answer(subject, pack, rule, name) for name in rule.signals}
    true, known = evaluate(
        parse(rule.when), {name: (answer.true, answer.known) for name, answer in answers.items()}
    )
    return Answer(true, known)


def _when_of(subject: Subject, pack: Pack, local: str) -> Answer:
    sibling = next((rule for rule in pack.rules if rule.local_id == local), None)
    return UNKNOWN if sibling is None else _when(subject, pack, sibling)


def _outcome(subject: Subject, pack: Pack, rule: Rule) -> Outcome:
    when = _when(subject, pack, rule)
    exclusions = {name: _answer(subject, pack, rule, name) for name in rule.unless}
    stops = frozenset(
        name
        for name, answer in exclusions.items()
        if answer.true or (rule.block_on_unknown and not answer.known)
    )
    return Outcome(
        rule=rule.id, mark=subject.mark, fired=when.true and not stops, unknown=not when.known and not stops,
        blocked=stops if when.true else frozenset(),
    )  # fmt: skip
