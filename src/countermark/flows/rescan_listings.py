"""Everything that is up judged anew after knowledge changed: first to see what would change, then to change it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from countermark.domain.offers import offer_of
from countermark.domain.sightings import WATCHED_AT, Decision
from countermark.domain.tables import ACTIONS
from countermark.flows.consequences import (
    SYSTEM,
    Batch,
    event_of,
    follow,
    sealed,
    withdraw,
    write,
)
from countermark.flows.judge_submissions import Judged, JudgedBatch, Submission
from countermark.flows.keep_judged import SWITCHED_GROUND
from countermark.ports import Keeping, Known, Unit

PAGE: Final = 4_096
MACHINES: Final = ("gate", "rescan")
"""Decisions by these may be superseded by a rescan; a person's never is."""

MOVED_MILLI: Final = 5_000
"""A risk that moved by less, with nothing else changed, is no new decision."""

MOST_EXAMPLES: Final = 20

JudgePage = Callable[[Sequence[Submission]], JudgedBatch]


@dataclass(slots=True)
class Rescanned:
    """What a rescan found so far.

    Attributes:
        judged: listings looked at.
        moves: how many go from one action to another, by both.
        changed: decisions that are superseded, whether their action changes or their grounds do.
        by_people: listings whose decision is a person's and stands.
        overtaken: listings that somebody decided or edited meanwhile, left as they are.
        examples: (venue, listing id, action before, action after) of the first that move.
    """

    judged: int = 0
    changed: int = 0
    by_people: int = 0
    overtaken: int = 0
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    examples: list[tuple[str, str, str, str]] = field(default_factory=list)


def rescan_listings(
    member: str, *, judge: JudgePage, keeping: Keeping, preview: bool
) -> Iterator[Rescanned]:
    """Judge the last sighting of every listing of a marketplace anew; yields the counts after each page.

    Each page is one transaction. A rescan that was interrupted is simply run again: what was changed already is judged the
    same. A decision that would be the same is left as it is, one by a person always.

    Args:
        preview: count what would change, and change nothing.

    Raises:
        RecordsError: the pages before are kept.
    """
    found, last = Rescanned(), ""
    while True:
        with keeping.records.reading() as unit:
            page = unit.sightings.after(member, last, PAGE)
        if not page:
            return
        judged = judge([_submission(known) for known in page])
        changed = _changed(page, judged, found)
        if changed and not preview:
            with keeping.records.writing() as unit:
                _supersede(unit, _still(unit, member, last, changed, found), judged, keeping)
        last = page[-1].sighting.ref
        yield found


def _submission(known: Known) -> Submission:
    seen = known.sighting
    return Submission(
        member=seen.member, actor=SYSTEM, venue=seen.venue, offer=offer_of(seen.content)
    )


def _changed(
    page: Sequence[Known], judged: JudgedBatch, found: Rescanned
) -> list[tuple[Known, Judged]]:
    """The listings that are decided otherwise now, counted."""
    changed = []
    for known, each in zip(page, judged.listings, strict=True):
        found.judged += 1
        before = known.kept.decision
        if before.by not in MACHINES:
            found.by_people += 1
            continue
        now = _as_switched(each, before)
        if not _differs(before, now, shadow=judged.shadow):
            continue
        found.changed += 1
        changed.append((known, now))
        if now.action != before.action:
            found.moves[before.action, now.action] += 1
            if len(found.examples) < MOST_EXAMPLES:
                seen = known.sighting
                found.examples.append((seen.venue, seen.listing_id, before.action, now.action))
    return changed


def _as_switched(each: Judged, before: Decision) -> Judged:
    """A judgement that goes no lower while other goods in an old listing's place wait for a person."""
    if SWITCHED_GROUND not in before.grounds:
        return each
    action = max(each.action, before.action, key=ACTIONS.index)
    grounds = (*each.grounds, SWITCHED_GROUND)
    return Judged(
        action, each.risk_milli, each.claim, each.mark, grounds, each.findings, each.notes
    )


def _differs(before: Decision, now: Judged, *, shadow: bool) -> bool:
    if not before.acting and not shadow:
        return True
    was = (before.action, before.claim, before.mark, before.grounds)
    if was != (now.action, now.claim, now.mark, now.grounds):
        return True
    return abs(before.risk_milli - now.risk_milli) >= MOVED_MILLI


def _still(
    unit: Unit,
    member: str,
    last: str,
    changed: Sequence[tuple[Known, Judged]],
    found: Rescanned,
) -> list[tuple[Known, Judged]]:
    """Those of which the decision that was read still holds, in the transaction that supersedes it."""
    holds = {
        known.sighting.ref: known.kept.decision.ref
        for known in unit.sightings.after(member, last, PAGE)
    }
    still = [
        (known, each)
        for known, each in changed
        if holds.get(known.sighting.ref) == known.kept.decision.ref
    ]
    found.overtaken += len(changed) - len(still)
    return still


def _supersede(
    unit: Unit, changed: Sequence[tuple[Known, Judged]], judged: JudgedBatch, keeping: Keeping
) -> None:
    now = keeping.clock.now()
    refs = iter(keeping.chance.refs(3 * len(changed)))
    nonces = iter(keeping.chance.nonces(len(changed)))
    open_cases = unit.cases.open_of([known.sighting.ref for known, _ in changed])
    batch = Batch(cases=dict(open_cases))
    for known, each in changed:
        kept = sealed(_decision(known, each, judged, ref=next(refs), now=now), next(nonces))
        batch.decided.append(kept)
        listing, before = known.sighting.ref, known.kept.commitment
        batch.events.append(event_of("listing.judged", kept, subject=listing, before=before))
        case = batch.cases.get(listing)
        needed = kept.decision.action in WATCHED_AT and kept.decision.acting
        if case is not None and case.state == "open" and not needed:
            withdraw(batch, case, kept, refs)
        else:
            follow(batch, Known(sighting=known.sighting, kept=kept), listing, refs)
    write(unit, batch)


def _decision(
    known: Known, each: Judged, judged: JudgedBatch, *, ref: str, now: datetime
) -> Decision:
    before = known.kept.decision
    return Decision(
        ref=ref,
        listing=known.sighting.ref,
        member=known.sighting.member,
        action=each.action,
        risk_milli=each.risk_milli,
        claim=each.claim,
        mark=each.mark,
        grounds=each.grounds,
        edits=before.edits,
        version=judged.version,
        by="rescan",
        acting=not judged.shadow,
        decided_at=now,
        previous=before.ref,
        findings=each.findings,
    )


def plain(found: Rescanned) -> dict[str, Any]:
    """The counts as plain JSON values."""
    return {
        "judged": found.judged,
        "changed": found.changed,
        "by_people": found.by_people,
        "overtaken": found.overtaken,
        "moves": {f"{a} -> {b}": n for (a, b), n in sorted(found.moves.items())},
        "examples": [list(each) for each in found.examples],
    }
