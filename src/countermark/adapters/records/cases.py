"""Cases in their table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, literal, or_, select, text, tuple_, update
from sqlalchemy.exc import IntegrityError

from countermark.adapters.records.rows import parts
from countermark.adapters.records.tables import CASES, IN_QUEUE
from countermark.adapters.records.walls import only_own, own
from countermark.domain.cases import COUNTED, Case, Waiting
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
        try:
            with self.connection.begin_nested():
                change = update(CASES).where(*read).values(asdict(saved))
                changed = self.connection.execute(change).rowcount
        except IntegrityError:
            raise Conflict(
                f"another case about what case {case.ref} is about is open",
                hint="go on with the one that is open",
            ) from None
        if changed == 0:
            raise Conflict(
                f"case {case.ref} changed since revision {case.revision} was read",
                hint="read the case again and repeat the change",
            )
        return saved

    def open_of(self, subjects: Sequence[str]) -> Mapping[str, Case]:
        """See the port."""
        still_open = (text("state <> 'closed'"), CASES.c.kind == "review")
        mine = select(CASES).where(*still_open, own(CASES.c.member, self.member))
        return {
            row["subject"]: Case(**row)
            for some in parts(subjects)
            for row in self.connection.execute(mine.where(CASES.c.subject.in_(some))).mappings()
        }

    def queue(
        self,
        member: str,
        *,
        now: datetime,
        limit: int,
        after: Case | None = None,
        escalated: bool = False,
    ) -> Sequence[Case]:
        """See the port."""
        free = or_(CASES.c.claimed_until.is_(None), CASES.c.claimed_until <= now)
        waiting = self._waiting(member, escalated).where(free)
        if after is None:
            return self._page(waiting, limit)
        # Two questions, since no database finds the beginning of "less, or equal and older" in an index by itself.
        place = tuple_(CASES.c.opened_at, CASES.c.ref) > tuple_(*_bound(after.opened_at, after.ref))
        found = self._page(waiting.where(CASES.c.harm == after.harm, place), limit)
        if len(found) < limit:
            found += self._page(waiting.where(CASES.c.harm < after.harm), limit - len(found))
        return found

    def held(self, member: str, person: str, *, now: datetime) -> Sequence[Case]:
        """See the port."""
        whose = (CASES.c.member == member, own(CASES.c.member, self.member))
        holds = (CASES.c.claimed_by == person, CASES.c.claimed_until > now)
        query = select(CASES).where(*whose, *holds).order_by(CASES.c.ref)
        return [Case(**row) for row in self.connection.execute(query).mappings()]

    def count_open(self, member: str, *, escalated: bool = False) -> Waiting:
        """See the port."""
        some = self._waiting(member, escalated).with_only_columns(CASES.c.ref).limit(COUNTED + 1)
        query = select(func.count()).select_from(some.subquery())
        number = self.connection.execute(query).scalar_one()
        return Waiting(number=min(number, COUNTED), more=number > COUNTED)

    def _waiting(self, member: str, escalated: bool) -> Select[Any]:
        whose = (CASES.c.member == member, own(CASES.c.member, self.member))
        return select(CASES).where(text(IN_QUEUE[escalated]), *whose)

    def _page(self, query: Select[Any], limit: int) -> list[Case]:
        ordered = query.order_by(CASES.c.harm.desc(), CASES.c.opened_at, CASES.c.ref).limit(limit)
        return [Case(**row) for row in self.connection.execute(ordered).mappings()]


def _bound(opened_at: datetime, ref: str) -> tuple[Any, Any]:
    """The place of a case as values of the columns' types."""
    return literal(opened_at, CASES.c.opened_at.type), literal(ref, CASES.c.ref.type)
