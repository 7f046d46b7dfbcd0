"""Tables of cases for operators: one test for each row, about a listing that names the made-up brand Korvane."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACK = ROOT / "tests/data/packs/korvane.outdoor"
TITLE = "Korvane Ridge 30 Rucksack slate"


def cases(*rows):
    """One test for each row, named by what it says."""
    ids = [json.dumps(row[:-1], ensure_ascii=False)[:70] for row in rows]
    return pytest.mark.parametrize(("listing", "signal", "says"), rows, ids=ids)
