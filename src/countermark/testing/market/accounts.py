"""What is true of the accounts and rings: kept apart from the listings, for scoring only."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from countermark.testing.market.population import Population
from countermark.testing.market.scene import Scene
from countermark.testing.market.sellers import sellers_of
from countermark.testing.market.truth import ring_id

SELLERS = pa.schema(
    [
        pa.field("seller_id", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),
        pa.field("ring_id", pa.string()),
        pa.field("country", pa.string(), nullable=False),
        pa.field("split", pa.string(), nullable=False),  # train, test
        pa.field("listings", pa.int64(), nullable=False),
    ]
)
"""One row for each account. No ring has accounts in both splits."""

RINGS = pa.schema(
    [
        pa.field("ring_id", pa.string(), nullable=False),
        pa.field("accounts", pa.int64(), nullable=False),
        pa.field("split", pa.string(), nullable=False),
        pa.field("marks", pa.list_(pa.string()), nullable=False),
    ]
)
"""One row for each ring: how many accounts it has and which marks it mostly abuses."""

_BLOCK: Final = 20_000
_SPLITS: Final = {True: "train", False: "test"}


def seller_tables(population: Population) -> Iterator[pa.Table]:
    """SELLERS of a market, part by part, in the order of the seller ids."""
    order = np.argsort(population.ids)
    for first in range(0, len(order), _BLOCK):
        sellers = sellers_of(population, order[first : first + _BLOCK])
        columns = {
            "seller_id": [seller.seller_id for seller in sellers],
            "kind": [seller.kind for seller in sellers],
            "ring_id": [ring_id(seller.ring) for seller in sellers],
            "country": [seller.country for seller in sellers],
            "split": [_SPLITS[seller.train] for seller in sellers],
            "listings": [seller.size for seller in sellers],
        }
        yield pa.table(columns, schema=SELLERS)


def rings_table(population: Population, scene: Scene) -> pa.Table:
    """RINGS of a market."""
    rings = population.ring
    in_ring = population.rings >= 0
    trains = np.zeros(len(rings.sizes), bool)
    trains[population.rings[in_ring]] = population.train[in_ring]
    marks = [
        sorted({scene.catalogue.brands[place].mark for place in brands})
        for brands in rings.brands.tolist()
    ]
    columns = {
        "ring_id": [ring_id(number) for number in range(len(rings.sizes))],
        "accounts": rings.sizes,
        "split": [_SPLITS[train] for train in trains.tolist()],
        "marks": marks,
    }
    return pa.table(columns, schema=RINGS)
