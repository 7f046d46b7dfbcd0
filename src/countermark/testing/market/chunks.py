"""A market in parts: each part is made from the scene and its own seeds alone, in any process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa

from countermark.domain.tables import LISTINGS
from countermark.testing.market.contacts import mixed
from countermark.testing.market.dice import Dice
from countermark.testing.market.drafts import Draft, draft
from countermark.testing.market.edits import edits_of
from countermark.testing.market.labels import LABELS, labels_of
from countermark.testing.market.naming import shop_name, store_name
from countermark.testing.market.population import Ints, Population
from countermark.testing.market.rows import Row, row
from countermark.testing.market.scene import Scene
from countermark.testing.market.sellers import Seller, sellers_of
from countermark.testing.market.truth import TRUTH_EDITS, TRUTH_LISTINGS, truth_of

CHUNK: Final = 20_000
"""Listings of one part. It is part of the recipe: another size gives another market."""

_BORROWERS: Final = ("ring", "opportunist", "honest_shop", "grey_importer")
"""Kinds of sellers who sometimes call themselves after a brand without being authorised."""
_GOLDEN: Final = 0.6180339887498949


class Task(NamedTuple):
    """The work for one part: its number, its first listing and the seller of each of its rows."""

    number: int
    first: int
    sellers: tuple[Seller, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The tables of one part: listings, edits, truth/listings, truth/edits and labels."""

    listings: pa.Table
    edits: pa.Table
    truth: pa.Table
    truth_edits: pa.Table
    labels: pa.Table
    kinds: tuple[str, ...]


def tasks(population: Population, listings: int) -> Iterator[Task]:
    """The parts of a market, in order."""
    for number, first in enumerate(range(0, listings, CHUNK)):
        owners = owners_of(population, np.arange(first, min(first + CHUNK, listings)), listings)
        distinct, rows = np.unique(owners, return_inverse=True)
        yield Task(number, first, tuple(sellers_of(population, distinct)), tuple(rows.tolist()))


def owners_of(population: Population, numbers: Ints, listings: int) -> Ints:
    """The accounts that own the listings `numbers`, scattered over all of a market.

    Slots belong to accounts in blocks; multiplying by a number without a divisor in common with
    the count permutes them, so that neighbouring listings have unrelated sellers.
    """
    step = max(1, int(listings * _GOLDEN))
    while gcd(step, listings) != 1:
        step += 1
    slots = (numbers * step + listings // 3) % listings
    owners: Ints = np.searchsorted(population.firsts, slots, side="right") - 1
    return owners


def part(task: Task, scene: Scene) -> Part:
    """The tables of one part of a market."""
    dice = Dice(*scene.spec.seeds("listings", task.number))
    later = Dice(*scene.spec.seeds("edits", task.number))
    marked = Dice(*scene.spec.seeds("labels", task.number))
    made = list(_first_sightings(task, scene, dice))
    edits = [
        edit
        for first, what, seller in made
        for edit in edits_of(first, what, seller=seller, scene=scene, dice=later)
    ]
    labels = [label for known in made for label in labels_of(*known, marked)]
    return Part(
        listings=_table([first for first, _, _ in made], LISTINGS),
        edits=_table([edit.row for edit in edits], LISTINGS),
        truth=_table([truth_of(*known, dice) for known in made], TRUTH_LISTINGS),
        truth_edits=_table([edit.truth for edit in edits], TRUTH_EDITS),
        labels=_table(labels, LABELS),
        kinds=tuple(what.kind for _, what, _ in made),
    )


def _first_sightings(task: Task, scene: Scene, dice: Dice) -> Iterator[tuple[Row, Draft, Seller]]:
    names = [public_name(seller, scene) for seller in task.sellers]
    for number, place in enumerate(task.rows, start=task.first):
        seller = task.sellers[place]
        made = draft(seller, scene, dice)
        listing_id = f"L{number:09d}"
        first = row(listing_id, made, seller=seller, name=names[place], scene=scene, dice=dice)
        yield first, made, seller


def public_name(seller: Seller, scene: Scene) -> str:
    """The name under which the venue shows `seller`."""
    phrases = scene.phrasebook.phrases[seller.language]
    borrowed = seller.kind in _BORROWERS and mixed(seller.number, 14) % 16 == 0
    if borrowed or seller.kind == "authorised_store":
        return store_name(scene.catalogue.brands[seller.brands[0]], seller.number, phrases)
    return shop_name(seller.number, seller.voice, phrases)


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    return pa.table(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)],
        schema=schema,
    )
