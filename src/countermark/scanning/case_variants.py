"""Variants of test listings: disguises must be seen through, and harmless forms spared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec
import numpy as np

from countermark.domain.rules import Rule, RuleId
from countermark.domain.signals import ContextSignal, PriceSignal, TermSignal
from countermark.domain.signals.base import names
from countermark.knowledge.lint.cases import KP12
from countermark.knowledge.lint.subject import Remark, warning
from countermark.knowledge.logic import names as names_in
from countermark.knowledge.logic import parse
from countermark.knowledge.recognition import HOW
from countermark.operators.base import TITLE
from countermark.scanning.case_questions import Demand
from countermark.scanning.case_seen import Seen, listings_of
from countermark.scanning.cases import CaseRun
from countermark.scanning.looking import look_at
from countermark.scanning.plan import ask

TWINS: Final = str.maketrans("aceopxyiABCEHKMOPTXI", "асеорхуіАВСЕНКМОРТХІ")
"""Latin letters and the Cyrillic ones that look the same."""
EMOJI: Final = "\N{SPARKLES}"
LEAST: Final = 4
"""Letters of a name from which a disguise is told from chance."""
HARMLESS: Final = (
    ("core.fit_before", "before", "for "),
    ("core.style_after", "after", " style"),
    ("core.wanted", "before", "wtb "),
)
"""List, side of the name, and text by which goods are said not to be the brand's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """One changed title of a case.

    Attributes:
        row: of the case.
        mark: number of the mark whose name was changed, or beside which something was put.
        span: first and last byte + 1 of the changed name in the new title.
        quiet: the rule that must stay quiet; None: the name must still be seen.
    """

    row: int
    what: str
    title: str
    mark: int
    span: tuple[int, int]
    quiet: RuleId | None = None


def variant_remarks(run: CaseRun) -> tuple[Remark, ...]:
    """A warning for each variant of a firing case that is judged otherwise than it should be."""
    variants = [*_disguises(run), *_harmless(run)]
    if not variants:
        return ()
    cases = [
        msgspec.structs.replace(case, listing={**case.listing, "title": variant.title})
        for variant in variants
        for case in (run.demands[variant.row].case,)
    ]
    look = look_at(listings_of(cases), run.plan.snapshot, run.plan.lookup)
    seen = Seen.of(look, ask(look, run.plan))
    return tuple(
        warning(KP12, run.demands[variant.row].place, *says)
        for row, variant in enumerate(variants)
        if (says := _fault(variant, row, seen))
    )


def _fault(variant: Variant, row: int, seen: Seen) -> tuple[str, str] | None:
    """What is wrong with how a variant is judged, and what to do; None: nothing."""
    if variant.quiet is not None:
        rule = variant.quiet.rpartition("/")[2]
        advice = "look at within and cancel of the exclusion, or add a case that says why"
        says = f'rule "{rule}" also fires on "{variant.title}" ({variant.what})'
        return (says, advice) if seen.fires(variant.quiet, row) else None
    look, (start, end) = seen.look, variant.span
    places = look.mentions
    owned = (look.row[places.owner] == row) & (look.mark[places.owner] == variant.mark)
    overlaps = owned & (places.field == TITLE) & (places.start < end) & (places.end > start)
    if overlaps.any():
        return None
    advice = "report it: the engine does not see through it"
    return f'the mark is not seen in "{variant.title}" ({variant.what})', advice


def _firing(run: CaseRun) -> Iterator[tuple[int, Demand]]:
    """The cases that must fire and do as they should."""
    for row, (demand, result) in enumerate(zip(run.demands, run.results, strict=True)):
        if demand.fire and not result.unexpected:
            yield row, demand


def _names(run: CaseRun, row: int) -> Iterator[tuple[int, int, int]]:
    """Marks that a title names officially in Latin letters: number, span in bytes."""
    look, title = run.seen.look, run.demands[row].case.listing["title"].encode()
    places = look.mentions
    here = (look.row[places.owner] == row) & (places.field == TITLE)
    here &= places.how == HOW.index("official")
    for at in np.flatnonzero(here).tolist():
        start, end = int(places.start[at]), int(places.end[at])
        if title[start:end].isascii():
            yield int(look.mark[places.owner[at]]), start, end


def _disguises(run: CaseRun) -> Iterator[Variant]:
    """Each name of a firing case written with a look-alike letter, in full width, with an emoji."""
    for row, demand in _firing(run):
        title = demand.case.listing["title"].encode()
        for mark, start, end in _names(run, row):
            name = title[start:end].decode()
            for what, written in _writings(name):
                changed = title[:start] + written.encode() + title[end:]
                span = (start, start + len(written.encode()))
                yield Variant(row=row, what=what, title=changed.decode(), mark=mark, span=span)


def _writings(name: str) -> Iterator[tuple[str, str]]:
    """A name in disguise: how, and as written."""
    if not name.isascii() or sum(sign.isalpha() for sign in name) < LEAST:
        return
    at = next((k for k, sign in enumerate(name) if sign != sign.translate(TWINS)), None)
    if at is not None:
        twin = name[at].translate(TWINS)
        yield "a look-alike letter", name[:at] + twin + name[at + 1 :]
    yield "full width", "".join(map(_wide, name))
    word = max(name.split(), key=len)
    middle = name.index(word) + len(word) // 2
    yield "an emoji inside", name[:middle] + EMOJI + name[middle:]


def _wide(sign: str) -> str:
    """The full-width form of an ASCII character; the space as it is."""
    wide = chr(ord(sign) + 0xFEE0)
    return wide if unicodedata.normalize("NFKC", wide) == sign else sign


def _harmless(run: CaseRun) -> Iterator[Variant]:
    """Each firing case of a price rule as goods that fit, resemble or seek the brand's."""
    rules = {
        planned.rule.id: planned.rule for rules in run.plan.groups.values() for planned in rules
    }
    for row, demand in _firing(run):
        found = sorted(_names(run, row), key=lambda name: name[1])
        of_one_mark = len({mark for mark, _, _ in found}) == 1
        for rule in (rules[id_] for id_ in sorted(demand.fire & rules.keys())):
            for list_name, side, text in HARMLESS if of_one_mark else ():
                if _spares(rule, list_name, side) and not _cancels(rule, run.seen, row):
                    yield _beside(demand, row, rule, found[0], text)


def _beside(demand: Demand, row: int, rule: Rule, name: tuple[int, int, int], text: str) -> Variant:
    """A case with a text before or after a name, which must silence a rule."""
    mark, start, end = name
    title = demand.case.listing["title"].encode()
    at = start if text.endswith(" ") else end
    changed = title[:at] + text.encode() + title[at:]
    what = f'"{text.strip()}" beside the name'
    return Variant(
        row=row, what=what, title=changed.decode(), mark=mark, span=(start, end), quiet=rule.id
    )


def _spares(rule: Rule, list_name: str, side: str) -> bool:
    """Whether a rule about a price excludes words of a list at that side of the name."""
    in_when = [rule.signals[name] for name in names_in(parse(rule.when))]
    if not any(isinstance(asked, PriceSignal) for asked in in_when):
        return False
    for asked in (rule.signals[name] for name in rule.unless):
        if isinstance(asked, ContextSignal) and asked.side in (side, "any"):
            found = list_name in names(asked.list)
        else:
            found = isinstance(asked, TermSignal) and list_name in asked.lists
        if found:
            return True
    return False


def _cancels(rule: Rule, seen: Seen, row: int) -> bool:
    """Whether the title of a row holds a word that undoes one of the rule's exclusions."""
    lists = {
        f"list:{name}"
        for asked in rule.signals.values()
        if isinstance(asked, ContextSignal)
        for name in names(asked.cancel)
    }
    words = seen.look.words_of(seen.look.lookup.set_numbers(sorted(lists)))
    return bool(((words.owner == row) & (words.field == TITLE)).any())
