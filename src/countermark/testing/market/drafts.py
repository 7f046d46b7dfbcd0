"""What a seller is going to list, before a word of it is written."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, NamedTuple

from countermark.testing.market import pricing
from countermark.testing.market.catalogue import Brand, Goods
from countermark.testing.market.dice import Dice, Weighted
from countermark.testing.market.evasions import kinds_for
from countermark.testing.market.measures import comes_in_packs
from countermark.testing.market.scene import Scene
from countermark.testing.market.sellers import Seller

UNNAMED: Final = "unnamed"
"""The evasion of a seller who names no brand and lets the pictures speak."""

_UNEVASIVE: Final = frozenset({"accessory", "dupe", "about", "repair", "wanted", "box", "grey"})
_NEVER_USED: Final = ("food", "health", "baby", "software", "tobacco", "household.cleaner")
_DURABLE: Final = frozenset({"used", "wanted", "repair", "box"})
_CATEGORY: Final = {"about": "media.book", "box": "parts.packaging", "repair": "repair"}
"""Where listings belong that name a brand and sell none of its goods."""
_SECOND_HAND: Final = Weighted(
    [("used", 0.74), ("open_box", 0.12), ("refurbished", 0.08), ("for_parts", 0.06)]
)
_PACKS: Final = Weighted([(2, 0.4), (3, 0.25), (4, 0.1), (5, 0.1), (6, 0.05), (10, 0.1)])

BEFORE: Final = {"evasion": 0.30, "slang": 0.22, "contact": 0.17, "coy": 0.14, "claim": 0.33}
"""How often sellers of counterfeits do what, until the enforcement."""

AFTER: Final = {"evasion": 0.58, "slang": 0.09, "contact": 0.14, "coy": 0.08, "claim": 0.30}
"""The same from the day of the enforcement on."""

HONEST: Final = {"claim": 0.07, "contact": 0.004, "coy": 0.012, "warning": 0.012, "import": 0.006}
"""How often honest sellers of goods of a brand write what sellers of counterfeits or importers write."""

_BOAST_SHARE: Final = 0.004
"""Unbranded goods that are praised as those of a known brand, which is not named."""
_UNSAID_SHARE: Final = 0.006
"""Second-hand goods whose brand is only on the photos."""

_SLIPS: Final = ("dropped", "swapped", "doubled", "accents", "full_width", "small_caps")
_SLIP_SHARE: Final = 0.008
"""Honest listings with a mistake in the name or with decorated letters."""


class Draft(NamedTuple):
    """What is listed, and in which manner.

    Attributes:
        thing: the place of the noun among plain things or accessories; -1 for goods of a brand.
        evasion: how the name is written, one of EVASIONS or UNNAMED; empty: plainly.
        manners: what else the text does: claim, slang, contact, coy, warning, import, boast.
        price: in minor units.
        pack: pieces in the whole.
    """

    kind: str
    brand: Brand | None
    goods: Goods | None
    thing: int
    category: str
    condition: str
    evasion: str
    manners: tuple[str, ...]
    price: int
    pack: int
    day: float


def draft(seller: Seller, scene: Scene, dice: Dice, *, kind: str = "", day: float = -1.0) -> Draft:
    """What `seller` lists next.

    Args:
        kind: a kind of listing; empty: what such a seller lists.
        day: from the first day of the period; below 0: some day of the seller's.
    """
    kind = kind or scene.kinds[seller.kind].pick(dice)
    if day < 0:
        day = dice.between(seller.starts, seller.ends + 1)
    if kind == "plain":
        return _plain(seller, scene, dice, day)
    if kind == "everyday":
        return _everyday(seller, scene, dice, day)
    if kind == "accessory":
        return _accessory(seller, scene, dice, day)
    brand, goods = _goods(kind, seller, scene, dice)
    if kind in _DURABLE and goods.category.startswith(_NEVER_USED):
        kind = "genuine"
    condition = _condition(kind, goods, dice)
    category = _CATEGORY.get(kind, goods.category)
    made = Draft(kind, brand, goods, -1, category, condition, "", (), 0, 1, day)
    return _priced(_mannered(made, scene, dice), goods, seller, dice)


def evaded_again(made: Draft, dice: Dice) -> Draft:
    """`made` with the brand's name evaded and no slang, as after an enforcement."""
    if made.brand is None:
        return made
    manners = tuple(name for name in made.manners if name != "slang")
    return made._replace(evasion=_evasion(made.brand, dice), manners=manners)


def _plain(seller: Seller, scene: Scene, dice: Dice, day: float) -> Draft:
    # A shop keeps to a part of all things, and which part depends on its voice.
    count = len(scene.phrasebook.plain)
    thing = (seller.voice + int(dice.share() ** 2 * count)) % count
    category, low, high = scene.phrasebook.plain[thing]
    pack = _PACKS.pick(dice) if dice.chance(0.08) else 1
    price = pricing.plain_price(low, high, seller.currency, dice) * pack**0.9
    condition = "used" if seller.kind in ("second_hand", "opportunist") else "new"
    minor = pricing.asked_minor(price, seller.currency, dice)
    manners = ("boast",) if dice.chance(_BOAST_SHARE) else ()
    return Draft("plain", None, None, thing, category, condition, "", manners, minor, pack, day)


def _everyday(seller: Seller, scene: Scene, dice: Dice, day: float) -> Draft:
    titles = scene.phrasebook.phrases[seller.language].everyday
    thing = dice.whole(0, len(titles) - 1)
    _, category, usd = titles[thing]
    price = pricing.plain_price(0.8 * usd, 1.4 * usd, seller.currency, dice)
    minor = pricing.asked_minor(price, seller.currency, dice)
    return Draft("everyday", None, None, thing, category, "new", "", (), minor, 1, day)


def _accessory(seller: Seller, scene: Scene, dice: Dice, day: float) -> Draft:
    known = tuple(scene.fitting)
    if not known:
        return _plain(seller, scene, dice, day)
    thing = known[(seller.voice + dice.whole(0, 3)) % len(known)]
    brand, goods = scene.fitting[thing].pick(dice)
    accessory = scene.phrasebook.accessories[thing]
    pack = _PACKS.pick(dice) if dice.chance(0.12) else 1
    price = pricing.plain_price(*accessory.usd, seller.currency, dice) * pack**0.7
    minor = pricing.asked_minor(price, seller.currency, dice)
    category = accessory.category
    return Draft("accessory", brand, goods, thing, category, "new", "", (), minor, pack, day)


def _goods(kind: str, seller: Seller, scene: Scene, dice: Dice) -> tuple[Brand, Goods]:
    """What is sold; for second-hand kinds a few tries to find something that lasts."""
    for _ in range(1 if kind not in _DURABLE else 5):
        brand = scene.catalogue.brands[_brand(seller, scene, dice)]
        goods = dice.pick(brand.goods)
        if not goods.category.startswith(_NEVER_USED):
            break
    return brand, goods


def _brand(seller: Seller, scene: Scene, dice: Dice) -> int:
    """The place of a brand in the catalogue: one of the seller's own, or any popular one."""
    if seller.kind in ("second_hand", "opportunist", "plain_shop") and dice.chance(0.6):
        return bisect_right(scene.popular, dice.share() * scene.popular[-1])
    return dice.pick(seller.brands)


def _condition(kind: str, goods: Goods, dice: Dice) -> str:
    if goods.category.startswith(_NEVER_USED):
        return "new"
    if kind in ("used", "wanted", "box"):
        return _SECOND_HAND.pick(dice)
    if kind == "fake" and dice.chance(0.08):
        return "used"
    return "open_box" if kind == "grey" and dice.chance(0.05) else "new"


def _mannered(made: Draft, scene: Scene, dice: Dice) -> Draft:
    if made.brand is None or made.kind in _UNEVASIVE:
        return made
    if made.kind == "fake":
        shares = AFTER if made.day >= scene.spec.enforced_after else BEFORE
        manners = tuple(name for name in shares if dice.chance(shares[name]))
        evasion = _evasion(made.brand, dice) if "evasion" in manners else ""
        return made._replace(manners=manners, evasion=evasion)
    if made.kind == "replica":
        return made._replace(manners=("contact",) if dice.chance(0.2) else ())
    manners = tuple(name for name, share in HONEST.items() if dice.chance(share))
    slip = dice.pick(_SLIPS) if dice.chance(_SLIP_SHARE) else ""
    evasion = slip if slip and slip in kinds_for(made.brand.name) else ""
    if made.kind == "used" and dice.chance(_UNSAID_SHARE):
        evasion = UNNAMED
    return made._replace(manners=manners, evasion=evasion)


def _evasion(brand: Brand, dice: Dice) -> str:
    return UNNAMED if dice.chance(0.07) else dice.pick(kinds_for(brand.name))


def _priced(made: Draft, goods: Goods, seller: Seller, dice: Dice) -> Draft:
    currency, floor = seller.currency, 0.0
    price = pricing.asking_price(made.kind, goods, made.condition, currency=currency, dice=dice)
    lowest = pricing.lowest_genuine(goods, made.condition, currency)
    if dice.chance(pricing.UNDER_BAND.get(made.kind, 0.0)):
        price = pricing.under_band(lowest, dice)
    elif made.kind in ("genuine", "clearance") and price > 0.5 * lowest:
        floor = lowest
    pieces = goods.bands["USD", "new"].pack_size
    packs = _PACKS.pick(dice) if comes_in_packs(made.category) and dice.chance(0.15) else 1
    price, floor = price * packs**0.97, floor * packs
    minor = pricing.asked_minor(price, currency, dice, floor=floor)
    return made._replace(price=minor, pack=pieces * packs)
