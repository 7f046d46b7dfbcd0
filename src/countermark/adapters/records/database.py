"""Opening records by URL, and their transactions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from countermark.adapters.records import postgresql, sqlite
from countermark.adapters.records.cases import SqlCases
from countermark.adapters.records.credentials import SqlCredentials
from countermark.adapters.records.faults import place_of, refuse_if_spoilt, told, watch
from countermark.adapters.records.journal import SqlJournal
from countermark.adapters.records.labels import SqlLabels
from countermark.adapters.records.limits import SqlLimits
from countermark.adapters.records.members import SqlMembers
from countermark.adapters.records.migrating import is_newest, migrate
from countermark.adapters.records.outbox import SqlOutbox
from countermark.adapters.records.people import SqlPeople
from countermark.adapters.records.sessions import SqlSessions
from countermark.adapters.records.sightings import SqlSightings
from countermark.errors import MissingExtra, RecordsError

_FORMS: Final = "give sqlite:///FILE or postgresql://USER@HOST/NAME"


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlUnit:
    """The stores over one transaction; a `ports.Unit`."""

    sightings: SqlSightings
    cases: SqlCases
    labels: SqlLabels
    members: SqlMembers
    people: SqlPeople
    credentials: SqlCredentials
    sessions: SqlSessions
    limits: SqlLimits
    journal: SqlJournal
    outbox: SqlOutbox


def open_records(url: str, *, owner_url: str | None = None) -> SqlRecords:
    """The records at `url`: "sqlite:///file", brought to the newest form, or "postgresql://user@host/name".

    Args:
        url: of PostgreSQL with a role that owns nothing, see `postgresql`.
        owner_url: of PostgreSQL, with the role that owns the tables: the database is brought to the newest form first.

    Raises:
        RecordsError: no such database, it cannot be opened, or has no or another form.
        MissingExtra: the driver is not installed.
    """
    parsed = _parsed(url)
    place = place_of(parsed)
    if owner_url is not None and parsed.get_backend_name() == "sqlite":
        raise RecordsError(f"nobody owns the tables of {place}", hint="give its URL alone")
    with told(place, "opened"):
        writer, reader = _engines(parsed)
        watch(writer)
        try:
            if parsed.get_backend_name() == "sqlite":
                migrate(writer)
            else:
                _open_postgresql(writer, owner_url)
        except BaseException:
            writer.dispose()
            reader.dispose()
            raise
    return SqlRecords(place=place, writer=writer, reader=reader)


def _open_postgresql(engine: Engine, owner_url: str | None) -> None:
    if owner_url is not None:
        with engine.connect() as connection:
            role = connection.execute(text("SELECT current_user")).scalar_one()
        owner, other = postgresql.engines(_parsed(owner_url))
        try:
            migrate(owner, role=role)
        finally:
            owner.dispose()
            other.dispose()
    postgresql.check_role(engine)
    with engine.connect() as connection:
        if not is_newest(connection):
            raise RecordsError(
                f"the records at {place_of(engine.url)} do not have the form that this version needs",
                hint="give the owner's URL as well, so that they can be brought to it",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlRecords:
    """A `ports.Records` over SQLite or PostgreSQL."""

    place: str
    writer: Engine = field(repr=False)
    reader: Engine = field(repr=False)

    @contextmanager
    def writing(self, member: str | None = None) -> Iterator[SqlUnit]:
        """See the port. One writer at a time; the others wait at the beginning, `sqlite.BUSY_S` at most."""
        _checked(member)
        with told(self.place, "written"), self.writer.begin() as connection:
            number = None
            if connection.dialect.name == "postgresql":
                number = postgresql.begin_writing(connection, member)
            yield _unit(connection, member)
            refuse_if_spoilt(self.place, connection)
            if number is not None:
                self._commit(connection, number)

    def _commit(self, connection: Connection, number: str) -> None:
        """Commit; where the connection is lost over it, ask whether it was done, for nobody else could know."""
        try:
            connection.commit()
        except DBAPIError as fault:
            if not fault.connection_invalidated:
                raise
            try:
                kept = postgresql.was_kept(self.reader, number)
            except DBAPIError:
                raise RecordsError(
                    f"the records at {self.place} were lost while they were written; whether they kept it is not known",
                    hint="look whether it is there before it is repeated",
                ) from fault
            if not kept:
                raise

    @contextmanager
    def reading(self, member: str | None = None) -> Iterator[SqlUnit]:
        """See the port. The moment is that of the first look."""
        _checked(member)
        with told(self.place, "read"), self.reader.connect() as connection:
            if connection.dialect.name == "postgresql":
                postgresql.begin_reading(connection, member)
            yield _unit(connection, member)

    def is_ready(self) -> bool:
        """Whether the database answers now."""
        try:
            with told(self.place, "read"), self.reader.connect() as connection:
                connection.execute(text("SELECT 1"))
        except RecordsError:
            return False
        return True

    def close(self) -> None:
        """See the port."""
        self.writer.dispose()
        self.reader.dispose()


def _checked(member: str | None) -> None:
    if member in ("", postgresql.EVERYBODY):
        raise ValueError(f"{member!r} is no reference of a member; None is the system")


def _unit(connection: Connection, member: str | None) -> SqlUnit:
    return SqlUnit(
        sightings=SqlSightings(connection, member),
        cases=SqlCases(connection, member),
        labels=SqlLabels(connection, member),
        members=SqlMembers(connection, member),
        people=SqlPeople(connection),
        credentials=SqlCredentials(connection),
        sessions=SqlSessions(connection),
        limits=SqlLimits(connection),
        journal=SqlJournal(connection, member),
        outbox=SqlOutbox(connection, member),
    )


def _parsed(url: str) -> URL:
    """The URL with our driver in it. Its text stands in no error: it may hold a password."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise RecordsError("what was given is no URL of a database", hint=_FORMS) from None
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise RecordsError(f"{parsed.drivername!r} is no database that we know", hint=_FORMS)
    return parsed


def _engines(url: URL) -> tuple[Engine, Engine]:
    try:
        return (sqlite if url.drivername == "sqlite" else postgresql).engines(url)
    except (ImportError, NoSuchModuleError):
        raise MissingExtra(
            "the driver of PostgreSQL is not installed",
            hint="install countermark[postgresql]",
        ) from None
