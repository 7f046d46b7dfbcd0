"""Word lists, nouns, model names and phrases compiled to `Words`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from countermark.domain.packs import Pack
from countermark.domain.rules import TermList
from countermark.domain.signals import PhraseSignal
from countermark.errors import SnapshotError
from countermark.features.matching import MAX_WINDOW, entry_hashes, folded_text
from countermark.knowledge.lexicon import build_index
from countermark.knowledge.snapshot import Words

CORE = "core"


class WordSets:
    """Numbered sets of words, filled while a snapshot is built."""

    def __init__(self) -> None:
        """Begin without sets."""
        self._numbers: dict[str, int] = {}
        self._entries: dict[tuple[str, int], None] = {}

    def add(self, name: str, words: Iterable[str]) -> int:
        """Put `words` into the set `name` and return its number."""
        number = self._numbers.setdefault(name, len(self._numbers))
        for word in words:
            if 0 < len(folded_text(word).replace(" ", "")) <= MAX_WINDOW:
                self._entries[word, number] = None
        return number

    def number(self, name: str) -> int | None:
        """The number of the set `name`, if there is one."""
        return self._numbers.get(name)

    def compile(self) -> Words:
        """The search structure of all sets."""
        entries = list(self._entries)
        texts = [text for text, _ in entries]
        index = build_index(texts, words=[_tokens_allowed(text) for text in texts], loose=False)
        return Words(index, np.array([number for _, number in entries], np.int32), tuple(self._numbers))


def _tokens_allowed(text: str) -> int:
    """At most the tokens of a word of letters ("t-shirt" is "tshirt"); exactly those of one with digits ("1:1" is not "11")."""
    tokens = entry_hashes(text, loose=False).tokens
    return -tokens if any(c.isdigit() for c in text) else tokens


def qualified(list_name: str, pack: Pack) -> str:
    """`core.fit` as it is; a list of the rule's own pack with the pack's id before it."""
    return list_name if list_name.startswith(f"{CORE}.") else f"{pack.id}.{list_name}"


def list_name(term_list: TermList, pack: Pack) -> str:
    """The name by which rules of every pack know this list."""
    return f"{CORE if pack.header.issuer == CORE else pack.id}.{term_list.id}"


def add_lists(sets: WordSets, packs: Sequence[Pack]) -> None:
    """Every list of every pack as a set `list:<name>`, and a check that rules ask only for lists that exist."""
    for pack in packs:
        for term_list in pack.lists:
            sets.add(f"list:{list_name(term_list, pack)}", term_list.words)
    for pack in packs:
        for rule in pack.rules:
            for signal in rule.signals.values():
                for name in signal.lists:
                    if sets.number(f"list:{qualified(name, pack)}") is None and signal.op != "seller":
                        raise SnapshotError(
                            f"{rule.id}: list {name} is in no pack of this snapshot",
                            hint="add the pack that holds it, or mend the name",
                        )


def add_nouns(sets: WordSets, packs: Sequence[Pack]) -> None:
    """The nouns of each category as a set `noun:<category>`."""
    for pack in packs:
        for noun in pack.nouns:
            sets.add(f"noun:{noun.category}", [noun.noun])


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


def disguised_terms(sets: WordSets, packs: Sequence[Pack]) -> list[tuple[str, int]]:
    """Terms of the lists by which rules see a declared replica: sellers disguise those words too."""
    wanted: dict[str, None] = {}
    for pack in packs:
        for rule in pack.rules:
            for signal in rule.signals.values():
                if rule.claim == "declared_replica" and signal.op == "term":
                    wanted.update(dict.fromkeys(qualified(name, pack) for name in signal.lists))
    terms = []
    for pack in packs:
        for term_list in pack.lists:
            name = list_name(term_list, pack)
            if name in wanted:
                number = sets.add(f"list:{name}", [])
                terms += [(word, number) for word in term_list.words if _worth_disguising(word)]
    return terms


def _worth_disguising(word: str) -> bool:
    """Long enough that a disguise is told from chance: six letters, or two Han characters."""
    joined = folded_text(word).replace(" ", "")
    if not joined.isalpha() or len(joined) > MAX_WINDOW:
        return False
    return len(joined) >= 2 if min(joined) >= "\u3400" else entry_hashes(word, loose=True).letters >= 6
