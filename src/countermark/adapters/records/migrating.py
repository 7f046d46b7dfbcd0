"""Bringing a database to the newest form."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from countermark.errors import RecordsError

_FOLDER = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Apply every migration that is missing, all in one transaction.

    Raises:
        RecordsError: the database was made by a newer version.
    """
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    script = ScriptDirectory.from_config(config)
    with engine.begin() as connection:
        now = MigrationContext.configure(connection).get_current_revision()
        if now == script.get_current_head():
            return
        if now is not None and not _is_ours(script, now):
            raise RecordsError(
                f"the records at {engine.url.render_as_string()} are of revision {now}, which this version does not know",
                hint="use the version of Countermark that last opened them, or a newer one",
            )
        _upgrade(config, connection)


def _is_ours(script: ScriptDirectory, revision: str) -> bool:
    return any(each.revision == revision for each in script.walk_revisions())


def _upgrade(config: Config, connection: Connection) -> None:
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
