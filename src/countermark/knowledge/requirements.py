"""What a pack needs of the engine and of the core lists, and whether it is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from countermark import __version__
from countermark.domain.packs import Pack, Requires

_BOUND: Final = re.compile(r"(>=|<=|==|>|<) ?(\d+(?:\.\d+){0,3})")
_VERSION: Final = re.compile(r"\d+(?:\.\d+)*")
CORE: Final = "core"
PARTS: Final = 4
"""Parts of a version that are compared; what is not written is 0."""


def core_versions(packs: Iterable[Pack]) -> Mapping[str, int]:
    """The lists of the core packs among `packs`, by the name that others know them by, each with its version."""
    cores = [pack for pack in packs if pack.header.issuer == CORE]
    return {f"{CORE}.{words.id}": words.version for pack in cores for words in pack.lists}


def unmet(
    requires: Requires, lists: Mapping[str, int] | None, *, engine: str = __version__
) -> Iterator[tuple[str, str]]:
    """What is asked for and is not there: (what is wrong, what to do) of each.

    Args:
        requires: of the pack.
        lists: version by name of the core lists at hand; None: not known, not checked.
        engine: version of the engine.
    """
    for part in filter(None, map(str.strip, requires.engine.split(","))):
        bound = _BOUND.fullmatch(part)
        if bound is None:
            yield f'engine "{part}" is not a bound of versions', "write it as >=0.1,<2"
        elif not _holds(_numbers(engine), bound[1], _numbers(bound[2])):
            yield f"it needs engine {part} and this is {engine}", "use another engine or edition"
    if lists is None:
        return
    for name, least in requires.lists.items():
        if name not in lists:
            yield f"it needs list {name}, which is in no core pack", "mend the name"
        elif lists[name] < least:
            says = f"it needs list {name} in version {least} and {lists[name]} is here"
            yield says, "get a newer core pack"


def _numbers(version: str) -> tuple[int, ...]:
    """The parts of a version, padded with zeros; what follows its digits, as in 1.0rc1, is left out."""
    found = _VERSION.match(version)
    parts = [int(part) for part in found[0].split(".")] if found else []
    return tuple((parts + [0] * PARTS)[:PARTS])


def _holds(version: tuple[int, ...], compare: str, bound: tuple[int, ...]) -> bool:
    """Whether a version keeps a bound."""
    match compare:
        case ">=":
            return version >= bound
        case "<=":
            return version <= bound
        case ">":
            return version > bound
        case "<":
            return version < bound
        case _:
            return version == bound
