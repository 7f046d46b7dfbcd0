"""The words of the simulated market: what sellers write, language by language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

LANGUAGES: Final = (
    *("en", "zh", "es", "de", "fr", "ru", "it", "pt"),
    *("ja", "ko", "tr", "ar", "id", "vi", "th"),
)
"""ISO 639-1 codes, the most written first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """What sellers of one language write.

    Attributes:
        words: colours, adjectives, extras and shop_words.
        nouns: kinds of goods by category; every category has at least one word.
        plain: the noun of each unbranded thing, in the order of `Phrasebook.plain`.
        accessories: the noun of each accessory, in the order of `Phrasebook.accessories`.
        everyday: title, category and ordinary price in USD of goods whose title has an
            everyday word that is also somebody's mark.
        condition: words by condition.
        titles, tokens, sentences: templates by what they are for; the places to fill are in
            braces, such as {goods} or {colour}.
    """

    language: str
    words: Mapping[str, tuple[str, ...]]
    nouns: Mapping[str, tuple[str, ...]]
    plain: tuple[str, ...]
    accessories: tuple[str, ...]
    everyday: tuple[tuple[str, str, float], ...]
    condition: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, tuple[str, ...]]
    tokens: Mapping[str, tuple[str, ...]]
    sentences: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accessory:
    """A thing made to fit goods of somebody else.

    Attributes:
        usd: lowest and highest ordinary price.
        fits: categories of the goods it is made for.
    """

    category: str
    usd: tuple[float, float]
    fits: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """Phrases by language, and what the words of every language are about.

    Attributes:
        plain: category, lowest and highest ordinary price in USD of the unbranded things.
        accessories: the things made to fit others, in the order in which languages name them.
    """

    phrases: Mapping[str, Phrases]
    plain: tuple[tuple[str, float, float], ...]
    accessories: tuple[Accessory, ...]


def phrasebook_from_files(files: Mapping[str, bytes]) -> Phrasebook:
    """The phrasebook in `files`: "index", and one file for each language, each TOML.

    Raises:
        ValueError: a language names fewer or more things than the index.
    """
    index = tomllib.loads(files["index"].decode())
    languages = [name for name in files if name != "index"]
    return Phrasebook(
        phrases={name: _phrases(tomllib.loads(files[name].decode()), index) for name in languages},
        plain=tuple((category, low, high) for category, low, high in index["plain"].values()),
        accessories=tuple(
            Accessory(
                category=thing["category"], usd=tuple(thing["usd"]), fits=frozenset(thing["fits"])
            )
            for thing in index["accessories"].values()
        ),
    )


def _phrases(table: Mapping[str, Any], index: Mapping[str, Any]) -> Phrases:
    language = table["code"]
    for part in ("plain", "accessories"):
        if len(table[part]) != len(index[part]):
            raise ValueError(f"{language}: {part} has {len(table[part])} of {len(index[part])}")
    words = ("colours", "adjectives", "extras", "shop_words")
    return Phrases(
        language=language,
        words={name: tuple(table[name]) for name in words},
        nouns=_nouns(table["nouns"], index["nouns"], language),
        plain=tuple(table["plain"]),
        accessories=tuple(table["accessories"]),
        everyday=tuple((title, category, usd) for title, category, usd in table["everyday"]),
        **{
            part: {name: tuple(found) for name, found in table[part].items()}
            for part in ("condition", "titles", "tokens", "sentences")
        },
    )


def _nouns(
    named: Mapping[str, list[str]], index: Mapping[str, list[str]], language: str
) -> dict[str, tuple[str, ...]]:
    """Nouns by category; those of "bags.wallet" stand at the place of "wallet" under "bags"."""
    nouns: dict[str, tuple[str, ...]] = {}
    for family, kinds in index.items():
        if len(named[family]) != len(kinds):
            raise ValueError(f"{language}: nouns of {family}: {len(named[family])} of {len(kinds)}")
        for kind, words in zip(kinds, named[family], strict=True):
            nouns[f"{family}.{kind}"] = tuple(words.split("|"))
    return nouns
