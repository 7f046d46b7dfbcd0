"""The simulated market: listings with known truth, at any size, the same for equal seeds."""

from countermark.testing.market.catalogue import Catalogue, Goods, catalogue_from_files
from countermark.testing.market.evasions import EVASIONS, evade, kinds_for
from countermark.testing.market.reading import read_catalogue, read_phrasebook
from countermark.testing.market.spec import MarketSpec
from countermark.testing.market.writing import MarketSummary, write_market, write_planned

__all__ = [
    "EVASIONS",
    "Catalogue",
    "Goods",
    "MarketSpec",
    "MarketSummary",
    "catalogue_from_files",
    "evade",
    "kinds_for",
    "read_catalogue",
    "read_phrasebook",
    "write_market",
    "write_planned",
]
