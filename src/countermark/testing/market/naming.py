"""How sellers write names: a brand's, their own and the one they make up for unbranded goods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from countermark.testing.market.catalogue import Brand
from countermark.testing.market.contacts import mixed
from countermark.testing.market.dice import Dice
from countermark.testing.market.evasions import evade
from countermark.testing.market.phrasebook import Phrases

_RENDERED: Final[Mapping[str, float]] = {
    "zh": 0.55,
    "ja": 0.50,
    "ko": 0.50,
    "ar": 0.45,
    "th": 0.25,
    "ru": 0.20,
}
"""How often a seller writes a brand in the script of the language."""

_STARTS: Final = ("va", "lo", "mi", "ter", "cal", "no", "bri", "sa", "pel", "ju", "fen", "do")
_MIDDLES: Final = ("ri", "na", "lu", "mo", "ve", "to", "shi", "ga", "nel", "dri")
_ENDS: Final = ("a", "ex", "on", "is", "ora", "um", "ett", "ow", "iq", "ane", "il", "ux")
_WHOLE: Final = frozenset(("ja", "zh", "ko", "th"))


def brand_written(brand: Brand, language: str, dice: Dice) -> str:
    """The brand's name as an honest seller writes it in `language`."""
    renderings = brand.renderings.get(language)
    if renderings and dice.chance(_RENDERED.get(language, 0.1)):
        rendering = renderings[0] if dice.chance(0.7) else dice.pick(renderings)
        return f"{rendering} {brand.name}" if dice.chance(0.35) else rendering
    if brand.others and dice.chance(0.04):
        return dice.pick(brand.others)
    roll = dice.share()
    if roll < 0.07:
        return brand.name.upper()
    return brand.name.lower() if roll < 0.14 else brand.name


def brand_evaded(brand: Brand, kind: str, dice: Dice) -> str:
    """The brand's name written in the way `kind` of evasion."""
    return evade(brand.name, kind, np.random.default_rng(dice.whole(0, 2**31)))


def goods_written(name: str, brand: Brand, line: str, dice: Dice, *, hides: bool) -> str:
    """A brand's goods: the brand's `name` as written, and mostly the product line.

    Args:
        line: the product line; may be empty.
        hides: whether the seller evades; then the line is left out more often, and always
            where it would give the name away.
    """
    plain = brand.name.casefold()
    if line.casefold().startswith(plain):
        line = line[len(brand.name) :].strip()
    given_away = plain in line.casefold()
    if not line or (hides and (given_away or dice.chance(0.35))):
        return name
    if given_away or (not hides and dice.chance(0.02)):
        return line
    return f"{name} {line}"


def maker(voice: int) -> str:
    """The made-up maker's name of a seller's unbranded goods."""
    number = mixed(voice, 11)
    middle = _MIDDLES[number // 13 % len(_MIDDLES)]
    name = _STARTS[number % len(_STARTS)] + middle + _ENDS[number // 131 % len(_ENDS)]
    return name.upper() if number % 5 == 0 else name.title()


def shop_name(number: int, voice: int, phrases: Phrases) -> str:
    """The public name of account `number`; accounts of a ring often sound alike."""
    made = mixed(number, 12)
    words = phrases.words["shop_words"]
    word = words[made % len(words)]
    own = maker(voice if made % 3 == 0 else made)
    if made % 7 == 0:
        return f"{own.lower()}{made // 7 % 1000}"
    joined = "" if phrases.language in _WHOLE and made % 2 else " "
    return f"{own}{joined}{word}" + (f" {made // 11 % 90 + 10}" if made % 4 == 0 else "")


def store_name(brand: Brand, number: int, phrases: Phrases) -> str:
    """The public name of an authorised store of `brand`."""
    words = phrases.words["shop_words"]
    return f"{brand.name} {words[mixed(number, 13) % len(words)]}"
