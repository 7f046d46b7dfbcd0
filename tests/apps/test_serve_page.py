"""The how-to page of the gate, followed with a real server."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to" / "serve-the-gate.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
START = BLOCKS[0][1].splitlines()
CURLS = [content for kind, content in BLOCKS if kind == "sh" and content.startswith("curl")]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def asked(curl, port, key):
    """What the server answers to a curl command of the page."""
    words = shlex.split(curl.replace("\\\n", " ").replace("cm_...", key))
    url = next(word for word in words if word.startswith("http")).replace("8000", str(port))
    data = words[words.index("-d") + 1].encode() if "-d" in words else b""
    name, _, value = words[words.index("-H") + 1].partition(": ")
    request = urllib.request.Request(url, data, {name: value}, method="POST")  # noqa: S310
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.load(answer)


@pytest.fixture
def server(tmp_path, monkeypatch, cli):
    """A server started as the page says, its port and a key."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(ROOT / "packs" / "core", "packs/core")
    shutil.copytree(ROOT / "packs" / "starter" / "nike", "packs/starter/nike")
    shutil.copytree(ROOT / "policies", "policies")
    for line in START[:-1]:
        said = cli(*shlex.split(line)[1:])
        assert said.code == 0, said.err
    port = free_port()
    command = [sys.executable, "-m", "countermark.apps.cli.main", *shlex.split(START[-1])[1:]]
    with Path("serve.log").open("w") as log, subprocess.Popen([*command, "--port", str(port)], stderr=log) as process:  # fmt: skip
        until = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, said.out.strip()
        process.terminate()
        assert process.wait(30) == 0, Path("serve.log").read_text()


def test_the_page_can_be_followed(server, cli):
    port, key = server
    decision = asked(CURLS[0], port, key)["decisions"][0]
    (shown,) = json.loads(next(c for k, c in BLOCKS if k == "json"))["decisions"]
    assert decision.keys() == shown.keys()
    same = ("listing_id", "action", "claim", "mark", "grounds", "new")
    assert {name: decision[name] for name in same} == {name: shown[name] for name in same}
    again = asked(CURLS[0], port, key)["decisions"][0]
    assert again == {**decision, "new": False}
    assert asked(CURLS[1], port, key) == {"version": decision["version"]}
    example = next(c for k, c in BLOCKS if k == "python")
    exec(example.replace("8000", str(port)).replace("cm_...", key), {})  # noqa: S102  the page's own example
    rescans = next(c for k, c in BLOCKS if k == "sh" and c.startswith("countermark rescan"))
    said = [cli(*shlex.split(line)[1:]).out.strip() for line in rescans.splitlines()]
    assert said == [
        "1 listings judged, 0 would be decided otherwise",
        "1 listings judged, 0 are decided otherwise",
    ]
