"""Explanations: for the analyst every fact, for the seller only what can be read and disputed."""

from __future__ import annotations

import dataclasses
import tomllib
from importlib.resources import files
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.domain.signals import OPERATORS
from countermark.scanning.explaining import explain_listing, load_sentences
from countermark.scanning.explaining.sentences import LANGUAGES, OTHER, money
from countermark.scanning.plan import plan_of
from countermark.scanning.scanning import scan

BAG = {
    "title": "Louis Vuitton Neverfull MM bag", "price_minor": 2000, "currency": "USD", "condition": "new",
}  # fmt: skip
FACTS = {
    "mark": "LV", "model": "LV Bag", "text": "L.V.", "word": "1:1", "price": "1.00 EUR", "band": "9.00 EUR",
    "share": "11%", "how": "separated",
}  # fmt: skip
SENTENCES = load_sentences()


@pytest.fixture
def explain(listings, plan):
    """What the rules say to one listing."""

    def act(knowledge=plan, **row):
        return explain_listing(listings(row), knowledge, SENTENCES)

    return act


def ground(explained, rule):
    return next(g for g in explained["grounds"] if g["rule"].endswith(f"/{rule}"))


def test_a_ground_says_what_was_asked_what_held_and_what_would_have_stopped_it(explain, snapshot):
    found = ground(explain(**BAG), "price-far-below-band")
    rule = next(r for r in snapshot.rules if r.id == found["rule"])
    assert {s["signal"] for s in found["true"]} == {"brand", "new", "cheap"}
    assert [s["signal"] for s in found["would_have_stopped_it"]] == list(rule.unless)
    assert all(s["asks"].endswith(".") for s in found["true"] + found["would_have_stopped_it"])


def test_the_facts_of_a_price_are_price_band_share_and_model(explain):
    facts = ground(explain(**BAG), "price-far-below-band")["facts"]
    assert facts["price"] == "20.00 USD"
    assert facts["model"].startswith("Louis Vuitton")
    assert "Neverfull" in facts["model"]
    assert facts["model"].count("Louis Vuitton") == 1
    assert facts["band"].endswith(" USD")
    assert facts["share"] == f"{20 / float(facts['band'].split()[0].replace(',', '')):.0%}"


def test_words_are_shown_as_the_listing_writes_them(explain):
    facts = ground(explain(title="Guссi bag, Replica"), "declares-replica")["facts"]
    assert (facts["mark"], facts["text"], facts["word"]) == ("Gucci", "Guссi", "Replica")
    assert facts["how"] == "lookalike"


def test_a_rule_that_an_exclusion_stopped_is_said_with_the_exclusion(explain):
    explained = explain(**{**BAG, "title": "WTB Louis Vuitton Neverfull MM bag"})
    stopped = {s["rule"].rpartition("/")[2]: s for s in explained["stopped"]}
    assert "wanted" in [by["signal"] for by in stopped["price-far-below-band"]["by"]]
    assert stopped["price-far-below-band"]["mark"] == "louis-vuitton"
    assert "price-far-below-band" not in {
        g["rule"].rpartition("/")[2] for g in explained["grounds"]
    }


def test_a_rule_that_lacked_a_fact_is_said_with_the_signal(explain):
    unknown = {
        u["rule"].rpartition("/")[2]: u["missing"] for u in explain(title=BAG["title"])["unknown"]
    }
    assert set(unknown["price-far-below-band"]) == {"cheap", "new"}


def test_the_seller_is_told_each_reason_once_and_then_what_to_send(explain):
    told = explain(**BAG)["seller"]
    for language in LANGUAGES:
        assert len(told[language]) == len(set(told[language])) > 1
    assert any("20.00 USD" in text for text in told["en"])


@pytest.mark.parametrize("change", [{"status": "evaluation"}, {"disclosable_alone": False}])
def test_the_seller_is_not_told_of_what_only_evaluates_or_stays_closed(explain, snapshot, change):
    rules = []
    granted = dict(snapshot.granted)
    for rule in snapshot.rules:
        if "status" in change:
            granted[rule.id] = "evaluation"
            rules.append(rule)
        else:
            rules.append(
                type(rule)(**{f: getattr(rule, f) for f in rule.__struct_fields__} | change)
            )
    closed = dataclasses.replace(snapshot, rules=tuple(rules), granted=granted)
    explained = explain(plan_of(closed), **BAG)
    assert explained["grounds"]
    assert explained["seller"] == {language: [] for language in LANGUAGES}


def test_a_listing_that_names_nothing_has_nothing_to_explain(explain):
    explained = explain(title="oak table")
    assert [explained[k] for k in ("mentions", "grounds", "stopped", "unknown")] == [[], [], [], []]
    assert explained["seller"] == {language: [] for language in LANGUAGES}


def test_every_reason_of_the_packs_has_its_sentences(snapshot):
    assert {rule.reason for rule in snapshot.rules} <= set(SENTENCES.texts)


def test_every_reason_has_every_sentence_in_every_language():
    wanted = {f"{kind}{language}" for kind in ("", "plain_", "ask_") for language in LANGUAGES}
    assert {reason: set(texts) for reason, texts in SENTENCES.texts.items()} == dict.fromkeys(
        SENTENCES.texts, wanted
    )
    assert OTHER in SENTENCES.texts


def test_sentences_ask_only_for_facts_that_there_are_and_plain_ones_for_none():
    for reason, texts in SENTENCES.texts.items():
        for name, text in texts.items():
            asked = {field for _, field, _, _ in Formatter().parse(text) if field}
            assert asked <= set(FACTS), (reason, name)
            assert not asked or name in LANGUAGES, (reason, name)
            assert text.strip() == text
            assert text.endswith((".", "。")), (reason, name)


def test_sentences_name_the_same_facts_in_every_language():
    for reason, texts in SENTENCES.texts.items():
        asked = [{f for _, f, _, _ in Formatter().parse(texts[lang]) if f} for lang in LANGUAGES]
        assert asked[0] == asked[1], reason


@pytest.mark.parametrize("missing", sorted(FACTS))
def test_a_sentence_without_one_of_its_facts_is_the_plain_one(missing):
    for reason, texts in SENTENCES.texts.items():
        said = SENTENCES.found(reason, FACTS | {missing: ""}, "en")
        plain = f"{{{missing}}}" in texts["en"]
        assert (said == texts["plain_en"]) is plain or texts["en"] == texts["plain_en"]
        assert "{" not in said


def test_an_unknown_reason_has_a_sentence_all_the_same():
    assert SENTENCES.found("nobody_wrote_this", {}, "en") == SENTENCES.texts[OTHER]["plain_en"]
    assert SENTENCES.ask("nobody_wrote_this", "zh") == SENTENCES.texts[OTHER]["ask_zh"]


@pytest.mark.parametrize("word", ["{mark}", "{0}", "%s", "{price.__class__}", "}{"])
def test_words_of_a_listing_are_never_read_as_a_sentence(word):
    said = SENTENCES.found("listing_text_declares_non_genuine_goods", FACTS | {"word": word}, "en")
    assert f"“{word}”" in said


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (3900, "EUR", "39.00 EUR"),
        (123_456_789, "USD", "1,234,567.89 USD"),
        (5000, "JPY", "5,000 JPY"),
        (12_345, "KWD", "12.345 KWD"),
        (1, "EUR", "0.01 EUR"),
        (None, "EUR", ""),
        (3900, None, ""),
    ],
)
def test_money_is_written_with_the_decimals_of_its_currency(minor, currency, text):
    assert money(minor, currency) == text


def test_the_sentences_are_those_of_the_package():
    text = (files("countermark.scanning.explaining") / "sentences.toml").read_text(encoding="utf-8")
    assert load_sentences().texts == tomllib.loads(text)


def test_every_operator_has_one_plain_sentence():
    for name, signal in OPERATORS.items():
        sentence = signal.explanation()
        assert sentence.endswith("."), name
        assert sentence[0].isupper(), name


PIECES = [
    "Nike",
    "N1ke",
    "Gucci",
    "bag",
    "replica",
    "for",
    "case",
    "{mark}",
    "\u202e",
    "👜",
    "wechat abc12345",
]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=6).map(" ".join), st.sampled_from([None, 900]))
def test_an_explanation_has_the_grounds_that_a_scan_finds(listings, plan, title, price):
    row = {"title": title, "price_minor": price, "currency": "USD", "condition": "new"}
    batch = listings(row)
    found = [(f["rule"], f["mark"]) for f in scan(batch, plan).findings.to_pylist()]
    explained = explain_listing(batch, plan, SENTENCES)
    assert [(g["rule"], g["mark"]) for g in explained["grounds"]] == found
    for each in explained["grounds"]:
        assert each["facts"]["text"] in title
        assert each["facts"]["word"] in title
