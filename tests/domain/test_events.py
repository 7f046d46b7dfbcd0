"""Events: their bytes, instants, and the commitments that they hold."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from countermark.domain.commitments import NONCE_BYTES, NOTHING, commitment
from countermark.domain.events import MAX_TEXT, Event, event_bytes, instant

TEXTS = tuple(name for name in Event.__struct_fields__ if name not in ("type", "v"))
PLAIN = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E, exclude_characters='"\\'),
    max_size=MAX_TEXT,
)
AWARE = st.datetimes(
    min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.builds(timezone, st.timedeltas(timedelta(hours=-23), timedelta(hours=23))),
)  # fmt: skip


def event(**changes) -> Event:
    blank = dict.fromkeys(TEXTS, "")
    return Event(**{**blank, "type": "case.opened", **changes})


@given(st.fixed_dictionaries(dict.fromkeys(TEXTS, PLAIN)))
def test_the_bytes_of_an_event_are_its_canonical_json(texts):
    made = event(**texts)
    assert event_bytes(made) == rfc8785.dumps(msgspec.to_builtins(made))


@given(st.sampled_from(TEXTS), st.text(max_size=MAX_TEXT + 2))
def test_an_event_is_canonical_or_refused(name, text):
    made = event(**{name: text})
    try:
        data = event_bytes(made)
    except ValueError:
        plain = text.isascii() and text.isprintable() and not set(text) & {'"', "\\"}
        assert not plain or len(text) > MAX_TEXT
    else:
        assert data == rfc8785.dumps(msgspec.to_builtins(made))


@pytest.mark.parametrize(
    "text",
    ["a\\b", 'a"b', '","type":"x', "naïve", "名", "a\nb", "a\x00b", "\x1f", "\x7f", "\u2028", "x" * (MAX_TEXT + 1)],
)  # fmt: skip
@pytest.mark.parametrize("name", TEXTS)
def test_an_event_refuses_what_is_no_reference_or_code(name, text):
    with pytest.raises(ValueError, match="references and codes only"):
        event_bytes(event(**{name: text}))


@pytest.mark.parametrize("number", [-1, 2**53, 2**60])
def test_an_event_refuses_a_number_that_others_would_write_otherwise(number):
    with pytest.raises(ValueError, match="references and codes only"):
        event_bytes(event(v=number))


def test_the_fields_of_an_event_stand_in_the_order_of_their_names():
    assert list(Event.__struct_fields__) == sorted(Event.__struct_fields__)


def test_what_was_written_can_be_read():
    made = event(actor="k1", reason="hold")
    assert msgspec.json.decode(event_bytes(made), type=Event) == made


@given(AWARE)
def test_an_instant_is_the_same_moment_in_utc_to_the_microsecond(moment):
    text = instant(moment)
    assert len(text) == len("2026-11-24T00:00:00.000000Z")
    assert datetime.fromisoformat(text) == moment


@given(AWARE, AWARE)
def test_instants_stand_in_the_order_of_time(one, other):
    assert (instant(one) < instant(other)) == (one < other)


def test_a_moment_without_a_zone_is_no_instant():
    with pytest.raises(ValueError, match="names no zone"):
        instant(datetime(2026, 11, 24))  # noqa: DTZ001


@given(st.binary(min_size=NONCE_BYTES, max_size=40), st.binary(max_size=200))
def test_a_commitment_is_the_hmac_of_the_state_under_its_nonce(nonce, body):
    assert commitment(nonce, body) == hmac.new(nonce, body, "sha256").hexdigest()


@given(st.binary(max_size=50), st.binary(max_size=50))
def test_a_commitment_tells_states_apart(one, other):
    nonce = bytes(range(NONCE_BYTES))
    assert (commitment(nonce, one) == commitment(nonce, other)) == (one == other)
    assert commitment(nonce, one) != commitment(nonce[::-1], one) != NOTHING


@pytest.mark.parametrize("size", [0, 1, NONCE_BYTES - 1])
def test_a_short_nonce_is_refused(size):
    with pytest.raises(ValueError, match="hides nothing"):
        commitment(bytes(size), b"state")


def test_instants_of_now_are_utc():
    assert instant(datetime(2026, 11, 24, 12, tzinfo=UTC)) == "2026-11-24T12:00:00.000000Z"
