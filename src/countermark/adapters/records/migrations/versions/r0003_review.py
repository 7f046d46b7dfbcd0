"""Cases by expected harm, second looks at them, and labels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from countermark.adapters.records.migrations.walls import put_wall
from countermark.adapters.records.moments import Moment

revision = "0003"
down_revision = "0002"

_QUEUES = (
    ("ix_cases_queue", "state <> 'closed' AND state <> 'escalated'"),
    ("ix_cases_escalated", "state = 'escalated'"),
)


def upgrade() -> None:
    """Put what is new beside the old; cases from before are ordered by their risk, as if nothing else were known."""
    op.add_column("cases", sa.Column("harm", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("cases", sa.Column("not_for", sa.String(length=32), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT set_config('countermark.member', '*', true)")  # the owner's wall
    # a risk times the price that is assumed where none is known
    op.execute("UPDATE cases SET harm = CAST(risk_milli AS BIGINT) * 50")
    _index("ix_cases_claimed_by", "cases", ["claimed_by"], "claimed_by IS NOT NULL")
    for name, where in _QUEUES:
        _index(name, "cases", ["member", sa.text("harm DESC"), "opened_at", "ref"], where)
    op.drop_index("ix_cases_open_subject", "cases")
    _index("ix_cases_open_subject", "cases", ["subject", "kind"], "state <> 'closed'", unique=True)
    _labels()
    put_wall("labels")


def _labels() -> None:
    op.create_table(
        "labels",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("listing", sa.String(length=32), nullable=False),
        sa.Column("case", sa.String(length=32), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.Column("claim", sa.String(length=30), nullable=True),
        sa.Column("origin", sa.String(length=20), nullable=False),
        sa.Column("inclusion", sa.Float(), nullable=True),
        sa.Column("person", sa.String(length=32), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_labels")),
        sa.UniqueConstraint("decision", name=op.f("uq_labels_decision")),
    )
    op.create_index(op.f("ix_labels_listing"), "labels", ["listing"], unique=False)
    _index("ix_labels_standing", "labels", ["member", "ref"], "withdrawn_at IS NULL")


def _index(
    name: str, table: str, columns: list[str | sa.TextClause], where: str, *, unique: bool = False
) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )
