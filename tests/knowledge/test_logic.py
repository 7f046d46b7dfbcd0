"""The `when` line: grammar, bounds, and three-valued truth."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from countermark.knowledge.logic import (
    And,
    AtLeast,
    LogicError,
    Name,
    Not,
    Or,
    Tree,
    canonical,
    evaluate,
    names,
    parse,
)

TRUE, FALSE, UNKNOWN = (True, True), (False, True), (False, False)
SIGNALS = ("a", "b", "c", "d")


def trees() -> st.SearchStrategy[Tree]:
    """Trees over four signals, three levels deep at most."""

    def deeper(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
        many = st.lists(inner, min_size=2, max_size=4).map(tuple)
        counted = many.flatmap(
            lambda terms: st.integers(1, len(terms)).map(lambda k: AtLeast(k, terms))
        )
        return st.one_of(inner.map(Not), many.map(And), many.map(Or), counted)

    return st.recursive(st.sampled_from(SIGNALS).map(Name), deeper, max_leaves=8)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a", "a"),
        ("  a  and\tb ", "a and b"),
        ("a or b and c", "a or b and c"),
        ("(a or b) and c", "(a or b) and c"),
        ("not (a and b)", "not (a and b)"),
        ("not a and b", "not a and b"),
        ("not not a", "not not a"),
        ("at_least(2, a, b, not c)", "at_least(2, a, b, not c)"),
        ("(((a)))", "a"),
        ("a and (b and c)", "a and b and c"),
        ("(a or b) or c", "a or b or c"),
    ],
)
def test_text_is_written_in_one_form(text, written):
    assert canonical(parse(text)) == written


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "'the end' stands where a name belongs"),
        ("a and", "'the end' stands where a name belongs"),
        ("a b", "'b' stands where and, or, or the end belongs"),
        ("and a", "'and' stands where a name belongs"),
        ("a & b", "'& b' is not a name, number, bracket or comma"),
        ("(a", "')' is missing before 'the end'"),
        ("a)", "')' stands where and, or, or the end belongs"),
        ("at_least(a, b)", "at_least begins with a number"),
        ("at_least(3, a, b)", "at_least(3, ...) of 2 can never be of use"),
        ("at_least(0, a)", "at_least(0, ...) of 1 can never be of use"),
        ("A", "'A' is not a name"),
        ("a" * 2001, "has 2001 characters and may have 2000"),
        ("(" * 20 + "a" + ")" * 20, "more than 12 deep"),
        ("not " * 30 + "a", "more than 12 deep"),
        (" and ".join(f"s{n}" for n in range(65)), "may name 64 signals"),
    ],
)
def test_anything_else_is_refused_with_the_place(text, says):
    with pytest.raises(LogicError) as caught:
        parse(text)
    assert says in str(caught.value)


def test_names_are_given_once_in_order_of_use():
    assert names(parse("b and (a or b) and not c")) == ("b", "a", "c")


@pytest.mark.parametrize(
    ("text", "values", "answer"),
    [
        ("a and b", (TRUE, TRUE), TRUE),
        ("a and b", (TRUE, UNKNOWN), UNKNOWN),
        ("a and b", (FALSE, UNKNOWN), FALSE),
        ("a or b", (TRUE, UNKNOWN), TRUE),
        ("a or b", (FALSE, UNKNOWN), UNKNOWN),
        ("not a", (UNKNOWN,), UNKNOWN),
        ("not a", (FALSE,), TRUE),
        ("at_least(2, a, b, c)", (TRUE, UNKNOWN, TRUE), TRUE),
        ("at_least(2, a, b, c)", (TRUE, UNKNOWN, FALSE), UNKNOWN),
        ("at_least(2, a, b, c)", (FALSE, UNKNOWN, FALSE), FALSE),
    ],
)
def test_truth_has_three_values(text, values, answer):
    assert evaluate(parse(text), dict(zip(SIGNALS, values, strict=False))) == answer


@given(trees())
def test_what_is_written_parses_to_a_tree_that_is_written_the_same(tree):
    once = parse(canonical(tree))
    assert parse(canonical(once)) == once


@given(trees())
def test_what_is_written_means_the_same(tree):
    again = parse(canonical(tree))
    for row in itertools.product((TRUE, FALSE, UNKNOWN), repeat=len(SIGNALS)):
        values = dict(zip(SIGNALS, row, strict=True))
        assert evaluate(again, values) == evaluate(tree, values)


@given(trees())
def test_arrays_and_packed_bits_say_what_single_values_say(tree):
    rows = list(itertools.product((TRUE, FALSE, UNKNOWN), repeat=len(SIGNALS)))
    single = [evaluate(tree, dict(zip(SIGNALS, row, strict=True))) for row in rows]
    arrays = {
        name: tuple(np.array([row[at][part] for row in rows]) for part in (0, 1))
        for at, name in enumerate(SIGNALS)
    }
    true, known = evaluate(tree, arrays)
    assert list(zip(true.tolist(), known.tolist(), strict=True)) == single
    packed = {name: tuple(map(np.packbits, both)) for name, both in arrays.items()}
    for bits, column in zip(evaluate(tree, packed), (true, known), strict=True):
        assert np.unpackbits(bits)[: len(rows)].tolist() == column.astype(int).tolist()


@given(trees())
def test_learning_an_unknown_never_changes_what_was_known(tree):
    for row in itertools.product((TRUE, FALSE, UNKNOWN), repeat=len(SIGNALS)):
        before = evaluate(tree, dict(zip(SIGNALS, row, strict=True)))
        learned = [TRUE if value == UNKNOWN else value for value in row]
        after = evaluate(tree, dict(zip(SIGNALS, learned, strict=True)))
        assert before in (UNKNOWN, after)


@given(trees(), st.tuples(*[st.booleans()] * len(SIGNALS)))
def test_with_everything_known_it_is_ordinary_logic(tree, truth):
    def ordinary(part: Tree) -> bool:
        if isinstance(part, Name):
            return dict(zip(SIGNALS, truth, strict=True))[part.name]
        if isinstance(part, Not):
            return not ordinary(part.term)
        held = [ordinary(term) for term in part.terms]
        if isinstance(part, AtLeast):
            return sum(held) >= part.count
        return all(held) if isinstance(part, And) else any(held)

    values = {name: (value, True) for name, value in zip(SIGNALS, truth, strict=True)}
    assert evaluate(tree, values) == (ordinary(tree), True)
