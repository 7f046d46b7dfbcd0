"""Packs for the tests of `knowledge`: the example pack, and ways to change it.

A test takes the example pack as files and changes one thing, so that what it is about stands in
the test itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest

from countermark.adapters.packs import read_folder
from countermark.knowledge.lint.registry import lint_pack
from countermark.knowledge.lint.subject import Context

DATA = Path(__file__).parent.parent / "data" / "packs"
CORE_LISTS = ("fit_before", "style_after", "genuine_claim", "repair", "wanted")

Edit = Callable[..., dict[str, bytes]]
Lint = Callable[..., list[str]]


@pytest.fixture(scope="session")
def korvane() -> Mapping[str, bytes]:
    """The files of the example pack, without its locks."""
    files = read_folder(DATA / "korvane.outdoor")
    return {path: data for path, data in files.items() if not path.endswith("rules.lock.json")}


@pytest.fixture(scope="session")
def locked_korvane() -> Mapping[str, bytes]:
    """The files of the example pack as released."""
    return read_folder(DATA / "korvane.outdoor")


@pytest.fixture
def edit(korvane: Mapping[str, bytes]) -> Edit:
    """Replace a text in one file of the example pack, or add a file (old text None)."""

    def edited(path: str, old: str | None, new: str) -> dict[str, bytes]:
        if old is None:
            return {**korvane, path: new.encode()}
        text = korvane[path].decode()
        assert old in text, f"{old!r} is not in {path}"
        return {**korvane, path: text.replace(old, new, 1).encode()}

    return edited


@pytest.fixture(scope="session")
def context() -> Context:
    """What the linter knows besides the pack, on an ordinary day."""
    return Context(
        as_of=date(2026, 11, 24),
        ordinary_words=frozenset({"tallow", "ridge"}),
        core_lists=frozenset(f"core.{name}" for name in CORE_LISTS),
    )


@pytest.fixture(scope="session")
def lint(context: Context) -> Lint:
    """Lint files; gives `severity check place: message` of each remark, of one check if named."""

    def linted(files: Mapping[str, bytes], check: str = "", within: Context = context) -> list[str]:
        remarks = lint_pack(files, context=within)
        return [
            f"{remark.severity} {remark.check} {remark.place}: {remark.message}"
            for remark in remarks
            if check in remark.check
        ]

    return linted
