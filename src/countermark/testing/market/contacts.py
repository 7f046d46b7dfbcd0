"""Ways to reach a seller outside the venue, and how they are written past a filter.

Every handle is worked out from one number (`key`), so that accounts with the same key share it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from countermark.testing.market.dice import Dice

_MASK: Final = 2**64 - 1
_WORDS: Final = (
    *("luxe", "moda", "best", "dream", "gold", "star", "city", "kick", "top", "vip"),
    *("style", "house", "line", "club", "room", "side", "world", "time", "bag", "wear"),
)
_PREFIXES: Final[Mapping[str, str]] = {
    "CN": "+86 13",
    "US": "+1 555 01",
    "GB": "+44 7700 90",
    "DE": "+49 151 2",
    "RU": "+7 900 55",
    "TR": "+90 555 01",
    "AE": "+971 50 5",
    "VN": "+84 90 55",
}
_SPELT: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_CHINESE: Final = "零一二三四五六七八九"
_KEYCAP: Final = "\ufe0f\u20e3"


def mixed(key: int, salt: int) -> int:
    """A number of 64 bits that depends on every bit of `key` and `salt` (splitmix64)."""
    value = (key + salt * 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def phone(key: int, country: str) -> str:
    """A phone number of `country`, or a Chinese one where the country has no prefix here."""
    start = _PREFIXES.get(country, _PREFIXES["CN"])
    digits = f"{mixed(key, 1) % 10**8:08d}"
    return f"{start}{digits[:2]} {digits[2:5]} {digits[5:]}"


def nickname_of(key: int) -> str:
    """An account name such as "goldkick88", used for WeChat, Telegram and the like."""
    number = mixed(key, 2)
    words = _WORDS[number % 20] + _WORDS[number // 20 % 20]
    return f"{words}{number // 400 % 1000}"


def website(key: int) -> str:
    """A web address under a name reserved for examples."""
    number = mixed(key, 3)
    return f"{_WORDS[number % 20]}-{_WORDS[number // 20 % 20]}{number // 400 % 100}.example"


def handle(key: int, country: str, language: str, dice: Dice) -> str:
    """A contact as a seller writes it so that a filter passes over it."""
    if language == "zh":
        way = dice.pick((_wechat, _wechat, _qq, _hidden_phone, _site))
    elif language in ("ru", "tr", "ar", "vi"):
        way = dice.pick((_telegram, _telegram, _whatsapp, _site))
    else:
        way = dice.pick((_whatsapp, _telegram, _wechat, _hidden_phone, _site))
    return way(key, country, dice)


def _wechat(key: int, country: str, dice: Dice) -> str:
    del country
    name = nickname_of(key)
    word = dice.pick(
        ("V信", "微❤", "vx", "wei xin", "W3chat", "威信", "+v", "加薇", "W e C h a t", "wx")
    )
    return f"{word}{dice.pick((':', ' ', '：'))}{dice.pick(_STYLES)(name)}"


def _qq(key: int, country: str, dice: Dice) -> str:
    del country
    return f"{dice.pick(('扣扣', 'Q群', '企鹅', 'q.q'))} {1_000_000 + mixed(key, 4) % 10**9}"


def _telegram(key: int, country: str, dice: Dice) -> str:
    del country
    word = dice.pick(("te1egram", "t.me /", "tg @", "телега", "t e l e", "TG:", "tele-gram @"))
    return f"{word} {dice.pick(_STYLES)(nickname_of(key))}"


def _whatsapp(key: int, country: str, dice: Dice) -> str:
    word = dice.pick(("wh@tsapp", "what's app", "W.A", "wa", "whats-ap", "WApp", "📱"))
    return f"{word} {_digits(phone(key, country), dice)}"


def _hidden_phone(key: int, country: str, dice: Dice) -> str:
    return f"{dice.pick(('tel', '☎', 'call', '📞'))} {_digits(phone(key, country), dice)}"


def _site(key: int, country: str, dice: Dice) -> str:
    del country
    name, _, ending = website(key).rpartition(".")
    dot = dice.pick((" dot ", " [.] ", "。", " . ", "(punkt)", "*"))
    return f"{dice.pick(('', 'www ', 'hxxps // '))}{name}{dot}{ending}"


def _spaced(name: str) -> str:
    return " ".join(name)


def _dotted(name: str) -> str:
    return ".".join((name[:3], name[3:6], name[6:]))


_STYLES: Final[tuple[Callable[[str], str], ...]] = (str, str, str.upper, _spaced, _dotted)


def _digits(number: str, dice: Dice) -> str:
    """A phone number with its digits spelt, spread or replaced."""
    way = dice.whole(0, 5)
    plain = number.replace(" ", "")
    if way == 0:
        return " ".join(plain)
    if way == 1:
        return number.translate({ord("0"): "o", ord("1"): "l", ord("5"): "S"})
    if way == 2:
        return plain[:-4] + " " + " ".join(_SPELT[int(digit)] for digit in plain[-4:])
    if way == 3:
        return plain.translate({ord(str(n)): sign for n, sign in enumerate(_CHINESE)})
    if way == 4:
        return "".join(sign + _KEYCAP if sign.isdigit() else sign for sign in plain)
    return number.replace(" ", dice.pick((".", "-", " - ", "_")))
