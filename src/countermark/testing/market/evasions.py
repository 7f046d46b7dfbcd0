"""How a seller writes a brand's name so that a filter does not see it and a buyer does.

Each way is a pure function of the name and a generator of random numbers; `evade` calls it by its
kind, and `kinds_for` says which ways make sense for a name. Nothing here is shared with the engine.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import numpy as np

from countermark.testing.market import lookalikes as looks
from countermark.testing.market.nicknames import nicknames, renderings

_T = TypeVar("_T")
_VOWELS: Final = "aiueo"
_SHORTEST_CUT: Final = 5
"""Names with fewer letters lose or swap none: what is left would be another word."""


def cyrillic(name: str, rng: np.random.Generator) -> str:
    """`name` with one to three letters replaced by Cyrillic ones of the same shape."""
    return _replaced(name, looks.CYRILLIC, rng)


def greek(name: str, rng: np.random.Generator) -> str:
    """`name` with one to three letters replaced by Greek ones of nearly the same shape."""
    return _replaced(name, looks.GREEK, rng)


def accents(name: str, rng: np.random.Generator) -> str:
    """`name` with an accent on one to three letters."""
    return _replaced(name, looks.ACCENTED, rng)


def leet(name: str, rng: np.random.Generator) -> str:
    """`name` with one to three letters written as digits."""
    return _replaced(name, looks.LEET, rng)


def symbols(name: str, rng: np.random.Generator) -> str:
    """`name` with one to three letters written as signs."""
    return _replaced(name, looks.SYMBOLS, rng)


def small_caps(name: str, rng: np.random.Generator) -> str:
    """`name` in small capitals."""
    del rng
    return "".join(looks.SMALL_CAPS.get(letter.lower(), letter) for letter in name)


def full_width(name: str, rng: np.random.Generator) -> str:
    """`name` in full-width letters and digits."""
    del rng
    return "".join(
        chr(ord(letter) + 0xFEE0) if letter.isascii() and letter.isalnum() else letter
        for letter in name
    )


def mathematical(name: str, rng: np.random.Generator) -> str:
    """`name` in bold, script, sans-serif or typewriter letters meant for mathematics."""
    start = _pick(looks.MATHEMATICAL, rng)
    return "".join(_in_alphabet(letter, start) for letter in name)


def separators(name: str, rng: np.random.Generator) -> str:
    """`name` with one sign between all its letters, or at one place inside."""
    sign = _pick(looks.SEPARATORS, rng)
    if rng.random() < 0.5:
        return sign.join(name.replace(" ", ""))
    return _inserted(name, sign, rng)


def emoji(name: str, rng: np.random.Generator) -> str:
    """`name` with an emoji inside."""
    return _inserted(name, _pick(looks.EMOJI, rng), rng)


def zero_width(name: str, rng: np.random.Generator) -> str:
    """`name` with one to three characters inside that cannot be seen."""
    for _ in range(int(rng.integers(1, 4))):
        name = _inserted(name, _pick(looks.INVISIBLE, rng), rng)
    return name


def stretched(name: str, rng: np.random.Generator) -> str:
    """`name` with one letter three to five times."""
    spot = _pick(_letter_spots(name), rng)
    return name[:spot] + name[spot] * int(rng.integers(2, 5)) + name[spot:]


def doubled(name: str, rng: np.random.Generator) -> str:
    """`name` with one letter twice."""
    spot = _pick(_letter_spots(name), rng)
    return name[:spot] + name[spot] + name[spot:]


def dropped(name: str, rng: np.random.Generator) -> str:
    """`name` without a letter that does not begin a word."""
    spot = _pick(_inner_spots(name), rng)
    return name[:spot] + name[spot + 1 :]


def swapped(name: str, rng: np.random.Generator) -> str:
    """`name` with two neighbouring, different letters inside a word swapped."""
    spot = _pick(_swappable(name), rng)
    return name[:spot] + name[spot + 1] + name[spot] + name[spot + 2 :]


def other_script(name: str, rng: np.random.Generator) -> str:
    """`name` in another script: as its buyers write it, or else as it sounds, in Cyrillic or katakana."""
    known = renderings().get(name.casefold())
    if known:
        return _pick(known, rng)
    heard = _heard(name)
    return _cyrillic_by_ear(heard) if rng.random() < 0.5 else _katakana_by_ear(heard)


def nickname(name: str, rng: np.random.Generator) -> str:
    """What buyers call the brand instead of `name`."""
    return _pick(nicknames()[name.casefold()], rng)


_WAYS: Final[Mapping[str, Callable[[str, np.random.Generator], str]]] = {
    way.__name__: way
    for way in (
        *(cyrillic, greek, full_width, mathematical, small_caps, accents, leet, symbols),
        *(separators, emoji, zero_width, stretched, doubled, dropped, swapped),
        *(other_script, nickname),
    )
}

EVASIONS: Final = tuple(_WAYS)
"""Every kind of evasion."""


def evade(name: str, kind: str, rng: np.random.Generator) -> str:
    """`name` written in the way `kind`, always different from `name`.

    Raises:
        ValueError: `kind` is none of EVASIONS or makes no sense for `name`; see `kinds_for`.
    """
    if kind not in kinds_for(name):
        raise ValueError(f"{kind!r} is not a way to write {name!r}")
    return _WAYS[kind](name, rng)


def kinds_for(name: str) -> tuple[str, ...]:
    """The kinds of EVASIONS that make sense for `name`; letters are only changed in Latin names."""
    latin = _is_latin(name)
    letters = len(_letter_spots(name))
    tables = {
        "cyrillic": looks.CYRILLIC,
        "greek": looks.GREEK,
        "accents": looks.ACCENTED,
        "leet": looks.LEET,
        "symbols": looks.SYMBOLS,
    }
    fits = {
        **{kind: latin and bool(_spots(name, table)) for kind, table in tables.items()},
        **dict.fromkeys(("full_width", "mathematical"), latin),
        "small_caps": latin and small_caps(name, np.random.default_rng(0)) != name,
        **dict.fromkeys(("separators", "emoji", "zero_width"), len(name) >= 2),
        **dict.fromkeys(("stretched", "doubled"), latin and letters >= 3),
        "dropped": latin and letters >= _SHORTEST_CUT and bool(_inner_spots(name)),
        "swapped": latin and letters >= _SHORTEST_CUT and bool(_swappable(name)),
        "other_script": latin and (letters >= 3 or name.casefold() in renderings()),
        "nickname": name.casefold() in nicknames(),
    }
    return tuple(kind for kind in EVASIONS if fits[kind])


def _pick(options: Sequence[_T], rng: np.random.Generator) -> _T:
    return options[int(rng.integers(len(options)))]


def _is_latin(name: str) -> bool:
    letters = [letter for letter in name if letter.isalpha()]
    return bool(letters) and all(ord(letter) < 0x250 for letter in letters)


def _letter_spots(name: str) -> list[int]:
    return [spot for spot, letter in enumerate(name) if letter.isalpha()]


def _inner_spots(name: str) -> list[int]:
    return [spot for spot in _letter_spots(name) if spot > 0 and name[spot - 1].isalpha()]


def _spots(name: str, table: Mapping[str, str]) -> list[int]:
    """Where `table` has something for the letter as it is: a capital of another shape would not read as the name."""
    return [spot for spot, letter in enumerate(name) if letter in table]


def _swappable(name: str) -> list[int]:
    spots = _inner_spots(name)
    return [
        spot for spot in spots if spot + 1 in spots and name[spot].lower() != name[spot + 1].lower()
    ]


def _replaced(name: str, table: Mapping[str, str], rng: np.random.Generator) -> str:
    """`name` with one to three letters replaced by what `table` has for them."""
    spots = _spots(name, table)
    count = min(len(spots), int(rng.integers(1, 4)))
    letters = list(name)
    for spot in rng.choice(len(spots), size=count, replace=False):
        letters[spots[spot]] = _pick(table[letters[spots[spot]]], rng)
    return "".join(letters)


def _inserted(name: str, sign: str, rng: np.random.Generator) -> str:
    spot = int(rng.integers(1, len(name)))
    return name[:spot] + sign + name[spot:]


def _in_alphabet(letter: str, start: int) -> str:
    if not (letter.isascii() and letter.isalpha()):
        return letter
    place = ord(letter) - ord("A") if letter.isupper() else ord(letter) - ord("a") + 26
    return chr(start + place)


def _heard(name: str) -> str:
    """`name` without accents and signs, in lower case."""
    parts = unicodedata.normalize("NFD", name.lower())
    return "".join(part for part in parts if part.isascii() and (part.isalpha() or part == " "))


def _cyrillic_by_ear(heard: str) -> str:
    written, spot = [], 0
    while spot < len(heard):
        size = next((n for n in (3, 2, 1) if heard[spot : spot + n] in looks.SOUNDS), 1)
        written.append(looks.SOUNDS.get(heard[spot : spot + size], heard[spot : spot + size]))
        spot += size
    return "".join(written).title()


def _katakana_by_ear(heard: str) -> str:
    written, spot = [], 0
    while spot < len(heard):
        row = looks.CONSONANTS.get(heard[spot], "")
        vowel = spot if heard[spot] in _VOWELS else spot + 1
        has_vowel = vowel < len(heard) and heard[vowel] in _VOWELS
        if heard[spot] == "n" and not has_vowel:
            written.append("ン")
        elif heard[spot] == " ":
            written.append("・")
        else:
            # A consonant without a vowel is spoken with a faint u.
            written.append(looks.SYLLABLES[row][_VOWELS.index(heard[vowel]) if has_vowel else 2])
        spot = vowel + 1 if has_vowel else spot + 1
    return "".join(written)
