"""How often brands are sold: a Zipf-like order that starts with the best known ones."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from countermark.testing.market.catalogue import Catalogue

_EXPONENT: Final = 0.8

_BEST_KNOWN: Final = """
nike adidas apple louis-vuitton gucci samsung chanel rolex jordan lego dior pokemon
ray-ban the-north-face hermes yeezy prada new-balance ugg michael-kors ralph-lauren dyson
cartier sony nintendo crocs lululemon burberry pandora canada-goose tommy-hilfiger omega
supreme fendi balenciaga xiaomi levis converse saint-laurent versace moncler casio coach
tiffany disney bosch oakley lacoste stanley birkenstock pop-mart mac lancome estee-lauder
puma vans timberland beats jbl huawei hp canon sandisk philips arcteryx off-white bmw
"""


def popularity(catalogue: Catalogue, seed: int) -> npt.NDArray[np.float64]:
    """The share of sales by brand, in the catalogue's order; sums to 1.

    The best known brands come first, always in the same order; the others follow in an order
    that depends on `seed`. The share of the brand at place r falls as 1 / r^0.8.
    """
    count = len(catalogue.brands)
    ranks = np.empty(count)
    known = {mark: place for place, mark in enumerate(_BEST_KNOWN.split())}
    shuffled = np.random.default_rng([seed, count]).permutation(count)
    order = sorted(
        range(count),
        key=lambda n: (known.get(catalogue.brands[n].mark, len(known)), int(shuffled[n])),
    )
    ranks[order] = np.arange(1, count + 1)
    weights = ranks**-_EXPONENT
    shares: npt.NDArray[np.float64] = weights / weights.sum()
    return shares
