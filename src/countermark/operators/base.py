"""What operators are given and what they give back.

A *subject* is one listing together with one mark that it names (or none): what a rule is asked about. A listing
that names two marks has two subjects, so that the price band, the seller's permission and the words around the
name are always those of one mark.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pyarrow as pa

from countermark.domain.tables import NAMED_IN
from countermark.knowledge.snapshot import Snapshot
from countermark.operators.grouping import Groups
from countermark.operators.lookup import Lookup

Result = TypeVar("Result")
TITLE, DESCRIPTION, BRAND, CATEGORY = range(4)
"""Codes of the texts that are searched."""
TEXTS = {name: code for code, name in enumerate(NAMED_IN)}
TEXT_COLUMNS = ("title", "description", "brand", "category")
FIELDS = len(TEXT_COLUMNS)
TOKEN_BITS = 20
DISGUISED = 256
"""Flag of words that were found among the names, since they may be disguised."""


class Places(NamedTuple):
    """Stretches of text; parallel int32 arrays.

    Attributes:
        owner: position of the subject (mentions) or of the row (words) it belongs to.
        field: code of the text.
        token, token_end: first and last token.
        start, end: byte offsets in the UTF-8 text.
        what: for mentions the name's number in `Snapshot.names`, for words the set.
        how: for mentions the code in `recognition.HOW`, for words the flags of the search.
    """

    owner: np.ndarray
    field: np.ndarray
    token: np.ndarray
    token_end: np.ndarray
    start: np.ndarray
    end: np.ndarray
    what: np.ndarray
    how: np.ndarray

    def take(self, keep: np.ndarray | slice) -> Places:
        """The places that `keep` (mask, positions or slice) selects."""
        if not len(self.owner):
            return self
        if isinstance(keep, slice):
            return Places(*(column[keep] for column in self))
        at = keep.nonzero()[0] if keep.dtype == bool else keep
        if keep.dtype == bool and len(at) == len(self.owner):
            return self
        return Places(*(column.take(at) for column in self))


NO_PLACES = Places(*(np.zeros(0, np.int32) for _ in Places._fields))
"""Places of length zero."""


def _nowhere() -> Places:
    return NO_PLACES


@dataclass(frozen=True)
class Answer:
    """One question answered for every subject.

    Attributes:
        true: bool, the question holds.
        known: bool, it could be judged; what is true is known.
        find_places: works out `places`, which few ask for.
        among: bool for each of the look's mentions: the places are these; None where places are other words.
        facts: numbers for the reason, one a subject.
    """

    true: np.ndarray
    known: np.ndarray
    find_places: Callable[[], Places] = _nowhere
    among: np.ndarray | None = None
    facts: Mapping[str, np.ndarray] = field(default_factory=dict)

    @cached_property
    def places(self) -> Places:
        """Where in the text, owners being subjects; operators that look around others need them."""
        return self.find_places()

    @classmethod
    def certain(cls, true: np.ndarray) -> Answer:
        """An answer that is known for every subject."""
        return cls(true, np.ones(len(true), bool))

    @classmethod
    def unknown(cls, size: int) -> Answer:
        """An answer that is known for no subject."""
        return cls(np.zeros(size, bool), np.zeros(size, bool))


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Look:
    """A batch as operators see it: its columns, its subjects, and what was found in its texts.

    Attributes:
        batch: n listings.
        snapshot, lookup: the knowledge.
        row, mark: int32 for each subject; mark -1 where the listing names none.
        mentions: of marks; owners are subjects.
        words: of word sets, in the rows that have subjects; owners are rows.
        by_set: positions in `words` by set, without those of lists that stand inside a name: the "new" of New Balance
            says nothing about the condition.
        sets: numbers of the sets that have words in `by_set`.
        columns: plain columns worked out from the content: category, condition, pack_size, ...
        product: int32 product of each subject, -1 unknown.
        pack: id of the pack whose rule asks; its own lists go by their bare names.
        memory: what several questions work out alike; see `once`.
    """

    batch: pa.RecordBatch
    snapshot: Snapshot
    lookup: Lookup
    row: np.ndarray
    mark: np.ndarray
    mentions: Places
    words: Places
    by_set: Groups
    sets: frozenset[int]
    columns: Mapping[str, np.ndarray]
    product: np.ndarray
    pack: str = ""
    memory: dict[Hashable, Any] = field(default_factory=dict)

    def once(self, key: Hashable, work: Callable[[], Result]) -> Result:
        """What `work` gives, which is called once for each key and these subjects."""
        if key not in self.memory:
            self.memory[key] = work()
        result: Result = self.memory[key]
        return result

    def __len__(self) -> int:
        """Number of subjects."""
        return len(self.row)

    def sets_here(self, sets: Sequence[int]) -> tuple[int, ...]:
        """Those of the word sets that have words in this batch."""
        here = self.sets
        return tuple([s for s in sets if s in here])

    def words_of(self, sets: Sequence[int]) -> Places:
        """The places of these word sets."""
        here = self.sets_here(sets)
        if not here:
            return NO_PLACES
        first, members = self.by_set
        return self.words.take(np.concatenate([members[first[s] : first[s + 1]] for s in here]))

    def list_sets(self, names: tuple[str, ...]) -> tuple[int, ...]:
        """Numbers of the word sets of lists, `core.<id>` or the id of a list of the asking pack."""
        return self.lookup.lists(self.pack, names)

    def text_known(self, field_name: str) -> bool:
        """Whether the engine reads this text of listings at all."""
        return field_name in TEXTS

    def only(self, subjects: np.ndarray) -> Look:
        """The same look at some of the subjects (positions, ascending)."""
        position = np.full(len(self), -1, np.int32)
        position[subjects] = np.arange(len(subjects), dtype=np.int32)
        mentions = self.mentions.take(position[self.mentions.owner] >= 0)
        return replace(
            self,
            row=self.row[subjects],
            mark=self.mark[subjects],
            product=self.product[subjects],
            mentions=mentions._replace(owner=position[mentions.owner]),
            memory={},
        )

    def of_subjects(self, places: Places) -> Places:
        """Places of rows as places of every subject of their row."""
        if not len(places.owner):
            return places
        order = np.argsort(self.row, kind="stable")
        rows = self.row[order]
        first, last = (
            np.searchsorted(rows, places.owner),
            np.searchsorted(rows, places.owner, "right"),
        )
        count = last - first
        repeated = places.take(np.repeat(np.arange(len(count)), count))
        offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        return repeated._replace(owner=order[np.repeat(first, count) + offset].astype(np.int32))


def any_place(owner: np.ndarray, size: int) -> np.ndarray:
    """Whether each of `size` subjects or rows has a place, from the owners of places."""
    has = np.zeros(size, bool)
    has[owner] = True
    return has


def text_key(owner: np.ndarray, field_code: np.ndarray, token: np.ndarray) -> np.ndarray:
    """An int64 that orders tokens by owner, text and position."""
    return (owner.astype(np.int64) * FIELDS + field_code) << TOKEN_BITS | token
