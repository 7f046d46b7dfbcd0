"""Write src/countermark/features/fold.tsv: how every Unicode character reads once disguises are taken off.

Run by a developer when the method changes, never at run time, so that the same text folds alike whatever
Python or Unicode version a machine has. Sources: the Unicode character database of this Python (case,
compatibility, accents), Unicode TR39 look-alikes as `confusable-homoglyphs` carries them, OpenCC's
single-character Traditional-to-Simplified table, and the extra look-alikes below, which sellers use and
TR39 does not list.

    pip install confusable-homoglyphs opencc && python tools/make_fold_table.py
"""

from __future__ import annotations

import json
import unicodedata as ud
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import opencc

OUT = Path(__file__).parent.parent / "src/countermark/features/fold.tsv"
LAST = (
    0x1FBFF  # nothing above is a letter that people type, but for rare Han, which stay as they are
)

# Look-alikes that TR39 leaves out because its aim is identifiers, ours is what a buyer's eye reads.
EXTRA = {
    "a": "ᴀΛΔ", "b": "ʙ", "c": "ᴄ", "d": "ᴅ", "e": "ᴇƎεЄєΣ", "f": "ꜰ", "g": "ɢ", "h": "ʜĥ",
    "i": "ɪıїіιɩӏ", "j": "ᴊ", "k": "ᴋκĸ", "l": "ʟŁłƚ", "m": "ᴍ", "n": "ɴηпΠ", "o": "ᴏΘθøØ", "p": "ᴘ",
    "r": "ʀгГ", "s": "ꜱ", "t": "ᴛτ", "u": "ᴜυμ", "v": "ᴠѵ", "w": "ᴡωшѡ", "x": "χ", "y": "ʏγ", "z": "ᴢ",
}  # fmt: skip
WORDS = {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "đ": "d", "ð": "d", "ħ": "h", "ŋ": "n"}
# A symbol that stands for a letter between letters, and for nothing elsewhere.
SYMBOLS = {"@": "a", "$": "s", "!": "i", "|": "l", "€": "e", "¥": "y", "¢": "c", "§": "s", "+": "t", "¡": "i", "₽": "p", "©": "c", "£": "l", "₿": "b", "₭": "k", "₦": "n", "₩": "w", "#": "h", "×": "x", "^": "a"}  # fmt: skip
SAME_SCRIPT = (
    "CYRILLIC",
    "GREEK",
    "ARMENIAN",
    "CHEROKEE",
    "LISU",
    "COPTIC",
    "LATIN",
    "DESERET",
    "MATHEMATICAL",
)
UNSEGMENTED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x2E80, 0x2FDF),
    (0x3005, 0x3007), (0x3041, 0x318F), (0x31A0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip
VOICED = "\u3099\u309a"
"""Voicing marks of kana: か and が are other letters. `features.tokens` puts half-width ones together again."""
KEPT_MARKS = (
    (0x0E31, 0x0E31),
    (0x0E34, 0x0E3A),
    (0x0E47, 0x0E4E),
    (0x0EB1, 0x0EB1),
    (0x0EB4, 0x0EBC),
    (0x0EC8, 0x0ECD),
)
"""Thai and Lao vowels above and below: they are letters, not accents."""
LONG_MARKS = "ーｰ〜"  # sellers add and drop them at will


def lookalikes() -> dict[str, str]:
    """Cased look-alike -> the ASCII letter that it is read as."""
    table = json.loads((files("confusable_homoglyphs") / "confusables.json").read_text("utf-8"))
    found: dict[str, str] = {}
    for source, targets in table.items():
        if len(source) != 1 or ord(source) < 128 or not ud.name(source, "").startswith(SAME_SCRIPT):
            continue
        letters = [
            t["c"] for t in targets if len(t["c"]) == 1 and t["c"].isascii() and t["c"].isalpha()
        ]
        if letters:
            found[source] = letters[0].lower()
    return found


def by_fold(table: dict[str, str]) -> dict[str, str]:
    """The same with upper and lower case agreeing, so that НАЙК and найк fold alike."""
    agreed: dict[str, str] = {}
    for source in sorted(table, key=lambda c: (c.casefold() == c, c)):
        agreed.setdefault(source.casefold(), table[source])
    for letter, sources in EXTRA.items():
        agreed.update(dict.fromkeys(sources.casefold(), letter))
    return {source: letter for source, letter in agreed.items() if not source.isascii()}


def enclosed(code: int) -> str | None:
    """The letter of a regional indicator or an enclosed or squared letter that NFKC leaves whole."""
    for first in (0x1F1E6, 0x1F150, 0x1F170):
        if first <= code < first + 26:
            return chr(ord("a") + code - first)
    return None


CASED = {
    "Β": "b", "β": "b", "Η": "h", "η": "n", "Μ": "m", "μ": "u", "µ": "u", "Ν": "n", "ν": "v", "Υ": "y", "υ": "u", "Ρ": "p", "ρ": "p",
    "Χ": "x", "χ": "x", "Ζ": "z", "ζ": "z", "Ω": "o", "ω": "w", "Γ": "r", "γ": "y", "Σ": "e", "σ": "o", "ς": "s",
}  # fmt: skip
"""Greek letters whose capitals look like other letters than their small forms; nobody here sells in Greek."""


def fold(char: str, agreed: dict[str, str], simplified: opencc.OpenCC) -> tuple[str, bool]:
    """The folded text of one character and whether the change is a disguise (not mere case, width or accent)."""
    if letter := enclosed(ord(char)) or CASED.get(ud.normalize("NFD", char)[:1]):
        return letter, True
    wide = 0xFF00 <= ord(char) <= 0xFFEF
    compat = ud.normalize("NFKC", char)
    disguised = compat != char and not wide and ud.normalize("NFC", char) != compat
    out = []
    if any(a <= ord(char) <= b for a, b in KEPT_MARKS):
        return char, False
    for c in ud.normalize("NFD", "".join(WORDS.get(x, x) for x in compat.casefold())):
        if 0xAC00 <= ord(char) <= 0xD7A3:
            return compat, False
        if ud.category(c) in ("Mn", "Me") and c not in VOICED:
            continue
        if 0x3041 <= ord(c) <= 0x3096:
            c = chr(ord(c) + 0x60)  # hiragana -> katakana
        c = {
            "ァ": "ア",
            "ィ": "イ",
            "ゥ": "ウ",
            "ェ": "エ",
            "ォ": "オ",
            "ッ": "ツ",
            "ャ": "ヤ",
            "ュ": "ユ",
            "ョ": "ヨ",
        }.get(c, c)
        if c in agreed:
            c, disguised = agreed[c], True
        elif 0x3400 <= ord(c) <= 0x9FFF:
            c = simplified.convert(c)
        elif ud.category(c) == "Nd":
            c = str(ud.digit(c))
        elif ord(c) > 127 and (letters := agreed.get(c.upper())):
            c, disguised = letters, True
        out.append(c)
    extra = {"ة": "ه", "ى": "ي", "ک": "ك", "ی": "ي"}
    return ud.normalize("NFC", "".join(extra.get(c, c) for c in out)), disguised


def kind(char: str, folded: str) -> str:
    """delete, separator, letter, digit or unsegmented (scripts written without spaces)."""
    category, code = ud.category(char), ord(char)
    if char in "\u3099\u309a\uff9e\uff9f":
        return "delete"  # `features.tokens` gives their sound to the kana before
    if any(a <= code <= b for a, b in KEPT_MARKS):
        return "unsegmented"
    if (
        category in ("Mn", "Me", "Cf", "Cc", "Cs", "Co")
        and char not in "\t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85"
    ):
        return "delete"
    if char in LONG_MARKS or char == "ـ" or char in "™®℠":
        return "delete"
    if any(a <= code <= b for a, b in UNSEGMENTED) and category[0] in "LMN":
        return "unsegmented"
    if folded and all(ud.category(c) == "Nd" for c in folded):
        return "digit"
    if folded and ud.category(folded[0])[0] == "L" and (category[0] in "LN" or category == "So"):
        wide_kana = any(a <= ord(folded[0]) <= b for a, b in UNSEGMENTED)
        return "unsegmented" if wide_kana else "letter"
    return "separator"


def main() -> None:
    agreed, simplified = by_fold(lookalikes()), opencc.OpenCC("t2s")
    changes: dict[tuple[str, str], list[str]] = defaultdict(list)
    runs: list[list[object]] = []
    for code in range(LAST + 1):
        char = chr(code)
        folded, disguised = (
            fold(char, agreed, simplified) if not 0xD800 <= code < 0xE000 else ("", False)
        )
        this = kind(char, folded)
        if not runs or runs[-1][2] != this:
            runs.append([code, code, this])
        runs[-1][1] = code
        if this in ("letter", "digit", "unsegmented") and folded != char:
            changes["disguise" if disguised else "plain", folded].append(char)
    for char, letter in SYMBOLS.items():
        changes["symbol", letter].append(char)
    lines = [
        __doc__.strip().splitlines()[0],
        "kind rows: kind, first, last code point (hex). fold rows: plain|disguise|symbol, folded text, characters.",
    ]
    lines = [f"# {line}" for line in lines]
    lines += [f"{k}\t{first:x}\t{last:x}" for first, last, k in runs if k != "separator"]
    lines += [f"{how}\t{text}\t{''.join(chars)}" for (how, text), chars in sorted(changes.items())]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{OUT.name}: {len(lines)} lines, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
