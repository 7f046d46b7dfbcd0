"""The second wall, PostgreSQL's own: statements that forgot whom they ask for. Nothing here goes through our filters."""

import pytest
from record_builders import AT, ME, OTHER, ref
from sqlalchemy import (
    JSON,
    Boolean,
    LargeBinary,
    String,
    delete,
    func,
    insert,
    select,
    text,
    update,
)

from countermark.adapters.records import open_records
from countermark.adapters.records.moments import Moment
from countermark.adapters.records.tables import METADATA
from countermark.errors import RecordsError
from countermark.testing.postgres import APP, OWNER

OWN = {t.name: "ref" if t.name == "members" else "member" for t in METADATA.tables.values() if "member" in t.c or t.name == "members"}  # fmt: skip


@pytest.fixture
def url(server, database):
    """PostgreSQL only."""
    return server.url(APP, database)


@pytest.fixture(params=OWN)
def forgetful(request, records, things):
    """A table of which each member has a row, and its column that names the member."""
    table = METADATA.tables[request.param]
    owner = table.c[OWN[request.param]]
    with records.writing() as unit:
        connection = unit.cases.connection
        if connection.execute(select(func.count()).select_from(table)).scalar_one() == 0:
            rows = [some_row(table) | {owner.name: who} for who in (ME, OTHER)]
            connection.execute(insert(table), rows)
    return table, owner


def some_row(table):
    """A row that only needs to be one; no two are alike."""
    number = ref()
    values = {String: number, LargeBinary: number.encode(), Moment: AT, JSON: [], Boolean: True}
    row = {
        column.name: next((v for kind, v in values.items() if isinstance(column.type, kind)), 1)
        for column in table.c
        if not column.nullable
    }
    return {name: v[-table.c[name].type.length :] if isinstance(v, str) and table.c[name].type.length else v for name, v in row.items()}  # fmt: skip


def seen_owners(connection, forgetful):
    table, owner = forgetful
    return sorted(connection.execute(select(owner).select_from(table)).scalars())


def test_a_statement_without_a_filter_finds_the_members_rows_only(records, forgetful):
    for open_view in (records.reading, records.writing):
        with open_view() as unit:
            assert seen_owners(unit.cases.connection, forgetful) == [ME, OTHER]
        for who in (ME, OTHER):
            with open_view(who) as unit:
                assert seen_owners(unit.cases.connection, forgetful) == [who]
        with open_view("c" * 32) as unit:
            assert seen_owners(unit.cases.connection, forgetful) == []


def test_a_connection_that_did_not_say_whom_it_is_for_finds_nothing(records, forgetful):
    for engine in (records.reader, records.writer):
        with engine.connect() as connection:
            assert seen_owners(connection, forgetful) == []


def test_a_statement_without_a_filter_changes_the_members_rows_only(records, forgetful):
    table, owner = forgetful
    if table.name == "events":
        pytest.skip("events cannot be changed at all")
    with records.writing(ME) as unit:
        connection = unit.cases.connection
        assert connection.execute(update(table).values({owner: owner})).rowcount == 1
        assert connection.execute(delete(table)).rowcount == 1
    with records.reading() as unit:
        assert seen_owners(unit.cases.connection, forgetful) == [OTHER]


def test_no_row_can_be_written_or_given_to_another_member(records, forgetful):
    table, owner = forgetful
    with records.reading() as unit:
        rows = select(table).where(owner == OTHER)
        row = dict(unit.cases.connection.execute(rows).mappings().one())
    row.pop("number", None)
    for name in {c.name for c in table.primary_key} & set(row):
        row[name] = row[name][:-1] + "x" if name != "ref" or table.name != "members" else OTHER
    for change in (insert(table).values(row), update(table).values({owner: OTHER})):
        if table.name == "events" and change.is_update:
            continue
        with (
            pytest.raises(RecordsError, match="violates row-level security"),
            records.writing(ME) as unit,
        ):
            unit.cases.connection.execute(change)


def test_whom_a_transaction_is_for_is_forgotten_with_it(records, things):
    for view in (records.writing, records.reading):
        with view(ME) as unit:
            pid = unit.cases.connection.execute(select(func.pg_backend_pid())).scalar_one()
            engine = unit.cases.connection.engine
        with pytest.raises(ZeroDivisionError), view(OTHER):
            raise ZeroDivisionError
        with engine.connect() as connection:
            assert connection.execute(select(func.pg_backend_pid())).scalar_one() == pid
            said = connection.execute(text("SELECT current_setting('countermark.member', true)"))
            assert said.scalar_one() == ""


def test_every_table_of_a_members_has_a_wall_that_holds_for_its_owner_too(server, database):
    """Asked of the database itself, so that a new migration cannot forget it."""
    walls = dict(
        server.ask(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND bool_and(p.qual = p.with_check AND p.cmd = 'ALL'"
            " AND p.qual LIKE '%(' || CASE c.relname WHEN 'members' THEN 'ref' ELSE 'member' END || ')%countermark.member%')"
            " FROM pg_class c LEFT JOIN pg_policies p ON p.tablename = c.relname"
            " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND (c.relname = 'members'"
            " OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'member')) GROUP BY c.oid",
            database,
        )
    )
    assert walls == dict.fromkeys(OWN, True)


@pytest.mark.parametrize("role", [OWNER, "postgres", "passes_by", "may_become_owner"])
def test_a_role_that_could_take_the_wall_down_is_refused(server, database, role):
    for statement in ("DROP ROLE IF EXISTS passes_by, may_become_owner", "CREATE ROLE passes_by LOGIN BYPASSRLS", f"CREATE ROLE may_become_owner LOGIN NOINHERIT IN ROLE {OWNER}"):  # fmt: skip
        server.ask(statement)
    with pytest.raises(RecordsError, match=f"the role '{role}' owns the tables or passes row-level security by"):  # fmt: skip
        open_records(server.url(role, database))


@pytest.mark.parametrize("statement", ["ALTER TABLE listings DISABLE ROW LEVEL SECURITY", "DROP POLICY own_rows ON listings", "DROP TRIGGER events_are_kept ON events", "SET ROLE countermark_owner", "SET session_replication_role = replica", "DELETE FROM alembic_version", "CREATE TABLE mine (x int)"])  # fmt: skip
def test_the_role_of_the_records_cannot_take_the_walls_down(records, statement):
    with pytest.raises(RecordsError, match="must be owner|permission denied"), records.writing() as unit:  # fmt: skip
        unit.cases.connection.execute(text(statement))
