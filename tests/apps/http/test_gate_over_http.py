"""`POST /v1/gate`: what is sent, and what is answered."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from places import SUSPECT, offer

from countermark.apps.http.gate import MOST_BYTES
from countermark.apps.http.reading import read
from countermark.domain.offers import Offer, offer_of

TABLES = ("listings", "decisions", "cases", "outbox")


def problem(answer, status):
    """The problem that an answer states."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == status
    assert "\n" not in said["detail"]
    return said


def decisions(answer):
    assert answer.status_code == 200, answer.text
    return answer.json()["decisions"]


def test_one_suspect_listing_is_decided_and_kept_with_its_case_event_and_message(place):
    (told,) = decisions(place.run(lambda gate: gate.judge({"listing_id": "a", "title": SUSPECT})))
    assert told["listing_id"] == "a"
    assert (told["action"], told["mark"], told["new"]) == ("hold", "gucci", True)
    assert told["risk"] > 85
    assert [place.kept(table) for table in TABLES] == [1, 1, 1, 1]
    with place.keeping.records.reading() as unit:
        known = unit.sightings.get(told["listing"])
        events = [body for _, body in unit.journal.after(0, 100)]
    assert offer_of(known.sighting.content).title == SUSPECT
    assert known.kept.decision.ref == told["decision"]
    assert sum(told["listing"].encode() in body for body in events) == 1


def test_many_listings_are_answered_in_their_order(place):
    given = [
        {"listing_id": f"n{k}", "title": SUSPECT if k % 3 else "oak table"} for k in range(300)
    ]
    told = decisions(place.run(lambda gate: gate.judge(*given)))
    assert [each["listing_id"] for each in told] == [each["listing_id"] for each in given]
    assert all((each["action"] == "allow") == (k % 3 == 0) for k, each in enumerate(told))


UNREADABLE = {
    "a number for a text": {"title": 5},
    "a boolean for a number": {"photos": True},
    "a boolean for a share": {"seller_rating": False},
    "a fraction for a number": {"photos": 1.5},
    "a number beyond all": {"photos": 10**30},
    "a float beyond all": {"photos": 1e300},
    "a float for money": {"price": 12.5},
    "an unknown field": {"colour_of_box": "red"},
    "an unknown field with a line break": {"a\nb": "red"},
    "an empty title": {"title": " \t"},
    "a long id": {"listing_id": "x" * 201},
    "NUL in an id": {"listing_id": "a\0b"},
    "NUL in a seller's id": {"seller_id": "a\0b"},
    "half a character": {"title": "Gucci \ud800 bag"},
    "half a character in the id": {"listing_id": "\udfff"},
    "a day before the first": {"observed_at": "0001-01-01T00:00:00+14:00"},
    "a list for a listing": [],
    "nothing for a listing": None,
    "a nested one": {"title": {"title": "x"}},
}


@pytest.mark.parametrize("bad", UNREADABLE.values(), ids=UNREADABLE)
def test_a_listing_that_cannot_be_read_stops_no_other(place, bad):
    wrong = {"listing_id": "bad", "title": "x", **bad} if isinstance(bad, dict) else bad
    body = json.dumps({"listings": [offer("oak table"), wrong, offer(SUSPECT)]}).encode()
    good, refused, suspect = decisions(place.run(lambda gate: gate.post(body)))
    assert (good["action"], suspect["action"]) == ("allow", "hold")
    assert set(refused) <= {"listing_id", "error"}
    assert refused["error"]
    assert "\n" not in refused["error"]
    assert place.kept("listings") == 2


def test_where_none_can_be_read_the_request_is_refused(place):
    said = problem(place.run(lambda gate: gate.judge({"title": 1}, {"title": 2})), 422)
    assert "the first because Expected `str`, got `int`" in said["detail"]
    assert place.kept("events") == 4  # members and keys that joined


GOOD = '{"listing_id":"1","title":"x"}'
NOT_A_REQUEST = {
    "nothing": b"",
    "no JSON": b"listings=1",
    "half": b'{"listings":[' + GOOD.encode(),
    "more than one": f'{{"listings":[{GOOD}]}}{{}}'.encode(),
    "a wrong listing, then no JSON": b'{"listings":[{"listing_id":1,"title":"x"}],"venue":"x" oh',
    "null": b"null",
    "a list": b"[]",
    "no listing": b'{"listings":[]}',
    "too many": b'{"listings":[' + b",".join([GOOD.encode()] * 1001) + b"]}",
    "something else beside": f'{{"listings":[{GOOD}],"more":1}}'.encode(),
    "a number for the venue": f'{{"listings":[{GOOD}],"venue":5}}'.encode(),
    "a long venue": f'{{"listings":[{GOOD}],"venue":"{"v" * 101}"}}'.encode(),
    "not a number": b'{"listings":[{"listing_id":"1","title":"x","seller_rating":NaN}]}',
    "infinity": b'{"listings":[{"listing_id":"1","title":"x","seller_rating":-Infinity}]}',
    "not UTF-8": b'{"listings":[{"listing_id":"1","title":"\xff"}]}',
    "UTF-16": f'{{"listings":[{GOOD}]}}'.encode("utf-16"),
    "deep": b'{"listings":' + b"[" * 200_000,
    "deep and whole": b'{"listings":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "listings twice": f'{{"listings":[{GOOD}],"listings":[{GOOD}]}}'.encode(),
    "a long number": b'{"listings":' + b"1" * 5_000 + b"}",
}


@pytest.mark.parametrize("body", NOT_A_REQUEST.values(), ids=NOT_A_REQUEST)
def test_what_is_no_request_is_refused_whole(place, body):
    said = problem(place.run(lambda gate: gate.post(body)), 422)
    assert len(said["detail"]) < 500
    assert place.kept("listings") == 0


@pytest.mark.parametrize(
    "text",
    [
        '"title":"a","title":"Gucci"',
        '"title" :"a","title":"Gucci"',
        '"title"\n:"a","title":"Gucci"',
        '"title":null,"title":"Gucci"',
        '"brand":null,"title":null,"title":"Gucci"',
        '"brand":null,"title":"a","title":"Gucci"',
        '"title":"a","titl\\u0065":"Gucci"',
        '"title":"a \\": b","title":"Gucci"',
    ],
)
def test_a_listing_that_says_something_twice_is_refused(place, text):
    body = f'{{"listings":[{GOOD},{{"listing_id":"2",{text}}}]}}'.encode()
    good, refused = decisions(place.run(lambda gate: gate.post(body)))
    assert good["action"] == "allow"
    assert refused == {"listing_id": "2", "error": "it has the key title twice"}


def test_of_two_ids_none_is_taken_for_the_one_of_the_listing(place):
    body = f'{{"listings":[{GOOD},{{"listing_id":"2","listing_id":"3","title":"x"}}]}}'.encode()
    _, refused = decisions(place.run(lambda gate: gate.post(body)))
    assert refused == {"listing_id": None, "error": "it has the key listing_id twice"}


@pytest.mark.parametrize(
    "text",
    [
        '"title":"a \\": b"',
        '"title" : "x"',
        '"title":"x","brand":null',
        '"title":"x","photos":3.0,"seller_rating":1.0',
        '"title":"ends with \\\\"',
        '"title":"\\"title\\":\\"x\\""',
    ],
)
def test_json_that_is_written_otherwise_means_the_same(place, text):
    body = f'{{"listings":[{{"listing_id":"2",{text}}}]}}'.encode()
    (told,) = decisions(place.run(lambda gate: gate.post(body)))
    assert told["action"] == "allow"


@pytest.mark.parametrize("title", ["Gucci \u202egab\u202c bag", "Gucci\0 bag", "\u2066Gucci\u2069 \u200bbag"])  # fmt: skip
def test_hostile_characters_in_a_title_are_kept_as_they_came(place, title):
    (told,) = decisions(place.run(lambda gate: gate.judge(title)))
    with place.keeping.records.reading() as unit:
        assert offer_of(unit.sightings.get(told["listing"]).sighting.content).title == title


def test_a_body_that_says_that_it_is_huge_is_refused_unread(place):
    async def act(gate):
        sent = 0

        async def parts():
            nonlocal sent
            while True:
                sent += 1
                yield b"x" * 65_536

        answer = await gate.post(parts(), headers={"Content-Length": str(10**12)})
        return answer, sent

    answer, sent = place.run(act)
    assert "longer than" in problem(answer, 413)["detail"]
    assert sent == 0


def test_of_a_body_without_end_no_more_is_read_than_may_be(place):
    async def act(gate):
        sent = 0

        async def parts():
            nonlocal sent
            while True:
                sent += 65_536
                yield b"x" * 65_536

        return await gate.post(parts()), sent

    answer, sent = place.run(act)
    problem(answer, 413)
    assert sent <= MOST_BYTES + 2 * 65_536


def test_the_same_content_is_answered_with_the_decision_that_was_made(place):
    async def act(gate):
        first = await gate.judge({"listing_id": "a", "title": SUSPECT, "stock": 5})
        again = await gate.judge({"listing_id": "a", "title": SUSPECT, "stock": 4})
        return decisions(first)[0], decisions(again)[0]

    first, again = place.run(act)
    assert (first.pop("new"), again.pop("new")) == (True, False)
    assert first == again
    assert [place.kept(table) for table in TABLES] == [1, 1, 1, 1]


def test_the_same_listing_twice_in_one_request_is_decided_once(place):
    one = {"listing_id": "a", "title": SUSPECT}
    first, again = decisions(place.run(lambda gate: gate.judge(one, one)))
    assert (first["decision"], again["new"]) == (again["decision"], False)
    assert [place.kept(table) for table in TABLES] == [1, 1, 1, 1]


def test_an_edit_is_a_new_sighting_and_keeps_its_case(place):
    async def act(gate):
        await gate.judge({"listing_id": "a", "title": SUSPECT})
        return await gate.judge({"listing_id": "a", "title": "oak table"})

    (edited,) = decisions(place.run(act))
    assert edited["new"]
    assert edited["edits"]
    assert [place.kept(table) for table in TABLES] == [2, 2, 1, 1]


def test_in_shadow_all_is_kept_and_nothing_follows(own_workers):
    own_workers.scan = replace(own_workers.scan, shadow=True)
    (told,) = decisions(own_workers.run(lambda gate: gate.judge(SUSPECT)))
    assert (told["action"], told["would"]) == ("allow", "hold")
    assert [own_workers.kept(table) for table in TABLES] == [1, 1, 0, 0]


def test_a_value_that_cannot_be_used_is_noted_and_the_rest_judged(place):
    (told,) = decisions(place.run(lambda gate: gate.judge({"title": SUSPECT, "currency": "XXQ"})))
    assert told["notes"] == ["currency 'XXQ': is not an ISO 4217 code in use"]
    assert told["action"] == "hold"


ONE_LINE = st.text(st.sampled_from('ab":,\\ {}[]\n'), max_size=12)
PAIRS = st.lists(st.tuples(st.sampled_from(["title", "brand", "colour", "size"]), ONE_LINE | st.none()), max_size=5)  # fmt: skip


@given(
    st.lists(PAIRS, min_size=1, max_size=3),
    st.sampled_from([(",", ":"), (", ", ": "), (" ,", " :"), (",\n", "\t:\r")]),
)
def test_a_key_that_stands_twice_is_found_however_the_json_is_written(rows, signs):
    comma, colon = signs
    whole = [[("listing_id", "1"), ("title", "x"), *pairs] for pairs in rows]
    text = comma.join(
        "{" + comma.join(f"{json.dumps(k)}{colon}{json.dumps(v)}" for k, v in each) + "}"
        for each in whole
    )
    _, found = read(f'{{"listings"{colon}[{text}]}}'.encode())
    for each, pairs in zip(found, whole, strict=True):
        names = [name for name, _ in pairs]
        assert isinstance(each, Offer) == (len(set(names)) == len(names))
