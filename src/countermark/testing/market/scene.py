"""Everything that writing a listing looks up, prepared once and sent to every process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate

from countermark.testing.market.catalogue import Brand, Catalogue, Goods
from countermark.testing.market.dice import Weighted
from countermark.testing.market.phrasebook import Phrasebook
from countermark.testing.market.popularity import popularity
from countermark.testing.market.spec import MIX, MarketSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A market before anything is listed.

    Attributes:
        popular: the upper bounds of the brands' shares, summed up; for a search by a share.
        fitting: by accessory, the brands and goods that it is made for.
        kinds: by kind of seller, what kinds of listings it writes.
    """

    spec: MarketSpec
    catalogue: Catalogue
    phrasebook: Phrasebook
    popular: tuple[float, ...]
    fitting: Mapping[int, Weighted[tuple[Brand, Goods]]]
    kinds: Mapping[str, Weighted[str]]


def scene(spec: MarketSpec, catalogue: Catalogue, phrasebook: Phrasebook) -> Scene:
    """The scene of a market. Accessories that fit nothing in the catalogue are left out."""
    shares = popularity(catalogue, spec.seed).tolist()
    return Scene(
        spec=spec,
        catalogue=catalogue,
        phrasebook=phrasebook,
        popular=tuple(accumulate(shares)),
        fitting=_fitting(catalogue, phrasebook, shares),
        kinds={seller: Weighted(mix.items()) for seller, (_, mix) in MIX.items()},
    )


def _fitting(
    catalogue: Catalogue, phrasebook: Phrasebook, shares: list[float]
) -> dict[int, Weighted[tuple[Brand, Goods]]]:
    found: dict[int, Weighted[tuple[Brand, Goods]]] = {}
    for number, accessory in enumerate(phrasebook.accessories):
        options: list[tuple[tuple[Brand, Goods], float]] = []
        for brand, share in zip(catalogue.brands, shares, strict=True):
            fits = [goods for goods in brand.goods if goods.category in accessory.fits]
            options += [((brand, goods), share / len(fits)) for goods in fits]
        if options:
            found[number] = Weighted(options)
    return found
