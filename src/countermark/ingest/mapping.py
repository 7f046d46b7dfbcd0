"""Which column of a source is which column of a listing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from countermark.domain.currencies import CURRENCIES
from countermark.domain.ingested import EXTRA_COLUMNS
from countermark.domain.tables import CONDITIONS, LISTINGS, REQUIRED
from countermark.errors import UsageError

OURS = (*LISTINGS.names, *EXTRA_COLUMNS)
UPPER = ("currency", "market", "ships_from")
NO_DEFAULT = (*REQUIRED, *EXTRA_COLUMNS, "price_minor")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMapping:
    """Names of source columns, and values for columns that a source does not have.

    Attributes:
        columns: our name -> their name; columns with our names need no entry.
        defaults: our name -> value for every listing without one, as `condition` -> `new` for a venue of new goods.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)


def parse_mapping(maps: Sequence[str], defaults: Sequence[str]) -> ColumnMapping:
    """The mapping of `theirs=ours` and `ours=value` texts.

    Raises:
        UsageError: not of that form, or not a column of a listing.
    """
    columns: dict[str, str] = {}
    for text in maps:
        theirs, ours = _pair(text, "theirs=ours")
        columns[_known(ours)] = theirs
    values = {}
    for text in defaults:
        ours, value = _pair(text, "column=value")
        values[ours] = _default(_known(ours), value)
    return ColumnMapping(columns=columns, defaults=values)


def _pair(text: str, form: str) -> tuple[str, str]:
    left, sign, right = text.rpartition("=") if form.startswith("theirs") else text.partition("=")
    if not sign or not left or not right:
        raise UsageError(
            f"{text!r} is not of the form {form}", hint="for instance --map name=title"
        )
    return left, right


def _known(name: str) -> str:
    if name not in OURS:
        raise UsageError(
            f"{name!r} is not a column of a listing", hint=f"columns are {', '.join(OURS)}"
        )
    return name


def _default(name: str, value: str) -> str:
    """A value that every listing without one may be given."""
    if name in NO_DEFAULT:
        raise UsageError(f"{name} has no default", hint="each listing has its own")
    value = value.upper() if name in UPPER else value
    known: tuple[str, ...] = ()
    if name == "currency":
        fits = value in CURRENCIES
    elif name == "condition":
        fits, known = value in CONDITIONS, CONDITIONS
    else:
        fits = _fits(name, value)
    if not fits:
        raise UsageError(
            f"default {name}={value} cannot be used",
            hint=f"known are {', '.join(known)}"
            if known
            else f"{name} is {LISTINGS.field(name).type}",
        )
    return value


def _fits(name: str, value: str) -> bool:
    try:
        pa.scalar(value).cast(LISTINGS.field(name).type)
    except pa.ArrowInvalid:
        return False
    return True


def source_columns(
    available: Sequence[str], mapping: ColumnMapping, *, source: str
) -> dict[str, str]:
    """Our name -> the source's name, for every column that the source has.

    Raises:
        UsageError: a mapped or a required column is not there.
    """
    chosen = {ours: ours for ours in OURS if ours in available}
    for ours, theirs in mapping.columns.items():
        if theirs not in available:
            raise UsageError(
                f"{source}: no column {theirs!r}", hint=f"its columns are {', '.join(available)}"
            )
        chosen[ours] = theirs
    for theirs in chosen.values():
        if list(available).count(theirs) > 1:
            raise UsageError(f"{source}: column {theirs!r} stands twice", hint="rename one of them")
    for name in REQUIRED:
        if name not in chosen:
            raise UsageError(
                f"{source}: no column for {name}",
                hint=f"say which it is with --map THEIRS={name}; its columns are {', '.join(available)}",
            )
    return chosen
