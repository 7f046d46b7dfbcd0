"""Canonical JSON (RFC 8785) of integers, text, truth values, lists and tables; no floats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

MAX_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 32


def canonical_json(value: object) -> bytes:
    """`value` as the one UTF-8 JSON text that RFC 8785 allows for it.

    Numbers are integers between -(2**53 - 1) and 2**53 - 1, which every JSON reader keeps exactly.

    Raises:
        ValueError: a float, a larger integer, a key that is not text, half a surrogate pair, or a
            value that JSON does not have.
    """
    return _text(value, depth=0).encode("utf-8", errors="strict")


def _text(value: object, *, depth: int) -> str:
    """The canonical text of a value."""
    if depth > MAX_DEPTH:
        raise ValueError(f"the value is nested more than {MAX_DEPTH} deep")
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, list | tuple):
        return f"[{','.join(_text(part, depth=depth + 1) for part in value)}]"
    if isinstance(value, Mapping):
        return _table(value, depth=depth)
    raise ValueError(f"{type(value).__name__} {value!r} has no canonical form here")


def _integer(value: int) -> str:
    """An integer that every JSON reader keeps exactly."""
    if abs(value) > MAX_INTEGER:
        raise ValueError(f"{value} is outside the integers that JSON keeps exactly")
    return str(int(value))


def _table(table: Mapping[object, object], *, depth: int) -> str:
    """A table with its keys in the order of their UTF-16 code units."""
    keys = [key for key in table if isinstance(key, str)]
    if len(keys) != len(table):
        raise ValueError("a key of a table is not text")
    keys.sort(key=lambda key: key.encode("utf-16-be"))
    parts = (f"{_text(key, depth=depth)}:{_text(table[key], depth=depth + 1)}" for key in keys)
    return f"{{{','.join(parts)}}}"
