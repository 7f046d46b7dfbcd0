"""The questions that rules can ask."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import msgspec
import pytest

from countermark.domain.rules import Claim
from countermark.domain.signals import OPERATORS, BrandSignal, SellerSignal, Signal
from countermark.domain.tables import CLAIMS


def test_there_is_one_kind_of_question_for_each_operator():
    text = {"brand", "term", "phrase", "context", "near", "pattern", "contact"}
    facts = {
        "price",
        "number",
        "category",
        "condition",
        "place",
        "maker",
        "seller",
        "code",
        "variant",
    }
    assert set(OPERATORS) == text | facts | {"image", "rule"}
    assert tuple(OPERATORS.values()) == get_args(Signal)


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_question_is_explained_in_one_plain_sentence(operator):
    explanation = OPERATORS[operator].explanation()
    assert explanation.endswith(".")
    assert explanation[0].isupper()
    assert "`" not in explanation


def test_a_general_rule_asks_about_the_mark_that_the_listing_names():
    assert msgspec.convert({"op": "brand"}, Signal) == BrandSignal(mark="*")
    assert msgspec.convert({"op": "seller"}, Signal) == SellerSignal(authorised_for="*")


@pytest.mark.parametrize(
    "table",
    [
        {"op": "price"},
        {"op": "price", "below": 0},
        {"op": "price", "below": "0.81"},
        {"op": "price", "above": -1},
        {"op": "phrase"},
        {"op": "phrase", "any": [str(n) for n in range(21)]},
        {"op": "category"},
        {"op": "condition", "is": []},
        {"op": "place"},
        {"op": "place", "market": ["de"]},
        {"op": "variant"},
        {"op": "number", "field": "stock"},
        {"op": "term", "list": []},
        {"op": "term", "list": ["core."]},
        {"op": "context", "list": "core.x", "around": "brand", "within": 0},
        {"op": "pattern", "find": "a+bcd", "literal": "bcd"},
        {"op": "image", "ref": "logo", "method": "embedding", "max": 2},
        {"op": "seller", "authorised_for": "korvane", "on_list": "x"},
        {"op": "contact", "kinds": ["pigeon"]},
        {"op": "brand", "how": ["guess"]},
        {"op": "brand", "mrak": "x"},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(table):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(table, Signal)


def test_the_claims_of_rules_are_those_of_findings():
    assert get_args(Claim) == CLAIMS


def test_the_union_of_questions_does_not_upset_the_interpreter():
    """A pattern beside an array in one union made msgspec crash when garbage was collected."""
    code = (
        "import msgspec; from countermark.domain.signals import Signal, TermSignal\n"
        "msgspec.convert({'op': 'term', 'list': ['a']}, TermSignal)\n"
        "msgspec.convert({'op': 'term', 'list': 'a'}, Signal)"
    )
    command = [sys.executable, "-c", code]
    environment = {"PYTHONMALLOC": "debug", "PYTHONPATH": ":".join(sys.path)}
    assert subprocess.run(command, env=environment, check=False).returncode == 0
