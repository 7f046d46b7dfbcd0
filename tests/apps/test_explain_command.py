"""`explain` as a user gives it."""

from __future__ import annotations

import json

import pytest


def test_explain_says_why_and_what_the_seller_is_told(cli, home):
    said = cli("explain", "a", "--run", home / "run")
    assert said.lines()[0] == "a  Gucci replica bag 1:1"
    assert "  core.general/declares-replica rev 1 [active]" in said.out
    assert "would have stopped it: denied" in said.out
    assert "  the seller is told:" in said.lines()


def test_explain_as_json_is_one_object(cli, home):
    explained = json.loads(cli("explain", "a", "--run", home / "run", "--json").out)
    assert explained["grounds"][0]["rule"] == "core.general/declares-replica"


def test_explain_says_why_a_listing_without_a_finding_is_allowed(cli, home):
    said = cli("explain", "c", "--run", home / "run")
    assert said.lines()[0].startswith("c  ")
    assert "-> allow" in said.lines()[1]
    assert "mark nike" in said.out


@pytest.mark.parametrize("listing_id", ["b", "nobody", "\x1b[31m\u202e\n"])
def test_a_listing_about_which_nothing_was_decided_is_not_explained(cli, refused, home, listing_id):
    line = refused(cli("explain", listing_id, "--run", home / "run"))
    assert "has no decision in this run" in line


def test_explain_needs_the_snapshot_of_the_run(cli, refused, home, tmp_path):
    assert "no run there" in refused(cli("explain", "a", "--run", tmp_path))
    said = cli("explain", "a", "--run", home / "run", "-s", tmp_path / "other")
    assert str(tmp_path / "other") in refused(said)


def test_pages_for_people_show_no_character_that_moves_the_cursor(scan, cli, home, tmp_path):
    title = "\x1b]0;owned\x07\x1b[2J Gucci \u202e replica bag 1:1 \x9b31m"
    scan("l.jsonl", json.dumps({"listing_id": "\x1b[31ma", "title": title}) + "\n")
    pages = cli("explain", "\x1b[31ma", "--run", tmp_path / "run").out
    pages += cli("mentions", tmp_path / "l.jsonl", "-s", home / "s.snapshot").out
    assert "Gucci" in pages
    assert all(c.isprintable() or c == "\n" for c in pages)


def test_the_version_is_said(cli):
    assert cli("--version").out.startswith("countermark ")
