"""PostgreSQL: one writer at a time, and a second wall between members that the database itself holds.

Whose rows a transaction may see is a setting that lives as long as the transaction. Policies (see `migrations.walls`) compare
it with the column `member` of each row, of those read as of those written; a transaction that does not set it sees no row.
The wall holds against a statement that forgets whom it asks for. It holds only if the role that the records are opened with
cannot take it down, so that one is refused that owns the tables or passes policies by.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, bindparam, create_engine, event, text

from countermark.adapters.records.tables import EVENTS, METADATA
from countermark.errors import RecordsError

EVERYBODY: Final = "*"  # no reference of a member
WRITING, MIGRATING = 0x436F756E7465, 0x436F756E7466  # keys of advisory locks
WAIT_S: Final = 5
_READERS: Final = 32

_SETTINGS: Final = (
    "SET synchronous_commit = on",
    f"SET lock_timeout = '{WAIT_S}s'",
    "SET idle_in_transaction_session_timeout = '60s'",  # a writer that hangs holds up all others
)


def engines(url: URL) -> tuple[Engine, Engine]:
    """One connection that writes, whose users wait in line for it, and several that read."""
    common: dict[str, Any] = {"pool_pre_ping": True, "hide_parameters": True}
    writer = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=WAIT_S, **common)
    reader = create_engine(
        url,
        pool_size=_READERS,
        max_overflow=0,
        pool_timeout=WAIT_S,
        isolation_level="REPEATABLE READ",
        execution_options={"postgresql_readonly": True},
        **common,
    )
    for engine in (writer, reader):
        event.listen(engine, "connect", _connected)
    return writer, reader


def _connected(driver: Any, _: Any) -> None:
    try:
        for setting in _SETTINGS:
            driver.execute(setting)
        driver.commit()
    except BaseException:
        driver.close()  # the pool does not know it yet
        raise


def begin_reading(connection: Connection, member: str | None) -> None:
    """Say whose rows may be seen until the transaction ends."""
    connection.execute(
        text("SELECT set_config('countermark.member', :member, true)"),
        {"member": EVERYBODY if member is None else member},
    )


def begin_writing(connection: Connection, member: str | None) -> str:
    """Say whose rows may be seen and written, and wait until nobody else writes; the number of the transaction.

    A sequence alone numbers events in the order in which they are written, not that in which they are committed: a reader
    who goes on after the last number seen would miss those that were committed late. With one writer at a time the two
    orders are one, and no two writers can hold what the other waits for.
    """
    begin_reading(connection, member)
    return connection.execute(
        text("SELECT pg_current_xact_id()::text FROM pg_advisory_xact_lock(:key)"), {"key": WRITING}
    ).scalar_one()


def was_kept(engine: Engine, number: str) -> bool:
    """Whether the transaction of that number was committed, asked after the connection was lost over its commit.

    Raises:
        DBAPIError: the database does not answer.
    """
    with engine.connect() as connection:
        asked = text("SELECT pg_xact_status(CAST(:number AS xid8))")
        # the lock is free when that transaction has ended; before that its fate is open
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITING})
        return connection.execute(asked, {"number": number}).scalar() == "committed"


def check_role(engine: Engine) -> None:
    """Refuse a database, or a role in it, in which members would not be kept apart.

    Raises:
        RecordsError: its texts are not UTF-8; or the role may do what only the tables' owner may.
    """
    with engine.connect() as connection:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        role, passes = connection.execute(
            text(
                "SELECT current_user, rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class WHERE relname IN :tables"
                " AND relnamespace = current_schema::regnamespace AND pg_has_role(relowner, 'MEMBER'))"
                " FROM pg_roles WHERE rolname = current_user"
            ).bindparams(bindparam("tables", expanding=True, value=list(METADATA.tables)))
        ).one()
    if encoding != "UTF8":
        raise RecordsError(
            f"the database keeps texts as {encoding}", hint="create it with ENCODING 'UTF8'"
        )
    if passes:
        raise RecordsError(
            f"the role {role!r} owns the tables or passes row-level security by, so that members would not be kept apart",
            hint="open the records with a role that owns nothing, and give the owner's URL for migrations only",
        )


def grant(connection: Connection, role: str) -> None:
    """Let `role` use the tables: everything but their form, and of events only to read and to add."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    for table in METADATA.tables.values():
        may = "SELECT, INSERT" if table is EVENTS else "SELECT, INSERT, UPDATE, DELETE"
        connection.execute(text(f"GRANT {may} ON {table.name} TO {quoted}"))
        if (number := table.autoincrement_column) is not None:
            sequence = f"{table.name}_{number.name}_seq"
            connection.execute(text(f"GRANT USAGE ON SEQUENCE {sequence} TO {quoted}"))
    connection.execute(text(f"GRANT SELECT ON alembic_version TO {quoted}"))
