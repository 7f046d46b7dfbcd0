"""What lint checks look at, and what they say."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from countermark.domain.origins import Origin
from countermark.domain.packs import Pack
from countermark.domain.rules import Rule
from countermark.domain.signals import Signal
from countermark.knowledge.distinctiveness import Measured
from countermark.knowledge.files import Files
from countermark.knowledge.logic import names, parse

Severity = Literal["E", "W"]
"""`E` blocks a release; `W` is shown in review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that a check says about a pack.

    Attributes:
        place: file, table and row, or "" for the pack as a whole.
        message: what is wrong, with the value.
        advice: what to do.
    """

    check: str
    severity: Severity
    place: str
    message: str
    advice: str

    def __str__(self) -> str:
        """The remark in one line."""
        return f"{self.severity} {self.check} {self.place}: {self.message}; {self.advice}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a check may know besides the pack.

    Attributes:
        as_of: the day of the check.
        ordinary_words: words of everyday language and names of people and places, case-folded.
        core_lists: names of the core pack's lists, `core.<id>`; None: not known, not checked.
        core_versions: version by name of the core pack's lists; None: not known, not checked.
        categories: ids of the alliance's categories; None: not known, not checked.
        other_marks: official names of other packs' marks, folded -> pack id.
        other_logic: logic hash -> full id of a rule of another pack.
        measured: what a sample of ordinary listings allows each name to be called.
        released_serial: the highest serial released before; 0 for a new pack.
    """

    as_of: date
    ordinary_words: frozenset[str] = frozenset()
    core_lists: frozenset[str] | None = None
    core_versions: Mapping[str, int] | None = None
    categories: frozenset[str] | None = None
    other_marks: Mapping[str, str] = field(default_factory=dict)
    other_logic: Mapping[str, str] = field(default_factory=dict)
    measured: Measured = field(default_factory=dict)
    released_serial: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A pack under the linter, with its files and what else may be known."""

    pack: Pack
    files: Files
    context: Context

    @property
    def live_rules(self) -> tuple[Rule, ...]:
        """The rules that may still run."""
        return tuple(rule for rule in self.pack.rules if rule.status != "retired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of the linter.

    Attributes:
        id: KP and two digits.
        title: what it looks for.
        run: gives a remark for each thing found.
    """

    id: str
    title: str
    run: Callable[[Subject], Iterator[Remark]]


def error(check: str, place: Origin | str, message: str, advice: str) -> Remark:
    """A remark that blocks a release."""
    return Remark(check=check, severity="E", place=str(place), message=message, advice=advice)


def warning(check: str, place: Origin | str, message: str, advice: str) -> Remark:
    """A remark that is shown in review."""
    return Remark(check=check, severity="W", place=str(place), message=message, advice=advice)


def rule_place(rule: Rule) -> str:
    """The place of a rule, with its id."""
    return f"{rule.origin} {rule.local_id}"


def when_names(rule: Rule) -> tuple[str, ...]:
    """Names of the signals in a rule's `when`."""
    return names(parse(rule.when))


def when_signals(rule: Rule) -> tuple[Signal, ...]:
    """The signals in a rule's `when`, those that they refer to included."""
    direct = [rule.signals[name] for name in when_names(rule)]
    referred = [rule.signals[other] for asked in direct for other in asked.refers_to]
    return tuple(direct + referred)


def unless_signals(rule: Rule) -> tuple[Signal, ...]:
    """The signals in a rule's `unless`."""
    return tuple(rule.signals[name] for name in rule.unless)


def folded(text: str) -> str:
    """A text for comparison: compatibility forms, case and outer space aside."""
    return unicodedata.normalize("NFKC", text).casefold().strip()
