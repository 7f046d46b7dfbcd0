"""Errors of the schema in plain words: the key, the value that stands there, and what would do."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from countermark.errors import PackError
from countermark.knowledge.faults import Where, shown

_PARTS: Final = re.compile(
    r"(?P<says>.*?)(?: - at (?P<key>`key` in )?`(?P<place>[^`]*)`)?", re.DOTALL
)
_STEP: Final = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<index>\d+|\.\.\.)\]")
_UNKNOWN: Final = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING: Final = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_EXPECTED: Final = re.compile(r"Expected `(?P<want>[^`]*)`(?P<limit>.*)", re.DOTALL)
_GOT: Final = re.compile(r", got `[^`]*`$")
_WORDS: Final = {
    "str": "text",
    "int": "a whole number",
    "decimal": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "date": "a date",
    "datetime": "a date with time",
}
_SOME_KEY: Final = "..."
Step = str | int


def plain_fault(
    error: msgspec.ValidationError, *, raw: Any, kind: Any, where: Where, key: str
) -> PackError:
    """The `PackError` that says what the schema's error says, with place, key and value."""
    found = _PARTS.fullmatch(str(error))
    says, place = (found["says"], found["place"] or "") if found else (str(error), "")
    is_key = bool(found and found["key"])
    steps = tuple(_steps(place)) + ((_SOME_KEY,) if is_key else ())
    steps = _named(steps, raw=raw, kind=kind)
    unknown, missing = _UNKNOWN.fullmatch(says), _MISSING.fullmatch(says)
    if unknown:
        hint = f"known keys are {', '.join(_keys(_type_at(kind, steps)))}"
        return where.fault("unknown key", key=_joined(key, (*steps, unknown[1])), hint=hint)
    if missing:
        return where.fault("the key is missing", key=_joined(key, (*steps, missing[1])))
    value = steps[-1] if is_key else _value_at(raw, steps)
    says, hint = _about_value(says, value, _type_at(kind, steps))
    return where.fault(says, key=_joined(key, steps), hint=hint)


def _about_value(says: str, value: object, kind: Any) -> tuple[str, str]:
    """What is wrong with a value, and what would do."""
    if says.startswith("Invalid enum"):
        return f"{shown(value)} is not known here", _choices(_plain(kind))
    if " matching regex " in says:
        return f"{shown(value)} has not the right form", _described(kind)
    expected = _EXPECTED.fullmatch(says)
    if expected is None:
        return says[:1].lower() + says[1:], ""
    wants = [_WORDS.get(want, want) for want in expected["want"].split(" | ") if want != "null"]
    limit = _GOT.sub("", expected["limit"])
    return f"expected {' or '.join(wants)}{limit}, got {shown(value)}", ""


def _steps(place: str) -> Iterator[Step]:
    """The keys and indexes of a place such as `$.right[0].nice`."""
    for step in _STEP.finditer(place):
        if step["key"] is not None:
            yield step["key"]
        else:
            yield int(step["index"]) if step["index"].isdigit() else step["index"]


def _named(steps: tuple[Step, ...], *, raw: Any, kind: Any) -> tuple[Step, ...]:
    """The steps with the key at fault wherever the schema only says that there is one."""
    for at, step in enumerate(steps):
        table = _value_at(raw, steps[:at])
        if step != _SOME_KEY or not isinstance(table, Mapping):
            continue
        table_kind = _plain(_type_at(kind, steps[:at]))
        bad = (name for name in table if not _fits({name: table[name]}, table_kind))
        steps = (*steps[:at], next(bad, _SOME_KEY), *steps[at + 1 :])
    return steps


def _fits(value: object, kind: Any) -> bool:
    """Whether a value has a type of the schema."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _joined(prefix: str, steps: tuple[Step, ...]) -> str:
    """Steps as a person writes them: `right.1.nice`, counting from 1."""
    parts = [str(step + 1) if isinstance(step, int) else step for step in steps]
    return ".".join(filter(None, (prefix, *parts)))


def _value_at(raw: Any, steps: tuple[Step, ...]) -> object:
    """What stands at a place; as far down as the steps lead."""
    for step in steps:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return raw
    return raw


def _plain(kind: Any) -> Any:
    """A type without annotations and without None."""
    while get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) in {Union, types.UnionType}:
        rest = [part for part in get_args(kind) if part is not type(None)]
        return _plain(rest[0]) if len(rest) == 1 else kind
    return kind


def _is_struct(kind: Any) -> bool:
    """Whether a type is one of our own values."""
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _type_at(kind: Any, steps: tuple[Step, ...]) -> Any:
    """The type that the schema has at a place; None where the place is not in it."""
    for step in steps:
        kind = _plain(kind)
        if _is_struct(kind):
            fields = dict(zip(kind.__struct_encode_fields__, kind.__struct_fields__, strict=True))
            kind = get_type_hints(kind, include_extras=True).get(fields.get(str(step), ""))
        elif get_origin(kind) is tuple:
            kind = get_args(kind)[0]
        elif isinstance(get_origin(kind), type) and issubclass(get_origin(kind), Mapping):
            kind = get_args(kind)[1]
        else:
            return None
    return kind


def _keys(kind: Any) -> tuple[str, ...]:
    """The keys that a table of a type may have."""
    kind = _plain(kind)
    if not _is_struct(kind):
        return ()
    return tuple(name for name in kind.__struct_encode_fields__ if name != "origin")


def _choices(kind: Any) -> str:
    """A hint with the values that a closed set allows."""
    parts = get_args(kind) if get_origin(kind) is not Literal else (kind,)
    values = [value for part in parts for value in get_args(part)]
    return f"known are {', '.join(map(str, values))}" if values else ""


def _described(kind: Any) -> str:
    """A hint with the form that a text must have."""
    if get_origin(kind) is Annotated:
        notes = [getattr(note, "description", None) for note in get_args(kind)[1:]]
        return next((f"it is {note}" for note in notes if note), "")
    return next(filter(None, map(_described, get_args(kind))), "")
