"""Cases in their table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from countermark.adapters.records.rows import parts
from countermark.adapters.records.tables import CASES
from countermark.adapters.records.walls import only_own, own
from countermark.domain.cases import Case
from countermark.errors import Conflict, NotFound


@dataclass(frozen=True, slots=True)
class SqlCases:
    """A `ports.Cases`."""

    connection: Connection
    member: str | None

    def add(self, cases: Sequence[Case]) -> None:
        """See the port."""
        only_own(self.member, (case.member for case in cases))
        if not cases:
            return
        rows = [asdict(replace(case, revision=1)) for case in cases]
        try:
            self.connection.execute(insert(CASES), rows)
        except IntegrityError:
            raise Conflict(
                f"of {len(cases)} new cases one is there already, or another about the same is open",
                hint="look for the open case and go on with it",
            ) from None

    def get(self, ref: str) -> Case:
        """See the port."""
        query = select(CASES).where(CASES.c.ref == ref, own(CASES.c.member, self.member))
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound(f"there is no case {ref!r}", hint="copy its reference from the queue")
        return Case(**row)

    def save(self, case: Case) -> Case:
        """See the port."""
        only_own(self.member, [case.member])
        saved = replace(case, revision=case.revision + 1)
        read = (CASES.c.ref == case.ref, CASES.c.member == case.member, CASES.c.revision == case.revision)  # fmt: skip
        changed = self.connection.execute(update(CASES).where(*read).values(asdict(saved))).rowcount
        if changed == 0:
            raise Conflict(
                f"case {case.ref} changed since revision {case.revision} was read",
                hint="read the case again and repeat the change",
            )
        return saved

    def open_of(self, subjects: Sequence[str]) -> Mapping[str, Case]:
        """See the port."""
        still_open = CASES.c.state != "closed"
        mine = select(CASES).where(still_open, own(CASES.c.member, self.member))
        return {
            row["subject"]: Case(**row)
            for some in parts(subjects)
            for row in self.connection.execute(mine.where(CASES.c.subject.in_(some))).mappings()
        }
