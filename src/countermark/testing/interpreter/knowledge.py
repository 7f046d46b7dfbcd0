"""What packs say on one day, gathered as plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple

from msgspec.structs import replace

from countermark.domain.catalogue import AuthorisedSeller, CodeShape, PriceBand, Product
from countermark.domain.packs import Pack
from countermark.domain.rules import Rule
from countermark.domain.signals import PhraseSignal
from countermark.testing.interpreter.folding import joined, loose, token_count
from countermark.testing.interpreter.names import NameEntry, disguised_terms, names_of, searchable

CORE = "core"


def falls_under(category: str, tops: Iterable[str]) -> bool:
    """Whether a category is one of `tops` or stands below one."""
    return any(category == top or category.startswith(f"{top}.") for top in tops)


class WordEntry(NamedTuple):
    """One word or phrase and what it stands for.

    Attributes:
        chars: folded, without separators.
        tokens: of how many.
        exact: whether a stretch must have just as many: "1:1" is not "11".
        set: what it is a word of: `list:core.about`, `noun:en:bags.handbag`, `model:Dunk Low`, `never:book`, `phrase:for`.
    """

    chars: str
    tokens: int
    exact: bool
    set: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Packs on one day.

    Attributes:
        packs: those in use, in order of their ids.
        names: aliases, models and the words that are looked for in disguise, by how a hasty eye reads them.
        slips: names in which one slip is forgiven, by their length.
        words: entries of word lists, nouns, model names, `never_near` words and phrases, by folded characters.
        lists: the words of each list by its name; none of one that has ended.
        products: in the order of the packs.
        bands_by_style: the bands that hold on the day for goods of a mark and style, by both.
        sellers: those that hold on the day, with the pack that names them.
        categories: ids of the alliance's kinds of goods.
        is_everyday: whether a folded word is an everyday word and nobody's mark.
    """

    packs: tuple[Pack, ...]
    names: Mapping[str, tuple[NameEntry, ...]]
    slips: Mapping[int, tuple[NameEntry, ...]]
    words: Mapping[str, tuple[WordEntry, ...]]
    lists: Mapping[str, tuple[str, ...]]
    products: tuple[Product, ...]
    bands_by_style: Mapping[tuple[str, str], tuple[PriceBand, ...]]
    sellers: tuple[tuple[Pack, AuthorisedSeller], ...]
    categories: frozenset[str]
    is_everyday: Callable[[str], bool]

    def names_like(self, hasty: str) -> tuple[NameEntry, ...]:
        """The names that a hasty eye reads like this."""
        return self.names.get(hasty, ())

    def slipping(self, size: int) -> tuple[NameEntry, ...]:
        """The names that one slip may have turned into a text of this many letters."""
        return tuple(
            name for length in (size - 1, size, size + 1) for name in self.slips.get(length, ())
        )

    def bands_of(self, product: Product) -> tuple[PriceBand, ...]:
        """What genuine goods of this product cost, by every currency, condition and pack size."""
        return self.bands_by_style.get((product.mark, product.style_code), ())

    def rules(self) -> list[tuple[Pack, Rule]]:
        """All rules with their packs."""
        return [(pack, rule) for pack in self.packs for rule in pack.rules]

    def code_shape(self, pack: Pack, name: str) -> CodeShape | None:
        """The code shape of a pack."""
        return next((shape for shape in pack.codes if shape.id == name), None)


def knowledge_of(packs: Iterable[Pack], *, vocabulary: Sequence[str], as_of: date) -> Knowledge:
    """What the packs say on the day `as_of`.

    Args:
        vocabulary: everyday words of many languages.
    """
    used = _in_use(packs, as_of)
    lists = {
        list_name(pack, one.id): one.words
        for pack in used
        for one in pack.lists
        if _lasts(one.expires, as_of)
    }
    everyday = frozenset(vocabulary)
    names = names_of(used, everyday.__contains__)
    own = {
        name.text.casefold() for name in names if name.kind != "model" and name.class_ == "coined"
    }
    nouns = {noun.noun for pack in used for noun in pack.nouns}
    folded = frozenset(joined(word) for word in (everyday | nouns) - own)
    return Knowledge(
        packs=used, names=_by_reading((*names, *disguised_terms(_sought(used, lists)))),
        slips=_by_length([name for name in names if name.takes_slips]), words=_words(used, lists),
        lists={list_name(p, one.id): lists.get(list_name(p, one.id), ()) for p in used for one in p.lists},
        products=(products := _products(used)), bands_by_style=_bands(used, products, as_of),
        sellers=tuple((pack, one) for pack in used for one in pack.sellers if one.valid(as_of)),
        categories=frozenset(c.id for pack in used for c in pack.categories), is_everyday=folded.__contains__,
    )  # fmt: skip


def _products(packs: Sequence[Pack]) -> tuple[Product, ...]:
    """All products; a GTIN that two brands claim is taken from both."""
    products = [product for pack in packs for product in pack.products]
    claims = {(product.gtin.lstrip("0"), product.mark) for product in products if product.gtin}
    numbers = [gtin for gtin, _ in claims]
    return tuple(
        replace(product, gtin="") if numbers.count(product.gtin.lstrip("0")) > 1 else product
        for product in products
    )


def _bands(
    packs: Sequence[Pack], products: Sequence[Product], as_of: date
) -> Mapping[tuple[str, str], tuple[PriceBand, ...]]:
    """Bands of each mark and style: of every pack of the issuer that has the mark."""
    issuers = {mark.id: pack.header.issuer for pack in packs for mark in pack.marks}
    return {
        (product.mark, product.style_code): tuple(
            band
            for pack in packs
            if pack.header.issuer == issuers[product.mark]
            for band in pack.prices
            if band.style_code == product.style_code and band.valid(as_of)
        )
        for product in products
    }


def _by_reading(names: Iterable[NameEntry]) -> dict[str, tuple[NameEntry, ...]]:
    groups: dict[str, list[NameEntry]] = {}
    for name in names:
        readings = {loose(name.chars), *name.doubled, *name.hasty_forms, *map(loose, name.forms)}
        for reading in sorted(readings):
            groups.setdefault(reading, []).append(name)
    return {reading: tuple(group) for reading, group in groups.items()}


def _by_length(names: Iterable[NameEntry]) -> dict[int, tuple[NameEntry, ...]]:
    groups: dict[int, list[NameEntry]] = {}
    for name in names:
        groups.setdefault(len(name.chars), []).append(name)
    return {length: tuple(group) for length, group in groups.items()}


def _in_use(packs: Iterable[Pack], as_of: date) -> tuple[Pack, ...]:
    """Packs that have begun, have not expired and are not superseded, in order of their ids."""
    valid = [p for p in packs if _day(p.header.valid_from) <= as_of <= _day(p.header.expires)]
    replaced = {old for pack in valid for old in pack.header.supersedes}
    return tuple(sorted((p for p in valid if p.id not in replaced), key=lambda pack: pack.id))


def _day(instant: datetime) -> date:
    """The day of an instant in UTC."""
    return instant.astimezone(UTC).date()


def _lasts(expires: date | None, as_of: date) -> bool:
    return expires is None or as_of <= expires


def list_name(pack: Pack, local: str) -> str:
    """The name by which rules of every pack know a list."""
    return f"{CORE if pack.header.issuer == CORE else pack.id}.{local}"


def asked_list(pack: Pack, name: str) -> str:
    """The list that a rule of a pack means: one of the core pack, or of its own."""
    return name if name.startswith(f"{CORE}.") else list_name(pack, name)


def _sought(
    packs: Sequence[Pack], lists: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """The lists whose words are looked for in every listing, disguised or not.

    Those that a rule without a brand asks for, since nothing else would bring the listing up, and those by whose
    words rules see a declared replica.
    """
    wanted = {
        asked_list(pack, name)
        for pack, rule in ((pack, rule) for pack in packs for rule in pack.rules)
        if rule.claim == "declared_replica"
        or not any(signal.op == "brand" for signal in rule.signals.values())
        for signal in rule.signals.values()
        if signal.op == "term"
        for name in signal.lists
    }
    return {name: words for name, words in lists.items() if name in wanted}


def _words(
    packs: Sequence[Pack], lists: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[WordEntry, ...]]:
    """Every word that is asked for, in the order of the packs, grouped by its folded characters."""
    grouped: dict[str, tuple[WordEntry, ...]] = {}
    for set_name, text in _wanted(packs, lists):
        chars = joined(text)
        if searchable(chars, chars):
            word = WordEntry(chars, token_count(text), any(c.isdigit() for c in text), set_name)
            grouped[chars] = (*grouped.get(chars, ()), word)
    return grouped


def _wanted(packs: Sequence[Pack], lists: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    """(set, word) of lists, nouns, models, words that speak against a name, and phrases of rules."""
    wanted = [(f"list:{name}", word) for name, words in lists.items() for word in words]
    for pack in packs:
        wanted += [(f"noun:{noun.lang}:{noun.category}", noun.noun) for noun in pack.nouns]
        wanted += [(f"never:{word}", word) for alias in pack.aliases for word in alias.never_near]
        for product in pack.products:
            wanted += [(f"model:{text}", text) for text in (product.name, *product.also) if text]
        for rule in pack.rules:
            for signal in rule.signals.values():
                if isinstance(signal, PhraseSignal):
                    wanted += [(f"phrase:{text}", text) for text in (*signal.any, *signal.all)]
    return list(dict.fromkeys(wanted))
