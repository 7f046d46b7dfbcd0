"""Questions about words: which mark is named, how, and what stands around the name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import pyarrow.compute as pc
import re2

from countermark.domain.signals import (
    BrandSignal,
    ContextSignal,
    NearSignal,
    PatternSignal,
    PhraseSignal,
    TermSignal,
)
from countermark.domain.signals.base import names
from countermark.knowledge.compiling.names import CLASSES
from countermark.knowledge.compiling.words import phrase_set
from countermark.knowledge.disguises import WAY
from countermark.knowledge.recognition import HOW
from countermark.operators.base import (
    FIELDS,
    NO_PLACES,
    TEXT_COLUMNS,
    TEXTS,
    Answer,
    Look,
    Places,
    any_place,
    text_key,
)
from countermark.operators.nearness import near_words


@lru_cache(maxsize=256)
def _fields(asked: tuple[str, ...]) -> tuple[np.ndarray, bool]:
    """Bool for the code of each text, it is asked; and whether all that are asked are searched."""
    wanted = np.zeros(FIELDS, bool)
    wanted[[TEXTS[name] for name in asked if name in TEXTS]] = True
    wanted.flags.writeable = False
    return wanted, all(name in TEXTS for name in asked)


def _words_in(look: Look, sets: Sequence[int], fields: np.ndarray) -> Places:
    """Places of words of the sets in these texts; owners are rows."""
    words = look.words_of(sets)
    return words.take(fields[words.field]) if len(words.owner) else words


def brand(look: Look, signal: BrandSignal, _: Mapping[str, Answer]) -> Answer:
    """The listing names a protected mark, in one of the ways asked."""
    fields, complete = _fields(signal.in_)
    places = look.mentions
    keep = fields[places.field]
    if signal.mark != "*":
        keep &= look.mark[places.owner] == look.lookup.marks.get(signal.mark, -2)
    if signal.how:
        ways = np.zeros(WAY + 1, bool)
        ways[[HOW.index(way) for way in signal.how]] = True
        keep &= ways[places.how]
    if signal.min_class:
        worst = CLASSES.index(signal.min_class)
        keep &= look.snapshot.aliases.distinct[look.snapshot.names.ref[places.what]] <= worst
    true = any_place(places.owner[keep], len(look))
    return Answer(true, true | complete, lambda: places.take(keep), among=keep)


def term(look: Look, signal: TermSignal, _: Mapping[str, Answer]) -> Answer:
    """The listing uses a word of a known list, disguised or not."""
    fields, complete = _fields(signal.in_)
    words = _words_in(look, look.list_sets(signal.lists), fields)
    true = _of_rows(look, words)
    return Answer(true, true | complete, lambda: look.of_subjects(words))


def _of_rows(look: Look, words: Places) -> np.ndarray:
    """Whether the row of each subject has a word."""
    if not len(words.owner):
        return np.zeros(len(look), bool)
    return any_place(words.owner, len(look.batch))[look.row]


def phrase(look: Look, signal: PhraseSignal, _: Mapping[str, Answer]) -> Answer:
    """The listing uses one of the rule's own words, and all of those that must occur."""
    fields, complete = _fields(signal.in_)
    true, words = np.ones(len(look), bool), NO_PLACES
    for which in (["any"] if signal.any else []) + list(signal.all):
        sets = look.lookup.set_numbers([phrase_set(signal, which)])
        words = _words_in(look, sets, fields)
        true &= _of_rows(look, words)

    def find_places() -> Places:
        places = look.of_subjects(words)
        return places.take(true[places.owner])

    return Answer(true, true | complete, find_places)


def context(look: Look, signal: ContextSignal, answers: Mapping[str, Answer]) -> Answer:
    """A word of a list stands beside the mark, and near the same place no word that cancels it.

    Unknown where the signal it looks around has no place.
    """
    around = answers[signal.around]
    mentions = around.among is not None
    places = look.mentions if mentions else around.places
    known = around.true if mentions else any_place(places.owner, len(look))
    sets, cancels = look.list_sets(names(signal.list)), look.list_sets(names(signal.cancel))
    if not look.sets_here(sets):
        none = np.zeros(len(places.owner), bool) if mentions else None
        return Answer(np.zeros(len(look), bool), known, among=none)
    beside = near_words(look, places, sets, side=signal.side, within=signal.within)
    if mentions:
        beside = beside & around.among
    if cancels and beside.any():
        beside = beside & ~near_words(look, places, cancels, side="any", within=signal.within)
    return Answer(
        any_place(places.owner[beside], len(look)), known, lambda: places.take(beside),
        among=beside if mentions else None,
    )  # fmt: skip


def near(look: Look, signal: NearSignal, answers: Mapping[str, Answer]) -> Answer:
    """Two things that the listing says stand close together. Unknown where one of them has no place."""
    a, b = answers[signal.a].places, answers[signal.b].places
    starts = np.sort(text_key(b.owner, b.field, b.token))
    ends = np.sort(text_key(b.owner, b.field, b.token_end))
    low = text_key(a.owner, a.field, np.maximum(a.token - signal.within, 0))
    high = text_key(a.owner, a.field, a.token_end + signal.within)
    # Of the places that begin before `high`, those that end before `low` are the ones too far away.
    close = np.searchsorted(starts, high, "right") > np.searchsorted(ends, low)
    known = any_place(a.owner, len(look)) & any_place(b.owner, len(look))
    return Answer(any_place(a.owner[close], len(look)), known, lambda: a.take(close))


def pattern(look: Look, signal: PatternSignal, _: Mapping[str, Answer]) -> Answer:
    """The text contains the literal, and matches the RE2 pattern."""
    fields, complete = _fields(signal.in_)
    true = np.zeros(len(look), bool)
    compiled = re2.compile(signal.find)
    for code in np.flatnonzero(fields).tolist():
        column = look.batch.column(TEXT_COLUMNS[code]).take(look.row)
        has = pc.match_substring(column, signal.literal, ignore_case=True).fill_null(False)
        for k in np.flatnonzero(has.to_numpy(zero_copy_only=False) & ~true).tolist():
            true[k] = compiled.search(column[k].as_py()) is not None
    return Answer(true, true | complete)
