"""A scan that is stopped, killed, refused or has no room: nothing half-written, nothing lost."""

from __future__ import annotations

import gzip
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from scans import CHUNKS, POLICY, ROWS, contents, scanned, write_listings

from countermark.adapters.storage.runs import read_summary
from countermark.errors import NotFound, RunError, SourceError

HERE = Path(__file__).parent
TABLES = ("findings", "decisions", "sellers", "rejected", "named", "flagged")
FINAL = {"run.json", *(f"{name}.parquet" for name in TABLES)}


class Killed(BaseException):
    """What ends a run in the middle of it."""


@pytest.mark.parametrize("parts", range(1, CHUNKS + 1))
def test_a_run_stopped_after_some_parts_goes_on_to_the_same_bytes(whole, begin, tmp_path, parts):
    stopped = begin()
    for _ in range(parts):
        next(stopped)
    stopped.close()
    progress = list(begin())
    assert progress[0]["read"] == parts * ROWS
    assert contents(tmp_path / "run") == contents(whole)


def test_a_run_that_dies_at_any_write_goes_on_to_the_same_bytes(
    home, knowledge, scan, tmp_path, monkeypatch
):
    scanned(home / "few", tmp_path / "whole", knowledge=knowledge)
    expected, replace, deaths = contents(tmp_path / "whole"), Path.replace, 0
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
                scan(listings=home / "few")
                break
            except Killed:
                deaths += 1
        scan(listings=home / "few")
        assert contents(tmp_path / "run") == expected, f"after {deaths - 1} writes"
        shutil.rmtree(tmp_path / "run")
    assert deaths == 1 + 2 * 6 + 7  # run.json; five tables and their counts a part; the end


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
scans.scanned(Path(sys.argv[2]), Path(sys.argv[3]), knowledge=scans.knowledge_of(Path(sys.argv[4])))
"""


@pytest.mark.parametrize("writes", [10, 34])  # in the middle of a part, among the final files
def test_a_process_that_is_killed_leaves_nothing_half_written(
    whole, scan, process, tmp_path, writes
):
    assert process(KILLED, writes).returncode == -signal.SIGKILL
    with pytest.raises(NotFound, match="not finished"):
        read_summary(tmp_path / "run")
    scan()
    assert contents(tmp_path / "run") == contents(whole)


ORPHANS = """
import multiprocessing, os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import scans
if __name__ == "__main__":
    knowledge = scans.knowledge_of(Path(sys.argv[4]))
    for step in scans.steps(Path(sys.argv[2]), Path(sys.argv[3]), knowledge=knowledge, processes=2):
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_workers_end_with_the_process_that_started_them(home, tmp_path):
    (tmp_path / "killed.py").write_text(ORPHANS)
    given = [tmp_path / "killed.py", HERE, home / "few", tmp_path / "run", home / "s.snapshot"]
    with subprocess.Popen([sys.executable, *map(str, given)], stdout=subprocess.PIPE) as killed:
        pids = [int(pid) for pid in killed.stdout.readline().split()]
        try:  # the pipe closes when the last process that holds it is gone
            killed.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
            raise
    assert len(pids) == 2


def test_a_worker_that_is_killed_is_one_clear_line_and_the_run_goes_on(
    whole, begin, scan, tmp_path
):
    stopped = begin(processes=2)
    next(stopped)
    for child in multiprocessing.active_children():
        os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(RunError, match="worker process was ended") as refused:
        list(stopped)
    assert "goes on" in refused.value.hint
    scan()
    assert contents(tmp_path / "run") == contents(whole)


def test_threads_that_are_interrupted_stop_and_the_run_goes_on(whole, begin, scan, tmp_path):
    before, stopped = threading.active_count(), begin(threads=2)
    next(stopped)
    with pytest.raises(KeyboardInterrupt):
        stopped.throw(KeyboardInterrupt)
    assert threading.active_count() == before
    with pytest.raises(NotFound, match="not finished"):
        read_summary(tmp_path / "run")
    scan(threads=2)
    assert contents(tmp_path / "run") == contents(whole)


def test_a_finished_run_is_refused_and_kept(home, scan, tmp_path):
    scan()
    before = contents(tmp_path / "run")
    for listings in (home / "listings", home / "few"):
        with pytest.raises(RunError, match="finished run"):
            scan(listings=listings)
    assert contents(tmp_path / "run") == before


def test_an_unfinished_run_of_something_else_is_refused_and_kept(home, begin, scan, tmp_path):
    next(begin())
    before = contents(tmp_path / "run")
    with pytest.raises(RunError, match="another run"):
        scan(listings=home / "few")
    assert contents(tmp_path / "run") == before


def test_parts_without_a_run_are_never_taken_for_parts_of_this_one(
    home, whole, begin, scan, tmp_path
):
    next(begin(listings=home / "few"))
    (tmp_path / "run/run.json").unlink()
    scan()
    assert contents(tmp_path / "run") == contents(whole)


def test_listings_that_break_in_the_middle_leave_a_run_that_is_not_finished(scan, tmp_path):
    listings = write_listings(tmp_path / "listings", chunks=2)
    packed = gzip.compress(b"listing_id,title\n" + b"1,Nike\n" * 10_000)
    (listings / "99.csv.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(SourceError, match=r"99\.csv\.gz"):
        scan(listings=listings)
    assert set(contents(tmp_path / "run")).isdisjoint(FINAL - {"run.json"})
    with pytest.raises(NotFound, match="not finished"):
        read_summary(tmp_path / "run")


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import scans
from countermark.apps.cli import main
listings, out, snapshot = sys.argv[2:5]
knowledge = scans.knowledge_of(Path(snapshot))
scans.scanned(Path(listings), Path(out + "-before"), knowledge=knowledge)  # keeps what it compiles
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
options = ["-s", snapshot, "-p", str(scans.POLICY), "--processes", "1"]
sys.argv = ["countermark", "scan", listings, "-o", out, *options]
main.run()
"""


def test_no_room_for_a_file_is_one_clear_line_and_the_run_goes_on_later(
    whole, scan, process, tmp_path
):
    pytest.importorskip("resource")
    done = process(FULL)
    assert (done.returncode, done.stdout) == (1, "")
    error, hint = done.stderr.splitlines()
    assert error == f"error: {tmp_path / 'run'} cannot be written: file too large"
    assert hint.startswith("  hint: the run goes on where it stopped")
    scan()
    assert contents(tmp_path / "run") == contents(whole)


DISK = 'mount -t tmpfs -o size=32k tmpfs "$1" && shift && exec "$@"'


@pytest.mark.skipif(not shutil.which("unshare"), reason="makes a disk of its own")
def test_a_full_disk_is_one_clear_line(home, tmp_path):
    (tmp_path / "disk").mkdir()
    command = [
        *("unshare", "--mount", "sh", "-c", DISK, "sh", tmp_path / "disk"),
        *(sys.executable, "-m", "countermark.apps.cli.main", "scan", home / "listings"),
        *("-o", tmp_path / "disk/run", "-s", home / "s.snapshot", "-p", POLICY, "--processes", "1"),
    ]
    done = subprocess.run([*map(str, command)], check=False, capture_output=True, text=True)
    if "error: " not in done.stderr:
        pytest.skip(f"may not mount: {done.stderr.strip()[:80]}")
    assert (done.returncode, done.stdout) == (1, "")
    error, _ = done.stderr.splitlines()
    assert error == f"error: {tmp_path / 'disk/run'} cannot be written: no space left on device"
