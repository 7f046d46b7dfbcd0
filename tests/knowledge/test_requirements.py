"""Versions that a pack needs are compared part by part."""

from __future__ import annotations

import pytest

from countermark.domain.packs import Requires
from countermark.errors import SnapshotError
from countermark.flows.build_snapshot import snapshot_of
from countermark.knowledge.requirements import unmet
from small_packs import CORE, TODAY, small


@pytest.mark.parametrize(
    ("asked", "engine", "met"),
    [
        (">=0.1,<2", "0.1.0", True),
        (">=0.1", "0.1", True),
        (">=0.10", "0.9.5", False),
        ("<0.10", "0.9.5", True),
        ("<2", "2.0.0", False),
        ("==1.2", "1.2.0", True),
        (">1.2", "1.2.0", False),
        ("<=1.2, >= 1", "1.2rc1", True),
        ("", "0.1", True),
        ("1.2", "1.2", False),
    ],
)
def test_a_range_of_engines(asked, engine, met):
    assert list(unmet(Requires(engine=asked), {}, engine=engine)) is not met


@pytest.mark.parametrize(
    ("requires", "says"),
    [
        ('engine = ">=7"', "pack acme.x: it needs engine >=7 and this is"),
        ('lists = { "core.fit_before" = 2 }', "needs list core.fit_before in version 2 and 1 is here"),
        ('lists = { "core.odd" = 1 }', "needs list core.odd, which is in no core pack"),
    ],
)  # fmt: skip
def test_a_pack_that_needs_what_is_not_there_is_not_compiled(requires, says):
    files = small("acme.x", {})
    files["pack.toml"] += f"[requires]\n{requires}\n".encode()
    with pytest.raises(SnapshotError, match=says):
        snapshot_of([CORE, files], vocabulary=["nova"], as_of=TODAY)
