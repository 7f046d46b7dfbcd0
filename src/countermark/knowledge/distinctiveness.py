"""How surely a word alone means the brand: measured on ordinary listings of which the brand is known.

An author says how distinctive a name is; the measured class may only make it stricter. Where no listing uses
the word for anything else, nothing contradicts the author, however few listings there are: a name that nobody has
met yet is no everyday word (KP06 asks the dictionaries). Where one does, the one-sided 95 % lower bound of the
share that means the brand decides (Clopper and Pearson 1934).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, get_args

import msgspec
import numpy as np
import pyarrow as pa

from countermark.domain.marks import Alias, Distinctiveness
from countermark.domain.packs import Pack
from countermark.features.matching import ATTACHED, GLUED, find
from countermark.features.measuring import measure
from countermark.knowledge.csv_rows import read_rows
from countermark.knowledge.faults import Where
from countermark.knowledge.lexicon import build_index, indexable

COINED_FROM: Final = 0.98
AMBIGUOUS_FROM: Final = 0.60
LEVEL: Final = 0.95
CLASSES: Final[tuple[Distinctiveness, ...]] = get_args(Distinctiveness)
HEADER: Final = ("mark", "text", "occurrences", "meant")

Measured = Mapping[tuple[str, str], Distinctiveness]
"""(mark, alias text) -> the most distinctive class that the sample allows."""


class NameUse(NamedTuple):
    """How often ordinary listings use a name, and how often for the brand.

    Attributes:
        occurrences: listings whose title has the text as whole words.
        meant: those of them that are about goods of, or for, the mark.
    """

    mark: str
    text: str
    occurrences: int
    meant: int

    @property
    def low(self) -> float:
        """One-sided 95 % lower bound of the share that means the brand; 0 without any."""
        from scipy.special import betaincinv

        if not self.meant:
            return 0.0
        return float(betaincinv(self.meant, self.occurrences - self.meant + 1, 1 - LEVEL))

    @property
    def allows(self) -> Distinctiveness:
        """The most distinctive class that the sample does not contradict."""
        if self.meant == self.occurrences or self.low >= COINED_FROM:
            return "coined"
        return "ambiguous" if self.low >= AMBIGUOUS_FROM else "generic"


class NameCounter:
    """Counts how listings use the names of packs, batch by batch."""

    def __init__(self, packs: Iterable[Pack]) -> None:
        """Begin with the aliases of these packs and no listings."""
        aliases = [alias for pack in packs for alias in pack.aliases]
        keep: Iterable[bool] = (
            indexable([alias.text for alias in aliases], loose=False) if aliases else ()
        )
        self._aliases = [alias for alias, able in zip(aliases, keep, strict=True) if able]
        texts = [alias.text for alias in self._aliases]
        tokens = measure(texts, loose=False).tokens if texts else np.zeros(0, np.int32)
        digits = np.array([any(sign.isdigit() for sign in text) for text in texts], bool)
        # Letters may be written together; with digits "1:1" must not become "11".
        self._index = build_index(texts, words=np.where(digits, -tokens, tokens), loose=False)
        self._marks = np.array([alias.mark for alias in self._aliases], object)
        self._counts = np.zeros((2, len(texts)), np.int64)

    def add(self, titles: pa.Array, marks: Sequence[str | None]) -> None:
        """Count a batch of titles; `marks` has the id of the mark that each listing is about, None for none.

        Where a title also names the mark that it is about, another mark's name in it tells nothing: it may
        stand for a second brand, as in a joint edition.
        """
        found = find(titles, self._index)
        whole = found.flags & (ATTACHED | GLUED) == 0
        row, entry = np.unique(np.stack([found.row[whole], found.entry[whole]]), axis=1)
        meant = (np.array(marks, object)[row] == self._marks[entry]).astype(bool)
        telling = meant | ~np.isin(row, row[meant])
        np.add.at(self._counts[0], entry[telling], 1)
        np.add.at(self._counts[1], entry[meant], 1)

    def result(self) -> list[NameUse]:
        """The names that occurred, in the order of the packs."""
        counts = self._counts.T.tolist()
        return [
            NameUse(alias.mark, alias.text, occurrences, meant)
            for alias, (occurrences, meant) in zip(self._aliases, counts, strict=True)
            if occurrences
        ]


def allowed(uses: Iterable[NameUse]) -> Measured:
    """What the sample allows each name to be called."""
    return {(use.mark, use.text): use.allows for use in uses}


def is_looser(alias: Alias, measured: Measured) -> bool:
    """Whether an alias claims to be more distinctive than was measured."""
    found = measured.get((alias.mark, alias.text), alias.class_)
    return CLASSES.index(alias.class_) < CLASSES.index(found)


def tightened(pack: Pack, measured: Measured) -> tuple[Pack, tuple[str, ...]]:
    """The pack with no alias called more distinctive than was measured, and a sentence for each that was changed."""
    notes, aliases = [], []
    for alias in pack.aliases:
        if is_looser(alias, measured):
            found = measured[alias.mark, alias.text]
            says = f"{alias.text} of {pack.id} is called {alias.class_} and was measured {found}"
            notes.append(f"{says}: it needs an anchor")
            aliases.append(msgspec.structs.replace(alias, class_=found))
        else:
            aliases.append(alias)
    return msgspec.structs.replace(pack, aliases=tuple(aliases)), tuple(notes)


def parse_uses(content: bytes, *, source: str) -> list[NameUse]:
    """The rows that `uses_csv` wrote.

    Raises:
        PackError: another header, or counts that can not be.
    """
    where, uses = Where(pack="", file=source), []
    for number, (mark, text, *counts) in read_rows(content, header=HEADER, where=where):
        if not all(count.isascii() and count.isdigit() and len(count) < 16 for count in counts):
            raise where.at(f"row {number}").fault("counts are whole numbers")
        occurrences, meant = map(int, counts)
        if not 0 <= meant <= occurrences or not occurrences:
            raise where.at(f"row {number}").fault(
                "meant is more than occurrences, or none occurred"
            )
        uses.append(NameUse(mark, text, occurrences, meant))
    return uses


def uses_csv(uses: Iterable[NameUse]) -> bytes:
    """A table of name uses as CSV."""
    rows = [",".join(HEADER)]
    for use in uses:
        quoted = '"' + use.text.replace('"', '""') + '"'
        rows.append(f"{use.mark},{quoted},{use.occurrences},{use.meant}")
    return ("\n".join(rows) + "\n").encode()
