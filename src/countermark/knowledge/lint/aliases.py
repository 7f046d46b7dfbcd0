"""KP05 and KP06: names of marks that mean other things too."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from countermark.knowledge.distinctiveness import is_looser
from countermark.knowledge.lint.subject import Remark, Subject, error, folded, warning

KP05, KP06 = "KP05", "KP06"


def distinctive(subject: Subject) -> Iterator[Remark]:
    """KP05: names that are not distinctive have anchors, and none is called more than was measured."""
    yield from short_or_unanchored(subject)
    yield from looser_than_measured(subject)


def short_or_unanchored(subject: Subject) -> Iterator[Remark]:
    """KP05: short words, and words with other meanings, count only beside an anchor."""
    for alias in subject.pack.aliases:
        letters, least = _letters(alias.text), _least_letters(alias.text)
        if alias.class_ == "coined" and letters < least and alias.anchors is None:
            says = f'alias "{alias.text}" has {letters} letters and is called coined'
            yield error(KP05, alias.origin, says, "call it ambiguous and give anchors")
        if alias.class_ != "coined" and alias.anchors is None:
            says = f'alias "{alias.text}" is {alias.class_} and has no anchors'
            yield error(KP05, alias.origin, says, "say what must stand beside it, in anchors")


def _letters(text: str) -> int:
    """Letters and digits of a text; vowel signs count."""
    return sum(unicodedata.category(sign)[0] in "LNM" for sign in text)


def _least_letters(text: str) -> int:
    """How many letters a distinctive word has at least: fewer where each is a syllable."""
    return 2 if any(_is_syllabic(sign) for sign in text) else 3


def _is_syllabic(sign: str) -> bool:
    """Whether a sign is Han, kana or hangul."""
    return "\u3040" <= sign <= "\u9fff" or "\uac00" <= sign <= "\ud7af" or sign >= "\U00020000"


def ordinary_words(subject: Subject) -> Iterator[Remark]:
    """KP06: a name that is an everyday word, a place, a first name, or another member's mark."""
    words, others = subject.context.ordinary_words, subject.context.other_marks
    for alias in subject.pack.aliases:
        if alias.class_ != "coined":
            continue
        name = folded(alias.text)
        owner = others.get(name)
        if name in words:
            says = f'alias "{alias.text}" is an everyday word and is called coined'
            yield warning(KP06, alias.origin, says, "call it ambiguous and give anchors")
        elif owner and owner != subject.pack.id:
            says = f'alias "{alias.text}" is also the name of a mark of pack {owner}'
            yield warning(KP06, alias.origin, says, "call it ambiguous and give anchors")


def looser_than_measured(subject: Subject) -> Iterator[Remark]:
    """KP05, measured: an author may ask for a stricter class than was measured, never a looser one."""
    measured = subject.context.measured
    for alias in subject.pack.aliases:
        if is_looser(alias, measured):
            found = measured[alias.mark, alias.text]
            says = f'alias "{alias.text}" is called {alias.class_} and was measured {found}'
            yield error(KP05, alias.origin, says, f"call it {found} and give anchors")
