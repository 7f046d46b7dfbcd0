"""Questions about words: which mark is named, how, and what stands around the name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

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
from countermark.knowledge.recognition import HOW
from countermark.operators.base import (
    NO_PLACES,
    TEXT_COLUMNS,
    TEXTS,
    Answer,
    Look,
    Places,
    any_place,
    near_words,
    text_key,
)


def _fields(asked: Iterable[str]) -> tuple[list[int], bool]:
    """Codes of the texts asked that are searched, and whether all of them are."""
    asked = tuple(asked)
    return [TEXTS[name] for name in asked if name in TEXTS], all(name in TEXTS for name in asked)


def _from_places(look: Look, places: Places, complete: bool) -> Answer:
    """True where there is a place; elsewhere known only if every text asked was searched."""
    true = any_place(places, len(look))
    return Answer(true, true | complete, places)


def _words_in(look: Look, sets: list[int], fields: list[int]) -> Places:
    """Places of words of the sets in these texts."""
    words = look.words_of(sets)
    return words.take(np.isin(words.field, fields)) if len(words.owner) else words


def brand(look: Look, signal: BrandSignal, _: Mapping[str, Answer]) -> Answer:
    """The listing names a protected mark, in one of the ways asked."""
    fields, complete = _fields(signal.in_)
    places = look.mentions
    keep = np.isin(places.field, fields)
    if signal.mark != "*":
        keep &= look.mark[places.owner] == look.lookup.marks.get(signal.mark, -2)
    if signal.how:
        keep &= np.isin(places.how, [HOW.index(way) for way in signal.how])
    if signal.min_class:
        worst = CLASSES.index(signal.min_class)
        keep &= look.snapshot.aliases.distinct[look.snapshot.names.ref[places.what]] <= worst
    return _from_places(look, places.take(keep), complete)


def term(look: Look, signal: TermSignal, _: Mapping[str, Answer]) -> Answer:
    """The listing uses a word of a known list, disguised or not."""
    fields, complete = _fields(signal.in_)
    words = _words_in(look, look.list_sets(signal.lists), fields)
    return _from_places(look, look.of_subjects(words), complete)


def phrase(look: Look, signal: PhraseSignal, _: Mapping[str, Answer]) -> Answer:
    """The listing uses one of the rule's own words, and all of those that must occur."""
    fields, complete = _fields(signal.in_)
    true, places = np.ones(len(look), bool), NO_PLACES
    for which in (["any"] if signal.any else []) + list(signal.all):
        sets = look.lookup.set_numbers([phrase_set(signal, which)])
        places = look.of_subjects(_words_in(look, sets, fields))
        true &= any_place(places, len(look))
    return Answer(true, true | complete, places.take(true[places.owner]))


def context(look: Look, signal: ContextSignal, answers: Mapping[str, Answer]) -> Answer:
    """A word of a list stands beside the mark, and near the same place no word that cancels it.

    Unknown where the signal it looks around has no place.
    """
    around = answers[signal.around].places
    sets = look.list_sets(names(signal.list))
    beside = near_words(look, around, sets, side=signal.side, within=signal.within)
    if not beside.any():
        return Answer(np.zeros(len(look), bool), any_place(around, len(look)))
    cancels = look.list_sets(names(signal.cancel))
    beside &= ~near_words(look, around, cancels, side="any", within=signal.within)
    true = any_place(around.take(beside), len(look))
    return Answer(true, any_place(around, len(look)), around.take(beside))


def near(look: Look, signal: NearSignal, answers: Mapping[str, Answer]) -> Answer:
    """Two things that the listing says stand close together. Unknown where one of them has no place."""
    a, b = answers[signal.a].places, answers[signal.b].places
    starts = np.sort(text_key(b.owner, b.field, b.token))
    ends = np.sort(text_key(b.owner, b.field, b.token_end))
    low = text_key(a.owner, a.field, np.maximum(a.token - signal.within, 0))
    high = text_key(a.owner, a.field, a.token_end + signal.within)
    # Of the places that begin before `high`, those that end before `low` are the ones too far away.
    close = np.searchsorted(starts, high, "right") > np.searchsorted(ends, low)
    known = any_place(a, len(look)) & any_place(b, len(look))
    return Answer(any_place(a.take(close), len(look)), known, a.take(close))


def pattern(look: Look, signal: PatternSignal, _: Mapping[str, Answer]) -> Answer:
    """The text contains the literal, and matches the RE2 pattern."""
    fields, complete = _fields(signal.in_)
    true = np.zeros(len(look), bool)
    compiled = re2.compile(signal.find)
    for code in fields:
        column = look.batch.column(TEXT_COLUMNS[code]).take(look.row)
        has = pc.match_substring(column, signal.literal, ignore_case=True).fill_null(False)
        for k in np.flatnonzero(has.to_numpy(zero_copy_only=False) & ~true).tolist():
            true[k] = compiled.search(column[k].as_py()) is not None
    return Answer(true, true | complete)
