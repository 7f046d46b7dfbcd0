"""KP18: nothing of a secret part can be read in a more open one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from countermark.domain.origins import LEVELS, Level
from countermark.domain.signals import PatternSignal, PhraseSignal
from countermark.knowledge.files import level_of
from countermark.knowledge.layout import text_of
from countermark.knowledge.lint.subject import Remark, Subject, error, rule_place

KP18 = "KP18"
MIN_LETTERS: Final = 3
"""Shorter secrets would be found everywhere."""
MIN_SENTENCE: Final = 8


@dataclass(frozen=True, slots=True)
class _Secret:
    """A text that only the readers of a level may see; `what` it is, without the text."""

    text: str
    level: Level
    what: str


def no_leaks(subject: Subject) -> Iterator[Remark]:
    """KP18: secret words, list names and test texts in lower parts, titles, reasons, file names."""
    secrets = _secrets(subject)
    if not secrets:
        return
    for path, content in sorted(subject.files.items()):
        yield from _in_file(path, content, secrets)
    for rule in subject.pack.rules:
        for secret in secrets:
            for key, text in (("title", rule.title), ("reason", rule.reason)):
                if secret.level != "public" and _stands_in(secret.text, text.casefold()):
                    says = f"{key} holds {secret.what}"
                    yield error(KP18, rule_place(rule), says, f"take it out of the {key}")


def _secrets(subject: Subject) -> tuple[_Secret, ...]:
    """Every text of the secret parts that must not stand elsewhere."""
    found = [*_words(subject), *_rule_words(subject), *_test_texts(subject)]
    return tuple(dict.fromkeys(secret for secret in found if _is_long_enough(secret.text)))


def _words(subject: Subject) -> Iterator[_Secret]:
    """Names and words of secret lists, and secret aliases."""
    for words in subject.pack.lists:
        if words.level != "public":
            yield _Secret(words.id.casefold(), words.level, f"the name of list {words.origin}")
            for word in words.words:
                yield _Secret(word.casefold(), words.level, f"a word of list {words.origin}")
    for alias in subject.pack.aliases:
        if alias.level != "public":
            yield _Secret(alias.text.casefold(), alias.level, f"the alias of {alias.origin}")


def _rule_words(subject: Subject) -> Iterator[_Secret]:
    """Words and literals of secret rules."""
    for rule in subject.pack.rules:
        for asked in rule.signals.values() if rule.level != "public" else ():
            if isinstance(asked, PhraseSignal):
                for word in asked.any + asked.all:
                    yield _Secret(word.casefold(), rule.level, f"a word of {rule.origin}")
            elif isinstance(asked, PatternSignal):
                yield _Secret(asked.literal.casefold(), rule.level, f"a literal of {rule.origin}")


def _test_texts(subject: Subject) -> Iterator[_Secret]:
    """Titles and descriptions of secret test listings."""
    for case in subject.pack.cases:
        if case.level == "public":
            continue
        for key in ("title", "description"):
            text = case.listing.get(key, "").casefold()
            if len(text) >= MIN_SENTENCE:
                yield _Secret(text, case.level, f"the {key} of {case.origin}")


def _is_long_enough(text: str) -> bool:
    """Whether a text tells something where it is found."""
    letters = sum(sign.isalnum() for sign in text)
    return letters >= (2 if any(sign >= "\u3040" for sign in text) else MIN_LETTERS)


def _in_file(path: str, content: bytes, secrets: tuple[_Secret, ...]) -> Iterator[Remark]:
    """Secrets in a file's path, and in its text where the file is more open than they."""
    own, text = level_of(path), text_of(path, content).casefold()
    for secret in secrets:
        if _stands_in(secret.text, path.casefold()):
            yield error(KP18, path, f"the file's name holds {secret.what}", "rename the file")
        lower = LEVELS.index(own) < LEVELS.index(secret.level)
        if lower and _stands_in(secret.text, text):
            says = f"holds {secret.what}, which is for {secret.level} only"
            yield error(KP18, path, says, f"take it out, or move it to {secret.level}/")


def _stands_in(secret: str, text: str) -> bool:
    """Whether a secret stands in a text as whole words; in unspaced scripts anywhere."""
    if secret not in text:
        return False
    if any(sign >= "\u0e00" for sign in secret):
        return True
    return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text) is not None
