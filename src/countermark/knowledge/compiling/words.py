"""Word lists, nouns, model names and phrases compiled to `Words`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import numpy as np

from countermark.domain.packs import Pack
from countermark.domain.rules import TermList
from countermark.domain.signals import BrandSignal, PhraseSignal, SellerSignal
from countermark.errors import SnapshotError
from countermark.features.measuring import measure
from countermark.features.tokens import folded_text
from countermark.features.windows import MAX_WINDOW, Index
from countermark.knowledge.lexicon import build_index, indexable
from countermark.knowledge.snapshot import Words

CORE = "core"
NOUN_SETS = ("noun", "noun-first")
"""Before the category in the names of sets of nouns: of languages that put the head noun last, and first."""
OF_TITLES = (*(f"{way}:" for way in NOUN_SETS), "product:")
"""How the names of sets begin that say what is sold: only titles and kinds of goods are read for them."""
HEAD_FIRST = frozenset({"ru", "es", "pt", "fr", "it", "ar", "id", "vi", "th"})
"""Languages in which the noun that says what is sold stands before what describes it: "bracelet de montre"."""


class WordSets:
    """Numbered sets of words, filled while a snapshot is built."""

    def __init__(self) -> None:
        """Begin without sets."""
        self._numbers: dict[str, int] = {}
        self._entries: dict[tuple[str, int], None] = {}

    def add(self, name: str, words: Iterable[str]) -> int:
        """Put `words` into the set `name` and return its number."""
        number = self._numbers.setdefault(name, len(self._numbers))
        self._entries.update(dict.fromkeys((word, number) for word in words))
        return number

    def number(self, name: str) -> int | None:
        """The number of the set `name`, if there is one."""
        return self._numbers.get(name)

    def compile(self) -> Words:
        """The search structures of all sets, and of those that mean something in any text."""
        kept = indexable([text for text, _ in self._entries], loose=False)
        entries = [entry for entry, keep in zip(self._entries, kept, strict=True) if keep]
        names = tuple(self._numbers)
        said = [entry for entry in entries if not names[entry[1]].startswith(OF_TITLES)]
        return Words(*_index_of(entries), *_index_of(said), names)


def _index_of(entries: Sequence[tuple[str, int]]) -> tuple[Index, np.ndarray]:
    """The index of words and the set of each."""
    texts = [text for text, _ in entries]
    tokens = measure(texts, loose=False).tokens
    digits = np.array([any(c.isdigit() for c in text) for text in texts], bool)
    # Letters may be written together ("t-shirt", "tshirt"); with digits "1:1" must not become "11".
    index = build_index(texts, words=np.where(digits, -tokens, tokens), loose=False)
    return index, np.array([number for _, number in entries], np.int32)


def qualified(list_name: str, pack: Pack) -> str:
    """`core.fit` as it is; a list of the rule's own pack with the pack's id before it."""
    return list_name if list_name.startswith(f"{CORE}.") else f"{pack.id}.{list_name}"


def list_name(term_list: TermList, pack: Pack) -> str:
    """The name by which rules of every pack know this list."""
    return f"{CORE if pack.header.issuer == CORE else pack.id}.{term_list.id}"


def add_lists(sets: WordSets, packs: Sequence[Pack], as_of: date) -> None:
    """Every list of every pack as a set `list:<name>`, and a check that rules ask only for lists that exist.

    A list whose last day has passed is there, without words.
    """
    for pack in packs:
        for term_list in pack.lists:
            words = term_list.words if term_list.in_use(as_of) else ()
            sets.add(f"list:{list_name(term_list, pack)}", words)
    for pack in packs:
        for rule in pack.rules:
            for signal in rule.signals.values():
                for name in signal.lists:
                    if sets.number(f"list:{qualified(name, pack)}") is None:
                        raise SnapshotError(
                            f"{rule.id}: list {name} is in no pack of this snapshot",
                            hint="add the pack that holds it, or mend the name",
                        )


def seller_lists(packs: Sequence[Pack], as_of: date) -> dict[str, tuple[str, ...]]:
    """The lists of sellers that rules ask, by name; one whose last day has passed is empty."""
    asked = {
        qualified(name, pack)
        for pack in packs
        for rule in pack.rules
        for signal in rule.signals.values()
        if isinstance(signal, SellerSignal)
        for name in signal.lists
    }
    return {
        name: term_list.words if term_list.in_use(as_of) else ()
        for pack in packs
        for term_list in pack.lists
        if (name := list_name(term_list, pack)) in asked
    }


def add_nouns(sets: WordSets, packs: Sequence[Pack]) -> None:
    """The nouns of each category as sets `noun:<category>` and, of languages that put the head first, `noun-first:`."""
    for pack in packs:
        for noun in pack.nouns:
            sets.add(f"{NOUN_SETS[noun.lang in HEAD_FIRST]}:{noun.category}", [noun.noun])


def phrase_set(signal: PhraseSignal, which: str) -> str:
    """Name of the set that holds one phrase list of a rule."""
    words = signal.any if which == "any" else (which,)
    return "phrase:" + "\x1f".join(words)


def add_phrases(sets: WordSets, packs: Sequence[Pack]) -> None:
    """The literal phrases inside rules."""
    for pack in packs:
        for rule in pack.rules:
            for signal in rule.signals.values():
                if isinstance(signal, PhraseSignal):
                    if signal.any:
                        sets.add(phrase_set(signal, "any"), signal.any)
                    for text in signal.all:
                        sets.add(phrase_set(signal, text), [text])


def disguised_terms(sets: WordSets, packs: Sequence[Pack], as_of: date) -> list[tuple[str, int]]:
    """Terms that are looked for in every listing, disguised or not.

    They are of the lists that a rule without a brand asks for, since nothing else would bring the listing up, and of
    those by which rules see a declared replica, since sellers disguise those words too.
    """
    wanted: dict[str, None] = {}
    for pack in packs:
        for rule in pack.rules:
            signals = rule.signals.values()
            nameless = not any(isinstance(signal, BrandSignal) for signal in signals)
            for signal in signals:
                if signal.op == "term" and (nameless or rule.claim == "declared_replica"):
                    wanted.update(dict.fromkeys(qualified(name, pack) for name in signal.lists))
    terms = [
        (word, sets.add(f"list:{name}", []))
        for pack in packs
        for term_list in pack.lists
        if (name := list_name(term_list, pack)) in wanted and term_list.in_use(as_of)
        for word in term_list.words
    ]
    worth = _worth_disguising([word for word, _ in terms])
    return [term for term, keep in zip(terms, worth, strict=True) if keep]


def _worth_disguising(words: Sequence[str]) -> list[bool]:
    """Long enough that a disguise is told from chance: six letters, or two Han characters."""
    letters = measure(words, loose=True).letters
    folded = [folded_text(word).replace(" ", "") for word in words]
    return [
        bool(
            text.isalpha()
            and len(text) <= MAX_WINDOW
            and (len(text) >= 2 if min(text) >= "\u3400" else size >= 6)
        )
        for text, size in zip(folded, letters, strict=True)
    ]
