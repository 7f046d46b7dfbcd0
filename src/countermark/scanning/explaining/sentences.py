"""Sentences for people, by reason code and language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from string import Formatter
from typing import NamedTuple

from countermark.domain.currencies import decimals

LANGUAGES = ("en", "zh")
OTHER = "other"


class Sentences(NamedTuple):
    """Texts by reason code: what was found, what would settle it."""

    texts: Mapping[str, Mapping[str, str]]

    def found(self, reason: str, facts: Mapping[str, str], language: str) -> str:
        """What the seller is told was found; without the facts that its sentence needs, the plain form of it."""
        text = self.texts.get(reason, self.texts[OTHER])
        needed = {name for _, name, _, _ in Formatter().parse(text[language]) if name}
        if any(not facts.get(name) for name in needed):
            return text[f"plain_{language}"]
        return text[language].format_map(facts)

    def ask(self, reason: str, language: str) -> str:
        """What the seller can send."""
        return self.texts.get(reason, self.texts[OTHER])[f"ask_{language}"]


def load_sentences() -> Sentences:
    """The sentences that the package carries."""
    return Sentences(
        tomllib.loads((files(__package__) / "sentences.toml").read_text(encoding="utf-8"))
    )


def money(minor: int | None, currency: str | None) -> str:
    """An amount as people write it, `39.00 EUR`; "" where it is not known."""
    if minor is None or currency is None:
        return ""
    places = decimals(currency)
    return f"{minor / 10**places:,.{places}f} {currency}"
