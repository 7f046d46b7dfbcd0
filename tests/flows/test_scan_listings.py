"""A scan gives the same files however it is run, and an interrupted one loses nothing."""

from __future__ import annotations

import gzip
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from scans import CHUNKS, ROWS, contents, scanned, steps, write_listings

from countermark.adapters.storage.runs import read_summary
from countermark.errors import NotFound, RunError, SourceError, UsageError
from countermark.knowledge.snapshot import snapshot_bytes

HERE = Path(__file__).parent
FINAL = {"run.json", *(f"{n}.parquet" for n in ("findings", "decisions", "sellers", "rejected", "named", "flagged"))}  # fmt: skip


class Killed(BaseException):
    """What ends a run in the middle of it."""


@pytest.fixture(scope="module")
def home(tmp_path_factory, snapshot):
    """A folder with a snapshot, listings, and the run that nothing interrupted."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "s.snapshot").write_bytes(snapshot_bytes(snapshot))
    write_listings(folder / "listings")
    scanned(folder / "listings", folder / "whole", snapshot=folder / "s.snapshot")
    return folder


@pytest.fixture
def scan(home, tmp_path):
    """Scans the listings of `home`, or others, to the folder of the test."""

    def act(name="run", listings=None, processes=1):
        source = listings or home / "listings"
        return scanned(source, tmp_path / name, snapshot=home / "s.snapshot", processes=processes)

    return act


def test_one_process_and_two_give_the_same_bytes(home, scan, tmp_path):
    scan(processes=2)
    assert contents(tmp_path / "run") == contents(home / "whole")


def test_a_run_holds_its_final_files_and_nothing_else(home):
    assert set(contents(home / "whole")) == FINAL


def test_every_row_that_is_read_is_scanned_or_refused(home):
    counts = read_summary(home / "whole")["counts"]
    assert counts["read"] == CHUNKS * ROWS == counts["scanned"] + counts["refused"]
    rejected = pq.read_table(home / "whole/rejected.parquet").to_pylist()
    refused = {(note["source"], note["line"]) for note in rejected if not note["kept"]}
    assert len(refused) == counts["refused"] == CHUNKS * ROWS // 10
    assert sum(note["kept"] for note in rejected) == counts["set_aside"] > 0


def test_a_listing_that_names_a_mark_is_decided_once(home):
    decided = pq.read_table(home / "whole/decisions.parquet").column("listing_id").to_pylist()
    named = pq.read_table(home / "whole/named.parquet").column("listing_id").to_pylist()
    assert sorted(decided) == sorted(set(named))


@pytest.mark.parametrize("parts", range(1, CHUNKS + 1))
def test_a_run_stopped_after_some_parts_goes_on_to_the_same_bytes(home, tmp_path, parts):
    for done, _ in enumerate(
        steps(home / "listings", tmp_path / "run", snapshot=home / "s.snapshot")
    ):
        if done + 1 == parts:
            break
    progress = list(steps(home / "listings", tmp_path / "run", snapshot=home / "s.snapshot"))
    assert contents(tmp_path / "run") == contents(home / "whole")
    assert progress[0]["read"] == parts * ROWS


def test_a_run_that_dies_at_any_write_goes_on_to_the_same_bytes(home, scan, tmp_path, monkeypatch):
    whole, replace, deaths = contents(home / "whole"), Path.replace, 0
    while True:
        left = deaths

        def until(path, target):
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return replace(path, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", until)
            try:
                scan()
                break
            except Killed:
                deaths += 1
        scan()
        assert contents(tmp_path / "run") == whole, f"after {deaths - 1} writes"
        shutil.rmtree(tmp_path / "run")
    assert deaths == 1 + CHUNKS * 6 + 7  # run.json, five tables and their counts a part, the end


KILLED = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import scans
fsync, left = os.fsync, int(sys.argv[5])
def until(descriptor):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(descriptor)
os.fsync = until
scans.scanned(Path(sys.argv[2]), Path(sys.argv[3]), snapshot=Path(sys.argv[4]), processes=1)
"""


@pytest.mark.parametrize("writes", [10, 34])
def test_a_process_that_is_killed_leaves_nothing_half_written(home, scan, tmp_path, writes):
    arguments = [HERE, home / "listings", tmp_path / "run", home / "s.snapshot", writes]
    done = subprocess.run([sys.executable, "-c", KILLED, *map(str, arguments)], check=False)
    assert done.returncode == -9
    with pytest.raises(NotFound, match="not finished"):
        read_summary(tmp_path / "run")
    scan()
    assert contents(tmp_path / "run") == contents(home / "whole")


ORPHANS = """
import multiprocessing, os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import scans
if __name__ == "__main__":
    for step in scans.steps(Path(sys.argv[2]), Path(sys.argv[3]), snapshot=Path(sys.argv[4]), processes=2):
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_the_process_that_started_them(home, tmp_path):
    (tmp_path / "killed.py").write_text(ORPHANS)
    arguments = [tmp_path / "killed.py", HERE, home / "listings", tmp_path / "run", home / "s.snapshot"]
    with subprocess.Popen([sys.executable, *map(str, arguments)], stdout=subprocess.PIPE) as process:
        pids = [int(pid) for pid in process.stdout.readline().split()]
        try:  # the pipe closes when the last process that holds it is gone
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            raise
    assert len(pids) == 2


def test_a_worker_that_is_killed_is_one_clear_line_and_its_run_goes_on(home, scan, tmp_path):
    with pytest.raises(RunError, match="worker process was ended") as refused:
        for _ in steps(
            home / "listings", tmp_path / "run", snapshot=home / "s.snapshot", processes=2
        ):
            for child in multiprocessing.active_children():
                os.kill(child.pid, signal.SIGKILL)
    assert "goes on" in refused.value.hint
    scan()
    assert contents(tmp_path / "run") == contents(home / "whole")


def test_a_run_of_something_else_is_refused_and_kept(home, scan, tmp_path):
    scan()
    before = contents(tmp_path / "run")
    with pytest.raises(RunError, match="finished run"):
        scan()
    other = write_listings(tmp_path / "other", chunks=1)
    with pytest.raises(RunError, match="finished run"):
        scan(listings=other)
    assert contents(tmp_path / "run") == before


def test_an_unfinished_run_of_something_else_is_refused_and_kept(home, tmp_path):
    next(steps(home / "listings", tmp_path / "run", snapshot=home / "s.snapshot"))
    before = contents(tmp_path / "run")
    other = write_listings(tmp_path / "other", chunks=1)
    with pytest.raises(RunError, match="another run"):
        scanned(other, tmp_path / "run", snapshot=home / "s.snapshot")
    assert contents(tmp_path / "run") == before


def test_parts_without_a_run_are_never_taken_for_parts_of_this_one(home, scan, tmp_path):
    other = write_listings(tmp_path / "other", chunks=2)
    next(steps(other, tmp_path / "run", snapshot=home / "s.snapshot"))
    (tmp_path / "run/run.json").unlink()
    scan()
    assert contents(tmp_path / "run") == contents(home / "whole")


def test_listings_that_break_in_the_middle_leave_a_run_that_is_not_finished(home, scan, tmp_path):
    listings = write_listings(tmp_path / "listings", chunks=2)
    packed = gzip.compress(b"listing_id,title\n" + b"1,Nike\n" * 10_000)
    (listings / "99.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(SourceError, match="99.csv.gz"):
        scan(listings=listings)
    assert set(contents(tmp_path / "run")).isdisjoint(FINAL - {"run.json"})
    with pytest.raises(NotFound, match="not finished"):
        read_summary(tmp_path / "run")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"id,name\n1,Nike\n"),
        ("a.parquet", b"PAR1"),
        ("a.jsonl", b'{"id": 1}\n'),
    ],
)
def test_listings_that_cannot_be_begun_leave_nothing(scan, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises((SourceError, UsageError), match=name):
        scan(listings=tmp_path / name)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"listing_id,title\n"), ("a.jsonl", b""), ("a.jsonl", b"\n\n"), ("a.jsonl", b"not json\n"),
        ("a.csv", b"listing_id,title\n1,2,3\n"),
    ],
)  # fmt: skip
def test_listings_without_a_listing_give_a_run_without_a_decision(scan, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    counts = scan(listings=tmp_path / name)["counts"]
    assert counts["scanned"] == 0
    assert counts["read"] == counts["refused"] == (b"not" in content) + (b"3" in content)
    assert set(contents(tmp_path / "run")) == FINAL
    assert len(pq.read_table(tmp_path / "run/decisions.parquet")) == 0


def test_an_empty_table_gives_a_run_without_a_decision(scan, tmp_path):
    empty = pa.table({"listing_id": pa.array([], pa.string()), "title": pa.array([], pa.string())})
    pq.write_table(empty, tmp_path / "a.parquet")
    assert scan(listings=tmp_path / "a.parquet")["counts"]["scanned"] == 0


def test_another_encoding_is_another_run(home, tmp_path):
    from countermark import wiring

    path = str(home / "listings")
    assert (
        wiring.source(path).fingerprint() != wiring.source(path, encoding="gb18030").fingerprint()
    )


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import scans
from countermark.apps.cli import main
listings, out, snapshot = sys.argv[2:5]
scans.scanned(Path(listings), Path(out + "-before"), snapshot=Path(snapshot))  # compiles and keeps what is compiled
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
sys.argv = ["countermark", "scan", listings, "-o", out, "-s", snapshot, "-p", str(scans.POLICY), "--processes", "1"]
main.run()
"""


def test_no_room_for_a_file_is_one_clear_line_and_the_run_goes_on_later(home, scan, tmp_path):
    arguments = [HERE, home / "listings", tmp_path / "run", home / "s.snapshot"]
    done = subprocess.run(
        [sys.executable, "-c", FULL, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    error, hint = done.stderr.splitlines()
    assert error == f"error: {tmp_path / 'run'} cannot be written: file too large"
    assert hint.startswith("  hint: the run goes on where it stopped")
    scan()
    assert contents(tmp_path / "run") == contents(home / "whole")


TINY = 'mount -t tmpfs -o size=32k tmpfs "$1" && shift && exec "$@"'


def test_a_full_disk_is_one_clear_line(home, tmp_path):
    (tmp_path / "disk").mkdir()
    command = [
        *("unshare", "--mount", "sh", "-c", TINY, "sh", tmp_path / "disk"),
        *(sys.executable, "-m", "countermark.apps.cli.main", "scan", home / "listings", "-o", tmp_path / "disk/run"),
        *("-s", home / "s.snapshot", "-p", HERE.parents[1] / "policies/balanced.toml", "--processes", "1"),
    ]  # fmt: skip
    try:
        done = subprocess.run(list(map(str, command)), check=False, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("no unshare here")
    if "countermark" not in done.stderr and "error:" not in done.stderr:
        pytest.skip(f"no mounting here: {done.stderr.strip()[:80]}")
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be written: " in done.stderr
    assert "no space left" in done.stderr.lower()
    assert len(done.stderr.splitlines()) == 2


def test_the_summary_says_what_was_scanned_with_what(home, snapshot):
    summary = read_summary(home / "whole")
    assert summary["identity"]["snapshot"] == snapshot.id
    assert summary["complete"] is True
    assert sum(summary["actions"].values()) == len(pq.read_table(home / "whole/decisions.parquet"))
    assert json.loads((home / "whole/run.json").read_text()) == summary
