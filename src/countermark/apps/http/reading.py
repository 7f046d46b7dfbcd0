"""The body of a request to the gate: its venue, and each listing or why that cannot be read."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any, Final, NoReturn

import msgspec
from msgspec import Meta

from countermark.apps.http.messages import MOST_LISTINGS, GateDecision, GateRequest, Venue
from countermark.domain.offers import Offer
from countermark.errors import UsageError

Read = tuple[str | None, Sequence[Offer | GateDecision]]
MOST_SAID: Final = 300  # characters of what somebody sent that we repeat to them

_TYPED: Final = msgspec.json.Decoder(GateRequest)
_PLAIN: Final = msgspec.json.Decoder(dict[str, Any])
_OFFER: Final = msgspec.json.Decoder(Offer)
_LOOSE_COLON: Final = re.compile(rb'"[ \t\n\r]+:')


class _Loose(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A `GateRequest` before its listings are read, so that one that cannot be read does not stop the others."""

    listings: Annotated[list[Any], Meta(min_length=1, max_length=MOST_LISTINGS)]
    venue: Venue | None = None


class _Twice(dict[str, Any]):
    """An object that names some key twice: what its sender meant nobody knows."""

    def __init__(self, found: dict[str, Any], names: list[str]) -> None:
        super().__init__(found)
        self.names = names


def read(body: bytes) -> Read:
    """The venue that a body names, and each of its listings or why it cannot be read.

    Raises:
        UsageError: it is not JSON, or not of the form of a request.
    """
    try:
        typed = _TYPED.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _read_slowly(body)  # which of the listings it is, is found out there
    return (typed.venue, typed.listings) if _each_key_once(body, typed) else _read_slowly(body)


def _each_key_once(body: bytes, typed: GateRequest) -> bool:
    r"""Whether a body surely has each key once.

    The decoder keeps the last of equal keys and says nothing, and the exact way costs five times as much as decoding. A
    key ends in `":`, which inside a text can only be `\":`; if there are as many as values were read, none stands twice.
    Keys that are null leave no value: then a second decoding counts what is different. Where a space stands before a
    colon the answer is no, and the exact way decides.
    """
    if _LOOSE_COLON.search(body):
        return False
    keys = body.count(b'":') - body.count(b'\\":')
    given = 1 + (typed.venue is not None)
    for offer in typed.listings:
        values = msgspec.structs.astuple(offer)
        given += len(values) - values.count(None)
    if keys == given:
        return True
    plain = _PLAIN.decode(body)
    return keys == len(plain) + sum(map(len, plain["listings"]))


def _read_slowly(body: bytes) -> Read:
    """The same as `read`, each listing by itself and every key looked at."""
    try:
        found = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise UsageError(
            f"the request is not JSON: {said(fault)}", hint="send UTF-8 JSON"
        ) from None
    try:
        if isinstance(found, _Twice):
            raise msgspec.ValidationError("a key stands in it twice")
        loose = msgspec.convert(found, _Loose)
    except msgspec.ValidationError as fault:
        raise UsageError(
            f"the request cannot be read: {said(fault)}", hint='send {"listings": [...]}'
        ) from None
    return loose.venue, [_offer(each) for each in loose.listings]


def _offer(given: Any) -> Offer | GateDecision:
    if isinstance(given, _Twice):
        name = Counter(given.names).most_common(1)[0][0]
        return _refused(given, f"it has the key {said(name)} twice")
    if isinstance(given, dict):
        given = {name: _whole(value) for name, value in given.items()}
    try:
        return _OFFER.decode(msgspec.json.encode(given))
    except (msgspec.ValidationError, OverflowError, RecursionError) as fault:
        return _refused(given, said(fault))
    except UnicodeEncodeError:
        return _refused(given, "it has half a character, a lone surrogate, which is not Unicode")


def _whole(value: Any) -> Any:
    """A number without a fraction as the whole number that it is to JSON Schema, however it is written."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _refused(given: Any, error: str) -> GateDecision:
    """What is said of a listing that cannot be read; its id only where that is a text that can be said."""
    found = given.get("listing_id") if isinstance(given, dict) else None
    sure = not isinstance(given, _Twice) or given.names.count("listing_id") == 1
    listing_id = found if sure and isinstance(found, str) and _is_text(found) else None
    return GateDecision(listing_id=listing_id, error=error)


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Twice(found, [name for name, _ in pairs])


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


def said(fault: object) -> str:
    """What a decoder complained of in one line of bounded length: it repeats what somebody sent."""
    text = str(fault)[:MOST_SAID]
    return text if text.isprintable() else ascii(text)[1:-1]
