"""The linter as a whole."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from countermark.knowledge.lint.registry import CHECKS, lint_pack


def test_the_example_pack_lints_clean(locked_korvane, lint):
    assert lint(locked_korvane) == []


def test_checks_have_distinct_ids_in_order():
    ids = [check.id for check in CHECKS]
    assert ids == sorted(set(ids))
    assert all(re.fullmatch(r"KP\d\d", id_) for id_ in ids)


def test_a_pack_that_can_not_be_read_gets_each_fault_as_kp01(edit, context):
    files = edit("public/prices.csv", "119.00", "cheap")
    files["public/marks.toml"] = files["public/marks.toml"].replace(b'"word"', b'"wort"')
    remarks = lint_pack(files, context=context)
    assert [(one.check, one.severity) for one in remarks] == [("KP01", "E")] * 3
    assert remarks[0].advice.startswith("known are word")


def test_errors_come_before_warnings(edit, context):
    files = edit("public/marks.toml", "2034-03-09", "2020-03-09")
    files["public/sellers.csv"] = files["public/sellers.csv"].replace(b"2026-12-31", b"2026-10-31")
    severities = [one.severity for one in lint_pack(files, context=context)]
    assert severities == sorted(severities)
    assert set(severities) == {"E", "W"}


def test_every_remark_names_place_and_value_and_says_what_to_do(edit, context):
    files = edit("public/rules/price.toml", 'unless = ["listed", ', "unless = [")
    for remark in lint_pack(files, context=replace(context, as_of=date(2030, 1, 1))):
        line = str(remark)
        assert remark.place
        assert remark.advice
        assert "\n" not in line
        assert not line.endswith(".")
