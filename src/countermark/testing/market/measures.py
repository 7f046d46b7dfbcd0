"""Sizes as sellers state them, by category and country."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from countermark.testing.market.dice import Dice

_CLOTHES: Final = ("XS", "S", "M", "L", "L", "M", "XL", "XXL")
_FAMILIES: Final[Mapping[str, tuple[str, ...]]] = {
    "apparel": _CLOTHES,
    "watches": ("36 mm", "38 mm", "40 mm", "41 mm", "42 mm", "44 mm"),
}
_CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {
    "apparel.trousers": ("W30 L32", "W32 L32", "W34 L32", "W36 L34", *_CLOTHES[:4]),
    "apparel.sock": ("35-38", "39-42", "43-46"),
    "beauty.perfume": ("30 ml", "50 ml", "75 ml", "100 ml", "100ml", "3.4 oz"),
    "beauty.skincare": ("15 ml", "30 ml", "50 ml", "200 ml"),
    "beauty.haircare": ("100 ml", "250 ml", "500 ml"),
    "bags.handbag": ("25 cm", "30 cm", "22 x 16 x 8 cm", "mini", "35"),
    "bags.luggage": ("55 cm", "65 cm", "75 cm", "38 l"),
    "bags.rucksack": ("18 l", "25 l", "28 l"),
    "accessories.belt": ("85 cm", "95 cm", "105 cm"),
    "jewellery.ring": ("52", "54", "56", "60"),
    "jewellery.bracelet": ("17 cm", "19 cm"),
    "eyewear.sunglasses": ("50-22", "52-18", "54-18", "58-14"),
    "household.bottle": ("500 ml", "750 ml", "1.2 l"),
    "food.spirit": ("0.7 l", "700 ml", "1 l"),
    "food.wine": ("0.75 l", "750 ml"),
    "food.coffee": ("250 g", "500 g", "1 kg"),
    "food.chocolate": ("100 g", "200 g", "300 g"),
    "auto.oil": ("1 l", "4 l", "5 l"),
    "auto.tyre": ("195/65 R15", "205/55 R16", "225/45 R17"),
    "toys.plush": ("20 cm", "30 cm", "45 cm"),
    "electronics.cable": ("1 m", "2 m"),
}
_ONLY_UNNAMED: Final[Mapping[str, tuple[str, ...]]] = {
    "electronics.phone": ("128GB", "256GB", "512 GB"),
    "electronics.memory": ("64GB", "128GB", "256 GB", "512GB", "1TB"),
    "electronics.battery": ("5000 mAh", "10000 mAh", "20000mAh"),
    "electronics.smartwatch": ("41 mm", "45 mm"),
}
"""Sizes of goods whose product line would mostly state another."""

_PACKED: Final = (
    *("food.", "health.", "baby.", "household.cleaner", "household.pen", "beauty.skincare"),
    *("electronics.battery", "electronics.memory", "electronics.printer_supply"),
    *("electronics.cable", "apparel.sock", "apparel.underwear", "auto.spark_plug", "auto.filter"),
)


def size(category: str, country: str, *, named: bool, dice: Dice) -> str:
    """A size of goods in `category` as written in `country`; empty where none is usual.

    Args:
        named: whether the product line is named, which states some sizes itself.
    """
    family, _, _ = category.partition(".")
    if family == "footwear":
        return _shoe_size(country, dice)
    choices = _CATEGORIES.get(category) or _FAMILIES.get(family)
    if choices is None and not named:
        choices = _ONLY_UNNAMED.get(category)
    return dice.pick(choices) if choices else ""


def comes_in_packs(category: str) -> bool:
    """Whether goods of `category` are often sold several at a time."""
    return category.startswith(_PACKED)


def _shoe_size(country: str, dice: Dice) -> str:
    if country in ("US", "CA"):
        return f"US {dice.whole(5, 13)}{dice.pick(('', '.5'))}"
    if country in ("GB", "IE", "AU"):
        return f"UK {dice.whole(3, 12)}"
    if country == "JP":
        return f"{dice.whole(23, 29)}{dice.pick(('', '.5'))}cm"
    if country == "KR":
        return f"{dice.whole(46, 58) * 5}"
    return f"{dice.pick(('', 'EU ', ''))}{dice.whole(36, 46)}"
