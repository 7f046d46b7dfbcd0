"""Faults of the database as one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import URL, Connection, Engine, ExceptionContext, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as Waited

from countermark.errors import RecordsError

_SPOILT: Final = "countermark spoilt"


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


def watch(engine: Engine) -> None:
    """Note of each transaction of `engine` whether a statement failed in it that no savepoint took back."""

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.info.pop(_SPOILT, None)

    @event.listens_for(engine, "handle_error")
    def _failed(fault: ExceptionContext) -> None:
        connection = fault.connection
        if connection is None or fault.is_disconnect or connection.in_nested_transaction():
            return
        spoil(connection)


def spoil(connection: Connection) -> None:
    """Say that a step was done by half, so that the transaction must not be kept."""
    connection.info[_SPOILT] = True


def refuse_if_spoilt(place: str, connection: Connection) -> None:
    """Refuse to keep a transaction in which a step failed, though the block went on.

    SQLite would keep the half that was done; PostgreSQL would keep nothing and say nothing.

    Raises:
        RecordsError: such a step there was, or the connection is lost.
    """
    if connection.invalidated or connection.info.get(_SPOILT):
        raise RecordsError(
            f"the records at {place} were not written: a step failed, and those after it were in vain",
            hint="nothing was kept; repeat all of it",
        )
