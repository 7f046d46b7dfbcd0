"""The core pack that the product ships, and the example of the format, keep what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest

from countermark.adapters.packs import read_folder
from countermark.adapters.vocabulary import everyday_words
from countermark.flows.lint_pack import context_of, lint
from countermark.flows.try_pack import try_pack, try_together

PACKS = Path(__file__).parents[2] / "packs"
TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def words() -> Sequence[str]:
    return everyday_words()


@pytest.fixture(scope="module")
def core() -> Mapping[str, bytes]:
    return read_folder(PACKS / "core")


@pytest.fixture(scope="module")
def example() -> Mapping[str, bytes]:
    return read_folder(PACKS / "core-example")


def test_the_core_rules_pass_their_cases_and_every_mutant_is_noticed(core, example, words):
    trial = try_pack(core, beside=[core, example], vocabulary=words, as_of=TODAY)
    assert [str(remark) for remark in trial.remarks] == []
    assert trial.cases == trial.passed
    assert all(rule.killed == rule.mutants and rule.fire for rule in trial.rules)


def test_the_example_of_the_format_passes_its_cases_and_every_mutant_is_noticed(core, words):
    korvane = read_folder(PACKS.parent / "tests" / "data" / "packs" / "korvane.outdoor")
    trial = try_pack(korvane, beside=[core], vocabulary=words, as_of=TODAY)
    assert [str(remark) for remark in trial.remarks] == []
    assert trial.cases == trial.passed
    assert all(rule.killed == rule.mutants and rule.fire for rule in trial.rules)


@pytest.mark.parametrize("name", ["core", "core-example"])
def test_the_core_packs_lint_clean(name, core, words):
    context = context_of(core, [], vocabulary=words, as_of=TODAY)
    assert [str(remark) for remark in lint(read_folder(PACKS / name), context=context)] == []


def test_packs_tried_together_answer_for_their_own_marks(core, example, words):
    tumi = read_folder(PACKS / "starter" / "tumi")
    beside = [core, core, example]
    trials = list(try_together([tumi, example], beside=beside, vocabulary=words, as_of=TODAY))
    assert [trial.pack for trial in trials] == ["starter.tumi", "core.example"]
    assert not any(trial.failed for trial in trials)
