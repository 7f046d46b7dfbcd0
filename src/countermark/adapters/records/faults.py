"""Faults of the database as one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as Waited

from countermark.errors import RecordsError


def place_of(url: URL) -> str:
    """Where a database is, without name, password or options of who opens it."""
    if url.get_backend_name() == "sqlite":
        return f"sqlite:///{url.database}"
    host = url.host or url.query.get("host", "")
    return f"postgresql://{host if isinstance(host, str) else ','.join(host)}/{url.database or ''}"


@contextmanager
def told(place: str, what: str) -> Iterator[None]:
    """Turns a fault of the database into a RecordsError that holds no password and no row."""
    try:
        yield
    except DBAPIError as fault:
        raise RecordsError(
            f"the records at {place} cannot be {what}: {_said(fault)}",
            hint="nothing was kept of what was being done; mend the cause and repeat it",
        ) from fault
    except Waited:
        raise RecordsError(
            f"the records at {place} cannot be {what}: others keep them busy",
            hint="nothing was done; repeat it a little later",
        ) from None


def _said(fault: DBAPIError) -> str:
    """The database's own first line, as errors are written here."""
    lines = str(fault.orig).strip().splitlines()
    return lines[0].strip().rstrip(".") if lines else type(fault.orig).__name__
