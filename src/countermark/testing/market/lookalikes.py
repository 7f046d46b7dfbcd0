"""Letters that look or read like a Latin letter, written for the simulated market alone.

The engine's tables are not used here on purpose: a test made from the answers proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CYRILLIC: Final[Mapping[str, str]] = {
    **dict(zip("aceopxyijs", "асеорхуіјѕ", strict=True)),
    **dict(zip("ABCEHIKMOPTXYS", "АВСЕНІКМОРТХУЅ", strict=True)),
}
"""Cyrillic letters with the shape of a Latin one."""

GREEK: Final[Mapping[str, str]] = {
    **dict(zip("aoviuntpkyw", "αονιυητρκγω", strict=True)),
    **dict(zip("ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", strict=True)),
}
"""Greek letters with nearly the shape of a Latin one."""

_ACCENTED: Final[Mapping[str, str]] = {
    "a": "áàâäãåā",
    "c": "çćč",
    "d": "ďđ",
    "e": "éèêëēę",
    "g": "ğģ",
    "h": "ĥħ",
    "i": "íìîïī",
    "k": "ķ",
    "l": "łļĺ",
    "n": "ñńň",
    "o": "óòôöõøō",
    "r": "řŕ",
    "s": "śšş",
    "t": "ťţ",
    "u": "úùûüū",
    "w": "ŵ",
    "y": "ýÿŷ",
    "z": "źżž",
}

ACCENTED: Final[Mapping[str, str]] = {
    **_ACCENTED,
    **{letter.upper(): forms.upper() for letter, forms in _ACCENTED.items()},
}
"""Accented forms of a letter, each one character."""

SMALL_CAPS: Final[Mapping[str, str]] = dict(
    zip("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", strict=True)
)
"""Small capitals of lower-case letters."""

_LEET: Final[Mapping[str, str]] = {
    "a": "4",
    "b": "8",
    "e": "3",
    "g": "9",
    "i": "1",
    "l": "1",
    "o": "0",
    "s": "5",
    "t": "7",
    "z": "2",
}

LEET: Final[Mapping[str, str]] = {**_LEET, **{k.upper(): digit for k, digit in _LEET.items()}}
"""Digits read as a letter, small or capital."""

_SYMBOLS: Final[Mapping[str, str]] = {
    "a": "@",
    "c": "©",
    "e": "€",
    "h": "#",
    "i": "!",
    "l": "|",
    "s": "$",
    "t": "+",
    "u": "µ",
    "x": "×",
    "y": "¥",
}

SYMBOLS: Final[Mapping[str, str]] = {
    **_SYMBOLS,
    **{k.upper(): sign for k, sign in _SYMBOLS.items()},
}
"""Signs read as a letter, small or capital."""

SEPARATORS: Final = (".", "-", "_", "*", "~", "·", " ", "/", "|")
EMOJI: Final = ("🔥", "⭐", "✅", "💎", "❤", "👟", "✨", "🎁", "👜", "🌟")
INVISIBLE: Final = ("\u200b", "\u200c", "\u200d", "\u2060", "\u00ad", "\ufeff")

MATHEMATICAL: Final = (0x1D400, 0x1D468, 0x1D4D0, 0x1D5A0, 0x1D5D4, 0x1D63C, 0x1D670)
"""Where alphabets of mathematical letters without gaps start: 26 capitals, 26 small letters."""

SOUNDS: Final[Mapping[str, str]] = {
    "sch": "ш",
    "sh": "ш",
    "ch": "ч",
    "ck": "к",
    "ph": "ф",
    "th": "т",
    "oo": "у",
    "ee": "и",
    "ya": "я",
    "yu": "ю",
    **dict(zip("abcdefghijklm", "абкдефгхижклм", strict=True)),
    **dict(zip("nopqrstuvwyz", "нопкрстуввиз", strict=True)),
    "x": "кс",
}
"""Roughly how groups of Latin letters are written in Cyrillic by ear; longest first."""

SYLLABLES: Final[Mapping[str, str]] = {
    "k": "カキクケコ",
    "s": "サシスセソ",
    "t": "タチツテト",
    "n": "ナニヌネノ",
    "h": "ハヒフヘホ",
    "m": "マミムメモ",
    "r": "ラリルレロ",
    "g": "ガギグゲゴ",
    "z": "ザジズゼゾ",
    "d": "ダヂヅデド",
    "b": "バビブベボ",
    "p": "パピプペポ",
    "": "アイウエオ",
}
"""Katakana by consonant, for the vowels a i u e o in this order."""

CONSONANTS: Final[Mapping[str, str]] = {
    **{letter: letter for letter in "kstnhmrgzdbp"},
    "c": "k",
    "q": "k",
    "x": "k",
    "l": "r",
    "f": "h",
    "v": "b",
    "j": "z",
    "w": "",
    "y": "",
}
"""The katakana row in which a Latin consonant is heard."""
