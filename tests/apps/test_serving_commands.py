"""`member`, `key` and `serve` as a user gives them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

POLICIES = Path(__file__).parents[2] / "policies"
WAIT_S = 60


@pytest.fixture
def records(tmp_path):
    return f"sqlite:///{tmp_path}/r.db"


@pytest.fixture
def shop(cli, records):
    """A marketplace, and the text of a key that judges."""
    said = cli("member", "add", "Shop", "--kind", "marketplace", "--venue", "shop.example", "--records", records)  # fmt: skip
    assert said.code == 0, said.err
    return cli("key", "issue", "--member", "Shop", "--scope", "gate:judge", "--records", records).out.strip()  # fmt: skip


def test_members_are_admitted_and_listed(cli, records):
    add = ("member", "add", "--records", records)
    one = cli(*add, "Shop", "--kind", "marketplace", "--venue", "b.example", "--venue", "a.example")
    assert re.fullmatch(r"Shop joined: [0-9a-f]{32}\n", one.out)
    two = json.loads(cli(*add, "Gucci", "--kind", "brand", "--json").out)
    assert two["name"] == "Gucci"
    gucci, shop = cli("member", "list", "--records", records).lines()
    assert gucci.split() == [two["ref"], "brand", "Gucci"]
    assert shop.split()[1:] == ["marketplace", "Shop", "a.example", "b.example"]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("Shop", "--kind", "marketplace"), "a marketplace, and nobody else, runs venues"),
        (("Gucci", "--kind", "brand", "--venue", "v"), "a marketplace, and nobody else, runs venues"),
        (("", "--kind", "brand"), "a member's name has 1 to 200 characters, not 0"),
        (("Other", "--kind", "marketplace", "--venue", "UPPER"), "'UPPER' is no name of a venue"),
        (("Other", "--kind", "marketplace", "--venue", "shop.example"), "runs one of shop.example already"),
        (("Shop", "--kind", "brand"), "a member has the name 'Shop'"),
    ],
)  # fmt: skip
def test_what_no_member_can_be_is_refused(cli, refused, records, shop, arguments, says):
    assert says in refused(cli("member", "add", *arguments, "--records", records))
    assert len(cli("member", "list", "--records", records).lines()) == 1


def test_a_key_is_shown_once_and_listed_by_how_it_begins_until_it_is_revoked(cli, records, shop, tmp_path):  # fmt: skip
    assert re.fullmatch(r"cm_[\w-]{43}", shop)
    at = ("--member", "Shop", "--records", records)
    (line,) = cli("key", "list", *at).lines()
    assert re.fullmatch(rf"{shop[:10]}…  until \d{{4}}-\d\d-\d\d  gate:judge  machine", line)
    assert shop.encode() not in (tmp_path / "r.db").read_bytes()
    assert cli("key", "revoke", f"{shop[:10]}…", *at).out == f"{shop[:10]}… opens nothing any more\n"  # fmt: skip
    (line,) = cli("key", "list", *at).lines()
    assert line.startswith(f"{shop[:10]}…  revoked  ")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("issue", "--scope", "gate:judge", "--days", "91"), "at most 90"),
        (("issue", "--scope", "gate:judge", "--days", "0"), "lives 0 days"),
        (("revoke", "cm_zzzzzzz"), "0 keys begin with 'cm_zzzzzzz'"),
        (("revoke", ""), "0 keys begin with ''"),
    ],
)
def test_what_cannot_be_done_with_keys_is_refused(cli, refused, records, shop, arguments, says):
    said = cli("key", *arguments, "--member", "Shop", "--records", records)
    assert says in refused(said)


def test_a_key_may_be_revoked_again_and_a_member_that_is_not_there_is_refused(cli, refused, records, shop):  # fmt: skip
    revoke = ("key", "revoke", shop[:10], "--records", records, "--member")
    assert "there is no member 'Nil'" in refused(cli(*revoke, "Nil"))
    assert cli(*revoke, "Shop").code == 0
    assert cli(*revoke, "Shop").out == f"{shop[:10]}… opens nothing any more\n"


def test_a_scope_that_there_is_not_is_a_misuse(cli, records, shop):
    said = cli("key", "issue", "--member", "Shop", "--scope", "all", "--records", records)
    assert said.code == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"-s": "nil.snapshot"}, "snapshot nil.snapshot: no such file or directory"),
        ({"-s": "broken"}, "broken"),
        ({"-p": "nil.toml"}, "nil.toml: no such file or directory"),
        ({"-p": "broken"}, "broken"),
        ({"-w": "broken"}, "broken"),
        ({"--records": "mysql://h/n"}, "'mysql' is no database that we know"),
        ({"--records": "nonsense"}, "what was given is no URL of a database"),
        ({"--records": "sqlite:////nil/nil/r.db"}, "cannot be opened: unable to open database file"),
        ({"--host": "203.0.113.7"}, "nothing can listen at 203.0.113.7 port"),
        ({"--host": "no.such.host.invalid"}, "nothing can listen at no.such.host.invalid port"),
    ],
)  # fmt: skip
def test_serve_refuses_what_it_cannot_use_in_one_line(
    cli, refused, home, records, tmp_path, monkeypatch, change, says
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken").write_bytes(b"broken = = 1")
    given = {"-s": home / "s.snapshot", "-p": POLICIES / "balanced.toml", "--records": records, "--port": 0}  # fmt: skip
    said = cli("serve", *[word for pair in (given | change).items() for word in pair])
    assert says in refused(said)


def test_serve_refuses_a_port_that_is_in_use(cli, refused, home, records):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = cli("serve", "-s", home / "s.snapshot", "-p", POLICIES / "balanced.toml", "--records", records, "--port", port)  # fmt: skip
    assert refused(said) == f"nothing can listen at 127.0.0.1 port {port}: address already in use"


@contextmanager
def serving(home, records):
    """A server in a process group of its own, and where it listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "countermark.apps.cli.main", "serve", "-s", home / "s.snapshot", "-p", POLICIES / "balanced.toml"]  # fmt: skip
    process = subprocess.Popen(
        [*map(str, command), "--records", records, "--port", str(port)],
        stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=WAIT_S)


def until_ready(url):
    for _ in range(WAIT_S * 10):
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not become ready")


@pytest.mark.parametrize("group", [False, True], ids=["the server alone", "its workers too"])
def test_sigterm_ends_with_0_once_who_waits_is_let_through(home, records, shop, tmp_path, group):
    with serving(home, records) as (process, url), httpx.Client(timeout=WAIT_S) as client:
        until_ready(url)
        told = []
        stop = threading.Event()

        def venue(number):
            turn = 0
            while not stop.is_set():
                turn += 1
                listing = {"listing_id": f"{number}-{turn}", "title": "Gucci replica bag 1:1"}
                try:
                    answer = client.post(f"{url}/v1/gate", json={"listings": [listing]}, headers={"Authorization": f"Bearer {shop}"})  # fmt: skip
                except httpx.TransportError:
                    return  # the door is closed
                told.append((answer.status_code, listing["listing_id"]))

        with ThreadPoolExecutor(8) as venues:
            for number in range(8):
                venues.submit(venue, number)
            time.sleep(1)
            os.killpg(process.pid, signal.SIGTERM) if group else process.terminate()
            code = process.wait(WAIT_S)
            stop.set()
        assert code == 0, process.stderr.read()
    assert {status for status, _ in told} <= {200, 429}
    assert sum(status == 200 for status, _ in told) > 8
    # what crosses with the end of its idle connection is lost unbegun; nothing is kept that was not answered
    with closing(sqlite3.connect(tmp_path / "r.db")) as kept:
        (listings,) = kept.execute("SELECT count(*) FROM listings").fetchone()
    assert listings == sum(status == 200 for status, _ in told)
