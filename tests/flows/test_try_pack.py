"""What a trial of a pack says."""

from __future__ import annotations

from datetime import date

import pytest

from countermark.errors import PackError
from countermark.flows.try_pack import RuleTrial, try_pack
from countermark.knowledge.new_pack import new_pack
from countermark.knowledge.new_pack_form import NewPack

TODAY = date(2026, 11, 24)
ASKED = NewPack(
    id="acme.zorvik", title="Zorvik", contact="ip@acme.example", licence="CC-BY-4.0", mark="Zorvik",
    nice=(28,), style_code="ZO-1", product="Rocket One", category="toys.figure", currency="EUR",
    low="119.00", typical="149.00", high="159.00", begins=date(2026, 11, 1),
)  # fmt: skip
CORE = {
    "pack.toml": b"""format = "countermark.pack/1"
id = "core.general"
serial = 1
version = "1"
title = "For tests"
issuer = "core"
contact = "ip@example.org"
licence = "CC-BY-4.0"
valid_from = 2026-11-01T00:00:00Z
review_by = 2027-05-01
expires = 2028-10-01T00:00:00Z
[parts.public]
level = "public"
licence = "CC-BY-4.0"
""",
    "public/categories.csv": b"""id,title
toys,Toys
toys.figure,Figures
toys.miniature,Small
parts,Parts
""",
    "public/lists/all.toml": b"""[[list]]
id = "fit_before"
terms = ["for"]
[[list]]
id = "style_after"
terms = ["style"]
[[list]]
id = "wanted"
terms = ["wtb"]
[[list]]
id = "genuine_claim"
terms = ["genuine"]
""",
}
CASES, FIRE = "public/tests/price.toml", 'fire = ["price-floor-new"]'


def trial(files, as_of=TODAY):
    return try_pack(files, beside=[CORE, files], vocabulary=["cover"], as_of=as_of)


def test_a_line_for_each_rule_counts_its_cases_and_mutants():
    found = trial(new_pack(ASKED))
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
    files = dict(new_pack(ASKED))
    assert old in files[CASES].decode()
    files[CASES] = files[CASES].replace(old.encode(), new.encode())
    found = trial(files)
    assert {remark.check for remark in found.remarks if remark.severity == "E"} == checks
    assert found.failed


def test_a_pack_that_has_expired_is_not_tried():
    with pytest.raises(PackError, match=r"pack acme\.zorvik expires on .*, before 2028-11-01"):
        trial(new_pack(ASKED), as_of=date(2028, 11, 1))
