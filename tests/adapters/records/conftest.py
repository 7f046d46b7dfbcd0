"""Records over a new database for each test, on both kinds."""

from __future__ import annotations

import os

import pytest

from countermark.adapters.records import open_records
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
    """The name of a database of the newest form, from which others are copied."""
    name = server.new_database()
    open_records(server.url(APP, name), owner_url=server.url(OWNER, name)).close()
    return name


@pytest.fixture
def database(server, migrated):
    """The name of a PostgreSQL database of the newest form."""
    name = server.new_database(migrated)
    yield name
    server.drop(name)


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
