"""Moments as both databases keep them alike: whole microseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.types import TypeDecorator

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def micros(moment: datetime) -> int:
    """Microseconds since 1970."""
    return (moment - _START) // _MICROSECOND


def moment_of(number: int) -> datetime:
    """The moment that many microseconds after 1970, UTC."""
    return _START + number * _MICROSECOND


class Moment(TypeDecorator[datetime]):
    """A column of moments; a moment without a zone is refused."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:  # noqa: ARG002
        """What is stored."""
        return None if value is None else micros(value)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:  # noqa: ARG002
        """What it means."""
        return None if value is None else moment_of(value)
