"""Run by Alembic; the connection comes from `migrating`."""

from __future__ import annotations

from alembic import context

from countermark.adapters.records.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
