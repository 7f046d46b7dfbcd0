"""What the simulated market sells under a brand: names, goods and price bands of public packs."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from countermark.domain.currencies import parse_minor
from countermark.errors import PackError

PLAIN_NAMES = ("official", "transliteration")
"""The alias kinds that honest sellers write; the others are knowledge of the engine under test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Genuine prices of `pack_size` pieces together, in minor units: 0 < low <= typical <= high."""

    pack_size: int
    low: int
    typical: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """One product line of a brand, or all its goods of a category.

    Attributes:
        style_code: the catalogue's code.
        name: the line's name without the brand; empty for all goods of the category.
        bands: by (currency, condition); never empty; condition is "new" or "used".
    """

    style_code: str
    name: str
    category: str
    bands: Mapping[tuple[str, str], Band]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """One mark and everything sold under it.

    Attributes:
        mark: mark id.
        name: official name.
        others: further official names in Latin script.
        renderings: official names by language, in that language's script.
        goods: never empty.
    """

    mark: str
    name: str
    others: tuple[str, ...]
    renderings: Mapping[str, tuple[str, ...]]
    goods: tuple[Goods, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """Brands with price bands, ordered by mark id."""

    brands: tuple[Brand, ...]


def catalogue_from_files(files: Mapping[str, bytes]) -> Catalogue:
    """The catalogue of some packs.

    Args:
        files: contents by path, "<pack>/public/products.csv"; the pack folders' public parts.
            Only marks.toml, aliases.toml, products.csv and prices.csv are read.

    Raises:
        PackError: a file cannot be parsed, or no pack has a price band.
    """
    folders = sorted({path.rpartition("/")[0] for path in files if path.endswith("marks.toml")})
    brands = [brand for folder in folders for brand in _brands(folder, files)]
    if not brands:
        raise PackError(
            f"none of {len(folders)} packs has a price band",
            hint="name a folder of brand packs with prices.csv",
        )
    return Catalogue(brands=tuple(sorted(brands, key=lambda brand: brand.mark)))


def _brands(folder: str, files: Mapping[str, bytes]) -> Iterable[Brand]:
    names = _names(folder, files)
    goods = _goods(folder, files)
    for mark in _toml(folder, "marks.toml", files).get("mark", []):
        if not goods.get(mark["id"]):
            continue
        others, renderings = names.get(mark["id"], ([], {}))
        yield Brand(
            mark=mark["id"],
            name=mark["text"],
            others=tuple(name for name in others if name != mark["text"]),
            renderings={language: tuple(found) for language, found in renderings.items()},
            goods=tuple(goods[mark["id"]]),
        )


def _names(
    folder: str, files: Mapping[str, bytes]
) -> dict[str, tuple[list[str], dict[str, list[str]]]]:
    """By mark: Latin official names, and renderings by language."""
    names: dict[str, tuple[list[str], dict[str, list[str]]]] = {}
    for alias in _toml(folder, "aliases.toml", files).get("alias", []):
        if alias["kind"] not in PLAIN_NAMES:
            continue
        others, renderings = names.setdefault(alias["mark"], ([], {}))
        if all(ord(letter) < 0x250 for letter in alias["text"]):
            # Pinyin is a transliteration too, but nobody writes it as a name on a shop page.
            if alias["kind"] == "official":
                others.append(alias["text"])
        else:
            renderings.setdefault(alias["lang"], []).append(alias["text"])
    return names


def _goods(folder: str, files: Mapping[str, bytes]) -> dict[str, list[Goods]]:
    """By mark: the goods that have at least one band."""
    bands: dict[str, dict[tuple[str, str], Band]] = {}
    for row in _csv(folder, "prices.csv", files):
        low, typical, high = (
            parse_minor(row[name], row["currency"]) for name in ("low", "typical", "high")
        )
        bands.setdefault(row["style_code"], {})[row["currency"], row["condition"]] = Band(
            pack_size=int(row["pack_size"]), low=low, typical=typical, high=high
        )
    goods: dict[str, list[Goods]] = {}
    for row in _csv(folder, "products.csv", files):
        found = bands.get(row["style_code"], {})
        if ("USD", "new") in found:
            line = Goods(
                style_code=row["style_code"],
                name=row["name"],
                category=row["category"],
                bands=found,
            )
            goods.setdefault(row["mark"], []).append(line)
    return goods


def _toml(folder: str, name: str, files: Mapping[str, bytes]) -> dict[str, list[dict[str, str]]]:
    path = f"{folder}/{name}"
    try:
        return tomllib.loads(files.get(path, b"").decode())
    except ValueError as fault:
        raise PackError(f"{path} is not TOML: {str(fault).rstrip('.').lower()}") from fault


def _csv(folder: str, name: str, files: Mapping[str, bytes]) -> list[dict[str, str]]:
    text = files.get(f"{folder}/{name}", b"").decode()
    return list(csv.DictReader(io.StringIO(text)))
