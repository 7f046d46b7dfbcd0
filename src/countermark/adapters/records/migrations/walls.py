"""The wall between members that PostgreSQL holds, put before one table; SQLite has none. Never edited once released."""

from __future__ import annotations

from alembic import op


def put_wall(table: str, column: str = "member") -> None:
    """Let nobody, the owner included, see or write a row of `table` but of the member that the transaction is for.

    The setting is "" or missing where a transaction did not say, and "*" where the system itself works.
    """
    if op.get_bind().dialect.name != "postgresql":
        return
    said = (
        "(SELECT nullif(current_setting('countermark.member', true), ''))"  # asked once, not by row
    )
    rule = f"{column} = {said} OR {said} = '*'"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY own_rows ON {table} USING ({rule}) WITH CHECK ({rule})")
