"""An explanation says what was decided, why, what would have stopped it, and what the seller is told."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scans import knowledge_of, scanned

from countermark.adapters.storage.runs import read_summary
from countermark.errors import NotFound
from countermark.flows.explain_decision import explain_decision
from countermark.knowledge.snapshot import snapshot_bytes

ROWS = {
    "listing_id": ["replica", "quiet", "twice", "twice", "again", "again", "table", "odd"],
    "title": ["Gucci bag replica 1:1", "Gucci bag", "Rolex watch", "Rolex replica watch", "Rolex replica watch", "Rolex watch", "oak table", "Gucci \u202e\x1b[31m 高仿 bag 👜"],
    "description": [None, None, None, None, None, None, None, "line\nbreak"],
    "seller_id": ["s1", "s1", "s2", "s2", "s2", "s2", "s2", None],
}  # fmt: skip


@pytest.fixture(scope="module")
def run(tmp_path_factory, snapshot):
    folder = tmp_path_factory.mktemp("run")
    (folder / "s.snapshot").write_bytes(snapshot_bytes(snapshot))
    pq.write_table(pa.table(ROWS), folder / "listings.parquet")
    scanned(
        folder / "listings.parquet", folder / "run", knowledge=knowledge_of(folder / "s.snapshot")
    )
    return folder / "run"


@pytest.fixture(scope="module")
def explain(run, snapshot):
    """Explains a listing of the run."""

    def act(listing_id):
        return explain_decision(
            listing_id,
            snapshot=snapshot,
            tables={
                name: pq.read_table(run / f"{name}.parquet")
                for name in ("findings", "named", "flagged", "decisions", "sellers")
            },
            summary=read_summary(run),
        )

    return act


def test_the_grounds_are_those_of_the_decision(explain):
    explained = explain("replica")
    assert [g["rule"] for g in explained["grounds"]] == ["core.general/declares-replica"]
    assert explained["decision"]["grounds"] == ["core.general/declares-replica"]
    assert explained["listing"] == {
        "listing_id": "replica",
        "title": ROWS["title"][0],
        "seller_id": "s1",
    }


def test_the_account_adds_up_to_the_decided_risk(explain):
    explained = explain("replica")
    account = explained["account"]
    assert account["risk"] == pytest.approx(explained["decision"]["risk"], abs=1e-3)
    added = sum(entry["bits"] for entry in account["entries"] if entry["counts"])
    assert account["base"] + added == pytest.approx(account["total"], abs=1e-4)


def test_the_findings_of_the_explanation_are_those_of_the_run(explain, run):
    for finding in pq.read_table(run / "findings.parquet").to_pylist():
        grounds = explain(finding["listing_id"])["grounds"]
        assert (finding["rule"], finding["mark"]) in {(g["rule"], g["mark"]) for g in grounds}


def test_the_seller_is_told_what_was_read_and_what_to_send_in_two_languages(explain):
    told = explain("replica")["seller"]
    assert "Gucci" in told["en"][0]
    assert "replica" in told["en"][0]
    assert len(told["en"]) == len(told["zh"]) == 2


def test_every_exclusion_that_would_have_stopped_it_is_named(explain, snapshot):
    rule = next(r for r in snapshot.rules if r.local_id == "declares-replica")
    (ground,) = explain("replica")["grounds"]
    assert [s["signal"] for s in ground["would_have_stopped_it"]] == list(rule.unless)


def test_every_decision_is_explained_also_one_without_a_finding(explain, run):
    for decided in pq.read_table(run / "decisions.parquet").to_pylist():
        explained = explain(decided["listing_id"])
        assert explained["decision"] == decided
        assert explained["listing"]["listing_id"] == decided["listing_id"]
    assert explain("quiet")["grounds"] == []
    assert explain("quiet")["listing"]["mark"] == "gucci"


@pytest.mark.parametrize("listing_id", ["nobody", "", "table", "\u202e", "two\nlines"])
def test_a_listing_about_which_nothing_was_decided_is_not_explained(explain, listing_id):
    with pytest.raises(NotFound, match="no decision in this run"):
        explain(listing_id)


@pytest.mark.parametrize("listing_id", ["twice", "again"])
def test_of_two_sightings_the_one_with_the_finding_is_explained(explain, listing_id):
    assert explain(listing_id)["listing"]["title"] == "Rolex replica watch"
    assert explain(listing_id)["grounds"]


def test_strange_characters_are_explained_as_they_stand(explain):
    explained = explain("odd")
    assert explained["listing"]["title"] == ROWS["title"][-1]
    mention = explained["mentions"][0]
    start, end = mention["span"]
    assert ROWS["title"][-1][start:end] == mention["text"]
