"""Members and keys, listings and decisions, cases, events, messages to others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from countermark.adapters.records.moments import Moment

revision = "0001"
down_revision = None

_KEEP_EVENTS = "CREATE TRIGGER events_are_kept_{0} BEFORE {0} ON events "


def upgrade() -> None:
    """Make every table, and refuse to change events."""
    _members()
    _listings()
    _decisions()
    _cases()
    _outbox_and_events()
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                _KEEP_EVENTS.format(what) + "BEGIN SELECT RAISE(ABORT, 'events are kept'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION events_are_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'events are kept'; END $$"
    )
    op.execute(
        "CREATE TRIGGER events_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON events "
        "FOR EACH STATEMENT EXECUTE FUNCTION events_are_kept()"
    )


def _members() -> None:
    op.create_table(
        "members",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_members")),
        sa.UniqueConstraint("name", name=op.f("uq_members_name")),
    )
    op.create_table(
        "venues",
        sa.Column("venue", sa.String(length=100), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("venue", name=op.f("pk_venues")),
    )
    op.create_index(op.f("ix_venues_member"), "venues", ["member"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=12), nullable=False),
        sa.Column("issued_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_keys_digest")),
    )
    op.create_index(op.f("ix_api_keys_member"), "api_keys", ["member"], unique=False)


def _listings() -> None:
    op.create_table(
        "listings",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("venue", sa.String(length=100), nullable=False),
        sa.Column("listing_id", sa.String(length=200), nullable=False),
        sa.Column("seller_id", sa.String(length=500), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("previous", sa.String(length=32), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("latest", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_listings")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_listings_latest",
        "listings",
        ["member", "venue", "listing_id"],
        unique=True,
        sqlite_where=sa.text("latest = 1"),
        postgresql_where=sa.text("latest"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("listing", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("risk_milli", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(length=30), nullable=True),
        sa.Column("mark", sa.String(length=200), nullable=True),
        sa.Column("grounds", sa.String(), nullable=False),
        sa.Column("edits", sa.String(), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=32), nullable=False),
        sa.Column("acting", sa.Boolean(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=False),
        sa.Column("previous", sa.String(length=32), nullable=True),
        sa.Column("findings", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_decisions")),
        sqlite_with_rowid=False,
    )


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("risk_milli", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("claimed_by", sa.String(length=32), nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_cases")),
    )
    op.create_index(
        "ix_cases_open_subject",
        "cases",
        ["subject"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )


def _outbox_and_events() -> None:
    op.create_table(
        "outbox",
        sa.Column("ref", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=50), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("ref", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due_at", "outbox", ["due_at"], unique=False)
    op.create_table(
        "events",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("member", sa.String(length=32), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
