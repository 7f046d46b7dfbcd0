"""What is true of each listing: kept apart from the listings, for scoring only."""

from __future__ import annotations

import pyarrow as pa

from countermark.testing.market.dice import Dice
from countermark.testing.market.drafts import Draft
from countermark.testing.market.rows import Row
from countermark.testing.market.sellers import Seller
from countermark.testing.market.spec import CLAIM_OF

TRUTH_LISTINGS = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("seller_id", pa.string(), nullable=False),
        pa.field("claim", pa.string(), nullable=False),
        pa.field("is_counterfeit", pa.bool_(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("mark", pa.string()),
        pa.field("style_code", pa.string()),
        pa.field("evasion", pa.string(), nullable=False),
        pa.field("condition_true", pa.string(), nullable=False),
        pa.field("language", pa.string(), nullable=False),
        pa.field("ring_id", pa.string()),
        pa.field("sales", pa.int32(), nullable=False),
        pa.field("returns", pa.int32(), nullable=False),
    ]
)
"""One row for each listing as first sighted; sales and returns over the whole period."""

TRUTH_EDITS = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("observed_at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("change", pa.string(), nullable=False),  # price, title, switch, reword
        pa.field("claim", pa.string(), nullable=False),
        pa.field("is_counterfeit", pa.bool_(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("mark", pa.string()),
        pa.field("evasion", pa.string(), nullable=False),
    ]
)
"""One row for each later sighting; together with observed_at it says what is true from then on."""

_RETURNED = {"fake": 0.14, "replica": 0.05, "grey": 0.05, "dupe": 0.05, "used": 0.04}
_USUALLY_RETURNED = 0.035


def truth_of(row: Row, draft: Draft, seller: Seller, dice: Dice) -> tuple[object, ...]:
    """The row of TRUTH_LISTINGS of a first sighting."""
    sales = row.sold + int(dice.share() ** 4 * (3 + row.sold))
    rate = _RETURNED.get(draft.kind, _USUALLY_RETURNED) * dice.between(0.4, 1.6)
    claim = CLAIM_OF[draft.kind]
    return (
        row.listing_id,
        row.seller_id,
        claim,
        claim == "counterfeit",
        draft.kind,
        draft.brand.mark if draft.brand else None,
        draft.goods.style_code if draft.goods else None,
        draft.evasion,
        draft.condition,
        seller.language,
        ring_id(seller.ring),
        sales,
        min(sales, int(sales * rate + dice.share())),
    )


def edit_truth(row: Row, draft: Draft, change: str) -> tuple[object, ...]:
    """The row of TRUTH_EDITS of a later sighting."""
    claim = CLAIM_OF[draft.kind]
    return (
        row.listing_id,
        row.observed_at,
        change,
        claim,
        claim == "counterfeit",
        draft.kind,
        draft.brand.mark if draft.brand else None,
        draft.evasion,
    )


def ring_id(ring: int) -> str | None:
    """The id of ring number `ring`; None for -1, which is no ring."""
    return f"R{ring:05d}" if ring >= 0 else None
