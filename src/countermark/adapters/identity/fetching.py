"""Requests to one provider over the standard library: no redirects, short answers, and not for ever."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException
from typing import IO, Any, Final
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

_MAX_BYTES: Final = 1 << 20
_LOOPBACK: Final = {"127.0.0.1", "::1", "localhost"}


class Unreachable(Exception):
    """The other side does not answer, or with what cannot be read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said, in the form that authlib reads."""

    status_code: int
    content: bytes

    def raise_for_status(self) -> None:
        """Refuse what is no success."""
        if self.status_code >= 400:
            raise Unreachable(f"status {self.status_code}")

    def json(self) -> Any:
        """The content; ValueError if it is no JSON."""
        try:
            return json.loads(self.content)
        except RecursionError:
            raise ValueError("brackets without end") from None


class _NoRedirect(HTTPRedirectHandler):
    """Redirects are answers like others: secrets go nowhere but where they were addressed to."""

    def redirect_request(self, *_: Any) -> None:
        """None: not followed."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Requests one after the other; what authlib calls a session. Proxies are those of the environment."""

    wait_s: float = 10.0

    def get(self, address: str) -> Answer:
        """What stands at an address. Raises Unreachable."""
        return self._asked(address, None, {"Accept": "application/json"})

    def post(
        self, address: str, *, data: Mapping[str, str], headers: Mapping[str, str], auth: Any
    ) -> Answer:
        """The answer to a form. Raises Unreachable."""
        where, head, body = auth.prepare("POST", address, dict(headers), urlencode(data))
        return self._asked(where, body, head)

    def _asked(self, address: str, body: str | bytes | None, headers: Mapping[str, str]) -> Answer:
        if not is_safe(address):
            raise Unreachable("not an https address")
        content = body.encode() if isinstance(body, str) else body
        request = Request(address, data=content, headers=dict(headers))  # noqa: S310 - see is_safe
        try:
            with build_opener(_NoRedirect).open(request, timeout=self.wait_s) as answer:
                return Answer(answer.status, _read(answer))
        except HTTPError as answer:
            with answer:
                return Answer(answer.code, _read(answer))
        except (OSError, HTTPException, ValueError) as fault:
            raise Unreachable(type(fault).__name__) from fault


def is_safe(address: str) -> bool:
    """Whether secrets may be sent there: https, or the same machine."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _read(answer: IO[bytes]) -> bytes:
    content = answer.read(_MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise Unreachable("the answer is too long")
    return content
