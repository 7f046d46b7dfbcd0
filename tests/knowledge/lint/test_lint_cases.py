"""KP12 to KP14: tests, and what running them showed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from countermark.knowledge.lint.cases import (
    CaseResult,
    boundaries,
    case_results,
    survivors,
    too_frequent,
)
from countermark.knowledge.reading import read_pack
from countermark.knowledge.rule_logic import mutants

RULE = "korvane.outdoor/price-floor-new"
LABEL_TESTS = "members/tests/label.toml"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('fire = ["label-wording"]', "fire = []", "0 cases fire it and 1 must"),
        ('blocked = { "label-wording" = ["listed"] }', "", ""),
    ],
)
def test_a_rule_has_cases_of_each_kind(edit, lint, old, new, says):
    remarks = lint(edit(LABEL_TESTS, old, new), "KP12")
    assert any(says in remark for remark in remarks) if says else not remarks


def test_a_rule_without_tests_lacks_every_kind(korvane, lint):
    files = {path: data for path, data in korvane.items() if "/tests/" not in path}
    remarks = [remark for remark in lint(files, "KP12") if "price-floor-new" in remark]
    assert [remark.split(": ")[1] for remark in remarks] == [
        "0 cases fire it and 1 must",
        "0 cases leave it quiet and 3 must",
        "0 cases block it and 1 must",
    ]


def test_a_failed_case_and_a_cured_miss_are_errors():
    failed = CaseResult(case="tests x", unexpected=('rule "a" fired',))
    cured = CaseResult(case="tests y", cured=("korvane.outdoor/a",))
    remarks = list(case_results([failed, cured, CaseResult(case="tests z")]))
    assert [(one.check, one.place) for one in remarks] == [("KP12", "tests x"), ("KP12", "tests y")]
    assert remarks[1].message == 'rule "a" fires now'


@pytest.mark.parametrize(
    ("tried", "missing"),
    [
        (["0.4499", "0.4501"], []),
        (["0.45", "0.4499"], []),
        (["0.4499"], ["fails"]),
        (["0.46"], ["holds"]),
        (["0.1", "0.9"], ["holds", "fails"]),
        ([], ["holds", "fails"]),
    ],
)
def test_a_bound_is_tried_on_both_sides(korvane, tried, missing):
    pack = read_pack(korvane)
    remarks = list(boundaries(pack, {(RULE, "cheap"): map(Decimal, tried)}))
    assert [one.message.split(" ")[5] for one in remarks] == missing


@pytest.mark.parametrize(
    ("bound", "tried", "missing"),
    [("le = 3", [3, 4], 0), ("lt = 3", [2, 3], 0), ("le = 3", [2, 3], 1), ("eq = 3", [3, 2], 0)],
)
def test_a_whole_number_is_tried_one_beside_its_bound(edit, bound, tried, missing):
    signal = f'cheap  = {{ op = "number", field = "photos", {bound} }}'
    old = 'cheap  = { op = "price", below = 0.45, of = "band.low" }'
    pack = read_pack(edit("public/rules/price.toml", old, signal))
    assert len(list(boundaries(pack, {(RULE, "cheap"): map(Decimal, tried)}))) == missing


def test_a_mutant_that_no_test_noticed_is_an_error(korvane):
    pack = read_pack(korvane)
    rule = next(rule for rule in pack.rules if rule.id == RULE)
    alive = [mutant for mutant in mutants(rule) if mutant.signal == "new"]
    (remark,) = survivors(pack, alive)
    assert (remark.check, remark.severity) == ("KP13", "E")
    assert remark.message == 'without "new" in when every test still passes'


@pytest.mark.parametrize(
    ("rate", "severity"), [((50, 100_000), None), ((51, 100_000), "E"), ((0, 0), "W")]
)
def test_a_rule_fires_no_more_often_than_expected(korvane, rate, severity):
    pack = read_pack(korvane)
    remarks = [one for one in too_frequent(pack, {RULE: rate}) if "price-floor-new" in one.place]
    assert [one.severity for one in remarks] == ([severity] if severity else [])
