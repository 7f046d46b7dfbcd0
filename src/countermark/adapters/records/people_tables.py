"""The tables of people, what they show to sign in, sessions and limits. They stand beside `tables`, under the same rules."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from countermark.adapters.records.moments import Moment
from countermark.adapters.records.tables import METADATA, Ref

PERSONS: Final = Table(
    "persons",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("member", Ref, nullable=False, index=True),
    Column("name", String(200), nullable=False),
    Column("email", String(254), nullable=False, unique=True),
    Column("roles", JSON, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("language", String(16), nullable=False),
    Column("joined_at", Moment, nullable=False),
    Column("nonce", LargeBinary, nullable=False),
    Column("revision", Integer, nullable=False),
)

INVITATIONS: Final = Table(
    "invitations",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("member", Ref, nullable=False),
    Column("email", String(254), nullable=False),
    Column("roles", JSON, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),
    Column("invited_by", Ref, nullable=False),
    Column("invited_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("accepted_at", Moment),
    Column("withdrawn_at", Moment),
    Index("ix_invitations_member", "member", "email"),
)

PASSWORDS: Final = Table(
    "passwords",
    METADATA,
    Column("person", Ref, primary_key=True),
    Column("member", Ref, nullable=False),
    Column("hashed", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

ONE_TIME_SECRETS: Final = Table(
    "one_time_secrets",
    METADATA,
    Column("person", Ref, primary_key=True),
    Column("member", Ref, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("last_step", BigInteger, nullable=False),
    Column("added_at", Moment, nullable=False),
)

PASSKEYS: Final = Table(
    "passkeys",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("person", Ref, nullable=False, index=True),
    Column("member", Ref, nullable=False),
    Column("name", String(200), nullable=False),
    Column("credential", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("added_at", Moment, nullable=False),
    Column("used_at", Moment),
)

IDENTITIES: Final = Table(
    "identities",
    METADATA,
    Column("issuer", String(500), primary_key=True),
    Column("subject", String(255), primary_key=True),
    Column("person", Ref, nullable=False, index=True),
    Column("member", Ref, nullable=False),
    Column("added_at", Moment, nullable=False),
)

SESSIONS: Final = Table(
    "sessions",
    METADATA,
    Column("ref", Ref, primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("person", Ref, nullable=False, index=True),
    Column("member", Ref, nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("strength", String(20), nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("last_seen_at", Moment, nullable=False, index=True),
    Column("ended_at", Moment),
)

ATTEMPTS: Final = Table(
    "attempts",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("person", Ref, index=True),  # null while nobody knows
    Column("purpose", String(20)),
    Column("begun_at", Moment, nullable=False, index=True),
    Column("tries", Integer, nullable=False),
)

LIMITS: Final = Table(
    "limits",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
)

SALTS: Final = Table(
    "salts",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("salt", LargeBinary, nullable=False),
)
