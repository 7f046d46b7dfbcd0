"""`POST /v1/gate`: listings in, decisions out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from countermark.apps.http.admission import Admission, Caller, Unknown
from countermark.apps.http.line import Line
from countermark.apps.http.messages import GateDecision, GateResponse, decision_out
from countermark.apps.http.problems import TooLong, TooSlow, problem, problem_of
from countermark.apps.http.reading import Read, read
from countermark.domain.access import Action, Kind
from countermark.domain.offers import Offer
from countermark.errors import Busy, CountermarkError, NotAllowed, UsageError
from countermark.flows.judge_submissions import Submission

MOST_BYTES: Final = 16 * 1024 * 1024
"""Of one request."""

_LONG_BYTES: Final = 256 * 1024  # read in a thread, so that others are heard meanwhile
_ENCODER: Final = msgspec.json.Encoder()


@dataclass(slots=True, kw_only=True)
class Gate:
    """The endpoint over a line.

    Attributes:
        most_held: bytes of all requests that are being sent or wait, at most.
        held: bytes of all that are being sent or wait now.
        body_s: a request that takes longer to arrive is cut off.
    """

    line: Line
    admission: Admission
    most_held: int = 256 * 1024 * 1024
    body_s: float = 20.0
    held: int = 0

    async def __call__(self, request: Request) -> Response:
        """Judge and keep the listings of one request."""
        held = _Held()
        try:
            header = request.headers.get("authorization")
            caller = await self.admission.caller(header, Action.JUDGE, Kind.LISTING)
            body = await self._body(request, held)
            venue, offers = await _read(body)
            decisions = await self._decide(caller, venue, offers)
        except Unknown as fault:
            return problem(401, str(fault), fault.hint)
        except CountermarkError as fault:
            return problem_of(fault)
        except ClientDisconnect:
            return problem(400, "the request ended before its end")  # to nobody, but it is counted
        finally:
            self.held -= held.bytes
        return Response(
            _ENCODER.encode(GateResponse(decisions=decisions)), media_type="application/json"
        )

    async def _body(self, request: Request, held: _Held) -> bytes:
        """The body, of bounded size whatever its header says, and in bounded time."""
        size = request.headers.get("content-length", "")
        if size.isdecimal() and int(size[:20]) > MOST_BYTES:
            raise _too_long()
        parts = []
        try:
            async with asyncio.timeout(self.body_s):
                async for part in request.stream():
                    held.bytes += len(part)
                    self.held += len(part)
                    if held.bytes > MOST_BYTES:
                        raise _too_long()
                    if self.held > self.most_held:
                        raise Busy(
                            "too many bytes wait at the gate",
                            hint="send it again after the seconds that Retry-After names",
                        )
                    parts.append(part)
        except TimeoutError:
            raise TooSlow(
                f"the request did not arrive in {self.body_s:g} seconds",
                hint="send fewer listings at once",
            ) from None
        return b"".join(parts)

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


@dataclass(slots=True)
class _Held:
    """What one request adds to what all hold."""

    bytes: int = 0


async def _read(body: bytes) -> Read:
    return read(body) if len(body) < _LONG_BYTES else await asyncio.to_thread(read, body)


def _too_long() -> TooLong:
    return TooLong(
        f"the request is longer than {MOST_BYTES} bytes", hint="send fewer listings at once"
    )


def _venue(caller: Caller, venue: str | None) -> str:
    """The venue that is meant. One that somebody else runs is refused as one that nobody runs."""
    runs = caller.member.venues
    if venue is None and len(runs) == 1:
        return runs[0]
    if venue is None or venue not in runs:
        raise NotAllowed(
            "the request names no venue"
            if venue is None
            else f"the venue {venue!r} is none that {caller.member.name} runs",
            hint=f"name one of {', '.join(runs)}" if runs else "only marketplaces have a gate",
        )
    return venue
