"""Who is let in, and what a refusal tells."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from countermark.adapters.outside import SystemClock
from countermark.apps.http.admission import REMEMBERED_S
from countermark.domain.access import Scope
from countermark.ports import Keeping


class LaterClock:
    """A clock that is ahead."""

    def __init__(self, ahead):
        self.ahead = ahead

    def now(self):
        return SystemClock().now() + self.ahead


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer cm_short"},
        {"Authorization": "Bearer cm_" + "x" * 43},
        {"Authorization": "Basic cm_" + "x" * 43},
        {"Authorization": "Bearer cm_" + "\u00e9" * 43},
    ],
)
@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/gate"), ("POST", "/v1/gate/knowledge"), ("GET", "/metrics")]
)
def test_nothing_opens_without_a_key_that_we_made(place, headers, method, path):
    given = {name: value.encode("latin-1") for name, value in headers.items()}
    answer = place.run(lambda gate: gate.http.request(method, path, headers=given))
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["detail"] == "no key that opens anything"


@pytest.mark.parametrize(
    ("member", "scope", "method", "path", "status"),
    [
        ("Shop", Scope.GATE_JUDGE, "POST", "/v1/gate", 422),  # let in, and nothing was sent
        ("Shop", Scope.GATE_OPERATE, "POST", "/v1/gate", 403),
        ("Shop", Scope.METRICS_READ, "POST", "/v1/gate", 403),
        ("Gucci", Scope.GATE_JUDGE, "POST", "/v1/gate", 403),
        ("Shop", Scope.GATE_JUDGE, "POST", "/v1/gate/knowledge", 403),
        ("Gucci", Scope.GATE_OPERATE, "POST", "/v1/gate/knowledge", 403),
        ("Shop", Scope.GATE_OPERATE, "POST", "/v1/gate/knowledge", 200),
        ("Shop", Scope.GATE_JUDGE, "GET", "/metrics", 403),
        ("Shop", Scope.METRICS_READ, "GET", "/metrics", 200),
        ("Gucci", Scope.METRICS_READ, "GET", "/metrics", 200),
    ],
)
def test_a_key_opens_what_its_scope_and_member_may(place, member, scope, method, path, status):
    key = place.key_of(member, scope)
    headers = {"Authorization": f"Bearer {key}"}
    answer = place.run(lambda gate: gate.http.request(method, path, headers=headers))
    assert answer.status_code == status, answer.text
    assert key not in answer.text


def test_a_key_that_was_revoked_elsewhere_opens_nothing_after_a_moment(place):
    async def act(gate):
        before = await gate.judge("oak table")
        place.desk.revoke_key(place.key[:10], member="Shop")
        await asyncio.sleep(REMEMBERED_S + 0.1)
        return before.status_code, (await gate.judge("oak table")).status_code

    assert place.run(act) == (200, 401)
    assert place.kept("listings") == 1


def test_an_expired_key_opens_nothing_though_it_is_remembered(place):
    clock = LaterClock(timedelta())
    old = place.keeping
    place.keeping = Keeping(records=old.records, clock=clock, chance=old.chance)

    async def act(gate):
        before = await gate.judge("oak table")
        clock.ahead = timedelta(days=31)
        return before.status_code, (await gate.judge("oak table")).status_code

    assert place.run(act) == (200, 401)


def test_the_key_of_a_member_that_was_switched_off_opens_nothing(place):
    with place.keeping.records.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE members SET active = 0 WHERE name = 'Shop'")
    assert place.run(lambda gate: gate.judge("oak table")).status_code == 401


def test_a_refusal_does_not_say_whether_a_venue_exists(place):
    async def act(gate):
        return [
            await gate.post({"listings": [{"listing_id": "1", "title": "x"}], "venue": venue})
            for venue in ("one.example", "nil.example")
        ]

    others, nobodys = place.run(act)
    assert (others.status_code, nobodys.status_code) == (403, 403)
    assert others.text.replace("one.example", "nil.example") == nobodys.text


@pytest.mark.parametrize("venue", ["", "x\n\u202ey", "SHOP.EXAMPLE", "shop.example "])
def test_a_venue_is_its_exact_name(place, venue):
    body = {"listings": [{"listing_id": "1", "title": "x"}], "venue": venue}
    answer = place.run(lambda gate: gate.post(body))
    assert answer.status_code == 403
    assert "\n" not in answer.json()["detail"]


def test_who_runs_several_venues_names_one_and_ids_are_of_their_venue(place):
    key = place.key_of("Two", Scope.GATE_JUDGE)
    listing = {"listing_id": "a", "title": "oak table"}

    async def act(gate):
        none = await gate.judge(listing, key=key)
        some = [
            (await gate.post({"listings": [listing], "venue": venue}, key=key)).json()
            for venue in ("one.example", "two.example", "two.example")
        ]
        return none, [each["decisions"][0]["new"] for each in some]

    none, new = place.run(act)
    assert none.status_code == 403
    assert none.json()["detail"] == "the request names no venue"
    assert none.json()["hint"] == "name one of one.example, two.example"
    assert new == [True, True, False]


def test_equal_ids_of_two_members_in_one_group_are_two_listings(place):
    key = place.key_of("Two", Scope.GATE_JUDGE)
    listing = {"listing_id": "a", "title": "oak table"}

    async def act(gate):
        return await asyncio.gather(
            gate.judge(listing), gate.post({"listings": [listing], "venue": "one.example"}, key=key)
        )

    told = [each.json()["decisions"][0] for each in place.run(act)]
    assert [each["new"] for each in told] == [True, True]
    assert told[0]["listing"] != told[1]["listing"]
