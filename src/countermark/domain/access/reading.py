"""Reads the tables of `permissions`: text for people to read, frozen values to decide by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from countermark.domain.access.words import (
    Action,
    Field,
    Kind,
    MemberKind,
    Purpose,
    Relation,
    Role,
    Scope,
)

Word = TypeVar("Word", bound=StrEnum)
Groups = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What it takes: one of the roles or scopes, one of the relations, and so on.

    Attributes:
        relations: the closest first.
    """

    roles: frozenset[Role]
    scopes: frozenset[Scope]
    relations: tuple[Relation, ...]
    purposes: frozenset[Purpose]
    members: frozenset[MemberKind]


def read_permissions(table: str, groups: Groups) -> Mapping[tuple[Kind, Action], Permission | None]:
    """By kind and action what it takes; None: nobody may. ValueError where a pair stands twice."""
    found: dict[tuple[Kind, Action], Permission | None] = {}
    for kinds, (actions, who, *rest) in _rows(table):
        needed = None if who == "nobody" else _permission(who, rest, groups)
        for kind in _words(kinds, Kind, groups):
            for action in _words(actions, Action, groups):
                if (kind, action) in found:
                    raise ValueError(f"{action} of {kind} stands twice")
                found[kind, action] = needed
    return MappingProxyType(found)


def read_shown(table: str, groups: Groups) -> Mapping[Field, tuple[Permission, ...]]:
    """By field what it takes to read it, one of these."""
    found: dict[Field, tuple[Permission, ...]] = {}
    for _, (field, who, *rest) in _rows(table):
        needed = _permission(who, rest, groups)
        found[Field(field)] = (*found.get(Field(field), ()), needed)
    return MappingProxyType(found)


def read_fields(table: str) -> Mapping[Kind, tuple[Field, ...]]:
    """By kind the fields it carries."""
    lines = (line.split() for line in table.strip().splitlines())
    return MappingProxyType({Kind(kind): tuple(map(Field, fields)) for kind, *fields in lines})


def _rows(table: str) -> Iterator[tuple[str, list[str]]]:
    """Each indented line below the head as cells, with the last line that was not indented."""
    above = ""
    for line in table.strip("\n").splitlines()[1:]:
        if line.startswith(" "):
            yield above, [cell.strip() for cell in line.split("|")]
        else:
            above = line


def _permission(who: str, rest: list[str], groups: Groups) -> Permission:
    relations, purposes, members = (*rest, "any")[:3]
    scopes = {word for word in _spelt_out(who, groups) if ":" in word}
    return Permission(
        roles=frozenset(map(Role, _spelt_out(who, groups) - scopes)),
        scopes=frozenset(map(Scope, scopes)),
        relations=_words(relations, Relation, groups),
        purposes=frozenset(_words(purposes, Purpose, groups)),
        members=frozenset(_words(members, MemberKind, groups)),
    )


def _words(cell: str, words: type[Word], groups: Groups) -> tuple[Word, ...]:
    """The words of a cell in the order of their enum; ValueError where one is not known."""
    if cell == "any":
        return tuple(words)
    named = {words(word) for word in _spelt_out(cell, groups)}
    return tuple(word for word in words if word in named)


def _spelt_out(cell: str, groups: Groups) -> set[str]:
    return {part for word in cell.split() for part in groups.get(word, word).split()}
