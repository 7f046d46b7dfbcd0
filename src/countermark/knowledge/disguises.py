"""What the spelling of a recognised name says by itself: meant as a disguise, perhaps chance, or neither.

Nobody writes `R0LEX` or `C~i~s~c~o` but to be read by people and not by filters: such a spelling speaks for a name
that is also a word. `Pr ada` or a slip in a short name may be something else: it asks for an anchor, whatever the name.
"""

from __future__ import annotations

from collections.abc import Callable

from countermark.features.tokens import folded_text
from countermark.knowledge.recognition import JOINERS, LONG_STRETCH, Name, pieces_of
from countermark.knowledge.spelling import GAP, mixed_scripts, opens, shown

NEITHER, CHANCE, MEANT = 0, 32, 64
"""Added to the code of a way of recognition (`recognition.HOW`)."""
WAY = CHANCE - 1
"""Mask of the way itself."""
SHORT_NAME = 6  # bytes; in a shorter one a slip is as good as another word
LEAST_MEANT = 4  # letters of a name from which a disguise is no chance
CODE_DIGITS = 3  # one character in so many being a digit, letters and digits may be a model's code


def weight_of(name: Name, text: str, how: str, is_common: Callable[[str], bool]) -> int:
    """NEITHER, CHANCE or MEANT for a text that `recognition.recognise` takes for `name` in the way `how`.

    Args:
        is_common: whether a folded word is an everyday word in some language.
    """
    short = len(name.joined) < LEAST_MEANT
    if how == "fuzzy":
        words = folded_text(text).split(" ")
        everyday = sum(map(len, words)) < LONG_STRETCH and all(map(is_common, words))
        return CHANCE if everyday or len(text.encode()) < SHORT_NAME else NEITHER
    if how == "stretched":
        return CHANCE if len(set(name.joined)) < LEAST_MEANT else NEITHER
    if how == "leet":
        return CHANCE if short else _of_digits(text)
    if how == "separated":
        return _of_gaps(name, text, is_common)
    if how == "lookalike":
        return MEANT if mixed_scripts(text) and not short else NEITHER
    return NEITHER


def _of_digits(text: str) -> int:
    """Signs for letters are meant; digits are, unless there are so many that it may be a code."""
    digits = sum(c.isdigit() for c in text)
    if digits * CODE_DIGITS < sum(c.isalnum() for c in text):
        return MEANT
    return CHANCE if len(text.encode()) < SHORT_NAME else NEITHER


def _of_gaps(name: Name, text: str, is_common: Callable[[str], bool]) -> int:
    """Spaces may fall between two other words; signs that also join words may join two of them, or be of initials."""
    gaps = GAP.findall(shown(text))
    pieces = pieces_of(name, folded_text(text))
    letters = bool(pieces) and all(len(piece) == 1 for piece in pieces)
    if all(map(opens, gaps)):
        return NEITHER if letters and len(pieces) >= LEAST_MEANT else CHANCE
    odd = any(not opens(gap) and not set(gap) <= JOINERS for gap in gaps)
    if len(name.joined) < LEAST_MEANT:
        return NEITHER if odd else CHANCE
    if letters or odd:
        return MEANT
    words = all(is_common(piece) for piece in pieces if len(piece) > 1)
    return CHANCE if words else MEANT
