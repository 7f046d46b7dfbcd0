"""The pack that an author begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from countermark.errors import PackError
from countermark.knowledge.new_pack import new_pack
from countermark.knowledge.new_pack_form import FirstRight, NewPack
from countermark.knowledge.reading import read_pack
from countermark.knowledge.rule_logic import mutants

RIGHT = FirstRight(office="EUIPO", number="018000009", territory="EU", expires=date(2034, 1, 1))
ASKED = NewPack(
    id="acme.rockets",
    title="Acme rockets",
    contact="ip@acme.example",
    licence="CC-BY-4.0",
    mark='Acme "A"',
    nice=(28,),
    style_code="AC-1",
    product="Rocket 1, large",
    category="toys.figure",
    currency="EUR",
    low="119.00",
    typical="149.00",
    high="159.00",
    begins=date(2026, 11, 24),
    right=RIGHT,
)


@pytest.mark.parametrize("currency", ["EUR", "JPY", "KWD"])
def test_it_reads_and_lints_clean_in_any_currency(lint, currency):
    asked = replace(ASKED, currency=currency, low="119", typical="149", high="159")
    assert lint(new_pack(asked)) == []


def test_without_a_right_it_is_told_that_it_finds_suspects_only(lint):
    remarks = lint(new_pack(replace(ASKED, right=None)))
    assert [remark.split(" ")[:2] for remark in remarks] == [["W", "KP20"]]


def test_it_has_one_rule_with_a_case_for_each_of_its_parts():
    pack = read_pack(new_pack(ASKED))
    (rule,) = pack.rules
    blocked = {name for case in pack.cases for by in case.blocked.values() for name in by}
    assert blocked == set(rule.unless)
    assert len(list(mutants(rule))) == 8


def test_its_cases_stand_on_both_sides_of_the_floor():
    cases = {case.id: case for case in read_pack(new_pack(ASKED)).cases}
    under, over = cases["just-under-the-floor"], cases["just-over-the-floor"]
    assert (under.listing["price_minor"], over.listing["price_minor"]) == (5354, 5355)
    assert under.fire
    assert not over.fire


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"low": "cheap"}, "is not an amount"),
        ({"low": "159.01"}, "must rise"),
        ({"low": "0.99"}, "leaves no room for tests"),
        ({"currency": "EURO"}, "not an ISO 4217"),
        ({"id": "Acme"}, "has not the right form"),
        ({"nice": (99,)}, "expected a whole number"),
        ({"category": "parts.case"}, "for goods of other makers"),
        ({"style_code": "A 1"}, "is not a code without spaces"),
    ],
)
def test_what_can_not_stand_in_a_pack_is_refused(changes, says):
    with pytest.raises(PackError, match=says):
        new_pack(replace(ASKED, **changes))
