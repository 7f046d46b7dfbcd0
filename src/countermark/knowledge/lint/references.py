"""KP01: every name that a pack uses is one that it, or the core pack, has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from countermark.domain.origins import Origin
from countermark.domain.rules import Rule, TestCase
from countermark.domain.signals import (
    BrandSignal,
    CategorySignal,
    CodeSignal,
    ImageSignal,
    RuleSignal,
    SellerSignal,
    Signal,
)
from countermark.knowledge.lint.subject import Remark, Subject, error, rule_place

KP01 = "KP01"
CODE_KINDS = frozenset({"gtin", "style", "serial", "licence"})
MAX_RULE_DEPTH = 3


def dangling(subject: Subject) -> Iterator[Remark]:
    """Every reference to what does not exist."""
    known = _Known(subject)
    yield from _table_references(subject, known)
    for rule in subject.live_rules:
        for name, asked in rule.signals.items():
            yield from known.signal(asked, f"{rule_place(rule)} signals.{name}")
    yield from _rule_chains(subject)
    for case in subject.pack.cases:
        yield from _case_references(case, subject)


class _Known:
    """The names that a pack may use."""

    def __init__(self, subject: Subject) -> None:
        pack, context = subject.pack, subject.context
        self.marks = {mark.id for mark in pack.marks}
        self.styles = {product.style_code for product in pack.products}
        self.images = {image.id for image in pack.images}
        self.roles = {image.role for image in pack.images}
        self.codes = {code.id for code in pack.codes}
        self.rules = {rule.local_id for rule in pack.rules}
        own = {names.id for names in pack.lists}
        is_core = pack.header.issuer == "core"
        self.lists = (
            own | {f"core.{name}" for name in own if is_core} | (context.core_lists or set())
        )
        self.any_core = context.core_lists is None
        own_categories = {category.id for category in pack.categories}
        self.categories = own_categories | (context.categories or set())

    def unknown(
        self, kind: str, name: str, known: Iterable[str], place: Origin | str
    ) -> Iterator[Remark]:
        """A remark if a name is not among the known ones."""
        options = sorted(known)
        if name not in options:
            advice = f"known are {', '.join(options[:12])}" if options else "the pack has none"
            yield error(KP01, place, f'{kind} "{name}" does not exist', advice)

    def category(self, name: str, place: Origin | str) -> Iterator[Remark]:
        """A remark if a category does not exist, where categories are known."""
        if self.categories and name not in self.categories:
            advice = "use an id of the core pack's categories.csv"
            yield error(KP01, place, f'category "{name}" does not exist', advice)

    def term_list(self, name: str, place: str) -> Iterator[Remark]:
        """A remark if a term list does not exist."""
        if not (self.any_core and name.startswith("core.")):
            yield from self.unknown("list", name, self.lists, place)

    def signal(self, asked: Signal, place: str) -> Iterator[Remark]:
        """A remark for each name of a signal that does not exist."""
        for name in asked.lists:
            yield from self.term_list(name, place)
        if isinstance(asked, BrandSignal) and asked.mark != "*":
            yield from self.unknown("mark", asked.mark, self.marks, place)
        elif isinstance(asked, SellerSignal) and asked.authorised_for != "*":
            known = self.marks | self.styles
            yield from self.unknown("mark or style", asked.authorised_for, known, place)
        elif isinstance(asked, CategorySignal):
            for name in asked.is_ + asked.not_:
                yield from self.category(name, place)
        elif isinstance(asked, CodeSignal):
            yield from self.unknown("code", asked.kind, self.codes | CODE_KINDS, place)
        elif isinstance(asked, ImageSignal):
            yield from self.unknown("image", asked.ref, self.images | self.roles, place)
        elif isinstance(asked, RuleSignal):
            yield from self.unknown("rule", asked.id, self.rules, place)


def _table_references(subject: Subject, known: _Known) -> Iterator[Remark]:
    """References between marks, aliases, products, prices, sellers, images and tells."""
    pack = subject.pack
    for mark in pack.marks:
        if mark.image:
            yield from known.unknown("image", mark.image, known.images, mark.origin)
    for alias in pack.aliases:
        yield from known.unknown("mark", alias.mark, known.marks, alias.origin)
        for anchor in alias.anchors.any_of if alias.anchors else ():
            yield from _scoped(anchor, alias.origin, known)
    for product in pack.products:
        yield from known.unknown("mark", product.mark, known.marks, product.origin)
        yield from known.category(product.category, product.origin)
        if product.serial_rule:
            yield from known.unknown("code", product.serial_rule, known.codes, product.origin)
    for band in pack.prices:
        yield from known.unknown("style", band.style_code, known.styles, band.origin)
    for seller in pack.sellers:
        yield from _scoped(seller.scope, seller.origin, known)
    yield from _picture_references(subject, known)


def _picture_references(subject: Subject, known: _Known) -> Iterator[Remark]:
    """References of images and tells."""
    for image in subject.pack.images:
        if image.mark:
            yield from known.unknown("mark", image.mark, known.marks, image.origin)
        if image.product:
            yield from known.unknown("style", image.product, known.styles, image.origin)
    for tell in subject.pack.tells:
        for style in tell.products:
            yield from known.unknown("style", style, known.styles, tell.origin)
        if tell.rule:
            yield from known.unknown("rule", tell.rule, known.rules, tell.origin)


def _scoped(text: str, place: Origin, known: _Known) -> Iterator[Remark]:
    """The reference in `mark:<id>`, `style:<code>` or `category:<id>`."""
    kind, _, name = text.partition(":")
    if kind == "category" and name:
        yield from known.category(name, place)
    elif name:
        options = known.marks if kind == "mark" else known.styles
        yield from known.unknown(kind, name, options, place)


def _rule_chains(subject: Subject) -> Iterator[Remark]:
    """Rules that ask each other in a circle or too deeply."""
    rules = {rule.local_id: rule for rule in subject.pack.rules}
    for rule in subject.live_rules:
        if _depth(rule, rules, limit=MAX_RULE_DEPTH + 1) > MAX_RULE_DEPTH:
            says = f"it asks other rules more than {MAX_RULE_DEPTH} deep or in a circle"
            yield error(KP01, rule_place(rule), says, "ask the signals themselves")


def _depth(rule: Rule, rules: dict[str, Rule], *, limit: int) -> int:
    """How deep a rule asks others; stops at `limit`."""
    asked = [s.id for s in rule.signals.values() if isinstance(s, RuleSignal) and s.id in rules]
    if not asked or limit == 0:
        return 0
    return 1 + max(_depth(rules[name], rules, limit=limit - 1) for name in asked)


def _case_references(case: TestCase, subject: Subject) -> Iterator[Remark]:
    """Rules, exclusions and marks that a test case names."""
    rules = {rule.id: rule for rule in subject.pack.rules}
    place = f"{case.origin} {case.id}"
    known = _Known(subject)
    for name in (*case.fire, *case.todo_fire, *case.blocked):
        local = name.rpartition("/")[2]
        yield from known.unknown("rule", local, known.rules, place)
    for name, exclusions in case.blocked.items():
        allowed = rules[name].unless if name in rules else exclusions
        for exclusion in exclusions:
            yield from known.unknown("exclusion", exclusion, allowed, place)
        if name in case.fire:
            says = f'rule "{name.rpartition("/")[2]}" is both fired and blocked'
            yield error(KP01, place, says, "a blocked rule does not fire: name it once")
    for mark in case.mentions or ():
        if known.marks:
            yield from known.unknown("mark", mark, known.marks, place)
