"""What lint adds to the checks of the linter."""

from __future__ import annotations

import pytest

from countermark.errors import RunError
from countermark.flows.lint_pack import context_of, lint, rates_of
from small_packs import ACME, TODAY

RULE = "acme.zorvik/price-floor-new"


def context(files, others=()):
    return context_of(files, others, vocabulary=["Nova"], as_of=TODAY)


@pytest.mark.parametrize(
    ("fired", "says"), [(5, []), (6, ["KP14"])], ids=["as-often-as-expected", "more-often"]
)
def test_a_rule_that_fires_more_often_than_expected_is_an_error(fired, says):
    summary = {"counts": {"scanned": 10_000, "rules": {RULE: {"fired": fired}}}}
    remarks = lint(ACME, context=context(None), rates=rates_of(summary, source="run"))
    assert [remark.check for remark in remarks if remark.severity == "E"] == says


def test_a_run_without_listings_is_refused():
    with pytest.raises(RunError, match="run1: the run scanned no listings"):
        rates_of({"complete": False}, source="run1")


def test_without_a_core_pack_its_lists_are_not_known():
    found = context(None)
    assert (found.core_lists, found.categories) == (None, None)


def test_other_packs_tell_their_marks_and_logic_and_broken_ones_tell_nothing():
    found = context(None, [ACME, {"pack.toml": b"?"}])
    assert found.other_marks == {"zorvik": "acme.zorvik"}
    assert list(found.other_logic.values()) == [RULE]
    assert found.ordinary_words == {"nova"}


def test_a_pack_that_can_not_be_read_is_told_its_faults():
    remarks = lint({"pack.toml": b"?"}, context=context(None), rates={})
    assert [remark.check for remark in remarks] == ["KP01"]
