import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.features.matching import EXACT, find
from countermark.features.measuring import measure
from countermark.features.tokens import FOREIGN, folded_text
from countermark.features.windows import MAX_WINDOW
from countermark.knowledge.lexicon import ANY_SPACING, build_index, indexable

NAMES = ["Nike", "Louis Vuitton", "耐克", "LV", "Ray-Ban", "Husqvarna", "fila"]
LOOSE = build_index(NAMES, words=[ANY_SPACING] * len(NAMES), loose=True)
STRICT = build_index(
    ["for", "t-shirt", "1:1", "适用", "phone case"], words=[1, 2, -2, 2, 2], loose=False
)


def hits(text, index):
    found = find(pa.array([text]), index)
    data = text.encode()
    return [
        (int(e), data[s:t].decode())
        for e, s, t in zip(found.entry, found.start, found.end, strict=True)
    ]


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("new Nike shoes", (0, "Nike")), ("new n1ke shoes", (0, "n1ke")), ("N.I.K.E", (0, "N.I.K.E")), ("Niiiike", (0, "Niiiike")),
        ("Louis  Vuitton bag", (1, "Louis  Vuitton")), ("Louis-Vuitton", (1, "Louis-Vuitton")), ("正品耐克鞋", (2, "耐克")),
        ("an LV bag", (3, "LV")), ("Rayban", (4, "Rayban")), ("Husqvama", (5, "Husqvama")), ("F1la", (6, "F1la")), ("F🔥i🔥l🔥a", (6, "F🔥i🔥l🔥a")),
        ("nike2024", (0, "nike")), ("NikeAir", (0, "Nike")),
    ],
)  # fmt: skip
def test_names_are_met_in_disguise_at_their_place(text, hit):
    assert hit in hits(text, LOOSE)


@pytest.mark.parametrize("text", ["snikers", "onike", "unikes", "lvl", "filament", "耐 心 克 制"])
def test_names_inside_other_words_are_not_met(text):
    assert hits(text, LOOSE) == []


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("for you", {0}),
        ("tshirt", {1}),
        ("size 11", set()),
        ("1:1", {2}),
        ("适用于", {3}),
        ("Phone-case", {4}),
    ],
)
def test_strict_words_keep_their_digits_apart(text, entries):
    assert {entry for entry, _ in hits(text, STRICT)} == entries


def test_flags_say_what_is_plain():
    found = find(pa.array(["Nike", "Nіke", "n1ke"]), LOOSE)
    assert [bool(f & EXACT) for f in found.flags] == [True, True, False]
    assert [bool(f & FOREIGN) for f in found.flags] == [False, True, False]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_spans_are_whole_characters_that_fold_to_the_entry(texts):
    found = find(pa.array(texts, pa.string()), LOOSE)
    for row, entry, start, end in zip(found.row, found.entry, found.start, found.end, strict=True):
        shown = texts[row].encode()[start:end].decode()
        if not (shown[0].isalnum() and shown[-1].isalnum()):
            continue  # a symbol at an edge is a letter or not by what stands around it
        a, b = measure([shown], loose=True), measure([NAMES[entry]], loose=True)
        assert a.whole[0] == b.whole[0] or folded_text(shown).replace(" ", "") == folded_text(
            NAMES[entry]
        ).replace(" ", "")


def test_nulls_and_slices_keep_their_rows():
    column = pa.array(["x", None, "Nike", "y", "Nike"]).slice(1)
    assert find(column, LOOSE).row.tolist() == [1, 3]
    assert find(column, LOOSE, np.array([3])).row.tolist() == [3]


def test_more_findings_than_room_are_all_found():
    text = "Nike " * 3000
    assert len(find(pa.array([text]), LOOSE).row) == 3000


def test_what_no_index_can_hold_is_said():
    assert indexable(["Nike", "", "a" * (MAX_WINDOW + 1), "aaaaaaaaaa"], loose=True).tolist() == [
        True,
        False,
        False,
        False,
    ]
    with pytest.raises(ValueError, match="too long"):
        build_index(["a" * 99], loose=True)


def test_prefix_hashes_are_exact_integers():
    """A prefix hash that went through a float would lose its low bits and the name would never be met."""
    measured = measure(["Louis Vuitton"], loose=True)
    assert measured.prefixes.dtype == np.uint64
    assert (
        len(
            set(measured.prefixes[0].tolist())
            & {int(float(int(x))) for x in measured.prefixes[0] if x}
        )
        == 0
    )
