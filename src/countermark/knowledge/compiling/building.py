"""The steps from packs to a snapshot, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from hashlib import sha256

import msgspec
import numpy as np

from countermark.domain.catalogue import Product
from countermark.domain.packs import Pack
from countermark.errors import SnapshotError
from countermark.features.everyday import word_hash_pair, word_hashes
from countermark.features.folding import fold_table_hash
from countermark.features.tokens import folded_text
from countermark.knowledge.compiling.anchoring import STRONG, AnchorTable
from countermark.knowledge.compiling.entries import NameEntry
from countermark.knowledge.compiling.goods import compile_goods, compile_sellers, contested_gtins
from countermark.knowledge.compiling.names import compile_names, contest, name_entries
from countermark.knowledge.compiling.sources import (
    PackSource,
    check_owners,
    check_requirements,
    current,
)
from countermark.knowledge.compiling.words import (
    WordSets,
    add_lists,
    add_nouns,
    add_phrases,
    disguised_terms,
    seller_lists,
)
from countermark.knowledge.lexicon import bit_filter, indexable
from countermark.knowledge.snapshot import SEMANTICS, MarkRow, PackRef, Snapshot


def build_snapshot(
    sources: Sequence[PackSource], *, vocabulary: Sequence[str], as_of: date
) -> Snapshot:
    """The snapshot of these packs on the day `as_of`.

    Args:
        sources: in any order; no two of one pack id.
        vocabulary: everyday words of many languages; a disguise may not be one of them.

    Raises:
        SnapshotError: packs contradict each other, or ask for what is not there.
    """
    ordered = sorted(sources, key=lambda source: source.pack.id)
    ordered = current([s for s in ordered if s.pack.header.in_use(as_of)])
    packs = [source.pack for source in ordered]
    check_owners(packs)
    check_requirements(packs)
    marks = _marks(packs)
    numbers = {row.id: k for k, row in enumerate(marks)}
    categories = tuple(sorted({c.id for pack in packs for c in pack.categories}))
    goods = compile_goods(packs, numbers, categories, as_of)
    sets, anchors = WordSets(), AnchorTable(categories, numbers)
    add_lists(sets, packs, as_of)
    add_nouns(sets, packs)
    add_phrases(sets, packs)
    entries, notes = _entries(packs, numbers, sets, anchors, set(vocabulary))
    terms = disguised_terms(sets, packs, as_of)
    gtins = sorted(contested_gtins([product for pack in packs for product in pack.products]))
    notes += [note for source in ordered for note in source.notes]
    notes += [f"gtin {gtin} is on goods of several marks: it tells none of them" for gtin in gtins]
    everyday = sorted({*vocabulary, *(noun.noun for pack in packs for noun in pack.nouns)})
    names, aliases = compile_names(entries, terms, _common_words(everyday, entries))
    return Snapshot(
        id=_snapshot_id(ordered, vocabulary, as_of), as_of=as_of,
        packs=tuple(PackRef(s.pack.id, s.pack.serial, s.sha256) for s in ordered),
        marks=marks, categories=categories, names=names, aliases=aliases, anchors=anchors.compile(),
        words=sets.compile(), goods=goods, sellers=compile_sellers(packs, numbers, as_of),
        rules=tuple(rule for pack in packs for rule in pack.rules), granted=_granted(packs, as_of),
        codes={f"{pack.id}/{code.id}": code for pack in packs for code in pack.codes},
        seller_lists=seller_lists(packs, as_of), notes=tuple(notes),
    )  # fmt: skip


def _marks(packs: Sequence[Pack]) -> tuple[MarkRow, ...]:
    rows: dict[str, MarkRow] = {}
    for pack in packs:
        for mark in pack.marks:
            if mark.id in rows:
                raise SnapshotError(
                    f"mark {mark.id} is in packs {rows[mark.id].pack} and {pack.id}",
                    hint="one of them must supersede the other",
                )
            rows[mark.id] = MarkRow(mark.id, mark.text, pack.id, bool(mark.rights))
    return tuple(rows.values())


def _entries(
    packs: Sequence[Pack],
    marks: Mapping[str, int],
    sets: WordSets,
    anchors: AnchorTable,
    vocabulary: set[str],
) -> tuple[list[NameEntry], list[str]]:
    """All names of marks, those claimed twice made to need an anchor."""
    entries: list[NameEntry] = []
    defaults: dict[int, int] = {}
    product = 0
    for pack in packs:
        for mark in pack.marks:
            kinds = sorted({p.category for p in pack.products if p.mark == mark.id})
            defaults[marks[mark.id]] = anchors.add([*STRONG, *(f"category:{c}" for c in kinds)])
        by_alias = {
            k: anchors.of(alias.anchors, defaults[marks[alias.mark]])
            for k, alias in enumerate(pack.aliases)
        }
        never = {
            k: sets.add("never:" + "\x1f".join(alias.never_near), alias.never_near)
            for k, alias in enumerate(pack.aliases) if alias.never_near
        }  # fmt: skip
        entries += name_entries(pack.aliases, marks, by_alias, never)
        for row in pack.products:
            sets.add(f"product:{product}", [text for text in (row.name, *row.also) if text])
            number = marks[row.mark]
            entries += _models(row, product, number, defaults[number], vocabulary)
            product += 1
    able = indexable([e.text for e in entries], loose=True)
    entries = [entry for entry, keep in zip(entries, able, strict=True) if keep]
    taken = {(e.folded, e.mark) for e in entries if e.how != "model"}
    entries = [e for e in entries if e.how != "model" or (e.folded, e.mark) not in taken]
    return contest(entries, defaults, list(marks))


def _models(
    row: Product, number: int, mark: int, anchor: int, vocabulary: set[str]
) -> list[NameEntry]:
    """A model's names: each also names its mark, given an anchor; of everyday words, a strong one."""
    texts = [text for text in (row.name, *row.also) if text]
    return [
        NameEntry(
            text=text, mark=mark, how="model", class_=_model_class(text, vocabulary), anchors=anchor, product=number
        )
        for text in texts
        if len(folded_text(text).replace(" ", "")) >= (2 if text[0] >= "\u0e00" else 4)
    ]  # fmt: skip


def _model_class(text: str, vocabulary: set[str]) -> str:
    return "generic" if all(word in vocabulary for word in text.casefold().split()) else "ambiguous"


def _common_words(vocabulary: Sequence[str], entries: Sequence[NameEntry]) -> np.ndarray:
    """Bit filter of everyday words, those that are somebody's mark left out."""
    own = {
        entry.text.casefold()
        for entry in entries
        if entry.how != "model" and entry.class_ == "coined"
    }
    return bit_filter(np.unique(word_hashes([word for word in vocabulary if word not in own])), 12)


def _granted(packs: Sequence[Pack], as_of: date) -> dict[str, str]:
    """What each rule may be at most: evaluation once its own or its pack's day of review has passed."""
    granted: dict[str, str] = {}
    for pack in packs:
        for rule in pack.rules:
            until = min(rule.review_by or pack.header.review_by, pack.header.review_by)
            late = until < as_of and rule.status == "active"
            granted[rule.id] = "evaluation" if late else rule.status
    return granted


def _snapshot_id(sources: Sequence[PackSource], vocabulary: Sequence[str], as_of: date) -> str:
    words = sha256("\n".join(vocabulary).encode()).hexdigest()
    named = [
        SEMANTICS, fold_table_hash(), words, as_of.isoformat(),
        [[s.pack.id, s.pack.serial, s.sha256, s.notes] for s in sources],
    ]  # fmt: skip
    return "cm1-" + sha256(msgspec.json.encode(named)).hexdigest()[:16]


def is_common_word(common: np.ndarray) -> Callable[[str], bool]:
    """The test for everyday words that recognition asks."""
    size, bits = len(common) * 64 - 1, common.tolist()

    def known(word: str) -> bool:
        return all(bits[(h & size) >> 6] >> (h & 63) & 1 for h in word_hash_pair(word))

    return known
