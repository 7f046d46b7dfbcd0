"""Policies: what a file may say, and what it is told when it may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from markets import OPEN

from countermark.decision.policy import grant_of, parse_policy, policy_id
from countermark.errors import PolicyError

SHIPPED = sorted((Path(__file__).parents[2] / "policies").glob("*.toml"))
HEAD = 'id = "p"\ntitle = "P"\n'


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_policy_is_named_like_its_file(path: Path) -> None:
    assert parse_policy(path.read_text("utf-8"), source=str(path)).id == path.stem


def test_three_policies_are_shipped() -> None:
    assert [path.stem for path in SHIPPED] == ["balanced", "evaluation-only", "strict"]


MISTAKES = [
    ("id = ", "not TOML", "balanced.toml"),
    (HEAD + "x = nan", "nan is not a number", "balanced.toml"),
    ('title = "P"', "the key is missing", "balanced.toml"),
    ('id = "P 1"\ntitle = "P"', '"P 1" has not the right form', "a-z, 0-9 and '-'"),
    (HEAD + "review_at = 5", "unknown key", "known keys are id, title, claims"),
    (
        HEAD + "[claims.counterfeit]\nreview_at = 5",
        "claims.counterfeit: unknown key",
        "grey_market",
    ),
    (HEAD + "[claims.grey_market]\nact_at = 5", "grey_market.act_at: unknown key", "evaluate_at"),
    (HEAD + '[claims.grey_market]\nreview_at = "5"', '"5" cannot be used', "without quotes"),
    (HEAD + "[claims.grey_market]\nreview_at = true", "expected a number, got True", ""),
    (HEAD + "[claims.grey_market]\nreview_at = 0", "review_at: 0 cannot be used", "in percent"),
    (
        HEAD + "[claims.grey_market]\nhold_at = 100.5",
        "hold_at: 100.5 cannot be used",
        "at most 100",
    ),
    (
        HEAD + "[claims.grey_market]\nreview_at = 50\nhold_at = 49.9",
        "claims.grey_market: review_at is 50 and hold_at is 49.9",
        "evaluate_at <= review_at <= hold_at <= remove_at",
    ),
    (
        HEAD + "[claims.grey_market]\nevaluate_at = 50\nremove_at = 40",
        "evaluate_at is 50 and remove_at is 40",
        "they must satisfy",
    ),
    (HEAD + "[caps]\nacted_share = 1.2", "caps.acted_share: 1.2 cannot be used", "from 0 to 1"),
    (HEAD + "[caps]\nseller_least = -1", "caps.seller_least: expected a whole number", ""),
    (HEAD + "[caps]\nseller_least = 1.5", "seller_least: expected a whole number", ""),
    (HEAD + "[breakers]\nbreaker_factor = 0.5", "breaker_factor: 0.5 cannot be used", "1 to 1000"),
    (HEAD + '[breakers]\nsuspended = ["a b"]', 'breakers.suspended: "a b" cannot', '"core.*"'),
    (HEAD + '[breakers]\nsuspended = "core.*"', '"core.*" cannot be used', "write a number"),
    (HEAD + "[precision_target]\nhold = 90", "precision_target.hold: 90 cannot", "at most 1"),
    (HEAD + "[sellers]\nreview_at = 101", "sellers.review_at: 101 cannot be used", "in percent"),
    (HEAD + '[granted]\n"*" = "on"', '"on" is not known here', "known are draft, evaluation"),
    (HEAD + '[granted]\n"" = "active"', 'granted: "" cannot be used', "name a rule id"),
    (HEAD + '[granted]\n"a" = "sunset"', '"sunset" is not known here', "active"),
    (
        HEAD + "learned_only = true\n[claims.grey_market]\nhold_at = 50",
        "learned_only: true, but precision_target.hold is missing",
        "remove every hold_at",
    ),
]


@pytest.mark.parametrize(("text", "says", "hint"), MISTAKES)
def test_a_mistake_is_told_with_file_key_value_and_what_would_work(
    text: str, says: str, hint: str
) -> None:
    with pytest.raises(PolicyError) as told:
        parse_policy(text, source="acme.toml")
    assert str(told.value).startswith("acme.toml")
    assert says in str(told.value)
    assert hint in told.value.hint


def test_comments_and_spelling_of_numbers_do_not_change_the_id() -> None:
    other = OPEN.replace("hold_at = 60", "hold_at = 60.00  # a comment")
    assert policy_id(parse_policy(OPEN, source="a")) == policy_id(parse_policy(other, source="b"))


@pytest.mark.parametrize("change", ["hold_at = 61", "hold_at = 60.01"])
def test_another_threshold_is_another_policy(change: str) -> None:
    other = OPEN.replace("hold_at = 60", change)
    first, second = (policy_id(parse_policy(text, source="a")) for text in (OPEN, other))
    assert first != second
    assert (first[:2], len(first)) == ("p-", 14)


@pytest.mark.parametrize(
    ("granted", "grant"),
    [
        ({}, "evaluation"),
        ({"*": "active"}, "active"),
        ({"*": "active", "core.*": "draft"}, "draft"),
        ({"*": "draft", "core.general/*": "evaluation", "core.*": "active"}, "evaluation"),
        ({"core.general/r": "active", "core.general/?": "draft"}, "active"),
        ({"core.general/*": "active", "*.general/r": "draft"}, "active"),
        ({"core.general/?": "active", "core.general/*": "evaluation"}, "evaluation"),
        ({"acme.*": "active"}, "evaluation"),
    ],
)
def test_the_entry_that_says_most_about_a_rule_grants(granted: dict[str, str], grant: str) -> None:
    assert grant_of("core.general/r", granted) == grant  # type: ignore[arg-type]
