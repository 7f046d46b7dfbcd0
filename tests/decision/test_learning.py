"""Learning: labels move priors as far as they carry, and no evidence counts twice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from markets import Market, findings, labels, market, named, rule

from countermark.decision.evidence import rows_of
from countermark.decision.intervals import lower_bound
from countermark.decision.labels import labelled_of
from countermark.decision.learning import LearningSettings, learn
from countermark.decision.others import SELLER_TERMS, seller_bins
from countermark.decision.stacking import ROUNDS
from countermark.decision.terms import LISTING_TERMS, listing_bins, prior_term, summed_bits
from countermark.decision.weights import (
    RuleWeight,
    Weights,
    prior_weights,
    weights_bytes,
    weights_id,
)
from countermark.domain.decisions import LABEL_CLAIMS, LABELS
from countermark.domain.tables import ROLES

ONE = (rule("r", prior="moderate"),)


def taught(confirmed: int, refused: int, *, quiet: int = 190, **settings: float) -> RuleWeight:
    """What one rule is worth after labels of its findings and of quiet listings, 5 % so."""
    size = confirmed + refused + quiet
    ids = [f"l{k:05d}" for k in range(size)]
    fired = [(i, f"s{i}", 0) for i in ids[: confirmed + refused]]
    truth = ["counterfeit"] * confirmed + ["none"] * refused
    truth += ["none" if k % 20 else "counterfeit" for k in range(quiet)]
    return learn(
        findings(ONE, fired),
        named({"listing_id": i, "seller_id": f"s{i}"} for i in ids),
        labels((i, t, "review") for i, t in zip(ids, truth, strict=True)),
        rules=ONE,
        settings=LearningSettings(**settings),  # type: ignore[arg-type]
    ).rules[0]


@pytest.fixture(scope="module")
def drawn() -> Market:
    return market(8000, seed=4)


@pytest.fixture(scope="module")
def learned(drawn: Market) -> Weights:
    return learn(drawn.findings, drawn.named, drawn.labels(), rules=drawn.rules)


def test_without_labels_the_weights_are_the_authors_priors(drawn: Market) -> None:
    nothing = LABELS.empty_table()
    found = learn(drawn.findings, drawn.named, nothing, rules=drawn.rules)
    assert weights_bytes(found) == weights_bytes(prior_weights(drawn.rules))


def test_one_label_hardly_moves_a_rule_and_many_do() -> None:
    one, some, many = (abs(taught(k, 0).single_micro / 1e6 - 2.5) for k in (1, 10, 100))
    assert one < 0.6 < some < many


def test_a_stronger_belief_needs_more_labels() -> None:
    far, near = (taught(5, 0, strength=s).single_micro for s in (2, 50))
    assert far > near > 2_500_000


def test_a_rule_that_fires_on_innocent_listings_alone_loses_its_weight() -> None:
    assert taught(0, 60).bits < 0.5


def test_precision_comes_with_its_exact_lower_bound() -> None:
    found = taught(14, 0)
    assert (found.labelled, found.confirmed, found.sellers) == (14, 14, 14)
    assert found.precision_micro == 1_000_000
    assert found.lower == pytest.approx(0.05 ** (1 / 14), abs=1e-6)
    assert (found.lift_micro or 0) > 5_000_000


@pytest.mark.parametrize(
    ("right", "tried", "bar"), [(14, 14, 0.80), (29, 29, 0.90), (45, 46, 0.90), (59, 59, 0.95)]
)
def test_the_bars_of_the_evidence_gate(right: int, tried: int, bar: float) -> None:
    bound = lower_bound(np.array([right, right - 1.0]), np.array([tried, tried - 0.0]))
    assert bound[0] >= bar > bound[1]


def test_a_copy_of_a_rule_shares_its_bits_instead_of_doubling_them(learned: Weights) -> None:
    bits = [each.bits for each in learned.rules]
    singles = [each.single_micro / 1e6 for each in learned.rules]
    assert bits[1] == pytest.approx(bits[2], abs=0.01)
    assert bits[1] + bits[2] < 1.25 * singles[1]
    assert learned.rules[1].marginal_micro is None


def test_no_rule_speaks_for_the_goods(learned: Weights) -> None:
    assert min(each.bits for each in learned.rules) >= 0


@pytest.mark.parametrize("name", ["asked-share", "seller-age-days", "seller-rating"])
def test_a_lower_number_is_never_less_suspicious(learned: Weights, name: str) -> None:
    term = next(term for term in learned.terms if term.name == name)
    assert (np.diff(term.bits[:-1]) <= 0).all()


def test_facts_that_say_nothing_weigh_little_and_the_price_much(learned: Weights) -> None:
    terms = {term.name: term.bits for term in learned.terms}
    assert np.abs(terms["condition"]).max() < 0.6
    assert terms["asked-share"][0] > 2


def test_more_suspicious_others_never_weigh_less(learned: Weights) -> None:
    risk = learned.seller_terms[0].bits[:-1]
    assert (np.diff(risk) >= 0).all()
    assert risk[-1] > risk[0] + 2


def test_every_round_but_the_first_sees_the_others_of_the_seller(learned: Weights) -> None:
    assert len(learned.rounds) == ROUNDS
    assert [bool(each.seller_terms) for each in learned.rounds] == [False, True, True]
    # What the others say takes over a part of what the price says of a listing that stands alone.
    alone, last = (each.terms[0].bits for each in (learned.rounds[0], learned.rounds[-1]))
    assert alone[0] > last[0] > 0


def test_the_risk_is_calibrated_on_sellers_that_were_not_learned_from(learned: Weights) -> None:
    question = learned.questions["counterfeit"]
    assert question.calibration.kind != "identity"
    assert (question.error_micro or 1e6) <= 20_000


def test_the_order_of_the_tables_does_not_change_a_byte(drawn: Market, learned: Weights) -> None:
    marked = drawn.labels()
    turned = marked.take(pa.array(np.random.default_rng(1).permutation(marked.num_rows)))
    again = learn(drawn.findings, drawn.named, turned, rules=drawn.rules[::-1])
    assert weights_bytes(again) == weights_bytes(learned)


def test_another_process_learns_the_same_bytes(drawn: Market, learned: Weights) -> None:
    code = (
        "from markets import market; from countermark.decision.learning import learn;"
        "from countermark.decision.weights import weights_id; m = market(8000, seed=4);"
        "print(weights_id(learn(m.findings, m.named, m.labels(), rules=m.rules)))"
    )
    paths = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    changed = {"PYTHONHASHSEED": "7", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": paths}
    told = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **changed}, capture_output=True, check=True
    )
    assert told.stdout.decode().strip() == weights_id(learned)


def test_a_question_that_nobody_was_asked_keeps_its_prior(learned: Weights) -> None:
    prior = prior_weights(ONE).questions["misuse_of_mark"]
    assert learned.questions["misuse_of_mark"] == prior
    assert learned.questions["counterfeit"].positive > 500


@pytest.mark.parametrize(("said", "bits"), [("none", 0.9), ("not_counterfeit", 2.5)])
def test_who_was_asked_about_counterfeits_alone_says_nothing_of_misuse(
    said: str, bits: float
) -> None:
    misuse = (rule("misuse", prior="moderate", claim="misuse_of_mark"),)
    ids = [f"l{k}" for k in range(60)]
    found = learn(
        findings(misuse, [(i, i, 0) for i in ids[:30]]),
        named({"listing_id": i, "seller_id": i} for i in ids),
        labels((i, said, "brand") for i in ids),
        rules=misuse,
    )
    assert found.rules[0].bits <= bits
    assert (found.rules[0].bits == 2.5) == (said == "not_counterfeit")
    assert found.questions["counterfeit"].labelled in (0, 60)


def test_a_sample_drawn_by_finding_teaches_the_same_as_all_labels(drawn: Market) -> None:
    fired = np.isin(drawn.truth["listing_id"], drawn.findings["listing_id"])
    inclusion = np.where(fired, 1.0, 0.1)
    chosen = np.flatnonzero(np.random.default_rng(2).random(len(fired)) < inclusion)
    some = drawn.labels().take(pa.array(chosen))
    some = some.set_column(3, "inclusion", pa.array(inclusion[chosen]))
    found = learn(drawn.findings, drawn.named, some, rules=drawn.rules)
    every = learn(drawn.findings, drawn.named, drawn.labels(), rules=drawn.rules)
    for mine, whole in zip(found.rules, every.rules, strict=True):
        assert mine.single_micro == pytest.approx(whole.single_micro, abs=400_000)


@pytest.mark.parametrize(
    ("given", "truth"),
    [
        ([("none", "review"), ("counterfeit", "court")], "counterfeit"),
        ([("counterfeit", "review")] * 5 + [("none", "appeal")], "none"),
        ([("counterfeit", "review"), ("none", "review"), ("counterfeit", "review")], "counterfeit"),
        ([("counterfeit", "brand"), ("none", "appeal")], "none"),
        ([("counterfeit", "brand"), ("not_counterfeit", "brand")], "not_counterfeit"),
        ([(None, "court"), ("declared_replica", "review")], "declared_replica"),
    ],
)
def test_the_best_origin_decides_then_the_majority_then_the_seller(
    given: list[tuple[str | None, str]], truth: str
) -> None:
    rows = rows_of(findings(ONE, []), named([{"listing_id": "l"}]))
    found = labelled_of(labels(("l", claim, origin) for claim, origin in given), rows)
    assert [LABEL_CLAIMS[number] for number in found.truth] == [truth]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("l", "fake", "review"), "'fake', which is none of"),
        (("l", "none", "rumour"), "'rumour', which is none of"),
    ],
)
def test_a_label_that_the_schema_does_not_know_is_refused(
    row: tuple[str, str, str], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        learn(findings(ONE, []), named([{"listing_id": "l"}]), labels([row]), rules=ONE)


def test_drawn_labels_of_listings_that_name_nothing_teach_the_floor_alone() -> None:
    marked = labels((f"x{k}", "none", "review") for k in range(900))
    drawn = marked.set_column(3, "inclusion", pa.array([0.01] * 900))
    picked, known = (
        learn(findings(ONE, []), named([{"listing_id": "l"}]), each, rules=ONE)
        for each in (marked, drawn)
    )
    assert (picked.floor_micro, known.floor_micro) == (1000, 100)
    assert known.questions == prior_weights(ONE).questions


def test_rules_that_only_evaluate_leave_the_acting_ones_as_they_are(drawn: Market) -> None:
    extra = rule("watched", status="evaluation")
    seller = dict(
        zip(*(drawn.truth[c].to_pylist() for c in ("listing_id", "seller_id")), strict=True)
    )
    ids = [i for i, so in zip(seller, drawn.counterfeit, strict=True) if so][:300]
    more = findings([extra], [(i, seller[i], 0) for i in ids])
    both = pa.concat_tables([drawn.findings, more])
    with_it = learn(both, drawn.named, drawn.labels(), rules=(*drawn.rules, extra))
    without = learn(drawn.findings, drawn.named, drawn.labels(), rules=drawn.rules)
    assert with_it.terms == without.terms
    assert with_it.rules[:5] == tuple(
        # The watched rule changes whether an acting rule was alone, and nothing else.
        RuleWeight(**{**_fields(mine), "marginal_micro": other.marginal_micro})
        for mine, other in zip(without.rules, with_it.rules, strict=False)
    )
    assert with_it.rules[5].bits > 1


def _fields(weight: RuleWeight) -> dict[str, object]:
    return {name: getattr(weight, name) for name in weight.__struct_fields__}


def test_a_seller_with_one_listing_gets_no_seller_evidence(learned: Weights) -> None:
    rows = rows_of(findings(ONE, []), named([{"listing_id": "l", "seller_id": "s"}]))
    bins = seller_bins(rows, np.array([0.9]), learned.seller_terms, role=np.zeros(1, int))
    assert summed_bits(learned.seller_terms, bins, 1)[0] == 0.0


def test_a_listing_is_no_evidence_for_itself() -> None:
    listed = [{"listing_id": f"l{k}", "seller_id": "s"} for k in range(4)]
    rows = rows_of(findings(ONE, []), named(listed))
    kinds, role = [prior_term(kind) for kind in SELLER_TERMS], np.zeros(4, int)
    before, after = (
        seller_bins(rows, np.array([0.02, 0.1, 0.3, last]), kinds, role=role) for last in (0.1, 0.9)
    )
    assert all(before[name][3] == after[name][3] for name in before)
    assert after["others-risk"][0] > before["others-risk"][0]


def test_how_much_of_a_seller_names_marks_counts_what_the_scan_saw_of_it() -> None:
    listed = [{"listing_id": f"l{k}", "seller_id": "s"} for k in range(4)]
    totals = pa.table({"seller_id": ["s", "s", "other"], "listings": [5, 3, 90]})
    kinds, role = [prior_term(kind) for kind in SELLER_TERMS], np.zeros(4, int)
    whole, half = (
        seller_bins(rows_of(findings(ONE, []), named(listed), known), np.zeros(4), kinds, role=role)
        for known in (None, totals)
    )
    said = dict(zip((kind.name for kind in SELLER_TERMS), kinds, strict=True))[
        "naming-share"
    ].lines()
    assert said[whole["naming-share"][0]][0] == "naming-share 0.9 or more"
    assert said[half["naming-share"][0]][0] == "naming-share 0.5 to 0.7"


def test_seller_evidence_is_nothing_where_sellers_do_not_matter() -> None:
    dice = np.random.default_rng(7)
    size = 3000
    ids = [f"l{k:05d}" for k in range(size)]
    sellers = [f"s{n}" for n in dice.integers(0, 500, size)]
    so = dice.random(size) < 0.2
    hit = dice.random(size) < np.where(so, 0.7, 0.05)
    fired = [(i, s, 0) for i, s, h in zip(ids, sellers, hit, strict=True) if h]
    rows = [{"listing_id": i, "seller_id": s} for i, s in zip(ids, sellers, strict=True)]
    truth = [(i, "counterfeit" if c else "none", "review") for i, c in zip(ids, so, strict=True)]
    found = learn(findings(ONE, fired), named(rows), labels(truth), rules=ONE)
    rows_, kinds = rows_of(findings(ONE, fired), named(rows)), found.seller_terms
    bins = seller_bins(rows_, np.full(len(rows_), 0.2), kinds, role=np.zeros(len(rows_), int))
    assert np.abs(summed_bits(kinds, bins, len(rows_))).max() < 1.0


def test_a_listing_that_names_no_mark_has_no_plain_facts(learned: Weights) -> None:
    listed = named([{"listing_id": "l"}])
    rows = rows_of(findings(ONE, [("x", "s", 0)]), listed)
    bins = listing_bins(rows, listed, learned.terms, {})
    for term in learned.terms:
        bits = term.bits_of(bins[term.name])
        assert bits[0] == pytest.approx(term.bits[bins[term.name][0]], abs=1e-6)
        assert bits[1] == 0.0


def test_rules_of_unnamed_listings_are_weighed_without_facts_that_nobody_asked() -> None:
    """Half of the listings that name nothing and have a finding are so: the rule alone says that."""
    dice = np.random.default_rng(3)
    ids = [f"l{k:04d}" for k in range(1200)]
    bare, listed = ids[:400], ids[400:]
    so = dict.fromkeys(bare[:200], "counterfeit") | dict.fromkeys(listed[:80], "counterfeit")
    cheap = {i: 0.2 if (i in so) != (dice.random() < 0.1) else 1.5 for i in listed}
    rows = [{"listing_id": i, "seller_id": i, "asked_share": cheap[i]} for i in listed]
    found = learn(
        findings(ONE, [(i, i, 0) for i in bare]),
        named(rows),
        labels((i, so.get(i, "none"), "review") for i in ids),
        rules=ONE,
    )
    base = found.questions["counterfeit"].base
    assert abs(base + found.rules[0].bits) < 0.6


@pytest.mark.parametrize(
    ("condition", "asked", "known"), [(0, None, True), (0, 1.4, False), (-1, None, False)]
)
def test_what_listings_usually_ask_counts_only_where_no_genuine_price_is_known(
    condition: int, asked: float | None, known: bool
) -> None:
    row = {"listing_id": "l", "condition": condition, "asked_share": asked, "price_minor": 100}
    more = {"currency": "EUR", "reference_minor": 200, "reference_currency": "EUR"}
    listed = named([{**row, **more}])
    usual = {f"EUR/EUR/{condition}": 0}
    term = prior_term(next(kind for kind in LISTING_TERMS if kind.name == "usual-share"))
    bins = listing_bins(rows_of(findings(ONE, []), listed), listed, [term], usual)
    assert (bins["usual-share"][0] < len(term.bits) - 1) == known


def test_what_else_a_seller_sells_says_nothing_of_goods_that_are_not_offered_as_the_marks() -> None:
    listed = [{"listing_id": f"l{k}", "seller_id": "s"} for k in range(5)]
    rows = rows_of(findings(ONE, []), named(listed))
    role = np.array([ROLES.index(name) for name in ("own", "fits", "like", "denied", "about")])
    kinds = [prior_term(kind) for kind in SELLER_TERMS]
    for kind, bins in zip(
        kinds, seller_bins(rows, np.ones(5), kinds, role=role).values(), strict=True
    ):
        assert (bins == len(kind.bits) - 1).tolist() == [False, False, True, True, False]
