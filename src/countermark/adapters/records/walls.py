"""The first wall between members: every statement asks for the rows of one member only, unless the system itself asks.

On PostgreSQL the database holds a second wall behind it (see `postgresql`); SQLite knows no such thing, so that there this one
is all that stands between them.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, true

from countermark.errors import NotAllowed


def own(column: ColumnElement[str], member: str | None) -> ColumnElement[bool]:
    """The condition that a row is `member`'s, whom `column` names; of the system (None) that it is anybody's."""
    return true() if member is None else column == member


def only_own(member: str | None, owners: Iterable[str]) -> None:
    """Refuse to write what is not `member`'s.

    Raises:
        NotAllowed: one of `owners` is another member.
    """
    if member is not None and any(owner != member for owner in owners):
        raise NotAllowed(
            f"what belongs to another member cannot be written in the name of {member!r}",
            hint="open the records for that member, or for the system",
        )
