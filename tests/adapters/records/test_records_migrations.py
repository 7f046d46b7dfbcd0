"""From an empty database to the newest form, by several at once, and never backwards."""

import sqlite3
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import UTC, datetime

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from countermark.adapters.records import open_records
from countermark.adapters.records.postgresql import MIGRATING
from countermark.adapters.records.tables import METADATA
from countermark.domain.offers import Offer
from countermark.errors import RecordsError
from countermark.review.harm import harm_of
from countermark.testing.postgres import APP, OWNER

OPEN = "import sys; from countermark.adapters.records import open_records; print('ready', flush=True); input(); open_records(sys.argv[1], owner_url=sys.argv[2] or None).close()"

OLD_CASE = "INSERT INTO cases (ref, kind, member, subject, state, risk_milli, opened_at, revision) VALUES (:ref, 'review', :member, :ref, 'open', :risk, 0, 1)"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path):
    """The URLs, of the records and of the tables' owner, of a database that holds nothing."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new.db", None
        return
    server = request.getfixturevalue("server")
    name = server.new_database()
    yield server.url(APP, name), server.url(OWNER, name)
    server.drop(name)


def engine_of(urls):
    return create_engine((urls[1] or urls[0]).replace("postgresql:", "postgresql+psycopg:"))


def test_the_migrations_make_the_tables_that_the_code_has(empty):
    open_records(empty[0], owner_url=empty[1]).close()
    engine = engine_of(empty)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})  # fmt: skip
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_cases_from_before_are_in_the_queue_by_their_risk(empty, monkeypatch):
    """The owner's own wall hides every row from a migration that does not say whom it is for."""
    upgrade = __import__("alembic.command").command.upgrade
    monkeypatch.setattr("alembic.command.upgrade", lambda config, _: upgrade(config, "0002"))
    monkeypatch.setattr("countermark.adapters.records.migrating.grant", lambda *_: None)
    engine = engine_of(empty)
    with suppress(RecordsError):  # it is not of the newest form
        open_records(empty[0], owner_url=empty[1]).close()
    with engine.begin() as connection:
        if empty[1]:
            connection.execute(text("SELECT set_config('countermark.member', '*', true)"))
        for number in (1, 2):
            old = {"ref": f"{number}", "member": "a" * 32, "risk": number * 40_000}
            connection.execute(text(OLD_CASE), old)
    engine.dispose()
    monkeypatch.undo()
    records = open_records(empty[0], owner_url=empty[1])
    with records.reading("a" * 32) as unit:
        found = unit.cases.queue("a" * 32, now=datetime(2026, 11, 24, tzinfo=UTC), limit=9)
    records.close()
    assert [(case.ref, case.harm) for case in found] == [(str(k), harm_of(k * 40_000, Offer(listing_id="l", title="t")).number) for k in (2, 1)]  # fmt: skip


def test_opening_again_changes_nothing(empty):
    open_records(empty[0], owner_url=empty[1]).close()
    open_records(empty[0], owner_url=empty[1]).close()
    open_records(empty[0]).close()  # PostgreSQL needs the owner's URL no more


def test_records_of_a_newer_version_are_refused_and_left_alone(empty):
    open_records(empty[0], owner_url=empty[1]).close()
    engine = engine_of(empty)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for owner in {None, empty[1]}:
        with pytest.raises(RecordsError, match="are of revision 9999, which this version does not know"):  # fmt: skip
            open_records(empty[0], owner_url=owner)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"  # fmt: skip
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing(empty, monkeypatch):
    monkeypatch.setattr("alembic.command.upgrade", fails_at_the_end(__import__("alembic.command").command.upgrade))  # fmt: skip
    with pytest.raises(ZeroDivisionError):
        open_records(empty[0], owner_url=empty[1])
    monkeypatch.undo()
    engine = engine_of(empty)
    with engine.connect() as connection:
        tables = "sqlite_schema" if empty[1] is None else "pg_tables WHERE schemaname = 'public'"
        assert connection.execute(text(f"SELECT count(*) FROM {tables}")).scalar_one() == 0  # noqa: S608
    engine.dispose()
    open_records(empty[0], owner_url=empty[1]).close()


def fails_at_the_end(upgrade):
    def failing(*arguments):
        upgrade(*arguments)
        raise ZeroDivisionError

    return failing


def test_several_processes_may_open_an_empty_database_at_once(empty):
    command = [sys.executable, "-c", OPEN, empty[0], empty[1] or ""]
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    them = [subprocess.Popen(command, text=True, **pipes) for _ in range(4)]
    for each in them:
        assert each.stdout.readline() == "ready\n"
    for each in them:
        each.stdin.write("\n")
        each.stdin.flush()
    assert [(each.communicate()[1], each.returncode) for each in them] == [("", 0)] * 4
    open_records(empty[0]).close()


def test_a_new_file_is_waited_for_while_another_turns_on_its_log(tmp_path, monkeypatch):
    """SQLite itself does not always wait here: of 1,600 openings by four at once 18 were refused."""
    monkeypatch.setattr("countermark.adapters.records.sqlite._PRAGMAS", ("busy_timeout = 0",))
    other = sqlite3.connect(tmp_path / "r.db", check_same_thread=False, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    timer = threading.Timer(0.1, other.execute, ["ROLLBACK"])
    timer.start()
    open_records(f"sqlite:///{tmp_path}/r.db").close()
    timer.join()
    other.close()


def test_migrations_of_postgresql_wait_for_one_another(server, monkeypatch):
    monkeypatch.setattr("countermark.adapters.records.postgresql._SETTINGS", ("SET lock_timeout = '100ms'",))  # fmt: skip
    name = server.new_database()
    urls = {"url": server.url(APP, name), "owner_url": server.url(OWNER, name)}
    with psycopg.connect(server.url(OWNER, name)) as migrating:
        migrating.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATING])
        with pytest.raises(RecordsError, match="cannot be opened: .*lock timeout"):
            open_records(**urls)
    open_records(**urls).close()
    server.drop(name)


def test_postgresql_without_tables_asks_for_the_owners_url(server):
    name = server.new_database()
    with pytest.raises(RecordsError, match="do not have the form") as refused:
        open_records(server.url(APP, name))
    assert "owner's URL" in refused.value.hint
    server.drop(name)


def test_a_database_of_another_encoding_is_refused(server):
    server.ask(f"CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' OWNER {OWNER}")  # fmt: skip
    with pytest.raises(RecordsError, match="keeps texts as LATIN1"):
        open_records(server.url(APP, "latin"))
    server.drop("latin")
