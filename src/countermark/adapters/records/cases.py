"""Cases in their table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from countermark.adapters.records.tables import CASES
from countermark.domain.cases import Case
from countermark.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class SqlCases:
    """A `ports.Cases`."""

    connection: Connection

    def add(self, cases: Sequence[Case]) -> None:
        """See the port."""
        if cases:
            self.connection.execute(
                insert(CASES), [{**_row(case), "revision": 1} for case in cases]
            )

    def get(self, ref: str) -> Case:
        """See the port."""
        row = (
            self.connection.execute(select(CASES).where(CASES.c.ref == ref))
            .mappings()
            .one_or_none()
        )
        if row is None:
            raise NotFound(f"there is no case {ref!r}", hint="copy its reference from the queue")
        return Case(**row)

    def save(self, case: Case) -> Case:
        """See the port."""
        saved = replace(case, revision=case.revision + 1)
        at = (CASES.c.ref == case.ref, CASES.c.revision == case.revision)
        changed = self.connection.execute(update(CASES).where(*at).values(_row(saved))).rowcount
        if changed == 0:
            raise Conflict(
                f"case {case.ref} changed since revision {case.revision} was read",
                hint="read the case again and repeat the change",
            )
        return saved

    def open_of(self, subjects: Sequence[str]) -> Mapping[str, Case]:
        """See the port."""
        query = select(CASES).where(CASES.c.subject.in_(subjects), CASES.c.state != "closed")
        cases = [Case(**row) for row in self.connection.execute(query).mappings()]
        return {case.subject: case for case in cases}


def _row(case: Case) -> dict[str, Any]:
    return {column.name: getattr(case, column.name) for column in CASES.c}
