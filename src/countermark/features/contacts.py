"""Ways to leave the marketplace that a text names: phone, messenger, e-mail, link, also written to escape a filter."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import re2

KINDS = ("phone", "wechat", "whatsapp", "telegram", "email", "url")
_DIGIT_WORDS = str.maketrans("零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖", "00123456789123456789")
_WECHAT = r"(?:we\W?chat|wei\W?xin|微\W?信|威信|薇信|维信|卫星号|加\W?[vV薇微]|\bv\W?[x信❤]|\bwx\b|\bvx\b)"
_WHATSAPP = r"(?:whats?\W?app?|w\W?app|wh?atsap|ватсапп?|вотсап|واتس\s?(?:اب|آب)?)"
_TELEGRAM = r"(?:telegram|телеграмм?|\btg\b|t\W?me/|телега|电报|تيليجرام)"
_MESSENGERS = (
    ("wechat", _WECHAT + r"\W{0,6}(?:id|号|is)?\W{0,4}([a-z][\w-]{4,19}|\d{6,11})"),
    ("whatsapp", _WHATSAPP + r"\W{0,8}(\+?\d[\d\s().-]{6,18}\d)?"),
    ("telegram", _TELEGRAM + r"\W{0,6}(@?[a-z_]\w{3,31})?"),
)
_DOT = (
    r"(?:\.|\s\.\s?|\s?(?:\(dot\)|\[dot\]|\sdot\s)\s?)"  # a space behind it alone ends a sentence
)
_AT = r"\s?(?:@|\(at\)|\[at\]|\sat\s|＠)\s?"
_DOMAIN = r"(?:com|net|shop|store|cn|ru|top|xyz|cc|vip)"
_EMAIL = rf"[a-z0-9][\w.+-]{{1,40}}{_AT}[a-z0-9-]{{2,30}}{_DOT}[a-z]{{2,6}}\b"
_URL = rf"(?:https?\W{{1,4}}|www\s?\.\s?)[\w.-]{{3,60}}|\b[a-z0-9-]{{3,40}}{_DOT}{_DOMAIN}\b"
_PHONE = r"\+\d(?:[\s().\-/]{0,3}\d){7,14}|\b1[3-9]\d(?:[\s\-]?\d){8}\b|\d(?:[\s*•·._]{1,2}\d){8,14}|\b\(?0\d{1,4}\)?[\s\-/]\d{3,4}[\s\-]?\d{3,5}\b"
_FIGURE = r"[\d零〇一二三四五六七八九壹贰叁肆伍陆柒捌玖]"
PREFILTER = "(?i)" + "|".join(
    (
        _WECHAT, _WHATSAPP, _TELEGRAM, rf"{_AT}(?:[a-z0-9-]|{_FIGURE}){{2,30}}{_DOT}[a-z]", rf"(?:[a-z0-9-]|{_FIGURE}){_DOT}{_DOMAIN}\b",
        r"https?\W", r"www\s?\.", rf"{_FIGURE}(?:[\s().\-/*•·._]{{0,3}}{_FIGURE}){{7}}",
    )
)  # fmt: skip
"""A cheap test that every text with a contact passes once it is in form NFKC; RE2 syntax, for whole columns."""
_WIDE_RANGES = ((0xA0, 0x10000), (0x1D400, 0x1D800), (0x1F100, 0x1F200))
_READ = frozenset("abcdefghijklmnopqrstuvwxyz0123456789@.+()[]/*·_- ") | frozenset(
    char for pattern in (PREFILTER, _FIGURE) for char in pattern.casefold() if ord(char) > 127
)
"""What the patterns read; other characters are all alike to them."""
FEW = 64  # texts for which a pattern compiled before is quicker than a column at once, which compiles it anew
PLAIN_PHONE = r"^\+?[\d\s()-]+$"


_PATTERNS = tuple(
    (kind, re2.compile(pattern))
    for kind, pattern in (*_MESSENGERS, ("email", _EMAIL), ("url", _URL), ("phone", _PHONE))
)
_PLAIN_PHONE = re2.compile(PLAIN_PHONE)


@lru_cache(maxsize=4)
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern)


@lru_cache(maxsize=1)
def _wide() -> str:
    """RE2 class of the characters that form NFKC turns into something that the patterns read."""
    plain = {
        code: unicodedata.normalize("NFKC", chr(code))
        for first, last in _WIDE_RANGES
        for code in range(first, last)
    }
    found = [
        code
        for code, text in plain.items()
        if text != chr(code) and not _READ.isdisjoint(text.casefold())
    ]
    return "[" + "".join(f"\\x{{{code:x}}}" for code in found) + "]"


def may_have_contacts(column: pa.Array) -> np.ndarray:
    """Bool (n,): the texts that can have a contact; most have none, and none that has one is left out."""
    likely = _matches(column, f"(?:{PREFILTER})|{_wide()}")  # most texts are read once only
    suspect = np.flatnonzero(likely)
    if len(suspect):
        likely[suspect] = _may_have_contacts(column.take(pa.array(suspect)))
    return likely


def _may_have_contacts(column: pa.Array) -> np.ndarray:
    likely = _matches(column, PREFILTER)
    doubtful = np.flatnonzero(~likely)
    if len(doubtful):
        plain = pc.utf8_normalize(column.take(pa.array(doubtful)), "NFKC")
        likely[doubtful] = _matches(plain, PREFILTER)
    return likely


def _matches(column: pa.Array, pattern: str) -> np.ndarray:
    if len(column) <= FEW:
        search = _compiled(pattern).search
        return np.array([bool(text and search(text)) for text in column.to_pylist()], bool)
    found = pc.fill_null(pc.match_substring_regex(column, pattern), False)
    return np.array(found.to_numpy(zero_copy_only=False))


class Contact(NamedTuple):
    """One way of contact: its kind, its place in the normalised text, and whether it was written to escape a filter."""

    kind: str
    start: int
    end: int
    evasive: bool


def contacts(text: str) -> list[Contact]:
    """The contacts in a text of any language, longest kinds first; at most one a kind and place."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    digits = plain.translate(_DIGIT_WORDS)
    changed = digits != text.casefold()
    found: list[Contact] = []
    taken = bytearray(len(digits))
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(digits):
            raw = match.group(0)
            if kind in ("whatsapp", "telegram", "wechat") and not match.group(1):
                continue
            start, end = match.span()
            if taken[start]:
                continue
            taken[start:end] = b"\1" * (end - start)
            found.append(Contact(kind, start, end, _evasive(kind, raw, changed)))
    return found


def _evasive(kind: str, raw: str, changed: bool) -> bool:
    """Whether the writing is unusual for an honest contact."""
    if kind == "phone":
        return changed or _PLAIN_PHONE.search(raw) is None
    if kind in ("email", "url"):
        return " " in raw or "(" in raw or "[" in raw
    return True
