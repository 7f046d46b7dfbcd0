"""What a trial of a pack says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from countermark.errors import PackError
from countermark.flows.try_pack import RuleTrial, try_pack, try_together
from countermark.knowledge.new_pack import new_pack
from small_packs import ACME, ASKED, CORE, TODAY

CASES, FIRE = "public/tests/price.toml", 'fire = ["price-floor-new"]'


def trial(files, as_of=TODAY):
    return try_pack(files, beside=[CORE, files], vocabulary=["cover"], as_of=as_of)


def test_a_line_for_each_rule_counts_its_cases_and_mutants():
    found = trial(ACME)
    line = RuleTrial(rule="price-floor-new", fire=2, quiet=10, blocked=5, mutants=8, killed=8)
    assert (found.rules, found.cases, found.passed, found.failed) == ((line,), 12, 12, False)


@pytest.mark.parametrize(
    ("old", "new", "checks"),
    [
        (FIRE, "fire = []", {"KP12"}),
        ("price = 53.55", "price = 89.00", {"KP12"}),
        ('condition = "used", price = 9.91', 'price = ""', {"KP13"}),
    ],
    ids=["cases-that-fail", "no-case-close-above-the-bound", "a-mutant-that-nobody-notices"],
)
def test_what_must_be_mended_fails_the_trial(old, new, checks):
    files = dict(ACME)
    assert old in files[CASES].decode()
    files[CASES] = files[CASES].replace(old.encode(), new.encode())
    found = trial(files)
    assert {remark.check for remark in found.remarks if remark.severity == "E"} == checks
    assert found.failed


@pytest.mark.parametrize("day", [date(2028, 11, 1), date(2026, 10, 31)])
def test_a_pack_that_has_expired_or_not_begun_is_not_tried(day):
    says = rf"pack acme\.zorvik is in use from 2026-11-01 to 2028-10-30, and not on {day}"
    with pytest.raises(PackError, match=says):
        trial(ACME, as_of=day)


@pytest.mark.parametrize("greedy", [False, True])
def test_what_fires_the_rule_of_one_brand_must_not_fire_that_of_another(greedy):
    """A rule about every mark is the core pack's to write, not a brand's."""
    other = dict(
        new_pack(
            replace(ASKED, id="brix.brixel", mark="Brixel", style_code="BR-1", product="Comet")
        )
    )
    if greedy:
        rule = other["public/rules/price.toml"]
        other["public/rules/price.toml"] = rule.replace(b'mark = "brixel"', b'mark = "*"')
    trials = try_together([ACME, other], beside=[CORE], vocabulary=["cover"], as_of=TODAY)
    remarks = [
        str(remark) for trial in trials for remark in trial.remarks if "of pack" in remark.message
    ]
    says = 'price-floor-new: it fires on case "far-too-cheap" of pack acme.zorvik'
    assert any(says in remark for remark in remarks) is greedy
    assert not [remark for remark in remarks if "of pack brix.brixel" in remark]
