"""Bad URLs, bad files, full disks and lost connections: one clear line, nothing half-written, and it goes on afterwards."""

import sys
import tempfile
import time
import traceback

import pytest
from losing_proxy import LosingProxy
from record_builders import case, event, message, seen
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from countermark.adapters.records import open_records
from countermark.errors import MissingExtra, RecordsError
from countermark.testing.postgres import APP, OWNER

SECRET = "s3cr3t-w0rd"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("", "is no URL"),
        ("records.db", "is no URL"),
        ("postgresql://me:s3cr3t-w0rd@host:port/name", "is no URL"),
        ("mysql://me:s3cr3t-w0rd@host/name", "'mysql' is no database that we know"),
        ("postgres://me:s3cr3t-w0rd@host/name", "'postgres' is no database that we know"),
        ("postgresql+asyncpg://me:s3cr3t-w0rd@host/name", "'postgresql.asyncpg' is no database"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:////nowhere/at/all/records.db", "cannot be opened: unable to open database file"),
        ("sqlite:////", "cannot be opened: unable to open database file"),
        ("postgresql://me:s3cr3t-w0rd@127.0.0.1:1/name", "postgresql://127.0.0.1/name cannot be opened: .*refused"),
        ("postgresql://me@/name?host=/nowhere&password=s3cr3t-w0rd", "postgresql:///nowhere/name cannot be opened"),
        ("postgresql://me:s3cr3t-w0rd@/name?host=/nowhere&unheard_of=1", "cannot be opened"),
    ],
)  # fmt: skip
def test_a_url_that_cannot_work_is_one_clear_line_without_its_password(url, message):
    with pytest.raises(RecordsError, match=message) as refused:
        open_records(url)
    shown = "".join(traceback.format_exception(refused.value))
    assert SECRET not in shown + refused.value.hint + repr(refused.value)


def test_a_missing_driver_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(MissingExtra, match="driver of PostgreSQL is not installed") as refused:
        open_records(f"postgresql://me:{SECRET}@host/name")
    assert refused.value.hint == "install countermark[postgresql]"


def test_neither_records_nor_their_errors_tell_a_password_or_a_row(server, database):
    opened = open_records(server.url(APP, database) + f"&password={SECRET}")
    with pytest.raises(RecordsError) as refused, opened.writing() as unit:
        unit.outbox.put([message(tries=2**40, member="some" + "body")])
    shown = "".join(traceback.format_exception(refused.value)) + repr(opened)
    assert SECRET not in shown
    assert "somebody" not in shown
    opened.close()


def test_a_password_that_is_refused_is_not_told(server, database):
    with pytest.raises(RecordsError, match='role "nobody_here" does not exist') as refused:
        open_records(server.url(f"nobody_here:{SECRET}", database))
    assert SECRET not in "".join(traceback.format_exception(refused.value))


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    file = tmp_path / "records.db"
    file.write_bytes(b"Dear diary, " * 1_000)
    with pytest.raises(RecordsError, match="file is not a database"):
        open_records(f"sqlite:///{file}")
    assert file.read_bytes() == b"Dear diary, " * 1_000


def test_nobody_owns_the_tables_of_sqlite(tmp_path):
    with pytest.raises(RecordsError, match="nobody owns the tables"):
        open_records(f"sqlite:///{tmp_path}/r.db", owner_url="postgresql://me@host/name")


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(RecordsError, match="cannot be opened"):
        open_records(f"sqlite:///{tmp_path}")


def test_records_that_may_only_be_read_are_read_and_not_written(tmp_path):
    file = tmp_path / "records.db"
    open_records(f"sqlite:///{file}").close()
    records = open_records(f"sqlite:///file:{file}?mode=ro&uri=true")
    assert set(everything(records).values()) == {0}
    with pytest.raises(RecordsError, match="attempt to write a readonly"), records.writing() as unit:  # fmt: skip
        write(unit)
    records.close()


def everything(records):
    with records.reading() as unit:
        connection = unit.cases.connection
        return {t: connection.execute(text(f"SELECT count(*) FROM {t}")).scalar_one() for t in ("listings", "decisions", "cases", "events", "outbox")}  # noqa: S608  # fmt: skip


def write(unit, size=100):
    known = seen(f"l{message().ref}", content=b"x" * size)
    unit.sightings.add([known])
    unit.cases.add([case(known.sighting.ref)])
    unit.journal.append([event(known.sighting.ref)])
    unit.outbox.put([message()])


def test_a_full_disk_loses_nothing_that_was_kept_and_it_goes_on_when_there_is_room(tmp_path):
    records = open_records(f"sqlite:///{tmp_path}/records.db")

    def limit(pages):
        with records.writing() as unit:
            unit.cases.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    limit(100)
    kept = 0
    with pytest.raises(RecordsError, match="cannot be written: database or disk is full"):
        while True:
            with records.writing() as unit:
                write(unit, 5_000)
            kept += 1
    assert everything(records) == dict.fromkeys(everything(records), kept)
    limit(100_000)
    with records.writing() as unit:
        write(unit, 5_000)
    assert everything(records) == dict.fromkeys(everything(records), kept + 1)
    records.close()


def backend(unit):
    return unit.cases.connection.execute(text("SELECT pg_backend_pid()")).scalar_one()


@pytest.fixture
def on_postgresql(server, database):
    opened = open_records(server.url(APP, database))
    yield opened
    opened.close()


def test_a_connection_lost_in_the_middle_keeps_nothing_and_the_next_one_works(server, on_postgresql):  # fmt: skip
    records = on_postgresql
    for view in (records.writing, records.reading):
        with pytest.raises(RecordsError, match="cannot be (written|read): .*terminating connection"), view() as unit:  # fmt: skip
            if view == records.writing:
                write(unit)
            server.ask(f"SELECT pg_terminate_backend({backend(unit)}, 5000)")
            unit.journal.after(0, 1)
        assert set(everything(records).values()) == {0}
    with records.writing() as unit:
        write(unit)
    assert set(everything(records).values()) == {1}


def test_a_lost_connection_cannot_be_overlooked(server, on_postgresql):
    with pytest.raises(RecordsError, match="a step failed"), on_postgresql.writing() as unit:
        write(unit)
        server.ask(f"SELECT pg_terminate_backend({backend(unit)}, 5000)")
        with pytest.raises(DBAPIError):
            unit.journal.after(0, 1)
    assert set(everything(on_postgresql).values()) == {0}


def test_connections_lost_while_nobody_used_them_are_not_noticed(server, on_postgresql):
    everything(on_postgresql)
    server.ask("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'countermark_app'")  # fmt: skip
    with on_postgresql.writing() as unit:
        write(unit)
    assert set(everything(on_postgresql).values()) == {1}


def test_a_writer_that_hangs_is_cut_off(server, database, monkeypatch):
    monkeypatch.setattr("countermark.adapters.records.postgresql._SETTINGS", ("SET idle_in_transaction_session_timeout = '50ms'",))  # fmt: skip
    records = open_records(server.url(APP, database))
    with pytest.raises(RecordsError, match="idle-in-transaction timeout"), records.writing() as unit:  # fmt: skip
        write(unit)
        time.sleep(0.3)
        unit.journal.after(0, 1)
    assert set(everything(records).values()) == {0}
    records.close()


@pytest.fixture
def losing(server, database):
    """A way to PostgreSQL that will lose a commit, and records opened through it."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder, LosingProxy(server.folder, folder) as way:  # fmt: skip
        records = open_records(f"postgresql://{APP}@/{database}?host={folder}")
        everything(records)
        yield way, records
        records.close()


def test_a_commit_that_was_done_though_its_answer_was_lost_is_kept(losing):
    way, records = losing
    way.lose_next_commit(reaches_server=True)
    with records.writing() as unit:
        write(unit)
    assert way.lost
    assert set(everything(records).values()) == {1}


def test_a_commit_that_never_arrived_is_told(losing):
    way, records = losing
    way.lose_next_commit(reaches_server=False)
    with pytest.raises(RecordsError, match="cannot be written"), records.writing() as unit:
        write(unit)
    assert way.lost
    assert set(everything(records).values()) == {0}


def test_a_commit_that_nobody_can_tell_of_says_so(losing):
    way, records = losing
    way.lose_next_commit(reaches_server=True, and_close=True)
    with (
        pytest.raises(RecordsError, match="whether they kept it is not known"),
        records.writing() as unit,
    ):
        write(unit)


def test_it_is_ready_while_it_answers(records):
    assert records.is_ready()


def test_it_is_not_ready_when_nobody_answers(server):
    name = server.new_database()
    records = open_records(server.url(APP, name), owner_url=server.url(OWNER, name))
    assert records.is_ready()
    server.drop(name)
    assert not records.is_ready()
    records.close()
