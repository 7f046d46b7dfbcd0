"""The fast path says of every listing what the slow interpreter says: the same mentions, and the same of every rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from countermark.adapters.packs import read_folder
from countermark.domain.tables import CONDITIONS
from countermark.features.folding import DIGIT, DISGUISE_BIT, KIND_SHIFT, LAST, fold_table
from countermark.knowledge.compiling.building import is_common_word
from countermark.knowledge.reading import read_pack
from countermark.testing.interpreter.comparing import comparison_of

TESTS = Path(__file__).parent.parent
BRANDS = ("nike", "gucci", "louis-vuitton", "rolex", "coach", "champion", "jordan", "bmw", "dell")
LANGUAGES = ("und", "en", "zh", "ja", "ru")
DAY = date(2026, 11, 24)
VOCABULARY = (
    "air",
    "force",
    "coach",
    "champion",
    "life",
    "dunk",
    "low",
    "high",
    "the",
    "for",
    "with",
    "king",
    "pan",
    "speed",
    "old",
    "cool",
    "niece",
    "like",
    "정품",
    "コラ",
)


def thin(pack):
    """The core pack in four languages, to be quick."""
    lists = tuple(
        msgspec.structs.replace(
            one, terms={lang: words for lang, words in one.terms.items() if lang in LANGUAGES}
        )
        for one in pack.lists
    )
    return msgspec.structs.replace(
        pack, lists=lists, nouns=tuple(noun for noun in pack.nouns if noun.lang in LANGUAGES)
    )


@pytest.fixture(scope="module")
def world():
    folders = [
        *(TESTS.parent / "packs" / "starter" / brand for brand in BRANDS),
        TESTS / "data" / "packs" / "korvane.outdoor",
        TESTS / "testing" / "interpreter" / "packs" / "oracle.questions",
    ]
    packs = (
        thin(read_pack(read_folder(TESTS.parent / "packs" / "core"))),
        *(read_pack(read_folder(f)) for f in folders),
    )
    return packs, comparison_of(packs, vocabulary=VOCABULARY, as_of=DAY)


LOOKALIKE = {
    "a": "а@4", "c": "сç", "e": "еé", "g": "9", "i": "і1!", "l": "1", "n": "ñп", "o": "оο0", "p": "р", "s": "ѕ$5", "u": "ü", "x": "х"
}  # fmt: skip
_PACKED = fold_table().packed
# Left out: marks that voice a kana, and digits that only look like one; see tests/testing/interpreter/test_known_differences.py.
_ODD = {
    chr(c)
    for c in range(LAST + 1)
    if _PACKED[c] >> KIND_SHIFT & 7 == DIGIT and _PACKED[c] & DISGUISE_BIT
}
ANYTHING = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters=sorted(_ODD | set("\u3099\u309a\uff9e\uff9f"))
    ),
    max_size=4,
)


@st.composite
def evasive(draw, texts):
    """A name as sellers disguise it, or as a hand slips."""
    text = draw(texts)
    at = draw(st.integers(0, len(text) - 1))
    before, char, after = text[:at], text[at], text[at + 1 :]
    drawn = draw(st.sampled_from(LOOKALIKE.get(char.lower(), char)))
    ways = (
        before + drawn + after, before + char * 3 + after, before + after, before + after[:1] + char + after[1:], before + "k" + after,
        draw(st.sampled_from(" .-_*·✨|")).join(text.replace(" ", "")), text.upper(), text.lower(), text.replace(" ", ""), text + "s",
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text), before + draw(st.sampled_from(" .'!👟|")) + char + after,
        draw(st.sampled_from(["정품", "コラ", "king"])) + text,
    )  # fmt: skip
    return draw(st.sampled_from(ways))


def fragments(packs):
    """Pieces of titles and descriptions."""
    names = st.sampled_from([alias.text for pack in packs for alias in pack.aliases])
    models = st.sampled_from(
        [text for pack in packs for p in pack.products for text in (p.name, *p.also) if text]
    )
    words = st.sampled_from(
        [w for pack in packs for one in pack.lists if one.id != "genuine_claim" for w in one.words]
    )
    nouns = st.sampled_from([noun.noun for pack in packs for noun in pack.nouns])
    never = st.sampled_from(
        [
            w
            for pack in packs
            for alias in pack.aliases
            for w in alias.never_near
            if w.isascii() and " " not in w
        ]
    )
    plain = st.sampled_from(
        [
            "white",
            "size 42",
            "t-shirt",
            "box",
            "bag",
            "lot of 5",
            "king",
            "2024",
            "for",
            "!",
            "1:1",
            "A-line",
            "WeChat: abc12345",
        ]
    )
    counts = st.builds(
        "{}{}{}".format,
        st.sampled_from([1, 2, 5, 500, 1050]),
        st.sampled_from(["", " ", " x "]),
        st.sampled_from(["pcs", "pairs", "件"]),
    )
    return st.one_of(
        names,
        names,
        evasive(names),
        evasive(names),
        models,
        words,
        evasive(words),
        nouns,
        nouns,
        never,
        plain,
        counts,
        ANYTHING,
    )


def texts(packs, most):
    """Fragments joined as in titles."""
    ends = st.sampled_from([" ", " ", " ", ", ", " - ", ". "])
    return st.lists(st.tuples(fragments(packs), ends), min_size=1, max_size=most).map(
        lambda parts: "".join(a + b for a, b in parts).strip()
    )


def rows_of(packs):
    """Listings about the marks of the world, priced around the bands of their goods."""
    bands = [band for pack in packs for band in pack.prices]
    price = st.builds(lambda band, share, extra: max(1, band.low * share // 100 + extra), st.sampled_from(bands), st.sampled_from([30, 45, 50, 80, 150, 400]), st.integers(-1, 1))  # fmt: skip
    names = st.sampled_from([alias.text for pack in packs for alias in pack.aliases])
    nobody = st.sampled_from(
        ["No brand", "无品牌", " ", "Nordhal", "OEM / ODM", "noname", "unbranded bag"]
    )
    columns = {
        "description": texts(packs, 8), "brand": st.one_of(names, evasive(names), nobody), "category": st.sampled_from(["parts.case", "Shoes / Sneakers", "手袋", "odd"]),
        "condition": st.sampled_from([*CONDITIONS, "odd"]), "price_minor": price, "pack_size": st.sampled_from([0, 1, 2, 5, 4095, 5000]),
        "currency": st.sampled_from(["EUR", "USD", "CNY", "XXX"]), "style_code": st.sampled_from(["KV-2210", "TL-0400", "nike:air-force-1", "none"]),
        "gtin": st.sampled_from(["9521234500018", "9521234500019", "123", "9521234500032"]), "serial": st.sampled_from(["KVOO12345", "KVAB123456"]),
        "colour": st.sampled_from(["slate", "pink", "Moss"]), "year": st.sampled_from([1999, 2023, 2026]), "market": st.sampled_from(["DE", "FR", "US"]),
        "ships_from": st.sampled_from(["CN", "DE", "US"]), "language": st.sampled_from(["de", "en"]), "stock": st.sampled_from([10, 11, 99, 100]),
        "seller_age_days": st.sampled_from([1, 179, 180]), "seller_rating": st.sampled_from([0.5, 0.75]), "venue": st.just("harbour-market"),
        "seller_id": st.sampled_from(["S-1001", "S-1002", "S-1"]),
    }  # fmt: skip
    return st.fixed_dictionaries({"title": texts(packs, 6)}, optional=columns)


SETTINGS = settings(
    max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),  # the listing that differs is shown alone; making it smaller costs minutes
)  # fmt: skip


def test_the_fast_path_says_what_the_interpreter_says(world, listings):
    packs, both = world

    @SETTINGS
    @given(st.lists(rows_of(packs), min_size=8, max_size=12))
    def agree(rows):
        assert list(both.differences(listings(*rows))) == []

    agree()


def test_the_filter_of_everyday_words_knows_them_all_and_few_others(world):
    known = is_common_word(world[1].plan.snapshot.names.near.common)
    assert all(known(word) for word in VOCABULARY)
    others = [f"{word}{number}" for word in VOCABULARY for number in range(100)]
    assert sum(map(known, others)) <= len(others) // 50
