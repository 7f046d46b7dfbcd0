"""Lint packs: every check, with what the core pack and a run on ordinary listings add."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from countermark.domain.rules import RuleId
from countermark.errors import RunError
from countermark.knowledge.distinctiveness import Measured
from countermark.knowledge.files import Files
from countermark.knowledge.lint.cases import too_frequent
from countermark.knowledge.lint.registry import lint_pack
from countermark.knowledge.lint.subject import Context, Remark
from countermark.knowledge.reading import inspect_files, read_pack
from countermark.knowledge.requirements import core_versions
from countermark.knowledge.rule_logic import logic_hash

Rates = Mapping[RuleId, tuple[int, int]]
"""Rule id -> (times fired, listings scanned)."""


def lint(files: Files, *, context: Context, rates: Rates | None = None) -> tuple[Remark, ...]:
    """What every check says about a pack, errors first.

    Args:
        files: of the pack.
        context: what is known besides the pack.
        rates: of a run on ordinary listings; None: KP14 is not asked.
    """
    remarks = list(lint_pack(files, context=context))
    pack = inspect_files(files).pack
    if pack is not None and rates is not None:
        remarks += too_frequent(pack, rates)
    return tuple(sorted(remarks, key=lambda remark: remark.severity))


def context_of(
    core: Files | None,
    others: Iterable[Files],
    *,
    vocabulary: Iterable[str],
    as_of: date,
    released: int = 0,
    measured: Measured | None = None,
) -> Context:
    """What lint may know besides a pack.

    Args:
        core: the core pack; None: its lists and categories are not known and not checked.
        others: packs whose marks and rules are known; those that can not be read are left out.
        vocabulary: everyday words.
        as_of: the day of the check.
        released: the highest serial of the pack released before.
        measured: what a sample of ordinary listings allows each name to be called.

    Raises:
        PackError: the core pack can not be read.
    """
    base = () if core is None else (read_pack(core),)
    packs = [*base, *(pack for files in others if (pack := inspect_files(files).pack))]
    return Context(
        as_of=as_of,
        ordinary_words=frozenset(_folded(word) for word in vocabulary),
        core_lists=frozenset(core_versions(base)) if base else None,
        core_versions=core_versions(base) if base else None,
        categories=frozenset(c.id for pack in base for c in pack.categories) if base else None,
        other_marks={_folded(mark.text): pack.id for pack in packs for mark in pack.marks},
        other_logic={logic_hash(rule): rule.id for pack in packs for rule in pack.rules},
        released_serial=released,
        measured=measured or {},
    )


def _folded(text: str) -> str:
    """A text as lint compares it."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def rates_of(summary: Mapping[str, Any], *, source: str) -> Rates:
    """How often each rule fired in a run, from the run's summary.

    Raises:
        RunError: the run is not finished, or scanned nothing.
    """
    counts = summary.get("counts", {})
    scanned = counts.get("scanned", 0)
    if not scanned:
        raise RunError(f"{source}: the run scanned no listings", hint="give a finished run")
    return {rule: (count["fired"], scanned) for rule, count in counts.get("rules", {}).items()}
