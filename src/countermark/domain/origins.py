"""Where a piece of pack knowledge stands, and who may read it.

The level of a piece of knowledge is that of the folder it was written in; anything derived from
several pieces has the highest of their levels.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

Level = Literal["public", "members", "venue"]
"""Who may read: everybody, members of the alliance, the marketplaces that a sealed part names."""

LEVELS: Final[tuple[Level, ...]] = ("public", "members", "venue")
"""All levels, the most open first. The folders of a pack have these names."""


def highest_level(levels: Iterable[Level]) -> Level:
    """The most secret of `levels`; `public` for none."""
    return max(levels, key=LEVELS.index, default="public")


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """The file, table and row that a piece of knowledge was read from.

    Attributes:
        table: name of the TOML array of tables (`rule`), or "" for a CSV file.
        row: number of the table in its array, from 1; in a CSV file the row as a spreadsheet counts
            it, the header being 1.
    """

    level: Level = "public"
    file: str = ""
    table: str = ""
    row: int = 0

    def __str__(self) -> str:
        """The place as a message names it: `public/aliases.toml [[alias]] 3`."""
        return (
            f"{self.file} [[{self.table}]] {self.row}"
            if self.table
            else f"{self.file} row {self.row}"
        )


NOWHERE: Final = Origin()
"""The origin of knowledge that was not read from a file."""


class Knowledge(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every piece of pack knowledge has: where it was read. Each kind is its own schema."""

    origin: Origin = NOWHERE

    @property
    def level(self) -> Level:
        """Who may read this piece of knowledge."""
        return self.origin.level
