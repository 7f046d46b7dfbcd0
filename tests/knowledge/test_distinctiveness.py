"""How surely a name means its brand: counted, bounded, and never made looser."""

from __future__ import annotations

import pyarrow as pa
import pytest

from countermark.errors import PackError
from countermark.knowledge.distinctiveness import (
    NameCounter,
    NameUse,
    allowed,
    parse_uses,
    tightened,
    uses_csv,
)
from countermark.knowledge.reading import read_pack
from small_packs import small

NAMES = [("fruit", "Apple", "coined"), ("fruit", "苹果", "generic"), ("hill", "Alp Hill", "coined"), ("colon", "1:1", "coined")]  # fmt: skip
PACK = read_pack(
    small(
        "acme.names",
        {
            "marks.toml": "".join(f'[[mark]]\nid = "{m}"\nkind = "word"\ntext = "{m}"\n' for m in ("fruit", "hill", "colon")),
            "aliases.toml": "".join(
                f'[[alias]]\nmark = "{mark}"\ntext = "{text}"\nlang = "und"\nkind = "official"\nclass = "{class_}"\n'
                for mark, text, class_ in NAMES
            ),
        },
    )
)  # fmt: skip


def counted(*listings):
    counter = NameCounter([PACK])
    counter.add(pa.array([title for title, _ in listings]), [mark for _, mark in listings])
    return {use.text: (use.occurrences, use.meant) for use in counter.result()}


@pytest.mark.parametrize(
    ("title", "mark", "counts"),
    [
        ("APPLE phone", "fruit", {"Apple": (1, 1)}),
        ("apple pie, apple tart", None, {"Apple": (1, 0)}),
        ("pineapple", "fruit", {}),
        ("A p p l e", "fruit", {}),
        ("新款苹果手机", "fruit", {"苹果": (1, 1)}),
        ("alphill boots", "hill", {"Alp Hill": (1, 1)}),
        ("scale 11 model", None, {}),
        ("Apple by Alp Hill", "hill", {"Alp Hill": (1, 1)}),  # a joint edition tells nothing
        ("Apple boots", "hill", {"Apple": (1, 0)}),
    ],
)
def test_a_name_is_counted_where_it_stands_as_whole_words(title, mark, counts):
    assert counted((title, mark)) == counts


def test_batches_add_up():
    counter = NameCounter([PACK])
    for mark in ("fruit", None, "fruit"):
        counter.add(pa.array(["apple"]), [mark])
    assert counter.result() == [NameUse("fruit", "Apple", 3, 2)]


@pytest.mark.parametrize(
    ("meant", "occurrences", "allows"),
    [
        (1, 1, "coined"),  # nothing contradicts the author
        (149, 149, "coined"),
        (1000, 1001, "coined"),
        (99, 100, "ambiguous"),  # the lower bound is 0.953
        (9, 10, "ambiguous"),
        (4, 5, "generic"),  # 0.343
        (0, 3, "generic"),
    ],
)
def test_the_lower_bound_decides_once_a_listing_means_something_else(meant, occurrences, allows):
    assert NameUse("m", "t", occurrences, meant).allows == allows


def test_the_bound_is_that_of_clopper_and_pearson():
    assert NameUse("m", "t", 14, 14).low == pytest.approx(0.05 ** (1 / 14))
    assert NameUse("m", "t", 46, 45).low == pytest.approx(0.9008, abs=5e-4)
    assert NameUse("m", "t", 3, 0).low == 0


def test_a_measured_class_makes_a_name_stricter_and_never_looser():
    measured = allowed([NameUse("fruit", "Apple", 20, 15), NameUse("fruit", "苹果", 9, 9)])
    pack, notes = tightened(PACK, measured)
    assert [alias.class_ for alias in pack.aliases] == ["generic", "generic", "coined", "coined"]
    assert notes == ("Apple of acme.names is called coined and was measured generic: it needs an anchor",)  # fmt: skip


def test_what_was_written_is_read():
    uses = [NameUse("a", 'the "x", y', 5, 3), NameUse("b", "苹果", 1, 0)]
    assert parse_uses(uses_csv(uses), source="uses.csv") == uses


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("a,b,3,4", "row 2: meant is more than"),
        ("a,b,0,0", "none occurred"),
        ("a,b,x,1", "whole numbers"),
        ("a,b,3", "has 3 cells"),
    ],
)
def test_a_table_that_can_not_be_is_refused(row, says):
    with pytest.raises(PackError, match=says):
        parse_uses(f"mark,text,occurrences,meant\n{row}\n".encode(), source="uses.csv")


def test_packs_without_names_are_counted_too():
    counter = NameCounter([])
    counter.add(pa.array(["apple"]), ["fruit"])
    assert counter.result() == []
