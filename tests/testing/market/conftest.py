"""One small market for all tests of it, made from a catalogue that is stated here."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from countermark.testing.market import MarketSummary, catalogue_from_files, write_market

BRANDS = {
    "nike": ("Nike", "footwear.sneaker", "Air Force 1", (45, 115, 130)),
    "louis-vuitton": ("Louis Vuitton", "bags.handbag", "Neverfull", (1200, 2000, 2600)),
    "samsung": ("Samsung", "electronics.phone", "Galaxy S26 Ultra", (900, 1200, 1500)),
    "chanel": ("Chanel", "beauty.perfume", "", (80, 130, 190)),
    "lego": ("Lego", "toys.brick", "Technic", (8, 50, 450)),
    "hp": ("HP", "electronics.printer_supply", "", (12, 30, 70)),
    "pampers": ("Pampers", "baby.nappy", "Premium", (12, 25, 45)),
    "rolex": ("Rolex", "watches.watch", "Submariner", (8000, 10000, 14000)),
}
RENDERINGS = {
    "nike": ("zh", "耐克"),
    "louis-vuitton": ("zh", "路易威登"),
    "samsung": ("ru", "Самсунг"),
}


@pytest.fixture(scope="session")
def pack_files() -> dict[str, bytes]:
    """The public parts of small packs, one for each of BRANDS."""
    files = {}
    for mark, (name, category, line, (low, typical, high)) in BRANDS.items():
        code = f"{mark}:line"
        alias = f'[[alias]]\nmark = "{mark}"\ntext = "{name}"\nlang = "und"\nkind = "official"\n'
        if mark in RENDERINGS:
            lang, text = RENDERINGS[mark]
            alias += f'[[alias]]\nmark = "{mark}"\ntext = "{text}"\nlang = "{lang}"\n'
            alias += 'kind = "transliteration"\n'
        alias += f'[[alias]]\nmark = "{mark}"\ntext = "secret {mark}"\nlang = "und"\n'
        alias += 'kind = "coded"\n'
        files |= {
            f"{mark}/public/marks.toml": f'[[mark]]\nid = "{mark}"\ntext = "{name}"\n'.encode(),
            f"{mark}/public/aliases.toml": alias.encode(),
            f"{mark}/public/products.csv": (
                f"style_code,name,mark,category\n{code},{line},{mark},{category}\n"
            ).encode(),
            f"{mark}/public/prices.csv": (
                "style_code,currency,condition,pack_size,low,typical,high\n"
                f"{code},USD,new,1,{low}.00,{typical}.00,{high}.00\n"
                f"{code},EUR,new,1,{low}.00,{typical}.00,{high}.00\n"
            ).encode(),
        }
    return files


@pytest.fixture(scope="session")
def catalogue(pack_files):
    return catalogue_from_files(pack_files)


class Market:
    """A written market, its tables read on demand as lists of rows."""

    def __init__(self, folder: Path, summary: MarketSummary) -> None:
        self.folder = folder
        self.summary = summary

    def table(self, name: str):
        return pq.read_table(self.folder / f"{name}.parquet")

    def rows(self, name: str) -> list[dict]:
        return self.table(name).to_pylist()


@pytest.fixture(scope="session")
def market(catalogue, tmp_path_factory) -> Market:
    folder = tmp_path_factory.mktemp("market")
    summary = write_market(folder, catalogue=catalogue, listings=24_000, seed=11)
    return Market(folder, summary)
