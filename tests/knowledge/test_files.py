"""Bounds of a pack's files."""

from __future__ import annotations

import pytest

from countermark.errors import PackError
from countermark.knowledge.files import check_sizes, level_of


@pytest.mark.parametrize(
    ("sizes", "says"),
    [
        ({f"public/{n}.toml": 0 for n in range(10_001)}, "has 10001 files and may have 10000"),
        ({"pack.toml": (16 << 20) + 1}, "pack.toml has 16777217 bytes"),
        ({f"public/images/{n}.png": 16 << 20 for n in range(17)}, "the pack has 285212672 bytes"),
        ({"public/A.toml": 0, "public/a.toml": 0}, "differ by case only"),
        ({"public/cafe\u0301.toml": 0}, "not a plain relative path"),
        ({"a" * 300: 0}, "not a plain relative path"),
    ],
)
def test_files_out_of_bounds_are_refused(sizes, says):
    with pytest.raises(PackError, match=says):
        check_sizes(sizes)


@pytest.mark.parametrize(
    ("path", "level"),
    [
        ("pack.toml", "public"),
        ("public/marks.toml", "public"),
        ("members/rules/x.toml", "members"),
        ("venue/x", "venue"),
        ("venue", "public"),
        ("venues/x", "public"),
    ],
)
def test_a_file_has_the_level_of_its_folder(path, level):
    assert level_of(path) == level
