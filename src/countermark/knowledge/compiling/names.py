"""Aliases, models and evasion-prone terms compiled to `Names` and `Aliases`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from countermark.domain.marks import Alias
from countermark.features.measuring import measure
from countermark.features.near_misses import LONGEST, SHORTEST, NearIndex, end_hashes, neighbourhood
from countermark.knowledge.compiling.entries import LONG_NAME, NameEntry
from countermark.knowledge.compiling.variants import made_up, parted_rn
from countermark.knowledge.lexicon import ANY_SPACING, bit_filter, build_index, sieve
from countermark.knowledge.recognition import HOW
from countermark.knowledge.snapshot import ALIAS, MODEL, TERM, Aliases, Names

LEAST_SPLIT = 3  # characters of a name that separators may be put into
CLASSES = ("coined", "ambiguous", "generic")


def contest(
    entries: Sequence[NameEntry], default_anchors: Mapping[int, int], marks: Sequence[str]
) -> tuple[list[NameEntry], list[str]]:
    """The entries with names that several marks claim made ambiguous, each needing an anchor of its claimant."""
    claimants: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        claimants[entry.folded].add(entry.mark)
    settled, notes = [], []
    for entry in entries:
        contested = len(claimants[entry.folded]) > 1 and entry.class_ == "coined"
        anchors = default_anchors[entry.mark]
        settled.append(replace(entry, class_="ambiguous", anchors=anchors) if contested else entry)
    for text, rivals in sorted(claimants.items()):
        if len(rivals) > 1:
            names = ", ".join(sorted(marks[mark] for mark in rivals))
            notes.append(f"{text} is claimed by {names}: each needs an anchor of its own")
    return settled, notes


def compile_names(
    entries: Sequence[NameEntry], terms: Sequence[tuple[str, int]], common: np.ndarray
) -> tuple[Names, Aliases]:
    """The search structures of name entries and of (term, word set) pairs that are looked for in disguise too."""
    entries = [*entries, *made_up(entries)]
    forms = [(text, ref, form) for text, ref in terms for form in (text, parted_rn(text)) if form]
    texts = [e.text for e in entries] + [form for _, _, form in forms]
    kinds = [MODEL if e.how == "model" else ALIAS for e in entries] + [TERM] * len(forms)
    refs = list(range(len(entries))) + [ref for _, ref, _ in forms]
    measured = measure(texts, loose=True)
    free = (measured.length >= LEAST_SPLIT) & (np.array(kinds) != MODEL)
    words = np.where(free, ANY_SPACING, measured.tokens)
    index = build_index(texts, words=words, loose=True)
    own = np.array([not e.plain for e in entries] + [form == text for text, _, form in forms], bool)
    index = index._replace(exact=np.where(own, index.exact, np.uint64(0)))
    near = _near(entries, common)
    unspaced = np.array([bool(t) and t[0] >= "\u0e00" and " " not in t for t in texts], bool)
    names = Names(
        index,
        near,
        np.array(kinds, np.int8),
        np.array(refs, np.int32),
        measured.tokens,
        unspaced,
        tuple([e.plain or e.text for e in entries] + [text for text, _, _ in forms]),
    )
    aliases = Aliases(
        np.array([e.mark for e in entries], np.int32),
        np.array([HOW.index(e.how) for e in entries], np.int8),
        np.array([CLASSES.index(e.class_) for e in entries], np.int8),
        np.array([e.anchors for e in entries], np.int32),
        np.array([e.never for e in entries], np.int32),
        np.array([e.product for e in entries], np.int32),
    )
    return names, aliases


def _near(entries: Sequence[NameEntry], common: np.ndarray) -> NearIndex:
    """Deletion neighbourhoods of coined names in alphabets, and of long ones that are also words."""
    pairs: set[tuple[int, int, bool]] = set()
    ends: set[int] = set()
    for number, entry in enumerate(entries):
        text = entry.folded
        slips = (
            not entry.plain
            and entry.how in ("official", "transliteration")
            and (entry.class_ == "coined" or len(text) >= LONG_NAME)
        )
        if slips and SHORTEST <= len(text) <= LONGEST and text.isalpha() and max(text) < "\u0e00":
            pairs.update((int(h), number, k == 0) for k, h in enumerate(neighbourhood(text)))
            ends.update(end_hashes(text))
    ordered = sorted(pairs)
    hashes = np.array([h for h, _, _ in ordered], np.uint64)
    numbers = np.array([n for _, n, _ in ordered], np.int32)
    return NearIndex(
        sieve(hashes, 16), hashes, numbers, np.array([w for _, _, w in ordered], bool),
        bit_filter(np.array(sorted(ends), np.uint64), 16), common,
    )  # fmt: skip


def name_entries(
    aliases: Sequence[Alias],
    marks: Mapping[str, int],
    anchors: Mapping[int, int],
    never: Mapping[int, int],
) -> list[NameEntry]:
    """The entries of a pack's aliases; `anchors` and `never` are by position of the alias."""
    return [
        NameEntry(
            text=alias.text, mark=marks[alias.mark], how=alias.kind, class_=alias.class_,
            anchors=anchors.get(k, -1), never=never.get(k, -1),
        )
        for k, alias in enumerate(aliases)
    ]  # fmt: skip
