"""The names of marks and the words that sellers disguise, as the packs write them."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from countermark.domain.marks import STRONG_ANCHORS, Alias, Anchors
from countermark.domain.packs import Pack
from countermark.knowledge.recognition import Name, name_of
from countermark.testing.interpreter.folding import (
    joined,
    loose,
    loose_doubled,
    subs_of,
    token_count,
)

MODEL, TERM = "model", "term"
LONGEST_ENTRY, LOOSE_FROM, SHORT_UP_TO = 48, 4, 6
LEAST_SPLIT = 3  # characters of a name that separators may be put into
FIRST_UNSPACED = "\u0e00"
LONG_NAME = 5  # characters from which a misspelt everyday word is told from others
LEAST_LETTERS = 2  # of a short name written with digits that stay letters
MOST_BARRED = 9  # letters of a name with a bar between them
DIGITS = dict(zip("slotebagiz", "5107384912", strict=True))
FIRST_HAN = "\u3400"
NO_ANCHORS = Anchors(any_of=("logo",))
STRONG = tuple(anchor for anchor in STRONG_ANCHORS if anchor != "logo")


@dataclass(frozen=True, slots=True, kw_only=True)
class NameEntry:
    """One text by which a mark is named, or one word of a list that is looked for in disguise too.

    Attributes:
        mark: id of the mark; "" for a word of a list.
        kind: an alias kind, MODEL or TERM.
        class_: coined, ambiguous or generic.
        anchors: what must stand beside it; asked of a coined name only when it is misspelt.
        never: words that speak against it.
        list_name: name of the list of a word.
        chars, tokens: folded without separators, and of how many tokens.
    """

    text: str
    mark: str
    kind: str
    class_: str
    chars: str
    tokens: int
    anchors: Anchors = NO_ANCHORS
    never: tuple[str, ...] = ()
    list_name: str = ""

    @property
    def name(self) -> Name:
        """The name as recognition needs it."""
        kind = "official" if self.kind == TERM else self.kind
        return name_of(self.text, kind=kind, coined=self.class_ == "coined")

    @property
    def is_loose(self) -> bool:
        """Whether look-alikes and repeats are seen through; a name of fewer letters must stand as it is."""
        return len(loose(self.chars)) >= LOOSE_FROM

    @property
    def doubled(self) -> set[str]:
        """What it reads as with a look-alike for one of two equal letters."""
        long = self.kind not in (MODEL, TERM) and len(self.chars) >= LONG_NAME
        return loose_doubled(self.chars) if long else set()

    @property
    def words(self) -> list[str]:
        """Its folded words; signs of scripts written without spaces are one, and Hangul is taken for one of these."""
        words: list[str] = []
        token = -1
        for sub in subs_of(self.text):
            on = sub.token == token
            if words and (on or min(words[-1][-1], sub.chars[0]) >= FIRST_UNSPACED):
                words[-1] += sub.chars
            else:
                words.append(sub.chars)
            token = sub.token
        return words

    @property
    def hasty_forms(self) -> set[str]:
        """What a hasty eye reads its longer forms as, a bar between all letters included: it is read as a letter."""
        fits = self._is_latin_official and LEAST_SPLIT <= len(self.chars) <= MOST_BARRED
        barred = {loose("l".join(self.chars))} if fits else set()
        return barred | {form for form in map(loose, self.forms) if len(form) >= LOOSE_FROM}

    @property
    def forms(self) -> set[str]:
        """The characters it may stand in: its own; if it must stand as it is, stretched, or with digits for letters."""
        own = {self.chars}
        if self.is_loose or not self._is_latin_official or len(self.chars) < LEAST_SPLIT:
            return own
        spots = range(len(self.chars))
        stretched = {
            self.chars[:k] + self.chars[k] * more + self.chars[k + 1 :]
            for k in spots
            for more in range(2, SHORT_UP_TO - len(self.chars) + 2)
        }
        digits = ({char, DIGITS.get(char, char)} for char in self.chars)
        numbered = {"".join(chars) for chars in itertools.product(*digits)}
        return own | stretched | {f for f in numbered if sum(map(str.isalpha, f)) >= LEAST_LETTERS}

    @property
    def _is_latin_official(self) -> bool:
        return self.kind == "official" and self.chars.isascii() and self.chars.isalpha()

    @property
    def most_tokens(self) -> int | None:
        """How many tokens a stretch may have that is taken for it; None: any number."""
        return None if len(self.chars) >= LEAST_SPLIT and self.kind != MODEL else self.tokens

    @property
    def takes_slips(self) -> bool:
        """Whether one slip of the hand is forgiven: in coined names, and long ones that are also words."""
        chosen = self.kind in ("official", "transliteration") and (
            self.class_ == "coined" or len(self.chars) >= LONG_NAME
        )
        plain = self.chars.isalpha() and max(self.chars) < FIRST_UNSPACED
        return chosen and plain and 4 <= len(self.chars) <= 20


def searchable(chars: str, letters: str) -> bool:
    """Whether a text can be looked for: not empty, not overlong, and if long not of a few letters only."""
    return (
        bool(chars)
        and len(chars) <= LONGEST_ENTRY
        and (len(letters) >= LOOSE_FROM or len(chars) <= SHORT_UP_TO)
    )


def entry(text: str, *, mark: str, kind: str, class_: str) -> NameEntry:
    """One name without anchors."""
    return NameEntry(
        text=text, mark=mark, kind=kind, class_=class_, chars=joined(text), tokens=token_count(text)
    )


def names_of(packs: Sequence[Pack], is_word: Callable[[str], bool]) -> list[NameEntry]:
    """Every alias and model of the packs; names that several marks claim need an anchor of their claimant.

    Args:
        is_word: whether a lower-case word is an everyday word.
    """
    defaults = {mark.id: _default(pack, mark.id) for pack in packs for mark in pack.marks}
    entries: list[NameEntry] = []
    for pack in packs:
        entries += [_alias(alias, defaults[alias.mark]) for alias in pack.aliases]
        entries += _models(pack, defaults, is_word)
    entries = [e for e in entries if searchable(e.chars, loose(e.chars))]
    taken = {(e.chars, e.mark) for e in entries if e.kind != MODEL}
    entries = [e for e in entries if e.kind != MODEL or (e.chars, e.mark) not in taken]
    return list(_contested(entries, defaults))


def _default(pack: Pack, mark: str) -> Anchors:
    """The anchors of a mark that states none: every strong one, and the kinds of goods it makes."""
    kinds = {f"category:{product.category}" for product in pack.products if product.mark == mark}
    return Anchors(any_of=(*STRONG, *sorted(kinds)))


def _alias(alias: Alias, default: Anchors) -> NameEntry:
    plain = entry(alias.text, mark=alias.mark, kind=alias.kind, class_=alias.class_)
    return replace(plain, anchors=alias.anchors or default, never=alias.never_near)


def _models(
    pack: Pack, defaults: dict[str, Anchors], is_word: Callable[[str], bool]
) -> Iterator[NameEntry]:
    """The names of a pack's models: of everyday words alone generic, else ambiguous."""
    for product in pack.products:
        for text in filter(None, (product.name, *product.also)):
            everyday = all(is_word(word) for word in text.casefold().split())
            model = entry(
                text, mark=product.mark, kind=MODEL, class_="generic" if everyday else "ambiguous"
            )
            if len(model.chars) >= (2 if text[0] >= FIRST_UNSPACED else 4):
                yield replace(model, anchors=defaults[product.mark])


def _contested(entries: Sequence[NameEntry], defaults: dict[str, Anchors]) -> Iterator[NameEntry]:
    claimants: dict[str, set[str]] = defaultdict(set)
    for name in entries:
        claimants[name.chars].add(name.mark)
    for name in entries:
        if len(claimants[name.chars]) > 1 and name.class_ == "coined":
            yield replace(name, class_="ambiguous", anchors=defaults[name.mark])
        else:
            yield name


def disguised_terms(lists: dict[str, tuple[str, ...]]) -> list[NameEntry]:
    """The words of these lists that are long enough to be told in disguise: six letters, or two Han characters."""
    terms = []
    for list_name, words in lists.items():
        for word in words:
            term = replace(entry(word, mark="", kind=TERM, class_="coined"), list_name=list_name)
            if _worth_disguising(term.chars):
                terms.append(term)
    return terms


def _worth_disguising(chars: str) -> bool:
    if not chars.isalpha() or len(chars) > LONGEST_ENTRY:
        return False
    return len(chars) >= 2 if min(chars) >= FIRST_HAN else len(loose(chars)) >= 6
