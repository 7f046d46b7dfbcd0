"""Opening a database by URL, its transactions, and its faults in one clear line."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from countermark.adapters.records.cases import SqlCases
from countermark.adapters.records.credentials import SqlCredentials
from countermark.adapters.records.journal import SqlJournal
from countermark.adapters.records.limits import SqlLimits
from countermark.adapters.records.members import SqlMembers
from countermark.adapters.records.migrating import migrate
from countermark.adapters.records.outbox import SqlOutbox
from countermark.adapters.records.people import SqlPeople
from countermark.adapters.records.sessions import SqlSessions
from countermark.adapters.records.sightings import SqlSightings
from countermark.errors import MissingExtra, RecordsError

_BUSY_MS = 5_000  # how long a writer of SQLite waits for another


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlUnit:
    """The stores over one transaction; a `ports.Unit`."""

    sightings: SqlSightings
    cases: SqlCases
    members: SqlMembers
    people: SqlPeople
    credentials: SqlCredentials
    sessions: SqlSessions
    limits: SqlLimits
    journal: SqlJournal
    outbox: SqlOutbox


def open_records(url: str) -> SqlRecords:
    """The records at `url`, brought to the newest form: "sqlite:///file" or "postgresql://user@host/name".

    Raises:
        RecordsError: no such database, or it cannot be opened.
        MissingExtra: the driver is not installed.
    """
    engine = _engine(url)
    with _told(engine, "opened"):
        migrate(engine)
    return SqlRecords(engine=engine)


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlRecords:
    """A `ports.Records` over a database that SQLAlchemy knows."""

    engine: Engine

    @contextmanager
    def writing(self) -> Iterator[SqlUnit]:
        """See the port. One writer at a time; on SQLite the others wait at the beginning."""
        with _told(self.engine, "written"), self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.info["mode"] = "IMMEDIATE"
            with connection.begin():
                yield _unit(connection)

    @contextmanager
    def reading(self) -> Iterator[SqlUnit]:
        """See the port."""
        with _told(self.engine, "read"), self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                connection.info["mode"] = "DEFERRED"
                connection.exec_driver_sql("PRAGMA query_only = 1")
            else:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            try:
                yield _unit(connection)
            finally:
                connection.rollback()
                if connection.dialect.name == "sqlite":
                    connection.exec_driver_sql("PRAGMA query_only = 0")
                    connection.rollback()

    def close(self) -> None:
        """See the port."""
        self.engine.dispose()


def _unit(connection: Connection) -> SqlUnit:
    return SqlUnit(
        sightings=SqlSightings(connection),
        cases=SqlCases(connection),
        members=SqlMembers(connection),
        people=SqlPeople(connection),
        credentials=SqlCredentials(connection),
        sessions=SqlSessions(connection),
        limits=SqlLimits(connection),
        journal=SqlJournal(connection),
        outbox=SqlOutbox(connection),
    )


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise RecordsError(
                f"{parsed.render_as_string()} is no database that we know",
                hint="give sqlite:///FILE or postgresql://USER@HOST/NAME",
            )
        engine = create_engine(parsed, poolclass=QueuePool, pool_pre_ping=parsed.get_backend_name() == "postgresql")  # fmt: skip
    except ArgumentError:
        raise RecordsError(
            f"{url!r} is no URL of a database",
            hint="give sqlite:///FILE or postgresql://USER@HOST/NAME",
        ) from None
    except (ImportError, NoSuchModuleError) as fault:
        raise MissingExtra(
            f"{url.partition(':')[0]} needs a driver that is not installed: {fault}",
            hint="install countermark[postgresql]",
        ) from None
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    return engine


def _prepare_sqlite(engine: Engine) -> None:
    """Every commit reaches the disk; readers never wait for the writer; transactions begin when we say so."""

    @event.listens_for(engine, "connect")
    def _connected(driver: Any, _: Any) -> None:
        driver.isolation_level = None  # the driver begins no transaction by itself
        for pragma in ("journal_mode = WAL", "synchronous = FULL", f"busy_timeout = {_BUSY_MS}", "foreign_keys = ON"):  # fmt: skip
            driver.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begun(connection: Connection) -> None:
        connection.exec_driver_sql(f"BEGIN {connection.info.get('mode', 'IMMEDIATE')}")


@contextmanager
def _told(engine: Engine, what: str) -> Iterator[None]:
    """Faults of the database as one line that never tells a password."""
    try:
        yield
    except DBAPIError as fault:
        place = engine.url.render_as_string(hide_password=True)
        said = str(fault.orig).strip().splitlines()
        raise RecordsError(
            f"the records at {place} cannot be {what}: {said[0] if said else type(fault.orig).__name__}",
            hint="nothing was kept of what was being done; mend the cause and repeat it",
        ) from fault


def is_ready(engine: Engine) -> bool:
    """Whether the database answers now."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError:
        return False
    return True
