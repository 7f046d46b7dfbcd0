"""Words, weights and tables of deciding: questions, labels and their origins, truth tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

QUESTIONS: Final = ("counterfeit", "misuse_of_mark", "grey_market")
"""What is asked of a listing, each with its own probability and its own evidence."""

QUESTION_OF_CLAIM: Final[Mapping[str, str]] = {
    "suspected_counterfeit": "counterfeit",
    "declared_replica": "counterfeit",
    "misuse_of_mark": "misuse_of_mark",
    "grey_market": "grey_market",
}
"""By claim of a rule, the question it is evidence for: goods declared a replica are counterfeit."""

TRUTHS: Final = ("none", "counterfeit", "declared_replica", "misuse_of_mark", "grey_market")
"""What a listing turns out to be."""

LABEL_CLAIMS: Final = ("none", "not_counterfeit", *TRUTHS[1:])
"""What a label may say. `not_counterfeit` comes from people who were asked nothing else: it answers
the question of counterfeits with no and leaves the others open. The first wins a tie."""

QUESTION_OF_TRUTH: Final[Mapping[str, str]] = {
    "counterfeit": "counterfeit",
    "declared_replica": "counterfeit",
    "misuse_of_mark": "misuse_of_mark",
    "grey_market": "grey_market",
}

ORIGINS: Final = ("court", "test_purchase", "brand", "appeal", "review")
"""Where a label comes from; of several for one listing those of the best origin count."""

ORIGIN_WEIGHTS: Final[Mapping[str, float]] = {
    "court": 2.0,
    "test_purchase": 2.0,
    "brand": 1.5,
    "appeal": 1.5,
    "review": 1.0,
}
"""How many plain reviews a label counts for in learning."""

RANK_OF_ORIGIN: Final[Mapping[str, int]] = {
    "court": 0,
    "test_purchase": 0,
    "brand": 1,
    "appeal": 1,
    "review": 2,
}
"""Which labels overrule which: a lower rank wins."""

PRIOR_BITS: Final[Mapping[str, float]] = {
    "weak": 1.0,
    "moderate": 2.5,
    "strong": 4.5,
    "conclusive": 7.0,
}
"""Weight of evidence in bits of a rule that nobody has measured, by its author's `prior`."""

BASE_RATE: Final = 0.05
"""Share of listings naming a mark that are counterfeit, before anything is measured.

Between the shares of counterfeits in world trade (2.3 %) and in EU imports (4.7 %) that OECD and
EUIPO published for 2021, rounded up because listings name marks more often than parcels do.
"""

FLOOR_RATE: Final = 0.001
"""Share of listings naming no mark and without a finding that are counterfeit, unmeasured."""

SELLER_GROUND: Final = "core.seller/sells-suspects"
"""Ground of a review: other listings of the same seller are suspect."""

LISTING_GROUND: Final = "core.listing/"
"""Prefix of grounds of a review that are plain facts of the listing, "core.listing/asked-share"."""

LABELS: Final = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("claim", pa.string()),  # one of LABEL_CLAIMS; null: could not tell
        pa.field("origin", pa.string(), nullable=False),  # one of ORIGINS
        pa.field(
            "inclusion", pa.float64()
        ),  # probability of being sampled, (0, 1]; null: not known
    ]
)
"""What people found out about listings; several labels of one listing are welcome.

A listing that somebody picked has no known probability of being sampled (null; the column may be
left out). Such labels teach what evidence is worth, and nothing of how common counterfeits are
among listings without any.
"""

SELLER_TOTALS: Final = pa.schema(
    [
        pa.field("seller_id", pa.string(), nullable=False),
        pa.field("listings", pa.int64(), nullable=False),  # scanned, naming a mark or not
    ]
)
"""How many listings of each seller a scan saw."""

RANKS: Final = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("rank", pa.float32(), nullable=False),  # 0 to 1, larger is more suspicious
    ]
)
"""The challenger's order of listings."""

TRUTH: Final = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("claim", pa.string(), nullable=False),  # one of TRUTHS
        pa.field("seller_id", pa.string()),
        pa.field("language", pa.string()),
        pa.field("evasion", pa.string()),  # how the mark is disguised; null or empty: it is not
        pa.field("seller_kind", pa.string()),
        pa.field("kind", pa.string()),  # of listing, "accessory"
    ]
)
"""What every listing of a known market is. Only `listing_id` and `claim` are required."""
