"""Cases of other packs: what must fire another brand's rules must not fire this one's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from countermark.domain.packs import Pack, PackId
from countermark.knowledge.lint.cases import KP12
from countermark.knowledge.lint.subject import Remark, error, rule_place
from countermark.knowledge.snapshot import Snapshot
from countermark.scanning.case_questions import Demand
from countermark.scanning.case_seen import Seen, listings_of
from countermark.scanning.looking import look_at
from countermark.scanning.plan import ask, plan_of


def neighbour_remarks(
    packs: Sequence[Pack], demands: Mapping[PackId, Sequence[Demand]], snapshot: Snapshot
) -> Mapping[PackId, tuple[Remark, ...]]:
    """For each pack the rules of it that fire on what must fire a rule of another pack.

    Packs without marks are not held to it: their rules are about every brand.

    Args:
        packs: those tried.
        demands: what the cases of each demand.
        snapshot: of all of them.
    """
    firing = [(pack.id, demand) for pack in packs for demand in demands[pack.id] if demand.fire]
    if not firing:
        return {}
    plan = plan_of(snapshot)
    look = look_at(listings_of([demand.case for _, demand in firing]), snapshot, plan.lookup)
    seen = Seen.of(look, ask(look, plan))
    return {pack.id: tuple(_remarks(pack, firing, seen)) for pack in packs if pack.marks}


def _remarks(pack: Pack, firing: Sequence[tuple[PackId, Demand]], seen: Seen) -> Iterator[Remark]:
    """A remark for each rule of a pack and foreign case that fires it."""
    for rule in pack.rules:
        for row, (owner, demand) in enumerate(firing):
            if owner != pack.id and rule.id not in demand.asked and seen.fires(rule.id, row):
                says = f'it fires on case "{demand.case.id}" of pack {owner}'
                yield error(KP12, rule_place(rule), says, "narrow it: that is another's goods")
