"""Where in a listing's texts names and words stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any, NamedTuple

from countermark.features.folding import SEPARATOR
from countermark.knowledge.disguises import CHANCE, NEITHER, weight_of
from countermark.knowledge.recognition import EVASIVE, recognise
from countermark.testing.interpreter.folding import joined, loose, read_symbols
from countermark.testing.interpreter.knowledge import Knowledge, WordEntry
from countermark.testing.interpreter.names import MODEL, TERM, NameEntry
from countermark.testing.interpreter.windows import FIRST_UNSPACED, Window, slip_windows, windows

TITLE, DESCRIPTION, BRAND, CATEGORY = "title", "description", "attributes.brand", "category"
COLUMNS = {TITLE: "title", DESCRIPTION: "description", BRAND: "brand", CATEGORY: "category"}
NAMED_IN = (TITLE, DESCRIPTION, BRAND)
PACK_UNIT = "list:core.pack_unit"
LONG_STRETCH = 7  # letters from which two everyday words one slip from a name are looked at
GLUED_NAME, GLUED_AFTER = (
    3,
    2,
)  # signs of a name written together with a word before it, and of that word
TOUCHABLE_BYTES = 3  # a name of so few bytes that touches other characters is chance


class Spot(NamedTuple):
    """One stretch of one text; `what` is the word set it belongs to, "" for a name."""

    field: str
    token: int
    token_end: int
    start: int
    end: int
    what: str = ""

    def contains(self, other: Spot) -> bool:
        """Whether the other lies in this stretch, or is the same."""
        return self.field == other.field and self.start <= other.start and other.end <= self.end

    def same_stretch(self, other: Spot) -> bool:
        """Whether both are the same bytes of the same text."""
        return self.contains(other) and other.contains(self)

    def distance(self, other: Spot) -> int | None:
        """Tokens from one to the other, 1 for neighbours and 0 where they overlap; None in different texts."""
        if self.field != other.field:
            return None
        return max(other.token - self.token_end, self.token - other.token_end, 0)


class Named(NamedTuple):
    """One stretch that names a mark, how, and what its spelling says by itself (`knowledge.disguises`)."""

    spot: Spot
    entry: NameEntry
    how: str
    weight: int = NEITHER


def text_of(listing: Mapping[str, Any], field: str) -> str:
    """One of the texts that are searched; "" where it is not known."""
    return listing.get(COLUMNS[field]) or ""


def spot_of(window: Window, field: str, what: str = "") -> Spot:
    """The place of a window."""
    return Spot(field, window.token, window.token_end, window.start, window.end, what)


def names_in(listing: Mapping[str, Any], knowledge: Knowledge) -> list[Named]:
    """Every stretch that recognition takes for a name; the same name on the same stretch once."""
    found: dict[tuple[Spot, NameEntry], Named] = {}
    for field in NAMED_IN:
        text = text_of(listing, field)
        proposals = list(_whole_names(text, knowledge))
        if field != DESCRIPTION:
            proposals += _slips(text, knowledge)
        for window, entry in proposals:
            way = _way(window, text, entry, knowledge)
            if way is not None:
                spot = spot_of(window, field)
                found.setdefault((spot, entry), Named(spot, entry, *way))
    names = list(found.values())
    return [name for name in names if not _only_near_a_name(name, names)]


def _only_near_a_name(name: Named, names: Iterable[Named]) -> bool:
    """Whether a disguise only surrounds, or is, another alias of its mark that stands there plainly.

    An alias of several words may be disguised in one of them: the others then stand plainly inside.
    """
    if name.how not in EVASIVE or name.entry.kind in (MODEL, TERM):
        return False
    words = name.entry.words
    for other in names:
        plain = other.how not in EVASIVE and other.entry.kind not in (MODEL, TERM)
        if plain and other.entry.mark == name.entry.mark and name.spot.contains(other.spot):
            part = other.entry.words
            starts = range(len(words) - len(part) + 1)
            if other.spot.contains(name.spot) or all(
                words[k : k + len(part)] != part for k in starts
            ):
                return True
    return False


def _whole_names(text: str, knowledge: Knowledge) -> Iterator[tuple[Window, NameEntry]]:
    """Stretches that read as a name once look-alikes, repeats and separators are seen through."""
    for window in windows(text):
        if window.glued and not _after_a_word(window, text, knowledge):
            continue
        hasty = loose(window.chars)
        for entry in knowledge.names_like(hasty):
            reads = entry.is_loose or window.chars in entry.forms or hasty in entry.hasty_forms
            most = entry.most_tokens
            if reads and (most is None or window.tokens <= most):
                yield window, entry


def _after_a_word(window: Window, text: str, knowledge: Knowledge) -> bool:
    """Whether a name inside a run of Hangul or katakana stands right after an everyday word that fills the run."""
    raw = text.encode()
    before, name = raw[: window.start].decode(), raw[window.start : window.end].decode()
    script = _syllables(name[:1])
    run = "".join(takewhile(lambda char: _syllables(char) == script, reversed(before)))[::-1]
    if not run:
        return True
    long = len(name) >= GLUED_NAME and len(run) >= GLUED_AFTER
    return long and knowledge.is_everyday(joined(run))


def _syllables(char: str) -> str:
    """HANGUL or KATAKANA for a sign of these scripts, those that lengthen or voice another included; else ""."""
    name = unicodedata.name(char, "").replace("HALFWIDTH ", "")
    script = re.match(r"HANGUL|KATAKANA", name)
    return "" if script is None or name.endswith("MIDDLE DOT") else script[0]


def _slips(text: str, knowledge: Knowledge) -> Iterator[tuple[Window, NameEntry]]:
    """Stretches one slip of the hand away from a name, symbols aside.

    An everyday word is none, two only where they are long together, and a name itself neither.
    """
    for window, letters in slip_windows(text):
        chance = len(window.words) == 1 or len(letters) < LONG_STRETCH
        if chance and all(knowledge.is_everyday(word) for word in window.words):
            continue
        near = [
            entry
            for entry in knowledge.slipping(len(letters))
            if _at_most_one_slip(entry.chars, letters)
        ]
        if all(entry.chars != window.chars for entry in near):
            yield from ((window, entry) for entry in near)


def _at_most_one_slip(one: str, other: str) -> bool:
    """Whether a letter dropped, added, changed, or swapped with its neighbour tells two texts apart, or nothing."""
    short, long = sorted((one, other), key=len)
    if len(short) < len(long):
        return any(long[:k] + long[k + 1 :] == short for k in range(len(long)))
    differing = [k for k in range(len(one)) if one[k] != other[k]]
    if len(differing) != 2:
        return len(differing) <= 1
    k = differing[0]
    return differing[1] == k + 1 and one[k] == other[k + 1] and one[k + 1] == other[k]


def _way(
    window: Window, text: str, entry: NameEntry, knowledge: Knowledge
) -> tuple[str, int] | None:
    """How a stretch names the entry and what its spelling says, or None; what may be chance must not touch letters."""
    if window.attached and window.end - window.start <= TOUCHABLE_BYTES:
        return None
    written = text.encode()[window.start : window.end].decode()
    if _is_plain(window, written, entry):
        return entry.name.kind, NEITHER
    how = recognise(entry.name, written, knowledge.is_everyday)
    if how is None:
        return None
    weight = weight_of(entry.name, written, how, knowledge.is_everyday)
    return None if weight == CHANCE and window.attached else (how, weight)


def _is_plain(window: Window, written: str, entry: NameEntry) -> bool:
    """Whether a stretch is the name itself, undisguised: nothing parts a name of a script without spaces."""
    unspaced = entry.text >= FIRST_UNSPACED and " " not in entry.text
    parted = unspaced and any(glyph.kind == SEPARATOR for glyph in read_symbols(written))
    return (
        entry.chars == window.chars
        and not window.disguise
        and window.tokens <= entry.tokens
        and not parted
    )


def words_in(listing: Mapping[str, Any], knowledge: Knowledge) -> Iterator[Spot]:
    """Every word of every set in every text, as whole words; words that count pieces may touch their number."""
    for field in COLUMNS:
        text = text_of(listing, field)
        for window in windows(text):
            for word in knowledge.words.get(window.chars, ()):
                whole = not (window.attached or window.glued) or word.set == PACK_UNIT
                if whole and _of_tokens(word, window):
                    yield spot_of(window, field, word.set)


def _of_tokens(word: WordEntry, window: Window) -> bool:
    return window.tokens == word.tokens if word.exact else window.tokens <= word.tokens
