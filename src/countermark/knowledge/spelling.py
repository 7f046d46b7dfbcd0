"""The shape of a spelling: its scripts, what is seen of it, and what a hasty eye takes it for."""

from __future__ import annotations

import re
import unicodedata

from countermark.features.folding import fold_table

GAP = re.compile(r"(?<=[^\W_])[\W_]+(?=[^\W_])")
"""What stands between two letters or digits."""


def classes(folded: str) -> str:
    """Folded text with characters that are drawn or typed for each other as one."""
    loose = fold_table().loose
    folded = folded.replace("rn", "m")
    return "".join(chr(loose[ord(c)]) if ord(c) < 128 else c for c in folded)


def collapsed(text: str) -> str:
    """A text with repeats once."""
    return "".join(c for k, c in enumerate(text) if k == 0 or c != text[k - 1])


def shown(text: str) -> str:
    """The text without marks that are not seen or sit on letters."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn", "Me"))


def foreign_letters(text: str) -> bool:
    """Whether a letter is none of the Latin ones with or without accents."""
    return any(
        ord(c) >= 0x250 for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c)
    )


def scripts_of(text: str) -> frozenset[str]:
    """The scripts of the letters: their Unicode names' first words, Latin width and accents aside."""
    letters = (c for c in unicodedata.normalize("NFD", text) if c.isalpha())
    return frozenset(unicodedata.name(c, "?").split(" ")[0] for c in letters)


def mixed_scripts(text: str) -> bool:
    """Whether Latin letters stand with letters of another alphabet in one stretch."""
    return (
        len(
            scripts_of(text)
            & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "MATHEMATICAL"}
        )
        > 1
    )


def opens(gap: str) -> bool:
    """Whether what stands between two pieces lets a new word, or a new phrase, begin."""
    return any(c.isspace() for c in gap)
