"""A rule's signals, `when` and `unless` together."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from countermark.domain.rules import Rule
from countermark.domain.signals import TermSignal
from countermark.knowledge.logic import canonical, parse
from countermark.knowledge.reading import read_pack
from countermark.knowledge.rule_logic import logic_hash, mutants, outcome, without

TRUE, FALSE, UNKNOWN = (True, True), (False, True), (False, False)


@pytest.fixture
def rule(korvane) -> Rule:
    """The example pack's price rule, with one exclusion."""
    rules = {one.local_id: one for one in read_pack(korvane).rules}
    return msgspec.structs.replace(rules["price-floor-new"], unless=("listed",))


def decided(rule: Rule, cheap, listed):
    """The outcome for a new Korvane listing."""
    values = {"brand": TRUE, "new": TRUE, "cheap": cheap, "listed": listed}
    return outcome(parse(rule.when), rule, values)


@pytest.mark.parametrize(
    ("cheap", "listed", "block_on_unknown", "fired", "blocked"),
    [
        (TRUE, FALSE, False, True, False),
        (TRUE, TRUE, False, False, True),
        (TRUE, UNKNOWN, False, True, False),
        (TRUE, UNKNOWN, True, False, True),
        (UNKNOWN, FALSE, False, False, False),
        (FALSE, TRUE, False, False, False),
    ],
)
def test_an_exclusion_blocks_what_holds(rule, cheap, listed, block_on_unknown, fired, blocked):
    rule = msgspec.structs.replace(rule, block_on_unknown=block_on_unknown)
    result = decided(rule, cheap, listed)
    assert (result.fired, result.blocked["listed"]) == (fired, blocked)


def test_a_missing_price_is_counted_as_unknown_and_not_as_quiet(rule):
    result = decided(rule, UNKNOWN, FALSE)
    assert (result.held, result.known) == (False, False)


@pytest.mark.parametrize("block_on_unknown", [False, True])
def test_a_batch_is_decided_as_its_listings_are(rule, block_on_unknown):
    rule = msgspec.structs.replace(rule, block_on_unknown=block_on_unknown)
    pairs = [(a, b) for a in (TRUE, FALSE, UNKNOWN) for b in (TRUE, FALSE, UNKNOWN)]
    columns = [
        tuple(np.array(part) for part in zip(*column, strict=True))
        for column in zip(*pairs, strict=True)
    ]
    always = (np.ones(9, bool), np.ones(9, bool))
    values = {"brand": always, "new": always, "cheap": columns[0], "listed": columns[1]}
    batch = outcome(parse(rule.when), rule, values)
    single = [decided(rule, cheap, listed) for cheap, listed in pairs]
    assert batch.fired.tolist() == [one.fired for one in single]
    assert batch.blocked["listed"].tolist() == [one.blocked["listed"] for one in single]


@pytest.mark.parametrize(
    ("text", "name", "rest"),
    [
        ("a and b and c", "b", "a and c"),
        ("a and b", "b", "a"),
        ("a", "a", None),
        ("not a or b", "a", "b"),
        ("at_least(2, a, b, c)", "a", "at_least(2, b, c)"),
        ("at_least(3, a, b, c)", "a", "at_least(2, b, c)"),
        ("a and (b or c)", "c", "a and b"),
    ],
)
def test_a_signal_is_taken_away_wherever_it_stands(text, name, rest):
    left = without(parse(text), name)
    assert (left and canonical(left)) == rest


def test_every_signal_and_every_exclusion_has_a_mutant(korvane):
    rule = next(one for one in read_pack(korvane).rules if one.local_id == "price-floor-new")
    changes = {(mutant.line, mutant.signal) for mutant in mutants(rule)}
    when = {("when", name) for name in ("brand", "new", "cheap")}
    assert changes == when | {("unless", name) for name in ("listed", "fit", "style", "part")}


def test_the_hash_ignores_what_does_not_change_the_meaning(rule):
    written = msgspec.structs.replace(rule, when=" (brand  and new) and cheap", title="x", rev=9)
    assert logic_hash(written) == logic_hash(rule)


def test_the_hash_reads_one_list_name_and_a_list_of_one_alike(rule):
    one = msgspec.structs.replace(rule, signals={**rule.signals, "t": TermSignal(list="core.x")})
    several = msgspec.structs.replace(
        rule, signals={**rule.signals, "t": TermSignal(list=("core.x",))}
    )
    assert logic_hash(one) == logic_hash(several)


@pytest.mark.parametrize(
    "change", [{"when": "brand and new"}, {"unless": ()}, {"block_on_unknown": True}]
)
def test_the_hash_changes_with_the_logic(rule, change):
    assert logic_hash(msgspec.structs.replace(rule, **change)) != logic_hash(rule)


def test_the_hash_changes_with_an_argument(edit, rule):
    files = edit("public/rules/price.toml", "below = 0.45", "below = 0.46")
    same = edit("public/rules/price.toml", "below = 0.45", "below = 0.450")
    changed, equal = (
        next(one for one in read_pack(each).rules if one.local_id == "price-floor-new")
        for each in (files, same)
    )
    original = msgspec.structs.replace(rule, unless=equal.unless)
    assert logic_hash(equal) == logic_hash(original) != logic_hash(changed)
