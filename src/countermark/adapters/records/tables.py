"""The tables of the records. Change them together with a migration; a test holds the two against each other.

References are 32 hex digits that rise with time, so that tables and their keys grow at the end. Every table that belongs to
a member has the column `member`, by which PostgreSQL keeps members apart a second time (see `postgresql` and `migrations.walls`).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    text,
)

from countermark.adapters.records.moments import Moment

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Ref = String(32)

MEMBERS: Final = Table(
    "members",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("name", String(200), nullable=False, unique=True),
    Column("active", Boolean, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("revision", Integer, nullable=False),
)

VENUES: Final = Table(
    "venues",
    METADATA,
    Column("venue", String(100), primary_key=True),  # nobody else runs it
    Column("member", Ref, nullable=False, index=True),
)

API_KEYS: Final = Table(
    "api_keys",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("member", Ref, nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("hint", String(12), nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("revoked_at", Moment),
)

LISTINGS: Final = Table(
    "listings",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("member", Ref, nullable=False),
    Column("venue", String(100), nullable=False),
    Column("listing_id", String(200), nullable=False),
    Column("seller_id", String(500)),
    Column("digest", String(64), nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("previous", Ref),
    Column("content", LargeBinary, nullable=False),
    Column("latest", Boolean, nullable=False),  # no newer sighting of the same listing is known
    Column("decision", Ref, nullable=False),  # the one that holds
    Index(
        "ix_listings_latest",
        "member",
        "venue",
        "listing_id",
        unique=True,
        sqlite_where=text("latest = 1"),
        postgresql_where=text("latest"),
    ),
    sqlite_with_rowid=False,
)

DECISIONS: Final = Table(
    "decisions",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("listing", Ref, nullable=False),
    Column("member", Ref, nullable=False),
    Column("action", String(10), nullable=False),
    Column("risk_milli", Integer, nullable=False),
    Column("claim", String(30)),
    Column("mark", String(200)),
    Column("grounds", String, nullable=False),  # separated by spaces
    Column("edits", String, nullable=False),  # separated by spaces
    Column("version", String(200), nullable=False),
    Column("by", Ref, nullable=False),
    Column("acting", Boolean, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("previous", Ref),
    Column("findings", LargeBinary, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("commitment", String(64), nullable=False),
    sqlite_with_rowid=False,
)

CASES: Final = Table(
    "cases",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("member", Ref, nullable=False),
    Column("subject", Ref, nullable=False),
    Column("state", String(10), nullable=False),
    Column("risk_milli", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("claimed_by", Ref),
    Column("claimed_until", Moment),
    Column("outcome", Ref),
    Column("revision", Integer, nullable=False),
    Column("harm", BigInteger, nullable=False, server_default="0"),
    Column("not_for", Ref),
    Index(
        "ix_cases_open_subject",
        "subject",
        "kind",
        unique=True,
        sqlite_where=text("state <> 'closed'"),
        postgresql_where=text("state <> 'closed'"),
    ),
    Index(
        "ix_cases_claimed_by",
        "claimed_by",
        sqlite_where=text("claimed_by IS NOT NULL"),
        postgresql_where=text("claimed_by IS NOT NULL"),
    ),
)

# The two queues, each with an index in its order; questions must repeat its condition word by word.
IN_QUEUE: Final = {False: "state <> 'closed' AND state <> 'escalated'", True: "state = 'escalated'"}
for _escalated, _name in ((False, "ix_cases_queue"), (True, "ix_cases_escalated")):
    Index(
        _name,
        CASES.c.member,
        CASES.c.harm.desc(),
        CASES.c.opened_at,
        CASES.c.ref,
        sqlite_where=text(IN_QUEUE[_escalated]),
        postgresql_where=text(IN_QUEUE[_escalated]),
    )

LABELS: Final = Table(
    "labels",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("member", Ref, nullable=False),
    Column("listing", Ref, nullable=False, index=True),  # of the sighting
    Column("case", Ref, nullable=False),
    Column("decision", Ref, nullable=False, unique=True),
    Column("claim", String(30)),
    Column("origin", String(20), nullable=False),
    Column("inclusion", Float),
    Column("person", Ref, nullable=False),
    Column("blind", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Column("decided_at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Index(
        "ix_labels_standing",
        "member",
        "ref",
        sqlite_where=text("withdrawn_at IS NULL"),
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
)

EVENTS: Final = Table(
    "events",
    METADATA,
    Column(
        "number",
        BigInteger().with_variant(Integer, "sqlite"),
        primary_key=True,
        autoincrement=True,
    ),
    Column("member", Ref, nullable=False),
    Column("body", LargeBinary, nullable=False),  # canonical bytes
    sqlite_autoincrement=True,
)

OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("member", Ref, nullable=False),
    Column("topic", String(50), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("due_at", Moment),  # null: set aside
    Column("tries", Integer, nullable=False),
    Column("reason", String(500), nullable=False),
    Index("ix_outbox_due_at", "due_at"),
)
