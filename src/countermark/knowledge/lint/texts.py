"""KP04: text that looks the same to people is the same to machines."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from typing import Any

from countermark.knowledge.layout import kind_of, text_of
from countermark.knowledge.lint.subject import Remark, Subject, error

KP04 = "KP04"
_LINE_ENDS = frozenset("\n\r\t")


def clean_text(subject: Subject) -> Iterator[Remark]:
    r"""KP04: NFC, and no control, bidirectional or zero-width characters.

    In tests, where a listing may need them, they may be written as an escape such as `\u200b`.
    """
    for path, content in sorted(subject.files.items()):
        kind = kind_of(path)
        if kind is None or kind.shape not in {"header", "toml", "cases", "csv", "parquet"}:
            continue
        text = text_of(path, content)
        yield from _raw(path, text)
        if kind.shape in {"header", "toml"} and ("\\u" in text or "\\U" in text):
            yield from _escaped(path, text)


def _raw(path: str, text: str) -> Iterator[Remark]:
    """Faults of the file as written."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.isascii() and line.isprintable():
            continue
        place = f"{path} line {number}"
        for sign in _hidden(line):
            yield _remark(place, sign)
        if not unicodedata.is_normalized("NFC", line):
            yield error(KP04, place, "the text is not in NFC", "write composed letters (NFC)")


def _escaped(path: str, text: str) -> Iterator[Remark]:
    """Faults of values that are written with escapes."""
    for value in _strings(tomllib.loads(text)):
        for sign in _hidden(value):
            yield _remark(path, sign)


def _hidden(text: str) -> list[str]:
    """Characters that people do not see, each once."""
    hidden = (c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Co", "Cn"})
    return [sign for sign in dict.fromkeys(hidden) if sign not in _LINE_ENDS]


def _remark(place: str, sign: str) -> Remark:
    """The remark on one hidden character."""
    name = unicodedata.name(sign, "a control character").lower()
    says = f"holds U+{ord(sign):04X}, {name}"
    return error(KP04, place, says, "take it out; in tests write it as an escape")


def _strings(value: Any) -> Iterator[str]:
    """Every text in a TOML document, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield key
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)
