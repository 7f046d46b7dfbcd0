"""Which column of a source is which column of a listing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from countermark.domain.ingested import EXTRA_COLUMNS
from countermark.domain.tables import LISTINGS, REQUIRED
from countermark.errors import UsageError

OURS = (*LISTINGS.names, *EXTRA_COLUMNS)


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
        values[_known(ours)] = value
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
    for name in REQUIRED:
        if name not in chosen:
            raise UsageError(
                f"{source}: no column for {name}",
                hint=f"say which it is with --map THEIRS={name}; its columns are {', '.join(available)}",
            )
    return chosen
