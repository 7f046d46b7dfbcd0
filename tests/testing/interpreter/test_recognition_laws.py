"""Laws of recognition, which the interpreter and the fast path share: it proposes nothing, and must not be fooled."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from countermark.knowledge.recognition import EVASIVE, HOW, name_of, recognise

LAWS = settings(deadline=None, derandomize=True, database=None, max_examples=200)
LATIN = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=12)
KINDS = st.sampled_from(["official", "transliteration", "misspelling", "coded"])
NAMES = st.builds(
    lambda text, kind, coined: name_of(text, kind=kind, coined=coined), LATIN, KINDS, st.booleans()
)
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
CYRILLIC = str.maketrans("aeopcx", "аеорсх")


def never(_):
    return False


@LAWS
@given(NAMES, st.sampled_from([str, str.upper, str.title]))
def test_a_name_as_written_is_named_plainly_whatever_its_case(name, case):
    assert recognise(name, case(name.text), never) == name.kind


@LAWS
@given(NAMES, ANYTHING)
def test_any_text_is_answered_with_a_known_way_or_none(name, text):
    assert recognise(name, text, never) in (None, *HOW)


@LAWS
@given(NAMES, LATIN)
def test_an_everyday_word_is_never_a_disguise(name, word):
    assume(word != name.joined)
    assert recognise(name, word, lambda _: True) is None


@LAWS
@given(NAMES)
def test_letters_of_another_alphabet_are_a_disguise(name):
    hidden = name.text.translate(CYRILLIC)
    assume(hidden != name.text)
    assert recognise(name, hidden, never) == "lookalike"


@LAWS
@given(NAMES, st.sampled_from("✨_*·"))
def test_separators_in_a_name_are_a_disguise(name, sign):
    assert recognise(name, sign.join(name.text), never) == "separated"


@LAWS
@given(NAMES, LATIN)
def test_a_plain_word_is_an_evasion_only_when_one_letter_or_a_repeat_apart(name, word):
    if recognise(name, word, never) in EVASIVE:
        assert abs(len(word) - len(name.joined)) <= 1 or len(set(word)) <= len(set(name.joined)) + 1


@LAWS
@given(LATIN, LATIN)
def test_a_model_is_recognised_by_its_letters_alone(text, other):
    model = name_of(text, kind="model", coined=False)
    assert recognise(model, text.upper(), never) == "model"
    assert other == text or recognise(model, other, never) is None


@pytest.mark.parametrize("text", ["Gucci!", "Gucci!!"])
def test_punctuation_after_a_name_is_no_disguise(text):
    assert recognise(name_of("Gucci", kind="official", coined=True), text, never) == "official"


@pytest.mark.parametrize("text", ["Guссis", "Gu¢¢is"])
def test_a_disguised_plural_is_a_disguise(text):
    assert recognise(name_of("Gucci", kind="official", coined=True), text, never) in EVASIVE


@pytest.mark.parametrize(
    ("alias", "text"),
    [("루이비통", "루이 비통"), ("ラルフ・ローレン", "ラルフ ローレン"), ("뉴발란스", "뉴 발란스")],
)
def test_a_space_between_the_words_of_a_long_name_is_no_disguise(alias, text):
    assert (
        recognise(name_of(alias, kind="transliteration", coined=True), text, never)
        == "transliteration"
    )
