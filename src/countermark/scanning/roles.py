"""Why a listing names a mark: as its goods' own, or because they fit, resemble, are not, or are about the mark's goods."""

from __future__ import annotations

import numpy as np

from countermark.domain.tables import ROLES
from countermark.operators.base import BRAND, Look, any_place
from countermark.operators.nearness import near_words

CLAIM_WITHIN = 2  # tokens around a name in which a claim of authenticity makes it the goods' own
BESIDE = (
    ("denied", (("core.denied_before", "before", 2), ("core.denied_after", "after", 2))),
    ("fits", (("core.fit_before", "before", 2), ("core.fit_after", "after", 2))),
    ("like", (("core.style_before", "before", 3), ("core.style_after", "after", 3), ("core.dupe", "any", 3))),
    ("like", (("core.like_before", "before", 1), ("core.like_after", "after", 1))),
)  # fmt: skip
"""Roles by words beside the name: list, side, tokens. Of several the first holds."""
KINDS = (("fits", ("parts", "repair")), ("about", ("media", "services", "toys.miniature")))
"""Roles by the kind of goods."""


def roles_of(look: Look) -> np.ndarray:
    """int8 for each subject, the position of its role in `ROLES`."""
    role = np.zeros(len(look), np.int8)
    kind = look.columns["category"][look.row]
    for name, kinds in reversed(KINDS):
        role[(kind >= 0) & look.lookup.kinds(kinds)[np.maximum(kind, 0)]] = ROLES.index(name)
    claimed = _beside(look, "core.genuine_claim", "any", CLAIM_WITHIN)
    for name, sides in reversed(BESIDE):
        for words, side, within in sides:
            hit = _beside(look, words, side, within)
            role[hit if name == "denied" else hit & ~claimed] = ROLES.index(name)
    return role


def _beside(look: Look, words: str, side: str, within: int) -> np.ndarray:
    """Whether a word of the list stands at that side of a mention of each subject."""
    places = look.mentions
    near = near_words(look, places, look.list_sets((words,)), side=side, within=within)
    return any_place(places.owner[near & (places.field != BRAND)], len(look))
