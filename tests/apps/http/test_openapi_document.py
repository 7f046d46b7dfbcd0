"""The OpenAPI document against the running application."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager

import schemathesis
import uvicorn
from places import WAIT_S

from countermark.apps.http.app import Application
from countermark.apps.http.describing import described
from countermark.domain.access import Scope

EXAMPLES, SEED = "60", "7"


@contextmanager
def listening(place):
    """The application on a port of this machine, in a loop of its own thread."""
    application = Application(place.serving())
    config = uvicorn.Config(application.served, log_level="critical", http="httptools")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(WAIT_S)
            assert not thread.is_alive()


def test_the_document_is_valid_openapi():
    schemathesis.openapi.from_dict(described()).validate()


def test_every_route_is_in_the_document_with_its_methods(place):
    async def act(gate):
        return (await gate.http.get("/openapi.json")).json()

    document = place.run(act)
    assert document == json.loads(json.dumps(described()))
    routes = {
        (route.path, method.lower())
        for route in place.application.web.routes
        for method in route.methods - {"HEAD"}
        if route.path != "/openapi.json"
    }
    assert routes == {(path, method) for path, at in document["paths"].items() for method in at}


def test_no_request_that_a_machine_thinks_of_breaks_the_document_or_the_server(place, tmp_path):
    """All checks of schemathesis but one, on all routes, with a key that opens all of them.

    Left out is that whatever breaks the document is refused: beside listings that can be read, one that cannot is
    answered with an error inside an answer of 200. `test_gate_over_http` holds what becomes of it.
    """
    key = place.key_of("Shop", Scope.GATE_JUDGE, Scope.GATE_OPERATE, Scope.METRICS_READ)
    given = ["--header", f"Authorization: Bearer {key}", "--max-examples", EXAMPLES, "--seed", SEED]
    given += ["--exclude-checks", "negative_data_rejection", "--no-color", "--generation-database", "none"]  # fmt: skip
    with listening(place) as url:
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json"]
        ran = subprocess.run([*command, *given], cwd=tmp_path, capture_output=True, text=True, timeout=2 * WAIT_S, check=False)  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-6_000:] + ran.stderr[-2_000:]
