"""The Arrow schemas of every table that crosses a stage: what a column is called, its type and its unit.

Money is in minor units (cents) of the ISO 4217 currency beside it. A null means *not known*; it never means zero or no.
"""

from __future__ import annotations

import pyarrow as pa

LISTINGS = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("title", pa.string(), nullable=False),
        pa.field("description", pa.string()),
        pa.field("seller_id", pa.string()),
        pa.field("seller_name", pa.string()),
        pa.field("venue", pa.string()),  # the marketplace, as packs name it
        pa.field("category", pa.string()),  # alliance category id, "bags.handbag"
        pa.field("brand", pa.string()),  # the brand attribute that the seller filled in
        pa.field("condition", pa.string()),  # new, open_box, refurbished, used, for_parts
        pa.field("price_minor", pa.int64()),  # asking price of the whole offer, > 0
        pa.field("currency", pa.string()),  # ISO 4217, upper case
        pa.field("pack_size", pa.int32()),  # pieces in the offer, >= 1
        pa.field("style_code", pa.string()),
        pa.field("gtin", pa.string()),  # digits as the seller gave them
        pa.field("serial", pa.string()),
        pa.field("colour", pa.string()),
        pa.field("size", pa.string()),
        pa.field("year", pa.int32()),
        pa.field("market", pa.string()),  # where it is offered, ISO 3166-1 alpha-2
        pa.field("ships_from", pa.string()),  # ISO 3166-1 alpha-2
        pa.field("language", pa.string()),  # ISO 639-1 of the text
        pa.field("stock", pa.int32()),  # pieces on hand
        pa.field("sold", pa.int32()),  # pieces sold so far
        pa.field("photos", pa.int32()),  # number of pictures
        pa.field("seller_age_days", pa.int32()),
        pa.field("seller_listings", pa.int32()),  # listings of this seller on the venue
        pa.field("seller_rating", pa.float32()),  # share of good ratings, 0 to 1
        pa.field("observed_at", pa.timestamp("us", tz="UTC")),
    ]
)
"""One offer as seen at one moment. Only `listing_id` and `title` are required."""

REQUIRED = ("listing_id", "title")
"""Columns without which a row is refused."""

CONDITIONS = ("new", "open_box", "refurbished", "used", "for_parts")
"""Conditions of goods, in the order of their codes 0–4."""

CLAIMS = ("suspected_counterfeit", "declared_replica", "misuse_of_mark", "grey_market")
"""What a rule may say about a listing. The four are never mixed."""

_SPAN = pa.struct([("field", pa.int8()), ("start", pa.int32()), ("end", pa.int32())])

FINDINGS = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("seller_id", pa.string()),
        pa.field("rule", pa.string(), nullable=False),  # full id, "core.general/declares-replica"
        pa.field("rev", pa.int32(), nullable=False),
        pa.field("status", pa.string(), nullable=False),  # what the snapshot grants
        pa.field("claim", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("disclosable", pa.bool_(), nullable=False),  # may be the only ground of an action
        pa.field("mark", pa.string()),  # the mark named, null where none is
        pa.field("how", pa.string()),  # way of recognition of the first mention
        pa.field("style_code", pa.string()),  # the model or range that the price was held against
        pa.field("mention", _SPAN),  # bytes of the first mention; field as in operators.base
        pa.field("word", _SPAN),  # bytes of the first word of a list that the rule asks for
        pa.field("price_minor", pa.int64()),
        pa.field("currency", pa.string()),
        pa.field("band_minor", pa.int64()),  # the genuine price it was held against, of one piece
        pa.field("asked_share", pa.float32()),  # asked for one piece / band
        pa.field(
            "true_signals", pa.uint32(), nullable=False
        ),  # bit k: k-th signal of the rule by name
        pa.field("known_signals", pa.uint32(), nullable=False),
    ]
)
"""One rule that held for one listing, with the facts that made it hold."""

NAMED = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("seller_id", pa.string()),
        # Of several marks the one with the most findings, then the first; and how many there are.
        pa.field("mark", pa.string(), nullable=False),
        pa.field("marks", pa.int16(), nullable=False),
        pa.field("how", pa.string(), nullable=False),  # way of recognition of the first mention
        pa.field(
            "named_in", pa.string(), nullable=False
        ),  # text of the first mention, one of NAMED_IN
        pa.field("role", pa.string(), nullable=False),  # why the mark is named, one of ROLES
        pa.field("maker", pa.string()),  # whose make, as the brand attribute says, one of MAKERS
        pa.field("style_code", pa.string()),  # model, or range of the mark's goods of that kind
        pa.field("category", pa.string()),  # kind of goods, given or read
        # Price of one piece / lowest genuine price in the same currency and condition.
        pa.field("asked_share", pa.float32()),
        # The same / typical genuine price.
        pa.field("typical_share", pa.float32()),
        # A typical genuine price of one new piece in some currency.
        pa.field("reference_minor", pa.int64()),
        pa.field("reference_currency", pa.string()),
        pa.field("pack_size", pa.int32(), nullable=False),
        pa.field("condition", pa.int8(), nullable=False),  # code in CONDITIONS, -1 not known
        pa.field("price_minor", pa.int64()),
        pa.field("currency", pa.string()),
        # Whether it is sent from another territory than it is offered in.
        pa.field("abroad", pa.bool_()),
        pa.field("seller_age_days", pa.int32()),
        pa.field("seller_listings", pa.int32()),
        pa.field("seller_rating", pa.float32()),
        pa.field("stock", pa.int32()),
        pa.field("sold", pa.int32()),
        pa.field("photos", pa.int32()),
        # Bit k: the k-th shared question of the plan holds, is known.
        pa.field("true_signals", pa.uint64(), nullable=False),
        pa.field("known_signals", pa.uint64(), nullable=False),
    ]
)
"""One listing that names a mark, with the operator columns that learning and ranking read."""

DECISIONS = pa.schema(
    [
        pa.field("listing_id", pa.string(), nullable=False),
        pa.field("seller_id", pa.string()),
        pa.field(
            "risk", pa.float32(), nullable=False
        ),  # 0 to 100: calibrated probability in percent
        pa.field("rank", pa.float32()),  # 0 to 1, the challenger's order; null without a challenger
        pa.field("action", pa.string(), nullable=False),  # allow, evaluate, review, hold, remove
        pa.field("claim", pa.string()),  # of the strongest ground
        pa.field("mark", pa.string()),
        pa.field("grounds", pa.list_(pa.string()), nullable=False),  # rule ids, the strongest first
        pa.field("version", pa.string(), nullable=False),  # snapshot, policy and weights
    ]
)
"""What follows for one listing that names a mark or has a finding; every other listing is allowed."""

SELLERS = pa.schema(
    [
        pa.field("seller_id", pa.string(), nullable=False),
        pa.field(
            "risk", pa.float32(), nullable=False
        ),  # 0 to 100: probability that the account deals in counterfeits
        pa.field(
            "action", pa.string(), nullable=False
        ),  # allow or review: accounts are never removed by a scan
        pa.field("listings", pa.int64(), nullable=False),
        pa.field("naming", pa.int64(), nullable=False),  # listings that name a mark
        pa.field("suspect", pa.int64(), nullable=False),  # listings reviewed, held or removed
        pa.field(
            "expected", pa.float32(), nullable=False
        ),  # expected number of counterfeit listings
        pa.field(
            "marks", pa.list_(pa.string()), nullable=False
        ),  # the marks most often suspected, at most 5
        pa.field("version", pa.string(), nullable=False),
    ]
)
"""One account with at least one listing that names a mark."""

ROLES = ("own", "fits", "like", "denied", "about")
"""Why a listing names a mark: its goods are offered as the mark's own; they fit those, look like those, are said not to be
those; or are about them."""

NAMED_IN = ("title", "description", "attributes.brand")
"""The texts of a listing that may name a mark, as rules call them, in the order of their codes."""

MAKERS = ("same", "other_mark", "nobody", "other")
"""Whose make the brand attribute says that goods are: the mark's, another mark's, nobody's, or somebody else's."""

ACTIONS = ("allow", "evaluate", "review", "hold", "remove")
"""What a policy may let follow, the mildest first."""
