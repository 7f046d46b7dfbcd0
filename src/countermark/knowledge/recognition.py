"""Whether a stretch of text names an alias, and how: plainly, or disguised in one of the ways sellers use.

The compiled search (`features.matching`, `features.near_misses`) proposes; this decides, for each distinct
pair of alias and text once. The guiding rule: a disguise must not be something people write for its own sake.
So text that consists of everyday words is never a disguise, and the shorter the name, the less may differ.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import NamedTuple

from rapidfuzz.distance import OSA

from countermark.features.folding import fold_table
from countermark.features.tokens import folded_text

HOW = ("official", "transliteration", "misspelling", "coded", "lookalike", "leet", "separated", "stretched", "fuzzy", "model")
"""Ways of recognition, in the order of their codes; those from `lookalike` to `fuzzy` are evasions or slips."""
EVASIVE = ("lookalike", "leet", "separated", "stretched", "fuzzy")


class Name(NamedTuple):
    """One alias as recognition needs it.

    Attributes:
        text: as the pack writes it.
        joined: folded, without spaces.
        tokens: of the folded text.
        kind: official, transliteration, misspelling, coded or model.
        coined: whether the word means nothing else.
    """

    text: str
    joined: str
    tokens: int
    kind: str
    coined: bool


def name_of(text: str, *, kind: str, coined: bool) -> Name:
    """The `Name` of an alias."""
    folded = folded_text(text)
    return Name(text, folded.replace(" ", ""), _tokens(folded), kind, coined)


def _tokens(folded: str) -> int:
    """Words, each character of an unsegmented script being one."""
    unsegmented = sum(c >= "\u0e00" for c in folded)
    return unsegmented + sum(any(c < "\u0e00" for c in word) for word in folded.split(" "))


def recognise(name: Name, text: str, is_common: Callable[[str], bool]) -> str | None:
    """How `text` names the alias (one of `HOW`), or None.

    Args:
        name: the alias that the search proposed.
        text: the stretch of the listing, as written.
        is_common: whether a folded word is an everyday word in some language.
    """
    if _plain(text) == _plain(name.text):
        return name.kind
    folded = folded_text(text)
    joined, words = folded.replace(" ", ""), folded.split(" ")
    if name.kind == "model":
        return "model" if joined == name.joined and not _mixed_scripts(text) else None
    if all(is_common(word) and not _mixed_scripts(text) for word in words) and not _same_words(name, folded):
        return None
    if joined == name.joined:
        return _same_letters(name, text, words, is_common)
    if _inflected(name, joined):
        return name.kind
    if _collapsed(_classes(joined)) == _collapsed(_classes(name.joined)):
        return _same_shape(name, joined, words)
    return _one_slip(name, joined)


def _plain(text: str) -> str:
    """Case, width and spacing aside."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("-", " ").split())


def _same_words(name: Name, folded: str) -> bool:
    return folded.replace(" ", "") == name.joined and _tokens(folded) <= name.tokens


def _same_letters(name: Name, text: str, words: list[str], is_common: Callable[[str], bool]) -> str | None:
    """The letters are the alias's once look-alikes and separators are seen through."""
    if _tokens(" ".join(words)) > name.tokens:
        return "separated" if _is_split(name, text, words, is_common) else None
    if any(not (c.isalnum() or c.isspace() or c in "-'&.’·") for c in _shown(text)):
        return "leet"
    if not _foreign_letters(text) or _script_of(text) == _script_of(name.text):
        return name.kind
    return "lookalike"


def _is_split(name: Name, text: str, words: list[str], is_common: Callable[[str], bool]) -> bool:
    """Whether separators were put into a name, and not two words stand side by side by chance."""
    if all(len(word) == 1 for word in words):
        return len(name.joined) >= 2
    long_words = [word for word in words if len(word) > 1]
    spaced = all(c.isalnum() or c.isspace() for c in text)
    if spaced and not name.coined:
        return False
    return len(name.joined) >= 4 and not any(is_common(word) for word in long_words)


def _inflected(name: Name, joined: str) -> bool:
    """A plural or genitive s."""
    return joined == name.joined + "s" and len(name.joined) >= 4 and name.joined.isascii()


def _classes(folded: str) -> str:
    loose = fold_table().loose
    folded = folded.replace("rn", "m")
    return "".join(chr(loose[ord(c)]) if ord(c) < 128 else c for c in folded)


def _collapsed(text: str) -> str:
    return "".join(c for k, c in enumerate(text) if k == 0 or c != text[k - 1])


def _same_shape(name: Name, joined: str, words: list[str]) -> str | None:
    """Equal but for digits, repeats and letters drawn alike."""
    size = len(_collapsed(name.joined))
    digits = sum(c.isdigit() for c in joined) - sum(c.isdigit() for c in name.joined)
    letters = sum(c.isalpha() for c in joined)
    if digits > 0:
        return "leet" if size >= 3 and letters >= 2 and digits <= max(1, size // 2) else None
    if digits < 0 or size < 4:
        return None
    if _collapsed(joined) == _collapsed(name.joined):
        return "stretched" if len(joined) > len(name.joined) else "fuzzy"
    if len(words) > name.tokens:
        return "separated"
    return "lookalike" if size >= 5 and name.coined else None


def _one_slip(name: Name, joined: str) -> str | None:
    """One letter dropped, added, changed or swapped in a long distinctive name."""
    size = len(name.joined)
    if not name.coined or not joined.isalpha() or OSA.distance(joined, name.joined, score_cutoff=1) != 1:
        return None
    if len(joined) == size:
        swapped = sorted(joined) == sorted(name.joined)
        return "fuzzy" if size >= (4 if swapped else 6) else None
    if len(joined) < size:
        return "fuzzy" if size >= 5 else None
    return "fuzzy" if size >= 6 else None


def _shown(text: str) -> str:
    """The text without marks that are not seen or sit on letters."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn", "Me"))


def _foreign_letters(text: str) -> bool:
    return any(ord(c) >= 0x250 for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def _script_of(text: str) -> frozenset[str]:
    """The scripts of the letters: their Unicode names' first words, Latin width and accents aside."""
    letters = (c for c in unicodedata.normalize("NFD", text) if c.isalpha())
    return frozenset(unicodedata.name(c, "?").split(" ")[0] for c in letters)


def _mixed_scripts(text: str) -> bool:
    """Whether Latin letters stand with letters of another alphabet in one stretch."""
    return len(_script_of(text) & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "MATHEMATICAL"}) > 1
