"""Records over a new database for each test, on both kinds."""

from __future__ import annotations

import os

import pytest
from record_builders import ME, OTHER, case, event, key, member, message, seen

from countermark.adapters.records import open_records
from countermark.adapters.records.tables import METADATA
from countermark.testing.postgres import APP, OWNER, Unavailable, started_server


@pytest.fixture(scope="session")
def server():
    """One PostgreSQL for all tests; where none can be started, what needs it is skipped and says why."""
    if os.name == "nt":
        pytest.skip("PostgreSQL is started on POSIX only")
    try:
        running = started_server()
        found = running.__enter__()
    except Unavailable as fault:
        pytest.skip(f"no PostgreSQL can be started here: {fault}")
    yield found
    running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def migrated(server):
    """The name of the database that tests use in turn."""
    name = server.new_database()
    open_records(server.url(APP, name), owner_url=server.url(OWNER, name)).close()
    return name


@pytest.fixture
def database(server, migrated):
    """The name of an empty PostgreSQL database of the newest form. Emptying one takes a tenth of copying one."""
    yield migrated
    tables = ", ".join(METADATA.tables)
    server.ask(f"SET lock_timeout = '5s'; SET session_replication_role = replica; TRUNCATE {tables} RESTART IDENTITY", migrated)  # fmt: skip


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    """The URL of empty records."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/records.db"
    return request.getfixturevalue("server").url(APP, request.getfixturevalue("database"))


@pytest.fixture
def records(url):
    """Empty records."""
    opened = open_records(url)
    yield opened
    opened.close()


@pytest.fixture
def things(records):
    """By member one of everything, with equal listing ids."""
    kept = {}
    with records.writing() as unit:
        for who, name in ((ME, "mine"), (OTHER, "theirs")):
            one = {
                "member": member(name, ref=who, venues=(f"{name}.example",)),
                "key": key(who),
                "seen": seen("l1", member=who),
                "case": case(member=who),
                "event": event(member=who),
                "message": message(member=who),
            }
            unit.members.add(one["member"])
            unit.members.add_key(one["key"])
            unit.sightings.add([one["seen"]])
            unit.cases.add([one["case"]])
            unit.journal.append([one["event"]])
            unit.outbox.put([one["message"]])
            kept[who] = one
    return kept
