"""Shared fixtures: the smallest that serve. Prefer inline data; take a fixture only for what is slow to make."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from countermark.adapters.packs import read_folder
from countermark.domain.tables import LISTINGS
from countermark.errors import CountermarkError
from countermark.flows.build_snapshot import snapshot_of
from countermark.scanning.plan import plan_of

PACKS = Path(__file__).parent.parent / "packs"
DAY = date(2026, 11, 24)
BRANDS = (
    "nike",
    "adidas",
    "louis-vuitton",
    "gucci",
    "apple",
    "rolex",
    "coach",
    "ray-ban",
    "jordan",
    "yeezy",
)
VOCABULARY = (
    "the", "and", "for", "new", "with", "channel", "nice", "apple", "pie", "coach", "life", "book", "shoes", "bag", "on", "go",
    "le", "pan", "dora", "co", "ad", "phone", "case", "room", "only", "guess", "bike", "like", "정품", "きれいな", "ボール", "роза", "нос", "сумка", "обувь",
)  # fmt: skip


@pytest.fixture(autouse=True)
def every_error_is_one_clear_line(monkeypatch):
    """Every error raised by any test is held to the form that users see."""
    raised = CountermarkError.__init__

    def checked(self, message, *, hint=""):
        assert message == message.strip(), message
        assert "\n" not in message + hint, message
        assert not message.endswith("."), message
        assert not message[:1].isupper() or not message[1:2].islower(), message
        raised(self, message, hint=hint)

    monkeypatch.setattr(CountermarkError, "__init__", checked)


@pytest.fixture(scope="session")
def snapshot():
    """The core pack and ten brands, compiled."""
    folders = [PACKS / "core", *(PACKS / "starter" / brand for brand in BRANDS)]
    return snapshot_of(
        [read_folder(folder) for folder in folders], vocabulary=VOCABULARY, as_of=DAY
    )


@pytest.fixture(scope="session")
def plan(snapshot):
    """All rules of the snapshot."""
    return plan_of(snapshot)


@pytest.fixture(scope="session")
def listings():
    """Builds a batch: each argument states only what the test is about."""

    def build(*rows):
        full = [
            {
                **dict.fromkeys(LISTINGS.names),
                "listing_id": f"l{k}",
                "title": "",
                "venue": "v",
                "seller_id": "s1",
                **row,
            }
            for k, row in enumerate(rows)
        ]
        return pa.RecordBatch.from_pylist(full, schema=LISTINGS)

    return build
