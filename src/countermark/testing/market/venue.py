"""The pack that the simulated venue issues itself: who may sell which brand there."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Final

import numpy as np

from countermark.testing.market.chunks import public_name
from countermark.testing.market.population import Population
from countermark.testing.market.scene import Scene
from countermark.testing.market.sellers import sellers_of
from countermark.testing.market.spec import SELLER_KINDS, VENUE

_HEADER: Final = (
    *("venue", "seller_id", "name", "scope"),
    *("territory", "valid_from", "valid_to", "evidence"),
)

_PACK: Final = """format    = "countermark.pack/1"
id        = "simulated-market.sellers"
serial    = 1
version   = "{year}.{month}.1"
title     = "Authorised stores of the simulated market"
summary   = "Which simulated accounts may sell which brand; nothing in it is about real sellers."
issuer    = "simulated-market"
contact   = "packs@countermark.example"
licence   = "Apache-2.0"
languages = ["en"]
valid_from = {starts_on}T00:00:00Z
review_by  = {review_by}
expires    = {expires}T00:00:00Z
supersedes = []

[parts.public]
level   = "public"
licence = "Apache-2.0"

[requires]
engine = ">=0.1,<2"
lists  = {{}}
"""


def venue_pack(population: Population, scene: Scene) -> Mapping[str, bytes]:
    """The files of the venue's pack, by path inside its folder."""
    day = scene.spec.starts_on
    later = day.replace(day=1, year=day.year + 1)
    pack = _PACK.format(
        year=day.year,
        month=day.month,
        starts_on=day,
        review_by=later,
        expires=later.replace(year=later.year + 1),
    )
    return {
        "pack.toml": pack.encode(),
        "public/sellers.csv": _sellers(population, scene).encode(),
    }


def _sellers(population: Population, scene: Scene) -> str:
    stores = np.flatnonzero(population.kinds == SELLER_KINDS.index("authorised_store"))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    first = scene.spec.starts_on.replace(month=1, day=1)
    for seller in sorted(sellers_of(population, stores), key=lambda one: one.number):
        marks = dict.fromkeys(scene.catalogue.brands[place].mark for place in seller.brands)
        name = public_name(seller, scene)
        for mark in marks:
            evidence = f"simulated:{seller.number}"
            days = (first, first.replace(year=first.year + 2))
            row = (VENUE, seller.seller_id, name, f"mark:{mark}", seller.country, *days, evidence)
            writer.writerow(row)
    return text.getvalue()
