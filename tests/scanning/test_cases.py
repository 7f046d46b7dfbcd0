"""What running a pack's cases says, on a pack of one mark beside a core of a few words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from countermark.flows.build_snapshot import snapshot_of
from countermark.knowledge.reading import read_pack
from countermark.scanning.case_questions import demands_of
from countermark.scanning.case_variants import variant_remarks
from countermark.scanning.cases import CaseRun, run_cases
from small_packs import ACME, CORE_LISTS, TODAY
from small_packs import CORE as PLAIN_CORE

WORDS = ("cover", "style", "stand", "rocket", "large")
CORE_RULE = """[[rule]]
id = "says-replica"
rev = 1
status = "active"
claim = "declared_replica"
title = "Says so"
reason = "says_so"
prior = "strong"
expect = { max_rate = 0.1, min_precision = 0.5 }
[rule.signals]
brand = { op = "brand" }
slang = { op = "phrase", any = ["replica"] }
[rule.logic]
when = "brand and slang"
"""
CORE = {**PLAIN_CORE, "public/rules/replicas.toml": CORE_RULE.encode()}
RULE, CASES = "public/rules/price.toml", "public/tests/price.toml"

Files = Mapping[str, bytes]


def run(files: Files, **more: frozenset[str]) -> CaseRun:
    pack = read_pack(files)
    snapshot = snapshot_of([files, CORE], vocabulary=WORDS, as_of=TODAY)
    return run_cases(demands_of(pack, files), pack=pack, snapshot=snapshot, **more)


def edited(path: str, old: str, new: str) -> dict[str, bytes]:
    text = ACME[path].decode()
    assert old in text
    return {**ACME, path: text.replace(old, new).encode()}


def with_case(text: str) -> dict[str, bytes]:
    return {**ACME, CASES: ACME[CASES] + f'\n[[case]]\nid = "more"\n{text}\n'.encode()}


def without_case(id_: str) -> dict[str, bytes]:
    blocks = ACME[CASES].decode().split("[[case]]")
    kept = [block for block in blocks if f'id = "{id_}"' not in block]
    assert len(kept) == len(blocks) - 1
    return {**ACME, CASES: "[[case]]".join(kept).encode()}


def unexpected(files: Files, **more: frozenset[str]) -> list[str]:
    return [says for result in run(files, **more).results for says in result.unexpected]


def survivors(files: Files) -> set[tuple[str, str]]:
    return {(mutant.line, mutant.signal) for mutant in run(files).survivors}


def test_a_new_pack_passes_its_own_cases_and_every_mutant_is_noticed():
    found = run(ACME)
    assert not [result for result in found.results if result.unexpected or result.cured]
    assert (len(found.mutants), found.survivors) == (8, ())


FIRE, FIT = 'fire = ["price-floor-new"]\n', 'blocked = { "price-floor-new" = ["fit"] }\n'


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (FIRE + "listing = { price = 150.00 }", "stays quiet: cheap is false"),
        (FIRE + 'listing = { price = "" }',"stays quiet: cheap is unknown"),
        (FIRE + 'listing = { seller = "S-1" }',"stays quiet: listed blocks it"),
        (FIRE + 'listing = { title = "Nordhal", brand = "" }',"names no mark"),
        ('fire = ["price-floor"]\nlisting = { price = "" }', "there is no such rule"),
        ("fire = []", 'rule "price-floor-new" fires and must stay quiet'),
        (FIT, "fires and must stay quiet"),
        (
            FIT + 'listing = { seller = "S-1" }',
            "must be blocked by fit: listed blocks it",
        ),
        (
            FIT + 'listing = { title = "Cover for Zorvik", seller = "S-1" }',
            "must be blocked by fit: fit, listed blocks it",
        ),
        (
            FIT + 'listing = { title = "Cover for Zorvik", price = 150 }',
            "must be blocked by fit: cheap is false",
        ),
        ('mentions = ["zorvik", "other"]', 'mark "other" must be named and is not'),
        ("mentions = []", 'mark "zorvik" is named and must not be'),
    ],
)  # fmt: skip
def test_a_case_that_is_not_met_says_why(case, says):
    (found,) = unexpected(with_case(case))
    assert says in found


def test_a_case_that_states_nothing_about_rules_is_not_asked_about_them():
    assert unexpected(with_case('mentions = ["zorvik"]')) == []
    assert unexpected(with_case('mentions = ["zorvik"]\nfire = []')) != []


def test_a_known_miss_passes_until_it_is_cured():
    miss, cured = (
        'price = 150.00 }\ntodo_fire = ["price-floor-new"]',
        'todo_fire = ["price-floor-new"]',
    )
    assert run(with_case(f"listing = {{ {miss}")).results[-1].cured == ()
    found = run(with_case(cured)).results[-1]
    assert (found.unexpected, found.cured) == ((), ("acme.zorvik/price-floor-new",))


def test_marks_of_others_count_only_where_a_case_names_them():
    case = with_case('mentions = []\nlisting = { price = "" }')
    assert unexpected(case, marks=frozenset({"zorvik"})) != []
    assert unexpected(case, marks=frozenset({"elsewhere"})) == []


@pytest.mark.parametrize("name", ["says-replica", "core.general/says-replica"])
def test_a_pack_without_rules_may_name_rules_of_core(name):
    title = "Zorvik replica, genuine"
    listing = f'listing = {{ title = "{title}", brand = "Zorvik" }}'
    cases = f'[[case]]\nid = "a"\n{listing}\nfire = ["{name}"]\n'
    quiet = cases.replace(" replica", "").replace('id = "a"', 'id = "b"')
    files = {p: c for p, c in ACME.items() if not p.startswith(("public/rules", "public/tests"))}
    found = unexpected({**files, "public/tests/a.toml": (cases + quiet).encode()})
    assert found == ['rule "says-replica" must fire and stays quiet: slang is false']


@pytest.mark.parametrize(
    ("case", "survivor"),
    [
        ("named-in-passing", ("when", "brand")),
        ("used-and-cheap", ("when", "new")),
        ("authorised", ("unless", "listed")),
        ("made-to-fit", ("unless", "fit")),
        ("in-the-style", ("unless", "style")),
        ("looked-for", ("unless", "wanted")),
        ("spare-part", ("unless", "part")),
    ],
)
def test_a_signal_survives_its_removal_once_its_case_is_gone(case, survivor):
    assert survivors(without_case(case)) == {survivor}


def test_a_failing_case_notices_no_mutant():
    broken = edited(CASES, '= ["listed"]', '= ["listed", "fit"]')
    assert ("unless", "listed") in survivors(broken)


def test_a_mutant_that_asks_the_same_is_left_out():
    same = edited(RULE, 'when   = "brand and new and cheap"', 'when   = "brand and style"')
    found = run(same)
    assert ("when", "brand") not in {(mutant.line, mutant.signal) for mutant in found.mutants}


def test_a_mutant_is_noticed_by_the_cases_of_a_rule_that_asks_it():
    asking = """[[rule]]
id = "asks"
rev = 1
status = "evaluation"
claim = "suspected_counterfeit"
title = "Asks"
reason = "asks"
prior = "weak"
expect = { max_rate = 0.1, min_precision = 0.5 }
[rule.signals]
brand = { op = "brand", mark = "zorvik" }
cheap = { op = "rule", id = "price-floor-new" }
[rule.logic]
when = "brand and cheap"
"""
    files = without_case("used-and-cheap")
    files["public/rules/price.toml"] += b"\n" + asking.encode()
    case = 'listing = { condition = "used", price = 9.00 }\nfire = []\n'
    files[CASES] += f'\n[[case]]\nid = "of-asks"\n{case}'.encode()
    noticed = survivors(files)
    assert ("when", "new") not in noticed


def test_drafts_are_run():
    drafts = edited(RULE, 'status = "evaluation"', 'status = "draft"')
    assert unexpected(drafts) == []


def test_values_close_to_a_bound_count_where_they_decide():
    tried = run(ACME).tried["acme.zorvik/price-floor-new", "cheap"]
    assert Decimal("0.45") in tried
    assert any(Decimal("0.449") < value < Decimal("0.45") for value in tried)
    quiet = 'listing = { price = 52.00, seller = "S-1" }\nfire = []'
    assert run(with_case(quiet)).tried["acme.zorvik/price-floor-new", "cheap"] == tried


def test_disguises_of_a_coined_name_are_seen_through_and_harmless_forms_are_quiet():
    assert variant_remarks(run(ACME)) == ()


@pytest.mark.parametrize(
    ("word", "other", "says"),
    [("'for', ", "", '"for" beside'), ("'style'", "'look'", '"style" beside')],
)
def test_a_harmless_form_on_which_a_price_rule_fires_is_a_warning(word, other, says):
    files = without_case("made-to-fit")
    files = {**files, CASES: files[CASES].replace(b"style, no logo", b"look, no logo")}
    core = {**CORE, "public/lists/all.toml": CORE_LISTS.replace(word, other).encode()}
    pack = read_pack(files)
    snapshot = snapshot_of([files, core], vocabulary=WORDS, as_of=TODAY)
    remarks = variant_remarks(run_cases(demands_of(pack, files), pack=pack, snapshot=snapshot))
    assert {remark.severity for remark in remarks} == {"W"}
    assert any(says in remark.message for remark in remarks)


def test_a_disguise_that_is_not_seen_through_is_a_warning():
    files = {p: c.replace(b"Zorvik", b"Ab cd") for p, c in ACME.items()}
    remarks = variant_remarks(run(files))
    assert {remark.severity for remark in remarks} == {"W"}
    assert 'the mark is not seen in "A\u2728b cd Rocket One" (an emoji inside)' in {
        remark.message for remark in remarks
    }
