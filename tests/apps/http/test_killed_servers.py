"""A small run of bench/kill_gate.py; the large one is started by hand."""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from places import SUSPECT

sys.path.append(str(Path(__file__).parents[3] / "bench"))

import kill_gate

KILLS = 3


@pytest.mark.kills
def test_a_server_that_is_killed_loses_doubles_and_tears_nothing():
    sent, starts, faults = kill_gate.killed(KILLS, seed=4)
    assert faults == []
    assert len(sent.told) == sent.listings > 0
    assert starts


def test_the_search_for_faults_finds_what_is_planted(place, tmp_path):
    """A check that always says "0 faults" would show nothing: each of these is one fault in sound records."""
    listings = [{"listing_id": f"{k}", "title": f"{SUSPECT} {k}"} for k in range(4)]

    async def act(gate):
        return (await gate.judge(*listings)).content

    sent = kill_gate.Sent(listings=4)
    sent.hear(place.run(act))
    assert kill_gate.faults_in(place.url, sent) == []
    planted = {
        "DELETE FROM outbox WHERE ref = (SELECT min(ref) FROM outbox)": "(1, 1, 0) events",
        "DELETE FROM cases WHERE ref = (SELECT min(ref) FROM cases)": "(1, 0, 1) events",
        "UPDATE decisions SET action = 'allow' WHERE ref = (SELECT min(ref) FROM decisions)": "not the one of its event",
        "UPDATE listings SET listing_id = 'x' WHERE listing_id = '2'": "2 was answered and is not there",
        "UPDATE listings SET latest = 0, listing_id = '0' WHERE listing_id = '1'": "0 was seen 2 times",
    }  # fmt: skip
    for statement, said in planted.items():
        copy = tmp_path / "copy.db"
        copy.unlink(missing_ok=True)
        with closing(sqlite3.connect(place.file)) as whole, closing(sqlite3.connect(copy)) as out:
            whole.backup(out)
        other = kill_gate.keeping(f"sqlite:///{copy}").records
        with other.writer.begin() as connection:
            connection.exec_driver_sql(statement)
        other.close()
        assert any(said in each for each in kill_gate.faults_in(f"sqlite:///{copy}", sent)), said


def test_an_answer_that_differs_from_the_first_is_a_fault():
    sent = kill_gate.Sent()
    sent.hear(b'{"decisions":[{"listing_id":"a","decision":"1","new":true}]}')
    sent.hear(b'{"decisions":[{"listing_id":"a","decision":"1","new":false}]}')
    assert sent.faults == []
    sent.hear(b'{"decisions":[{"listing_id":"a","decision":"2","new":false}]}')
    assert sent.faults == ["a was answered in two ways"]
