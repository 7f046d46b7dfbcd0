"""The typed client: against a real HTTP server of the test's own, that answers as told and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from countermark.apps.client import Client, GateDecision, Offer
from countermark.apps.http.messages import MOST_LISTINGS, GateResponse
from countermark.errors import Busy, CountermarkError, NotAllowed, RunError, UsageError

KEY = "cm_" + "k" * 43


class Server(ThreadingHTTPServer):
    """Answers with the next of `answers`, (status, headers, body); a body of None is a decision for each listing."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.asked, self.keys = [], [], []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.keys.append(self.headers["Authorization"])
        status, headers, said = (
            self.server.answers.pop(0) if self.server.answers else (200, {}, None)
        )
        if said is None:
            decisions = [GateDecision(listing_id=x["listing_id"], action="allow") for x in body["listings"]]  # fmt: skip
            said = msgspec.json.encode(GateResponse(decisions=decisions))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(said))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    with Server() as served:
        thread = threading.Thread(target=served.serve_forever, daemon=True)
        thread.start()
        yield served
        served.shutdown()
        thread.join()


@pytest.fixture
def client(server):
    with Client(server.url, key=KEY, tries=3) as made:
        yield made


def offers(count):
    return [Offer(listing_id=str(n), title="a listing") for n in range(count)]


def test_each_offer_has_its_decision_in_order_however_many_there_are(server, client):
    count = 2 * MOST_LISTINGS + 1
    assert [d.listing_id for d in client.gate(offers(count))] == [str(n) for n in range(count)]
    assert [len(body["listings"]) for body in server.asked] == [MOST_LISTINGS, MOST_LISTINGS, 1]


def test_the_key_and_the_venue_are_sent_and_fields_that_are_not_known_are_not(server, client):
    list(client.gate(offers(1), venue="shop"))
    assert server.keys == [f"Bearer {KEY}"]
    assert server.asked == [{"venue": "shop", "listings": [{"listing_id": "0", "title": "a listing"}]}]  # fmt: skip


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_busy_is_asked_again(server, client, status):
    server.answers = [(status, {"Retry-After": "0"}, b"{}")]
    assert [d.action for d in client.gate(offers(1))] == ["allow"]
    assert server.asked[0] == server.asked[1]


@pytest.mark.parametrize(("status", "error"), [(429, Busy), (503, RunError)])
def test_a_server_that_stays_busy_is_told_after_the_last_try(server, client, status, error):
    server.answers = [(status, {}, b"{}")] * 3
    with pytest.raises(error, match=f"in 3 tries, the last: status {status}"):
        list(client.gate(offers(1)))


def test_a_server_that_is_not_there_is_told(client, server):
    gone = Client("http://127.0.0.1:9", key=KEY, tries=2)
    with pytest.raises(RunError, match="in 2 tries"):
        list(gone.gate(offers(1)))


@pytest.mark.parametrize(
    ("status", "error"), [(401, NotAllowed), (403, NotAllowed), (422, UsageError), (418, CountermarkError)]
)  # fmt: skip
def test_a_refusal_is_one_of_our_errors_with_what_the_server_said(server, client, status, error):
    said = {"status": status, "title": "No", "detail": "that is refused", "hint": "ask nicely"}
    server.answers = [(status, {}, json.dumps(said).encode())]
    with pytest.raises(error, match="that is refused") as refused:
        list(client.gate(offers(1)))
    assert refused.value.hint == "ask nicely"
    assert len(server.asked) == 1


def test_a_refusal_that_is_none_of_ours_is_told_by_its_status(server, client):
    server.answers = [(404, {}, b"<html>")]
    with pytest.raises(CountermarkError, match="status 404"):
        list(client.gate(offers(1)))
