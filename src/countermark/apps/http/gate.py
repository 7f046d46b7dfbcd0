"""`POST /v1/gate`: listings in, decisions out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from countermark.apps.http.admission import Admission, Caller, Unknown
from countermark.apps.http.line import Line
from countermark.apps.http.messages import (
    GateDecision,
    GateRequest,
    GateResponse,
    RawGateRequest,
    decision_out,
)
from countermark.apps.http.problems import problem, problem_of
from countermark.domain.access import Action, Kind
from countermark.domain.offers import Offer
from countermark.errors import CountermarkError, NotAllowed, UsageError
from countermark.flows.judge_submissions import Submission

MOST_BYTES: Final = 16 * 1024 * 1024
_TYPED: Final = msgspec.json.Decoder(GateRequest)
_RAW: Final = msgspec.json.Decoder(RawGateRequest)
_OFFER: Final = msgspec.json.Decoder(Offer)
_ID: Final = msgspec.json.Decoder(type=dict[str, msgspec.Raw])
_ENCODER: Final = msgspec.json.Encoder()


@dataclass(slots=True)
class Gate:
    """The endpoint over a line."""

    line: Line
    admission: Admission

    async def __call__(self, request: Request) -> Response:
        """Judge and keep the listings of one request."""
        try:
            header = request.headers.get("authorization")
            caller = await self.admission.caller(header, Action.JUDGE, Kind.LISTING)
            body = await _body(request)
            venue, offers = _read(body)
            decisions = await self._decide(caller, venue, offers)
        except Unknown as fault:
            return problem(401, str(fault), fault.hint)
        except CountermarkError as fault:
            return problem_of(fault)
        return Response(
            _ENCODER.encode(GateResponse(decisions=decisions)), media_type="application/json"
        )

    async def _decide(
        self, caller: Caller, venue: str | None, offers: Sequence[Offer | GateDecision]
    ) -> list[GateDecision]:
        venue = _venue(caller, venue)
        submissions = [
            Submission(member=caller.member.ref, actor=caller.key.ref, venue=venue, offer=each)
            for each in offers
            if isinstance(each, Offer)
        ]
        if not submissions:
            refused = next(each for each in offers if isinstance(each, GateDecision))
            raise UsageError(
                f"no listing could be read, the first because {refused.error}",
                hint="the fields of a listing stand in /openapi.json",
            )
        answers = iter(await self.line.submit(submissions))
        return [decision_out(next(answers)) if isinstance(each, Offer) else each for each in offers]


async def _body(request: Request) -> bytes:
    """The body, of bounded size whatever its header says."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            raise UsageError(
                f"the request is longer than {MOST_BYTES} bytes", hint="send fewer listings at once"
            )
        parts.append(part)
    return b"".join(parts)


def _read(body: bytes) -> tuple[str | None, Sequence[Offer | GateDecision]]:
    """The venue, and each offer or why it cannot be read."""
    try:
        typed = _TYPED.decode(body)
    except msgspec.ValidationError:
        pass  # some listing cannot be read: which, is found out below
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        raise UsageError(f"the request is not JSON: {fault}", hint="send UTF-8 JSON") from None
    else:
        return typed.venue, typed.listings
    try:
        raw = _RAW.decode(body)
    except msgspec.ValidationError as fault:
        raise UsageError(
            f"the request cannot be read: {fault}", hint='send {"listings": [...]}'
        ) from None
    return raw.venue, [_offer(each) for each in raw.listings]


def _offer(data: msgspec.Raw) -> Offer | GateDecision:
    try:
        return _OFFER.decode(data)
    except msgspec.ValidationError as fault:
        return GateDecision(listing_id=_id_in(data), error=str(fault))


def _id_in(data: msgspec.Raw) -> str | None:
    """The id of a listing that cannot be read, if that can."""
    try:
        found = msgspec.json.decode(_ID.decode(data)["listing_id"])
    except (msgspec.DecodeError, KeyError):
        return None
    return found if isinstance(found, str) else None


def _venue(caller: Caller, venue: str | None) -> str:
    runs = caller.member.venues
    if venue is None and len(runs) == 1:
        return runs[0]
    if venue not in runs:
        raise NotAllowed(
            f"{caller.member.name} does not run the venue {venue!r}"
            if venue
            else "the request names no venue",
            hint=f"name one of {', '.join(runs)}" if runs else "only marketplaces have a gate",
        )
    return venue
