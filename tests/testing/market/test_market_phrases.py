from string import Formatter

import pytest

from countermark.testing.market import read_phrasebook
from countermark.testing.market.phrasebook import LANGUAGES
from countermark.testing.market.places import PLACES

PLACES_TO_FILL = {"goods", "noun", "acc", "colour", "size", "cond", "adj", "maker"} | {
    "n",
    "handle",
    "price",
}
PARTS = ("words", "nouns", "condition", "titles", "tokens", "sentences")
BOOK = read_phrasebook()


def test_fifteen_languages_are_written_and_each_has_a_market():
    assert len(LANGUAGES) == 15
    assert {place.language for place in PLACES} == set(LANGUAGES) == set(BOOK.phrases)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", PARTS)
def test_a_language_has_the_same_phrases_as_english(language, part):
    english, other = (getattr(BOOK.phrases[name], part) for name in ("en", language))
    assert set(english) == set(other)
    assert all(other.values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_ask_for_nothing_unknown(language):
    phrases = BOOK.phrases[language]
    pools = [phrases.titles, phrases.tokens, phrases.sentences]
    texts = [text for pool in pools for options in pool.values() for text in options]
    asked = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    assert asked <= PLACES_TO_FILL


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_everyday_words_that_are_also_marks(language):
    assert len(BOOK.phrases[language].everyday) >= 12
