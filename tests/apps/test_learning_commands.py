"""`train` and `evaluate` as a user gives them."""

from __future__ import annotations

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

CSV = "listing_id,claim\na,counterfeit\nc,none\n"


@pytest.fixture
def given(tmp_path):
    """Writes a table of labels or of truth."""

    def write(content, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_trained_weights_are_written_named_and_used_by_the_next_scan(cli, home, tmp_path, given):
    said = cli("train", home / "run", "--labels", given(CSV), "-o", tmp_path / "w.json")
    assert (said.code, said.err) == (0, "")
    name, _, path = said.out.strip().partition(" -> ")
    assert path == str(tmp_path / "w.json")
    again = cli("train", home / "run", "--labels", given(CSV), "-o", tmp_path / "again.json")
    assert again.out.startswith(name)
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "w.json").read_bytes()


def test_ids_of_labels_are_text_also_where_they_are_digits(given):
    from countermark import wiring

    labels = wiring.table(given("listing_id,claim,origin\n007,none,\n8,,review\n"))
    assert labels.column("listing_id").to_pylist() == ["007", "8"]
    assert labels.column("claim").to_pylist() == ["none", None]
    assert labels.column("origin").to_pylist() == [None, "review"]


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_table_of_other_listings_than_the_run_is_refused(
    cli, refused, home, tmp_path, given, command
):
    table = given("listing_id,claim\nzz,none\n")
    option = (
        ("--labels", table, "-o", tmp_path / "w.json") if command == "train" else ("--truth", table)
    )
    line = refused(cli(command, home / "run", *option))
    assert "none of its 1 listings" in line
    assert line.endswith("those that the run decided on")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "empty CSV file"),
        ("a,b\n1,2\n", "need listing_id and claim or label"),
        ("listing_id,claim,claim\na,none,none\n", "column 'claim' stands twice"),
        ("listing_id,claim,größe\na,none,1\n".encode("latin-1"), "can't decode"),
        ("listing_id,claim\na,fake\n", "claim 'fake' is unknown"),
        ("listing_id,claim,origin\na,none,gossip\n", "origin 'gossip' is unknown"),
        ("listing_id,claim\na,none,3\n", "CSV parse error"),
        ("listing_id,claim\n,none\n", "no listing_id"),
        ("listing_id,label\na,perhaps\n", "neither true nor false"),
        ("listing_id,claim,inclusion\na,none,0\n", "not in (0, 1]"),
        ("listing_id,claim,inclusion\na,none,often\n", "not a number"),
        ("listing_id,claim\nä,none\n".encode("latin-1"), "invalid UTF8"),
    ],
)
def test_labels_that_cannot_be_used_are_one_line_and_leave_nothing(
    cli, refused, home, tmp_path, given, content, says
):
    said = cli("train", home / "run", "-l", given(content, "labels.csv"), "-o", tmp_path / "w.json")
    line = refused(said)
    assert "labels.csv: " in line
    assert says in line
    assert not (tmp_path / "w.json").exists()


@pytest.mark.parametrize("content", ["listing_id,claim\n", "listing_id,claim\na,\n"])
def test_labels_that_say_nothing_leave_the_authors_weights(cli, home, tmp_path, given, content):
    assert cli("train", home / "run", "-l", given(content), "-o", tmp_path / "w.json").code == 0


def test_too_few_labels_train_no_challenger_and_write_nothing(cli, refused, home, tmp_path, given):
    pytest.importorskip("lightgbm")
    options = ("-o", tmp_path / "w.json", "--challenger", tmp_path / "c")
    assert "cannot train a challenger" in refused(
        cli("train", home / "run", "-l", given(CSV), *options)
    )
    assert not (tmp_path / "w.json").exists()
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("command", ["train", "evaluate"])
def test_a_run_that_is_not_there_is_named(cli, refused, tmp_path, given, command):
    options = {"train": ("-l", given(CSV), "-o", tmp_path / "w"), "evaluate": ("-t", given(CSV))}
    said = cli(command, tmp_path / "nowhere", *options[command])
    assert f"{tmp_path / 'nowhere'}: no run there" in refused(said)


def test_weights_that_cannot_be_written_are_named(cli, refused, home, tmp_path, given):
    labels = given(CSV)
    said = cli("train", home / "run", "-l", labels, "-o", labels / "w.json")
    assert f"{labels / 'w.json'} cannot be written" in refused(said)


def test_evaluate_says_how_good_a_run_is(cli, home, given):
    said = cli(
        "evaluate", home / "run", "-t", given("listing_id,claim\na,counterfeit\nb,none\nc,none\n")
    )
    assert said.lines()[0] == "3 listings, 1 of them counterfeit"
    assert any(line.startswith("precision ") for line in said.lines())


def test_evaluate_as_json_is_one_object(cli, home, given):
    said = cli("evaluate", home / "run", "-t", given(CSV), "--json")
    assert json.loads(said.out)["listings"] == 2


def test_evaluate_reads_the_truth_of_a_market_and_one_split_of_its_sellers(
    cli, refused, home, tmp_path
):
    truth = tmp_path / "market" / "truth"
    truth.mkdir(parents=True)
    rows = {"listing_id": ["a", "b"], "claim": ["counterfeit", "none"], "seller_id": ["s1", "s2"]}
    pq.write_table(pa.table(rows), truth / "listings.parquet")
    sellers = {"seller_id": ["s1", "s2"], "kind": ["dealer", "shop"], "split": ["test", "train"]}
    pq.write_table(pa.table(sellers), truth / "sellers.parquet")
    said = cli("evaluate", home / "run", "-t", tmp_path / "market", "--split", "test")
    assert said.lines()[0] == "1 listings, 1 of them counterfeit"
    said = cli("evaluate", home / "run", "-t", tmp_path / "market", "--split", "exam")
    assert "no seller is of split 'exam'" in refused(said)


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        ("", (), "empty CSV file"),
        ("id,claim\na,none\n", (), "needs the column listing_id"),
        ("listing_id\na\n", (), "needs the column claim"),
        ("listing_id,claim\na,fake\n", (), "claim 'fake' is unknown"),
        ("listing_id,claim\na,\n", (), "claim None is unknown"),
        (CSV, ("--split", "test"), "needs the column split"),
    ],
)
def test_a_truth_that_cannot_be_used_is_one_line(cli, refused, home, given, content, options, says):
    line = refused(cli("evaluate", home / "run", "-t", given(content, "truth.csv"), *options))
    assert "truth.csv: " in line
    assert says in line


def test_a_folder_without_a_truth_is_named(cli, refused, home, tmp_path):
    assert f"{tmp_path}: no truth there" in refused(cli("evaluate", home / "run", "-t", tmp_path))
