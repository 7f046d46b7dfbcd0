import numpy as np
import pyarrow as pa
import pytest
from rapidfuzz.distance import OSA

from countermark.features.everyday import word_hash_pair, word_hashes
from countermark.features.near_misses import find_near
from countermark.knowledge.compiling.names import NameEntry, compile_names
from countermark.knowledge.lexicon import bit_filter

NAMES = ["adidas", "Louis Vuitton", "Samsung", "Nike"]
COMMON = bit_filter(np.unique(word_hashes(["the", "bag", "louis", "nice"])), 12)
ENTRIES = [NameEntry(text=n, mark=k, how="official", class_="coined") for k, n in enumerate(NAMES)]
NEAR = compile_names(ENTRIES, [], COMMON)[0].near


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("Adiads shoes", 0),
        ("adida", 0),
        ("adildas", 0),
        ("abidas", 0),
        ("Lous Vuitton", 1),
        ("Louis Vutiton bag", 1),
        ("Samsng", 2),
        ("Nkie", 3),
    ],
)
def test_one_slip_is_met(text, entry):
    assert entry in find_near(pa.array([text]), NEAR).entry.tolist()


@pytest.mark.parametrize("text", ["adidas", "the bag", "nice", "Samsung", "adi 123"])
def test_the_name_itself_and_everyday_words_are_passed_over(text):
    assert find_near(pa.array([text]), NEAR).entry.tolist() == []


def test_every_deletion_and_swap_of_a_name_is_met():
    name = "samsung"
    slips = [name[:k] + name[k + 1 :] for k in range(7)] + [
        name[:k] + name[k + 1] + name[k] + name[k + 2 :] for k in range(6)
    ]
    assert all(OSA.distance(slip, name) <= 1 for slip in slips)
    met = find_near(pa.array(slips), NEAR)
    assert set(met.row.tolist()) == {k for k, slip in enumerate(slips) if slip != name}


def test_one_word_hashes_as_a_column_of_words_does():
    assert word_hashes(["nice"])[0].tolist() == list(word_hash_pair("nice"))
