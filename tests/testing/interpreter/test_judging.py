"""The interpreter judges listings as a pack's own cases and the written definition say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from countermark.adapters.packs import read_folder
from countermark.knowledge.reading import read_pack
from countermark.testing.interpreter import Interpreter

ROOT = Path(__file__).parent.parent.parent.parent
KORVANE = read_pack(read_folder(ROOT / "tests" / "data" / "packs" / "korvane.outdoor"))


@pytest.fixture(scope="module")
def interpreter(core):
    """The small core pack and the example pack."""
    return Interpreter.of([core, KORVANE], vocabulary=["tallow", "ridge"], as_of=date(2026, 11, 24))


@pytest.mark.parametrize("case", KORVANE.cases, ids=lambda case: case.id)
def test_a_case_of_the_example_pack_comes_out_as_its_author_says(interpreter, case):
    read = interpreter.read(case.listing)
    own = [outcome for outcome in read.outcomes if outcome.rule.startswith(KORVANE.id)]
    assert {outcome.rule for outcome in own if outcome.fired} - set(case.todo_fire) == set(
        case.fire
    )
    assert {o.rule: o.blocked for o in own if o.blocked} == {
        rule: frozenset(b) for rule, b in case.blocked.items()
    }
    if case.mentions is not None:
        assert {mention.mark for mention in read.mentions} == set(case.mentions)


@pytest.mark.parametrize(
    ("listing", "mentions"),
    [
        ({"title": "Korvane jacket"}, {("korvane", 0, 7, "official")}),
        ({"title": "K o r v a n e jacket"}, {("korvane", 0, 13, "separated")}),
        ({"title": "Korvaane"}, {("korvane", 0, 8, "stretched")}),
        ({"title": "Kоrvane"}, {("korvane", 0, 8, "lookalike")}),
        ({"title": "Kovrane"}, {("korvane", 0, 7, "fuzzy")}),
        ({"title": "Tallow candle"}, set()),
        (
            {"title": "Tallow 400 by Korvane"},
            {("tallow", 0, 10, "model"), ("korvane", 14, 21, "official")},
        ),
        ({"title": "xkorvanex"}, set()),
    ],
)
def test_a_mark_is_named_plainly_in_disguise_or_not_at_all(interpreter, listing, mentions):
    assert {(m.mark, m.start, m.end, m.how) for m in interpreter.read(listing).mentions} == mentions


def test_a_listing_that_names_nothing_is_asked_nothing(interpreter):
    assert interpreter.read({"title": "plain jacket"}).outcomes == ()


def test_without_a_price_the_rule_is_unknown_and_not_quiet(interpreter):
    outcomes = interpreter.read({"title": "Korvane jacket", "condition": "new"}).outcomes
    assert next(o.unknown for o in outcomes if o.rule == "korvane.outdoor/price-floor-new")
