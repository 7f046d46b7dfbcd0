"""Errors as HTTP answers: one table, one form (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.responses import Response

from countermark.apps.http.messages import Problem
from countermark.errors import (
    Busy,
    Conflict,
    CountermarkError,
    NotAllowed,
    NotFound,
    NotPossible,
    RecordsError,
    RunError,
    UsageError,
)

_LOG: Final = logging.getLogger(__name__)


class TooLong(UsageError):
    """More than one request may bring."""


class TooSlow(UsageError):
    """A request that does not come to its end."""


STATUS_OF: Final[Mapping[type[CountermarkError], int]] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    NotPossible: 409,
    UsageError: 422,
    TooLong: 413,
    TooSlow: 408,
    Busy: 429,
    RecordsError: 503,
    RunError: 503,
}
"""What each kind of error is over HTTP; every other one is 400."""

RETRY_AFTER_S: Final = 1
MEDIA_TYPE: Final = "application/problem+json"


def problem(status: int, detail: str, hint: str = "") -> Response:
    """An answer that says what went wrong."""
    said = Problem(status=status, title=HTTPStatus(status).phrase, detail=detail, hint=hint)
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status in (429, 503) else {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(msgspec.json.encode(said), status, headers, MEDIA_TYPE)


def problem_of(fault: CountermarkError) -> Response:
    """The answer for a deliberate error. Where the fault is ours, its place is for our log and not for who asked."""
    status = next((STATUS_OF[kind] for kind in type(fault).__mro__ if kind in STATUS_OF), 400)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        _LOG.error("%s", fault)
        return problem(status, "nothing could be kept", "send it again later; the same again does no harm")  # fmt: skip
    return problem(status, str(fault), fault.hint)
