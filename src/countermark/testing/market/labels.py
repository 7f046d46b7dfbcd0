"""A labelled sample such as a marketplace has: reviewed, appealed or bought, with mistakes."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from countermark.testing.market.dice import Dice, Weighted
from countermark.testing.market.drafts import Draft
from countermark.testing.market.pricing import typical_minor
from countermark.testing.market.rows import Row
from countermark.testing.market.sellers import Seller
from countermark.testing.market.spec import CLAIM_OF

LABELS = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("seller_id", pa.string(), nullable=False),
        pa.field("claim", pa.string(), nullable=False),
        pa.field("origin", pa.string(), nullable=False),
        pa.field("inclusion", pa.float64(), nullable=False),
    ]
)
"""What somebody took the listing for. Origins: review, appeal, brand, test_purchase.

`inclusion` is the probability with which a listing like it was looked at, as a marketplace knows of its own sampling.
Some listings were looked at twice, by people who did not know of each other, as marketplaces check their reviewers.
"""

Label = tuple[str, str, str, str, float]

_SUSPICIOUS_SHARE: Final = 0.30
_RANDOM_SHARE: Final = 0.04
_MISTAKEN: Final = 0.02
"""Labels that call a fake genuine or anything else a counterfeit."""
_SECOND_LOOK: Final = 0.10
_LOW: Final = 0.55
_YOUNG_DAYS: Final = 90
_ORIGINS: Final = Weighted(
    [("review", 0.66), ("brand", 0.20), ("appeal", 0.07), ("test_purchase", 0.07)]
)


def labels_of(row: Row, draft: Draft, seller: Seller, dice: Dice) -> list[Label]:
    """The labels of a listing of the train split; empty where nobody looked at it."""
    roll, mistaken = dice.share(), dice.chance(_MISTAKEN)
    origin = _ORIGINS.pick(dice)
    if not seller.train or roll >= _SUSPICIOUS_SHARE:
        return []
    suspicious = looks_suspicious(row, draft, seller)
    if roll >= _RANDOM_SHARE and not suspicious:
        return []
    inclusion = _SUSPICIOUS_SHARE if suspicious else _RANDOM_SHARE
    told = [(_taken_for(draft, mistaken=mistaken), origin)]
    if dice.chance(_SECOND_LOOK):
        told.append((_taken_for(draft, mistaken=dice.chance(_MISTAKEN)), "review"))
    return [(row.listing_id, row.seller_id, claim, where, inclusion) for claim, where in told]


def _taken_for(draft: Draft, *, mistaken: bool) -> str:
    true = CLAIM_OF[draft.kind]
    if not mistaken:
        return true
    return "none" if true in ("counterfeit", "declared_replica") else "counterfeit"


def looks_suspicious(row: Row, draft: Draft, seller: Seller) -> bool:
    """Whether a reviewer might look: a brand with a low price, slang or a young seller."""
    if draft.brand is None or draft.goods is None or draft.kind == "accessory":
        return False
    low = draft.price < _LOW * typical_minor(draft.goods, seller.currency)
    slang = "slang" in draft.manners or draft.kind == "replica"
    return low or slang or row.seller_age_days < _YOUNG_DAYS
