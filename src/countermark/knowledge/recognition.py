"""Whether a stretch of text names an alias, and how: plainly, or disguised in one of the ways sellers use.

The compiled search (`features.matching`, `features.near_misses`) proposes; this decides, for each distinct
pair of alias and text once. The guiding rule: a disguise must not be something people write for its own sake.
So text that consists of everyday words is never a disguise, and the shorter the name, the less may differ.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import accumulate
from typing import NamedTuple

from rapidfuzz.distance import OSA

from countermark.features.near_misses import LONG_NAME
from countermark.features.tokens import folded_text
from countermark.knowledge.spelling import (
    GAP,
    classes,
    collapsed,
    foreign_letters,
    mixed_scripts,
    opens,
    scripts_of,
    shown,
)

HOW = (
    "official",
    "transliteration",
    "misspelling",
    "coded",
    "lookalike",
    "leet",
    "separated",
    "stretched",
    "fuzzy",
    "model",
)
"""Ways of recognition, in the order of their codes; those from `lookalike` to `fuzzy` are evasions or slips."""
LEAST_INDISTINCT = 5  # letters of a name that is also a word, in which a slip is forgiven
LEAST_SLIP = 4  # letters of a word of a longer name in which a slip is a slip
LEAST_SPLIT, LEAST_SPACED_OUT = 3, 5  # letters of a name that signs, or spaces, are put into
LONG_STRETCH = 10  # letters from which everyday words that are one slip from a name are no chance
LEAST_SPACED = 4  # characters of a name of an unspaced script that may hold a space
EVASIVE = ("lookalike", "leet", "separated", "stretched", "fuzzy")


class Name(NamedTuple):
    """One alias as recognition needs it.

    Attributes:
        text: as the pack writes it.
        plain: the text, case, width and spacing aside.
        folded: its tokens parted by spaces.
        joined: folded, without spaces.
        tokens: of the folded text.
        kind: official, transliteration, misspelling, coded or model.
        coined: whether the word means nothing else.
    """

    text: str
    plain: str
    folded: str
    joined: str
    tokens: int
    kind: str
    coined: bool


def name_of(text: str, *, kind: str, coined: bool) -> Name:
    """The `Name` of an alias."""
    folded = folded_text(text)
    return Name(text, _plain(text), folded, folded.replace(" ", ""), _tokens(folded), kind, coined)


def _tokens(folded: str) -> int:
    """Words, each character of an unsegmented script being one."""
    unsegmented = sum(c >= "\u0e00" for c in folded)
    return unsegmented + sum(any(c < "\u0e00" for c in word) for word in folded.split(" "))


def recognise(  # noqa: PLR0911 - a list of cases, each of which settles it
    name: Name, text: str, is_common: Callable[[str], bool]
) -> str | None:
    """How `text` names the alias (one of `HOW`), or None.

    Args:
        name: the alias that the search proposed.
        text: the stretch of the listing, as written.
        is_common: whether a folded word is an everyday word in some language.
    """
    if name.plain in (_plain(text), _plain(text.strip(_PUNCTUATION))):
        return name.kind
    folded = folded_text(text)
    joined, words = folded.replace(" ", ""), folded.split(" ")
    if name.kind == "model":
        return "model" if joined == name.joined and not mixed_scripts(text) else None
    if _everyday(text, words, is_common) and not (
        _same_words(name, folded) or (joined == name.joined and _cut(name, text))
    ):
        long = name.tokens > 1 and len(joined) >= LONG_NAME
        return _slip(name, text, words, everyday=True) if long else None
    if len(words) > 1 and name.joined in ("".join(words[1:]), "".join(words[:-1])):
        return None  # the name itself beside a letter: it is found without
    if joined == name.joined:
        return _same_letters(name, text, folded, is_common)
    if _inflected(name, joined):
        return _way_of_number(name, text, is_common)
    if _without_symbols(text) == name.joined:
        return "separated"
    if collapsed(classes(joined)) == collapsed(classes(name.joined)):
        return _same_shape(name, joined, words)
    return _slip(name, text, words)


def _everyday(text: str, words: list[str], is_common: Callable[[str], bool]) -> bool:
    """Whether a stretch is of everyday words, written as such; two of a long name are no chance."""
    parted = len(words) > 1 and not any(c.isspace() for c in text)
    long = len(words) > 1 and sum(map(len, words)) >= LONG_STRETCH
    letters = all(len(word) == 1 for word in words)
    common = not letters and all(_is_word(word, is_common) for word in words)
    return common and not parted and not long and not mixed_scripts(text)


def _is_word(word: str, is_common: Callable[[str], bool]) -> bool:
    """A letter is as good as a word; a filter of words may take one with digits for one."""
    return len(word) == 1 or (word.isalpha() and is_common(word))


def _cut(name: Name, text: str) -> bool:
    """Whether a name is cut by signs, or a long coined one by a space: `weight_of` asks what stands beside that."""
    signed = not all(map(opens, GAP.findall(shown(text))))
    return signed or (name.coined and len(name.joined) > LEAST_SPACED_OUT)


def _plain(text: str) -> str:
    """Case, width and spacing aside."""
    if not text.isascii():
        narrow = (
            unicodedata.normalize("NFKC", c) if "\uff00" <= c <= "\uffef" else c for c in text
        )
        text = unicodedata.normalize("NFC", "".join(narrow))
    return " ".join(text.casefold().replace("-", " ").split())


def _same_words(name: Name, folded: str) -> bool:
    """The name's own words, or those that its capitals part, one being a letter: Hyper X."""
    if folded.replace(" ", "") != name.joined:
        return False
    camel = _cuts(folded) <= _cuts(name.folded) | _camel_cuts(name)
    return _tokens(folded) <= name.tokens or (
        camel and any(len(word) == 1 for word in folded.split(" "))
    )


def _same_letters(
    name: Name, text: str, folded: str, is_common: Callable[[str], bool]
) -> str | None:
    """The letters are the alias's once look-alikes and separators are seen through."""
    inserted = _cuts(folded) - _cuts(name.folded)
    if inserted:
        return _split_way(name, text, folded, is_common)
    seen = shown(text)
    signs = {c for c in seen if not (c.isalnum() or unicodedata.category(c) == "Lm")}
    if name.joined >= "\u0e00" and " " not in name.text and signs:
        return _parted_unspaced(name, signs)
    if signs - _IN_NAMES and any(not c.isspace() for c in signs - _IN_NAMES):
        return "leet"
    if not foreign_letters(text) or scripts_of(text) == scripts_of(name.text):
        return name.kind
    return "lookalike"


def _parted_unspaced(name: Name, signs: set[str]) -> str | None:
    """How a name of a script without spaces is written with spaces or signs inside."""
    short = len(name.joined) < LEAST_SPACED
    if any(c.isspace() for c in signs):
        # A short one is the end of one word and the beginning of the next; 루이 비통 is how people write it.
        return None if short or not name.coined else name.kind
    if short and signs & _PHRASE_ENDS:
        return None  # the end of one phrase and the beginning of the next
    kana = all("\u3040" <= c <= "\u30ff" for c in name.joined)
    return name.kind if signs <= _DOTS and (kana or not short) else "separated"


def _cuts(folded: str) -> set[int]:
    """After how many letters of the joined text each word ends, the last left out."""
    ends = list(accumulate(len(word) for word in folded.split(" ")))
    return set(ends[:-1])


def _split_way(name: Name, text: str, folded: str, is_common: Callable[[str], bool]) -> str | None:
    """Whether separators were put into a name, and not two words stand side by side by chance."""
    pieces = pieces_of(name, folded)
    gaps = GAP.findall(shown(text))
    spaced = all(map(opens, gaps))
    if _cuts(folded) <= _cuts(name.folded) | _camel_cuts(name):
        return name.kind  # GoPro, Go Pro
    if all(len(piece) == 1 for piece in pieces):
        return "separated" if len(pieces) >= (4 if spaced else 3) else None
    if not spaced:
        return "separated" if len(name.joined) >= LEAST_SPLIT else None
    rare = any(len(piece) > 1 and not is_common(piece) for piece in pieces)
    if rare:
        return "separated" if len(name.joined) >= LEAST_SPACED_OUT else None
    words = all(len(piece) > 1 for piece in pieces)  # "men's watch" holds no Swatch
    return "separated" if words and name.coined and len(name.joined) > LEAST_SPACED_OUT else None


def pieces_of(name: Name, folded: str) -> list[str]:
    """The parts of a folded text that are not whole words of the name: the words that it cuts."""
    whole = set(name.folded.split(" "))
    return [word for word in folded.split(" ") if word not in whole]


def _camel_cuts(name: Name) -> set[int]:
    """Where the alias's own capitals part its letters."""
    parts = [_CAMEL.findall(word) for word in name.text.split()]
    return set(list(accumulate(len(part) for word in parts for part in word))[:-1])


_PUNCTUATION = "!?.,;:|+"
_IN_NAMES = frozenset("-'&.’·")
_WITHIN_NAMES = ("", "&", ".", "'", "’")
_PHRASE_ENDS = frozenset("，。、；：！？…,;:!?()（）[]【】《》「」“”")
_DOTS = frozenset("・･·=＝")
"""Signs that part the words of a foreign name."""
_RUN = re.compile(r"[0-9a-z]+")
_PLURAL = re.compile(r"['’]?[sSｓＳ]$")
JOINERS = frozenset("-/·.&+,'’")
"""Signs that also join two words."""
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")


def _without_symbols(text: str) -> str:
    """Folded and joined once symbols that may stand for letters are taken for separators."""
    return folded_text("".join(c if c.isalnum() else " " for c in shown(text))).replace(" ", "")


def _way_of_number(name: Name, text: str, is_common: Callable[[str], bool]) -> str | None:
    """A plural is recognised as its singular is: Guccis plainly, Gu¢¢is by its disguise; so is one of the Reebok Classics."""
    if len(folded_text(text).replace(" ", "")) < len(name.joined):
        return recognise(name, text + "s", is_common)
    singular = _PLURAL.sub("", text)
    if singular == text:
        return (
            "leet" if not text[-1:].isalnum() else "lookalike"
        )  # the s itself is another character
    return recognise(name, singular, is_common) or name.kind


def _inflected(name: Name, joined: str) -> bool:
    """A plural or genitive s, or one of several that a name of two words stands for."""
    plural = joined == name.joined + "s" and len(name.joined) >= 4 and name.joined.isascii()
    return plural or (name.tokens > 1 and joined + "s" == name.joined)


def _same_shape(name: Name, joined: str, words: list[str]) -> str | None:
    """Equal but for digits, repeats and letters drawn alike."""
    size = len(name.joined)
    digits = sum(c.isdigit() for c in joined) - sum(c.isdigit() for c in name.joined)
    split = len(words) > name.tokens
    if digits > 0:
        return "leet" if size >= 3 and _stands_for_letters(name, joined, words) else None
    if digits < 0 or size < 3:
        return None
    if collapsed(joined) == collapsed(name.joined):
        return "stretched" if len(joined) > len(name.joined) else "fuzzy"
    if split:
        return "separated" if size >= 5 else None
    drawn_alike = joined.replace("l", "i") == name.joined.replace("l", "i")
    return "lookalike" if drawn_alike or (size >= 5 and name.coined) else None


def _stands_for_letters(name: Name, joined: str, words: list[str]) -> bool:
    """Whether the digits of a text are letters of the name, and not too many of them."""
    split = len(words) > name.tokens and not all(len(word) == 1 for word in words)
    number = any(run.isdigit() and run not in name.joined for run in _RUN.findall(joined))
    if split or number:
        return False  # "ddr5 ram" is no SRAM, 17手机 is no 1+手机
    digits = sum(c.isdigit() for c in joined) - sum(c.isdigit() for c in name.joined)
    return sum(c.isalpha() for c in joined) >= 2 and digits * 3 <= len(joined) * 2


def _slip(name: Name, text: str, words: list[str], *, everyday: bool = False) -> str | None:
    """One slip, in a word that is long enough for it: GeForce GTX is no slip of GeForce RTX, "La Mre" is one of La Mer."""
    if len(words) > name.tokens:
        return None
    own = name.folded.split(" ")
    differing = [(a, b) for a, b in zip(own, words, strict=False) if a != b]
    if len(own) == len(words) > 1 and len(differing) == 1:
        mine, theirs = differing[0]
        changed = len(mine) == len(theirs) and sorted(mine) != sorted(theirs)
        if len(mine) < LEAST_SLIP and (everyday or changed or len(theirs) > len(mine)):
            return None
    phrases = any(opens(gap) and gap.strip() not in _WITHIN_NAMES for gap in GAP.findall(text))
    return None if phrases else _one_slip(name, "".join(words))


def _one_slip(name: Name, joined: str) -> str | None:
    """One letter dropped, added, changed or swapped in a long distinctive name."""
    size = len(name.joined)
    if (
        not (name.coined or size >= LEAST_INDISTINCT)
        or not joined.isalpha()
        or OSA.distance(joined, name.joined, score_cutoff=1) != 1
    ):
        return None
    if len(joined) == size:
        swapped = sorted(joined) == sorted(name.joined)
        if not swapped and joined[0] != name.joined[0]:
            return None  # campers are no Pampers: the first letter is what a reader goes by
        return "fuzzy" if size >= ((4 if name.coined else 5) if swapped else 6) else None
    if len(joined) < size:
        return "fuzzy" if size >= 5 else None
    return "fuzzy" if size >= 6 else None
