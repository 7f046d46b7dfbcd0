"""SQLite: every commit reaches the disk, readers never wait for the writer, and nobody writes while reading."""

from __future__ import annotations

import sqlite3
import time
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from countermark.errors import RecordsError

BUSY_S: Final = 5  # how long a writer waits for another process
_READERS, _TRIES = 32, 200

_PRAGMAS: Final = (
    f"busy_timeout = {BUSY_S * 1_000}",
    "synchronous = FULL",
    "foreign_keys = ON",
    "recursive_triggers = ON",  # without it INSERT OR REPLACE deletes an event unasked
)


def engines(url: URL) -> tuple[Engine, Engine]:
    """One connection that writes, whose users wait in line for it, and several that read.

    Raises:
        RecordsError: the URL names no file; in memory each connection would have its own records.
    """
    if not url.database or url.database == ":memory:":
        raise RecordsError(f"the URL {str(url)!r} names no file", hint="give sqlite:///FILE")
    writer = create_engine(url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=BUSY_S, hide_parameters=True)  # fmt: skip
    reader = create_engine(url, poolclass=QueuePool, pool_size=_READERS, max_overflow=0, pool_timeout=BUSY_S, hide_parameters=True)  # fmt: skip
    _prepare(writer, "BEGIN IMMEDIATE", ())  # who means to write waits here, not in the middle
    _prepare(reader, "BEGIN", ("query_only = ON",))
    return writer, reader


def _prepare(engine: Engine, begin: str, more: tuple[str, ...]) -> None:
    @event.listens_for(engine, "connect")
    def _connected(driver: sqlite3.Connection, _: Any) -> None:
        driver.isolation_level = None  # the driver begins no transaction by itself
        try:
            for pragma in _PRAGMAS:
                driver.execute(f"PRAGMA {pragma}")
            _keep_a_log(driver)
            for pragma in more:
                driver.execute(f"PRAGMA {pragma}")
        except BaseException:
            driver.close()  # the pool does not know it yet
            raise

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


def _keep_a_log(driver: sqlite3.Connection) -> None:
    """Switch to the write-ahead log, once in a file's life; two who open a new file at once are in each other's way."""
    for left in reversed(range(_TRIES)):
        try:
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as fault:
            if left == 0 or "locked" not in str(fault):
                raise
            time.sleep(0.01)  # SQLite itself does not wait here
        else:
            return
