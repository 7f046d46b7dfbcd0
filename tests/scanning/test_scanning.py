import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermark.domain.tables import FINDINGS, NAMED
from countermark.knowledge.snapshot import parse_snapshot, snapshot_bytes
from countermark.scanning.mentions import mentions_of
from countermark.scanning.scanning import scan

CHEAP = {"price_minor": 2000, "currency": "USD", "condition": "new"}


def rules(batch, plan):
    return {f["rule"].rpartition("/")[2] for f in scan(batch, plan).findings.to_pylist()}


def named(batch, plan):
    return [{m["mark"] for m in row["mentions"]} for row in mentions_of(batch, plan)]


@pytest.mark.parametrize(
    ("title", "mark", "how"),
    [
        ("Nike Air Max 90 shoes", "nike", "official"), ("耐克运动鞋", "nike", "transliteration"), ("Найк кроссовки", "nike", "transliteration"),
        ("Nіkе shoes", "nike", "lookalike"), ("Ad1das shoes", "adidas", "leet"), ("a.d.i.d.a.s shoes", "adidas", "separated"),
        ("Adidaaaas shoes", "adidas", "stretched"), ("Adiads shoes", "adidas", "fuzzy"), ("Gucc! bag", "gucci", "leet"),
        ("Gu👜cci bag", "gucci", "separated"), ("𝓖𝓾𝓬𝓬𝓲 bag", "gucci", "lookalike"), ("Louis  Vuitton bag", "louis-vuitton", "official"),
        ("ルイヴィトン バッグ", "louis-vuitton", "transliteration"), ("R0lex watch", "rolex", "leet"),
    ],
)  # fmt: skip
def test_a_mark_is_recognised_and_how_is_said(listings, plan, title, mark, how):
    mentions = next(mentions_of(listings({"title": title}), plan))["mentions"]
    assert (mark, how) in {(m["mark"], m["how"]) for m in mentions}


@pytest.mark.parametrize(
    "title",
    [
        "Apple pie baking dish",
        "Life coach book",
        "channel 5 remote control",
        "fresh apples from the orchard",
        "a nice bag",
    ],
)
def test_ordinary_words_name_no_mark(listings, plan, title):
    assert named(listings({"title": title}), plan) == [set()]


def test_an_ordinary_word_is_a_mark_once_it_is_anchored(listings, plan):
    batch = listings(
        {"title": "Coach leather handbag"},
        {"title": "Coach", "brand": "Coach"},
        {"title": "coach seat"},
    )
    assert named(batch, plan) == [{"coach"}, {"coach"}, set()]


def test_the_span_is_the_text_as_written(listings, plan):
    title = "正品 Nіkе 🔥 运动鞋"
    mention = next(mentions_of(listings({"title": title}), plan))["mentions"][0]
    start, end = mention["span"]
    assert title[start:end] == mention["text"] == "Nіkе"


def test_a_price_far_below_every_genuine_price_is_found_and_its_facts_kept(listings, plan):
    found = scan(
        listings({"title": "Louis Vuitton Neverfull MM bag", **CHEAP}), plan
    ).findings.to_pylist()
    price = next(f for f in found if f["rule"] == "core.general/price-far-below-band")
    assert price["style_code"] == "louis-vuitton:neverfull"
    assert price["asked_share"] == pytest.approx(price["price_minor"] / price["band_minor"])


@pytest.mark.parametrize(
    "change",
    [
        {"price_minor": None}, {"currency": "SEK"}, {"condition": None}, {"condition": "used"}, {"title": "Case for Louis Vuitton Neverfull MM bag"},
        {"price_minor": 250000},
    ],
)  # fmt: skip
def test_without_a_judged_price_or_with_an_exclusion_the_price_rule_is_quiet(
    listings, plan, change
):
    batch = listings({"title": "Louis Vuitton Neverfull MM bag", **CHEAP, **change})
    assert "price-far-below-band" not in rules(batch, plan)


def test_what_is_not_known_is_counted_and_not_taken_for_no(listings, plan):
    counts = scan(listings({"title": "Louis Vuitton Neverfull MM bag"}), plan).counts
    assert counts["core.general/price-far-below-band"].unknown == 1


def test_each_of_two_marks_is_judged_by_its_own_price(listings, plan):
    batch = listings({"title": "Gucci bag, not Coach handbag", **CHEAP})
    found = scan(batch, plan).findings.to_pylist()
    assert {f["mark"] for f in found if f["rule"].endswith("price-far-below-band")} >= {"gucci"}


TITLES = st.lists(
    st.sampled_from(
        [
            "Nike",
            "N1ke",
            "Gucci",
            "bag",
            "shoes",
            "for",
            "case",
            "replica",
            "1:1 quality",
            "Apple",
            "pie",
            "耐克",
            "高仿",
            "🔥",
            "watch",
            "Rolex",
            "\u202e",
        ]
    ),
    max_size=7,
).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(TITLES, TITLES, st.sampled_from([None, 900, 90000])), min_size=1, max_size=8)
)
def test_a_batch_is_judged_as_its_listings_are_one_by_one(listings, plan, rows):
    batch = listings(
        *(
            {"title": t, "description": d, "price_minor": p, "currency": "USD", "condition": "new"}
            for t, d, p in rows
        )
    )
    whole = scan(batch, plan)
    apart = [scan(batch.slice(k, 1), plan) for k in range(len(batch))]
    assert whole.findings.equals(pa.concat_tables([s.findings for s in apart]))
    assert whole.named.equals(pa.concat_tables([s.named for s in apart]))
    assert whole.findings.schema == FINDINGS
    assert whole.named.schema == NAMED


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=100), st.text(max_size=100), st.one_of(st.none(), st.text(max_size=20)))
def test_no_text_is_too_strange_to_scan(listings, plan, title, description, brand):
    batch = listings({"title": title, "description": description, "brand": brand, **CHEAP})
    for mention in next(mentions_of(batch, plan))["mentions"]:
        assert mention["text"]
    scan(batch, plan)


def test_an_empty_batch_gives_empty_tables(listings, plan):
    scanned = scan(listings().slice(0, 0), plan)
    assert (len(scanned.findings), len(scanned.named)) == (0, 0)


def test_a_snapshot_comes_back_from_its_file_as_it_was(snapshot):
    data = snapshot_bytes(snapshot)
    assert snapshot_bytes(parse_snapshot(data, source="x")) == data


SECOND = """
from hashlib import sha256
from datetime import date
import sys
sys.path[:0] = [sys.argv[1]]
import conftest as c
s = c.snapshot_of([c.read_folder(c.PACKS / "core"), c.read_folder(c.PACKS / "starter/nike")], vocabulary=c.VOCABULARY, as_of=c.DAY)
from countermark.knowledge.snapshot import snapshot_bytes
print(s.id, sha256(snapshot_bytes(s)).hexdigest())
"""


def test_the_same_packs_give_the_same_snapshot_in_another_process():
    from pathlib import Path

    here = str(Path(__file__).parent.parent)
    runs = {
        subprocess.run(
            [sys.executable, "-c", SECOND, here],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": ""} | _path(),
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def _path():
    import os

    return {
        name: os.environ[name]
        for name in ("PYTHONPATH", "HOME", "NUMBA_CACHE_DIR")
        if name in os.environ
    }


def test_marks_beyond_any_small_number_keep_their_names():
    from countermark.operators.base import Places
    from countermark.operators.grouping import grouped
    from countermark.scanning.subjects import outermost, stretches

    marks = np.array([0, 511, 512, 5000, 5000, 200_000], np.int32)
    start = np.array([0, 5, 10, 15, 15, 30], np.int32)
    end = np.array([4, 9, 14, 25, 20, 34], np.int32)
    zero = np.zeros(6, np.int32)
    names = Places(zero, zero, zero, zero, start, end, np.arange(6, dtype=np.int32), zero)
    kept = outermost(stretches(names), marks, grouped(zero, np.ones(6, bool), 1))
    assert np.flatnonzero(kept).tolist() == [0, 1, 2, 3, 5]
