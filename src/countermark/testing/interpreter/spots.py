"""Where in a listing's texts names and words stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from countermark.features.folding import SEPARATOR
from countermark.knowledge.recognition import recognise
from countermark.testing.interpreter.folding import loose, read_symbols
from countermark.testing.interpreter.knowledge import Knowledge, WordEntry
from countermark.testing.interpreter.names import NameEntry
from countermark.testing.interpreter.windows import FIRST_UNSPACED, Window, slip_windows, windows

TITLE, DESCRIPTION, BRAND, CATEGORY = "title", "description", "attributes.brand", "category"
COLUMNS = {TITLE: "title", DESCRIPTION: "description", BRAND: "brand", CATEGORY: "category"}
NAMED_IN = (TITLE, DESCRIPTION, BRAND)
PACK_UNIT = "list:core.pack_unit"
LONG_STRETCH = 10  # letters from which two everyday words one slip from a name are no chance
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
    """One stretch that names a mark, and how."""

    spot: Spot
    entry: NameEntry
    how: str


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
            how = _way(window, text, entry, knowledge)
            if how is not None:
                spot = spot_of(window, field)
                found.setdefault((spot, entry), Named(spot, entry, how))
    return list(found.values())


def _whole_names(text: str, knowledge: Knowledge) -> Iterator[tuple[Window, NameEntry]]:
    """Stretches that read as a name once look-alikes, repeats and separators are seen through."""
    for window in windows(text):
        if window.glued:
            continue
        hasty = loose(window.chars)
        for entry in knowledge.names_like(hasty):
            reads = entry.is_loose or entry.chars == window.chars
            most = entry.most_tokens
            if reads and (most is None or window.tokens <= most):
                yield window, entry


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


def _way(window: Window, text: str, entry: NameEntry, knowledge: Knowledge) -> str | None:
    """How a stretch names the entry, or None."""
    if window.attached and window.end - window.start <= TOUCHABLE_BYTES:
        return None
    written = text.encode()[window.start : window.end].decode()
    if _is_plain(window, written, entry):
        return entry.name.kind
    return recognise(entry.name, written, knowledge.is_everyday)


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
