"""What a spelling says by itself, and which spellings are disguises at all."""

from __future__ import annotations

import pytest

from countermark.knowledge.disguises import CHANCE, MEANT, NEITHER, weight_of
from countermark.knowledge.recognition import name_of, recognise

EVERYDAY = {
    "on", "no", "go", "pro", "pan", "dora", "pine", "apple", "citi", "zen", "lan", "vin", "hot", "power", "cord", "classic", "classics",
    "jordan", "palm", "angel", "angels", "real", "red", "bull", "boos", "watch", "running", "den", "so", "shot", "道", "通", "정품", "다이",
}  # fmt: skip


def is_common(word):
    return word in EVERYDAY


def read(name, text, *, coined=True, kind="official"):
    """How a text names the alias, and what the spelling says."""
    alias = name_of(name, kind=kind, coined=coined)
    how = recognise(alias, text, is_common)
    return how, None if how is None else weight_of(alias, text, how, is_common)


@pytest.mark.parametrize(
    ("name", "text", "how", "weight"),
    [
        # digits and signs for letters are meant, many digits may be a code
        ("Rolex", "R0LEX", "leet", MEANT), ("Nike", "N1ke", "leet", MEANT), ("Guess", "Gue$$", "leet", MEANT),
        ("Reebok", "R33B0K", "leet", NEITHER), ("Hoka", "H0K4", "leet", CHANCE), ("BMW", "8MW", "leet", CHANCE),
        # letters of two alphabets
        ("Gucci", "Guссi", "lookalike", MEANT), ("BMW", "ВMW", "lookalike", NEITHER),
        # signs between letters
        ("Cisco", "C~i~s~c~o", "separated", MEANT), ("Coach", "Co✨ach", "separated", MEANT), ("BMW", "BM✨W", "separated", NEITHER),
        ("BMW", "B.M.W", "separated", CHANCE), ("Pandora", "pan/dora", "separated", CHANCE), ("Pandora", "pando/ra", "separated", MEANT),
        # spaces between letters
        ("Blancpain", "Bla ncpain", "separated", CHANCE), ("Lanvin", "lan vin", "separated", CHANCE), ("Nike", "N i k e", "separated", NEITHER),
        # repeats and slips
        ("Gucci", "Guuucci", "stretched", NEITHER), ("Dell", "Dellll", "stretched", CHANCE), ("BMW", "BMWW", "stretched", CHANCE),
        ("Chanel", "Chanle", "fuzzy", NEITHER), ("Casio", "Caso", "fuzzy", CHANCE),
        ("Red Bull", "red boos", None, None),
    ],
)  # fmt: skip
def test_a_disguise_is_weighed_by_how_it_is_spelt(name, text, how, weight):
    assert read(name, text) == (how, weight)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Nike", "Nike+"), ("Reebok Classics", "Reebok Classic"), ("PowerShot", "Power Shot"), ("HyperX", "Hyper X"), ("Gucci", "Gucci!"),
    ],
)  # fmt: skip
def test_what_people_write_for_a_name_is_no_disguise(name, text):
    assert read(name, text)[0] == "official"


@pytest.mark.parametrize(
    ("name", "text", "how"),
    [
        ("道通", "道，通", None), ("道通", "道*通", "separated"), ("耐克", "耐·克", "separated"), ("路易威登", "路易·威登", "transliteration"),
        ("タグホイヤー", "タグ･ホイヤー", "transliteration"), ("ナイキ", "ナ*イキ", "separated"),
    ],
)  # fmt: skip
def test_signs_in_names_of_unspaced_scripts(name, text, how):
    assert read(name, text, kind="transliteration")[0] == how


@pytest.mark.parametrize(
    ("name", "text", "how"),
    [
        # a dropped or a swapped letter in a short word of a longer name; another letter there is another word
        ("La Mer", "La Mre", "fuzzy"), ("Hot Wheels", "Ht Wheels", "fuzzy"), ("GeForce RTX", "GeForce GTX", None),
        # everyday words that only part a name of one word, or of which one stands beside it
        ("PowerCore", "power cord", None), ("Jordan", "Jordan T", None), ("Swatch", "S Watch", None),
        ("On Running", "no running", None), ("Palm Angels", "Palm Angesl", "fuzzy"),
        # what stands between the words begins a new phrase
        ("Amazon Echo", "Amazon, Ech", None), ("Denso", "den - so", None),
        ("1+手机", "17手机", None),
    ],
)  # fmt: skip
def test_slips_are_told_from_other_words(name, text, how):
    assert read(name, text)[0] == how


@pytest.mark.parametrize(
    ("text", "coined", "how"),
    [("Omeag", True, "fuzzy"), ("Omeag", False, "fuzzy"), ("Omga", False, "fuzzy"), ("Omegaa", False, "stretched")],
)  # fmt: skip
def test_a_name_that_is_also_a_word_may_be_misspelt(text, coined, how):
    assert read("Omega", text, coined=coined)[0] == how


def test_a_word_with_digits_is_never_an_everyday_word():
    alias = name_of("Reebok", kind="official", coined=True)
    assert recognise(alias, "R33bok", lambda _: True) == "leet"
