"""Everyday words of many languages, from the frequency lists that the package `wordfreq` carries."""

from __future__ import annotations

LANGUAGES = tuple(
    "ar cs de el en es fa fi fr he hi hu id it ja ko ms nl pl pt ro ru sv tr uk vi zh".split()  # noqa: SIM905
)
WORDS_EACH = 20_000


def everyday_words() -> list[str]:
    """The commonest words of each language, sorted, each once."""
    from wordfreq import top_n_list

    words = {word for language in LANGUAGES for word in top_n_list(language, WORDS_EACH)}
    return sorted(word for word in words if word.isalpha() and len(word) > 1)
