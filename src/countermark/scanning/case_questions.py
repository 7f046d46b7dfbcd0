"""What each test case of a pack demands, with the names it uses resolved to rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from countermark.domain.packs import Pack
from countermark.domain.rules import RuleId, TestCase
from countermark.knowledge.faults import Where
from countermark.knowledge.files import Files
from countermark.knowledge.layout import kind_of
from countermark.knowledge.toml_tables import load_toml

CORE = "core.general"
STATED = frozenset({"fire", "blocked", "todo_fire"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What one case demands.

    Attributes:
        asked: the rules that the case is about, its closed world; empty: it asks about none.
        fire, todo: rules that must fire, and those known not to fire yet.
        blocked: rule -> the `unless` signals that stop it, exactly.
        marks: the marks that must be named, and no other; None: not asked.
    """

    case: TestCase
    asked: frozenset[RuleId]
    fire: frozenset[RuleId]
    todo: frozenset[RuleId]
    blocked: Mapping[RuleId, frozenset[str]]
    marks: frozenset[str] | None

    @property
    def place(self) -> str:
        """Where the case stands, with its id."""
        return f"{self.case.origin} {self.case.id}"


def demands_of(pack: Pack, files: Files) -> tuple[Demand, ...]:
    """What every case of a pack demands.

    A case that states none of `fire`, `blocked` and `todo_fire` asks about no rule. Otherwise its
    world is the pack's rules that are not retired, and whatever rules of the core pack it names.
    """
    own = frozenset(rule.id for rule in pack.rules if rule.status != "retired")
    silent = silent_cases(files)
    return tuple(
        _demand(case, pack, frozenset() if (case.origin.file, case.id) in silent else own)
        for case in pack.cases
    )


def silent_cases(files: Files) -> frozenset[tuple[str, str]]:
    """File and id of each case that says nothing about rules; `fire = []` does say something."""
    silent = set()
    for path, content in files.items():
        kind = kind_of(path)
        if kind is not None and kind.shape == "cases":
            document = load_toml(content, where=Where(pack="", file=path))
            silent |= {
                (path, str(table["id"]))
                for table in document.get("case", ())
                if not STATED & table.keys()
            }
    return frozenset(silent)


def _demand(case: TestCase, pack: Pack, world: frozenset[RuleId]) -> Demand:
    """The demand of one case whose closed world is `world`."""
    own = frozenset(rule.id for rule in pack.rules)
    fire, todo = (
        frozenset(_full_id(name, pack, own) for name in names)
        for names in (case.fire, case.todo_fire)
    )
    blocked = {_full_id(name, pack, own): frozenset(by) for name, by in case.blocked.items()}
    return Demand(
        case=case,
        asked=world | fire | todo | blocked.keys(),
        fire=fire,
        todo=todo,
        blocked=blocked,
        marks=None if case.mentions is None else frozenset(case.mentions),
    )


def _full_id(name: RuleId, pack: Pack, own: frozenset[RuleId]) -> RuleId:
    """The rule that a case names: the pack's own, one given in full, or else one of core."""
    local = name.removeprefix(f"{pack.id}/")
    if name in own or "/" in local:
        return name if name in own else local
    return f"{CORE}/{local}"
