import tomllib
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.testing.market.evasions import EVASIONS, evade, kinds_for
from countermark.testing.market.nicknames import nicknames, renderings

PACKS = Path(__file__).parents[3] / "packs"

NAMES = ("Louis Vuitton", "Nike", "HP", "Estée Lauder", "Dr. Martens", "adidas", "LEGO", "M·A·C")
LETTER_KINDS = set(EVASIONS) - {"separators", "emoji", "zero_width", "nickname"}


@given(st.sampled_from(NAMES), st.data(), st.integers(0, 2**32))
def test_every_kind_that_makes_sense_changes_the_name(name, data, seed):
    kind = data.draw(st.sampled_from(kinds_for(name)))
    written = evade(name, kind, np.random.default_rng(seed))
    assert written.strip()
    assert written != name


@pytest.mark.parametrize("kind", EVASIONS)
def test_every_kind_makes_sense_for_some_name(kind):
    assert kind in kinds_for("Louis Vuitton")


@pytest.mark.parametrize("kind", EVASIONS)
def test_equal_generators_evade_alike(kind):
    assert len({evade("Louis Vuitton", kind, np.random.default_rng(5)) for _ in range(3)}) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("HP", "dropped"),
        ("Puma", "dropped"),
        ("Nike", "swapped"),
        ("耐克", "cyrillic"),
        ("耐克", "full_width"),
        ("HP", "stretched"),
        ("Nobody Knows", "nickname"),
        ("Nike", "no such kind"),
    ],
)
def test_a_kind_that_makes_no_sense_is_refused(name, kind):
    assert kind not in kinds_for(name)
    with pytest.raises(ValueError, match="is not a way to write"):
        evade(name, kind, np.random.default_rng(0))


@pytest.mark.parametrize("name", ["耐克", "Найк", "ナイキ", "나이키"])
def test_letters_are_changed_in_latin_names_only(name):
    assert not LETTER_KINDS & set(kinds_for(name))


@pytest.mark.parametrize("kind", ["full_width", "mathematical"])
def test_letters_for_mathematics_still_read_as_the_name(kind):
    written = evade("Louis Vuitton", kind, np.random.default_rng(1))
    assert unicodedata.normalize("NFKC", written) == "Louis Vuitton"


def test_what_cannot_be_seen_does_not_change_what_is_seen():
    written = evade("Rolex", "zero_width", np.random.default_rng(1))
    assert "".join(letter for letter in written if unicodedata.category(letter) != "Cf") == "Rolex"


@pytest.mark.parametrize("table", [renderings(), nicknames()])
def test_the_markets_words_for_brands_are_about_starter_brands_and_no_name_twice(table):
    texts = PACKS.glob("starter/*/public/marks.toml")
    known = {
        m["text"].casefold() for f in texts for m in tomllib.loads(f.read_text("utf-8"))["mark"]
    }
    assert table.keys() <= known
    for name, forms in table.items():
        assert len(set(forms)) == len(forms) > 0
        assert name not in {form.casefold() for form in forms}


def test_a_name_is_written_in_another_script_as_buyers_write_it_or_else_by_ear():
    seen = {evade("Gucci", "other_script", np.random.default_rng(k)) for k in range(60)}
    assert {"古驰", "グッチ", "구찌", "Гуччи", "กุชชี่"} <= seen
    assert evade("Vombrel", "other_script", np.random.default_rng(0)) in {"Вомбрел", "ボムブレル"}


@given(st.sampled_from(["cyrillic", "greek"]), st.integers(0, 2**32))
def test_a_capital_is_replaced_by_one_that_looks_like_it_only(kind, seed):
    written = evade("UVW NIKE uv", kind, np.random.default_rng(seed))
    assert written[:3] == "UVW"
