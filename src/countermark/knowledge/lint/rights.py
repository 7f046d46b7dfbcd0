"""KP20: rights in force, for these goods; permissions and prices that still hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from countermark.domain.marks import Mark
from countermark.domain.places import reaches
from countermark.domain.rules import Rule
from countermark.domain.signals import BrandSignal, CategorySignal, PlaceSignal
from countermark.knowledge.lint.subject import (
    Remark,
    Subject,
    error,
    rule_place,
    warning,
    when_signals,
)

KP20 = "KP20"

NICE_OF: Final[Mapping[str, frozenset[int]]] = {
    "bags": frozenset({18, 25, 14, 9, 16}),
    "footwear": frozenset({25, 18, 28, 10}),
    "apparel": frozenset({25, 18, 28, 9}),
    "accessories": frozenset({25, 18, 14, 26, 24}),
    "jewellery": frozenset({14}),
    "watches": frozenset({14, 9}),
    "eyewear": frozenset({9}),
    "beauty": frozenset({3, 5, 7, 8, 10, 11, 21, 44}),
    "electronics": frozenset({7, 8, 9, 10, 11, 12, 14, 15, 16, 2, 20, 21, 28}),
    "toys": frozenset({28, 16, 9, 25}),
    "auto": frozenset({1, 3, 4, 6, 7, 9, 11, 12, 17}),
    "tools": frozenset({6, 7, 8, 9, 11}),
    "food": frozenset({5, 29, 30, 31, 32, 33}),
    "health": frozenset({3, 5, 8, 9, 10, 21}),
    "baby": frozenset({5, 10, 12, 18, 20, 21, 25, 28}),
    "household": frozenset({1, 3, 4, 7, 8, 9, 11, 16, 20, 21, 24, 34}),
    "sports": frozenset({9, 12, 18, 22, 25, 28, 8, 13}),
    "tobacco": frozenset({34, 9, 11}),
    "software": frozenset({9, 41, 42}),
    "lighting": frozenset({11, 9}),
    "media": frozenset({9, 16, 41}),
    "garden": frozenset({7, 8, 31, 21}),
    "pets": frozenset({5, 18, 21, 28, 31}),
}
"""Nice classes in which goods of a top category are registered; those not named are not checked."""


def rights(subject: Subject) -> Iterator[Remark]:
    """KP20: expired or wrong rights, and rows that have run out."""
    for mark in subject.pack.marks:
        yield from _in_force(mark, subject)
    yield from _classes(subject)
    yield from _rule_rights(subject)
    for rule in subject.live_rules:
        yield from _rule_scope(rule, subject)
    today = subject.context.as_of
    for seller in subject.pack.sellers:
        if seller.valid_to and seller.valid_to < today:
            says = f'seller "{seller.seller_id}" was authorised until {seller.valid_to}'
            yield warning(KP20, seller.origin, says, "renew the row or take it out")
    ends = [(band.valid_to, band.origin) for band in subject.pack.prices if band.valid_to]
    ended = [(day, origin) for day, origin in ends if day < today]
    if ended:
        says = f"{len(ended)} price bands have ended, the first on {min(day for day, _ in ended)}"
        yield warning(KP20, ended[0][1], says, "renew them: without a band prices are unknown")


def _in_force(mark: Mark, subject: Subject) -> Iterator[Remark]:
    """A mark without any right, or whose rights are not in force."""
    today = subject.context.as_of
    if not mark.rights:
        says = f'mark "{mark.id}" states no right'
        yield warning(KP20, mark.origin, says, "it yields suspects only, no notices: add its right")
        return
    dead = [right for right in mark.rights if not right.in_force(today)]
    for right in dead:
        says = f"right {right.office} {right.number} is {right.status}, until {right.expires}"
        advice = "renew it or take it out"
        make = error if len(dead) == len(mark.rights) else warning
        yield make(KP20, mark.origin, says, advice)


def _classes(subject: Subject) -> Iterator[Remark]:
    """Products in a category that none of the mark's classes covers."""
    marks = {mark.id: mark for mark in subject.pack.marks}
    seen = set()
    for product in subject.pack.products:
        top = product.category.partition(".")[0]
        mark, fitting = marks.get(product.mark), NICE_OF.get(top)
        if mark is None or fitting is None or (mark.id, top) in seen:
            continue
        seen.add((mark.id, top))
        if mark.nice_classes and not mark.nice_classes & fitting:
            has = ", ".join(map(str, sorted(mark.nice_classes)))
            says = f'mark "{mark.id}" has class {has}, and {top} needs one of {_listed(fitting)}'
            yield warning(KP20, product.origin, says, "correct the category or add the class")


def _listed(classes: frozenset[int]) -> str:
    """Classes in order."""
    return ", ".join(map(str, sorted(classes)))


def _rule_scope(rule: Rule, subject: Subject) -> Iterator[Remark]:
    """A rule about goods or places that no right in its marks covers, as far as rights are stated."""
    asked = when_signals(rule)
    named = {one.mark for one in asked if isinstance(one, BrandSignal)}
    marks = [mark for mark in subject.pack.marks if mark.id in named and mark.rights]
    tops = {
        name.partition(".")[0]
        for one in asked
        if isinstance(one, CategorySignal)
        for name in one.is_
    }
    places = {place for one in asked if isinstance(one, PlaceSignal) for place in one.market}
    for mark in marks:
        for top in sorted(tops & NICE_OF.keys()):
            if not mark.nice_classes & NICE_OF[top]:
                says = f'asks for {top}, and mark "{mark.id}" has no class for such goods'
                yield error(KP20, rule_place(rule), says, f"one of {_listed(NICE_OF[top])} is")
        rights = [right for right in mark.rights if right.in_force(subject.context.as_of)]
        for place in sorted(places) if rights else ():
            if not any(reaches(right.territory, place) for right in rights):
                says = f'asks for market {place}, and mark "{mark.id}" has no right in force there'
                yield error(KP20, rule_place(rule), says, "take the market out or add the right")


def _rule_rights(subject: Subject) -> Iterator[Remark]:
    """Active rules on a mark whose rights, where stated, are all out of force."""
    today = subject.context.as_of
    dead = {
        mark.id
        for mark in subject.pack.marks
        if mark.rights and not any(right.in_force(today) for right in mark.rights)
    }
    for rule in subject.live_rules:
        for asked in when_signals(rule):
            if isinstance(asked, BrandSignal) and asked.mark in dead:
                says = f'rests on mark "{asked.mark}", whose rights are not in force'
                yield error(KP20, rule_place(rule), says, "retire the rule or renew the right")
