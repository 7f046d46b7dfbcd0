"""The client: requests that are repeated until they are answered, and refusals as our own errors."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

import msgspec

from countermark.apps.http.messages import (
    MOST_LISTINGS,
    GateDecision,
    GateRequest,
    GateResponse,
    Problem,
)
from countermark.apps.http.problems import STATUS_OF
from countermark.domain.offers import Offer
from countermark.errors import Busy, CountermarkError, MissingExtra, NotAllowed, RunError

if TYPE_CHECKING:
    import httpx

_AGAIN: Final = (429, 502, 503, 504)
_LONGEST_WAIT_S: Final = 30.0
_ERROR_OF: Final[dict[int, type[CountermarkError]]] = {
    401: NotAllowed,
    **{status: kind for kind, status in reversed(list(STATUS_OF.items()))},  # the first kind wins
}


class Client:
    """A marketplace's line to its server. Not for several threads at once.

    Sending the same listings again is harmless: the same content is judged once, so that a request whose answer was lost
    is simply repeated.
    """

    def __init__(
        self,
        url: str,
        *,
        key: str,
        tries: int = 8,
        timeout_s: float = 10.0,
        http: httpx.Client | None = None,
    ) -> None:
        """A client of the server at `url`.

        Args:
            tries: how often a request is sent before the client gives up.
            http: what requests go through, for proxies and certificates; its base address is used.

        Raises:
            MissingExtra: the package httpx is not installed.
        """
        self._httpx = _httpx()
        self._http = http or self._httpx.Client(base_url=url, timeout=timeout_s)
        self._http.headers["Authorization"] = f"Bearer {key}"
        self._tries = tries

    def gate(self, offers: Sequence[Offer], *, venue: str | None = None) -> Iterator[GateDecision]:
        """The decision about each offer, in their order.

        Args:
            venue: one that the member runs; may be left out by who runs only one.

        Raises:
            NotAllowed: the key does not open that.
            Busy, RunError: the server did not answer in all the tries.
            CountermarkError: the server refused.
        """
        for at in range(0, len(offers), MOST_LISTINGS):
            asked = GateRequest(listings=list(offers[at : at + MOST_LISTINGS]), venue=venue)
            yield from self._post("/v1/gate", asked).decisions

    def _post(self, path: str, asked: GateRequest) -> GateResponse:
        body, last, wait_s = msgspec.json.encode(asked), "no answer", 0.0
        for attempt in range(self._tries):
            if attempt:
                time.sleep(_pause(attempt, wait_s))
            wait_s = 0.0
            try:
                answer = self._http.post(path, content=body)
            except self._httpx.TransportError as fault:
                last = str(fault) or type(fault).__name__
                continue
            if answer.status_code == 200:
                return msgspec.json.decode(answer.content, type=GateResponse)
            if answer.status_code not in _AGAIN:
                raise _fault(answer)
            last, wait_s = f"status {answer.status_code}", _asked_to_wait(answer)
        kind = Busy if last == "status 429" else RunError
        raise kind(
            f"no answer from {self._http.base_url} in {self._tries} tries, the last: {last}",
            hint="nothing is lost: send the same listings again later",
        )

    def __enter__(self) -> Self:
        """The client."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the connections."""
        self._http.close()


def _httpx() -> Any:
    try:
        import httpx
    except ImportError:
        raise MissingExtra(
            "the client needs httpx, which is not installed", hint="install countermark[client]"
        ) from None
    return httpx


def _pause(attempt: int, least: float) -> float:
    """Seconds to wait before a try: what the server asked for, and a growing share of chance so that many clients part."""
    return least + random.uniform(0, min(_LONGEST_WAIT_S, 0.05 * 2**attempt))  # noqa: S311  no secret


def _asked_to_wait(answer: httpx.Response) -> float:
    said = answer.headers.get("Retry-After", "")
    return min(float(said), _LONGEST_WAIT_S) if said.isdigit() else 0.0


def _fault(answer: httpx.Response) -> CountermarkError:
    kind = _ERROR_OF.get(answer.status_code, CountermarkError)
    try:
        said = msgspec.json.decode(answer.content, type=Problem)
    except msgspec.MsgspecError:
        return kind(f"the server answered with status {answer.status_code}")
    return kind(said.detail, hint=said.hint)
