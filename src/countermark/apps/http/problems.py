"""Errors as HTTP answers: one table, one form (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from starlette.responses import Response

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

STATUS_OF: Final[Mapping[type[CountermarkError], int]] = {
    NotFound: 404,
    NotAllowed: 403,
    Conflict: 409,
    NotPossible: 409,
    UsageError: 422,
    Busy: 429,
    RecordsError: 503,
    RunError: 503,
}
"""What each kind of error is over HTTP; every other one is 400."""

RETRY_AFTER_S: Final = 1
MEDIA_TYPE: Final = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong.

    Attributes:
        title: the status in words.
        detail: one line that names thing, value and place.
        hint: what would work.
    """

    status: int
    title: str
    detail: str
    hint: str = ""


def problem(status: int, detail: str, hint: str = "") -> Response:
    """An answer that says what went wrong."""
    said = Problem(status=status, title=HTTPStatus(status).phrase, detail=detail, hint=hint)
    headers = {"Retry-After": str(RETRY_AFTER_S)} if status in (429, 503) else {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(msgspec.json.encode(said), status, headers, MEDIA_TYPE)


def problem_of(fault: CountermarkError) -> Response:
    """The answer for a deliberate error."""
    status = next((STATUS_OF[kind] for kind in type(fault).__mro__ if kind in STATUS_OF), 400)
    return problem(status, str(fault), fault.hint)
