"""Products, price bands and authorised sellers compiled to columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np

from countermark.domain.catalogue import AuthorisedSeller, PriceBand, Product
from countermark.domain.packs import Pack
from countermark.domain.tables import CONDITIONS
from countermark.errors import SnapshotError
from countermark.knowledge.snapshot import Goods, Sellers, band_key

GTIN_DIGITS = 14


def compile_goods(
    packs: Sequence[Pack], marks: Mapping[str, int], categories: Sequence[str], as_of: date
) -> Goods:
    """Products in pack order, and the bands that hold on `as_of`."""
    number = {c: k for k, c in enumerate(categories)}
    for owner, product in ((pack, product) for pack in packs for product in pack.products):
        if product.category not in number:
            raise SnapshotError(
                f"{owner.id}: {product.origin}: category {product.category} is not in the alliance's tree",
                hint="use an id of packs/core/public/categories.csv",
            )
    products: list[Product] = [product for pack in packs for product in pack.products]
    owners = [pack.header.issuer for pack in packs for _ in pack.products]
    bands = [
        (pack.header.issuer, band) for pack in packs for band in pack.prices if band.valid(as_of)
    ]
    currencies = sorted({band.currency for _, band in bands})
    keys, values = _bands(bands, list(zip(owners, products, strict=True)), currencies)
    return Goods(
        tuple(p.style_code for p in products), _gtins(products), tuple(p.name for p in products),
        np.array([marks[p.mark] for p in products], np.int32),
        np.array([number[p.category] for p in products], np.int32),
        np.array([p.is_range for p in products], bool),
        tuple("|".join(p.colours) for p in products),
        np.array([p.first_sold.year if p.first_sold else 0 for p in products], np.int32), _lowest(keys, values, len(products)),
        _reference(keys, values, len(products), currencies), keys, values, tuple(currencies),
    )  # fmt: skip


def _gtins(products: Sequence[Product]) -> tuple[str, ...]:
    """The GTIN of each product; one that two brands claim tells nothing and is left out of both."""
    contested = contested_gtins(products)
    return tuple("" if p.gtin in contested else p.gtin for p in products)


def contested_gtins(products: Sequence[Product]) -> frozenset[str]:
    """GTINs on products of more than one mark, leading zeros aside."""
    marks: dict[str, set[str]] = {}
    for product in products:
        if product.gtin:
            marks.setdefault(product.gtin.zfill(GTIN_DIGITS), set()).add(product.mark)
    return frozenset(
        p.gtin for p in products if p.gtin and len(marks[p.gtin.zfill(GTIN_DIGITS)]) > 1
    )


REFERENCE_CURRENCIES = ("USD", "EUR", "CNY")
"""Tried in this order; others follow by name."""


def _reference(
    keys: np.ndarray, values: np.ndarray, products: int, currencies: Sequence[str]
) -> np.ndarray:
    """A typical price of one new piece of each product, by which prices in different currencies can be compared."""
    reference = np.full((products, 2), -1, np.int64)
    order = sorted(currencies, key=lambda c: (*REFERENCE_CURRENCIES, c).index(c))
    for currency in reversed([currencies.index(c) for c in order]):
        wanted = band_key(np.arange(products), currency, CONDITIONS.index("new"), 1)
        at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        found = np.flatnonzero(keys[at] == wanted) if len(keys) else np.zeros(0, np.int64)
        reference[found, 0], reference[found, 1] = values[at[found], 1], currency
    return reference


def _lowest(keys: np.ndarray, values: np.ndarray, products: int) -> np.ndarray:
    """The least low of each product's bands; currencies differ, yet those of one brand's packs agree in order."""
    lowest = np.full(products, np.iinfo(np.int64).max)
    np.minimum.at(lowest, keys >> 23, values[:, 0])
    return lowest


def _bands(
    bands: Sequence[tuple[str, PriceBand]],
    products: Sequence[tuple[str, Product]],
    currencies: Sequence[str],
) -> tuple[np.ndarray, np.ndarray]:
    """Keys and values of the bands, each given with its issuer: a band is for goods of its issuer's packs only."""
    styles: dict[tuple[str, str], list[int]] = {}
    for k, (issuer, product) in enumerate(products):
        styles.setdefault((issuer, product.style_code), []).append(k)
    rows: dict[int, tuple[int, int, int]] = {}
    for issuer, band in bands:
        for number in styles.get((issuer, band.style_code), ()):
            key = band_key(
                number,
                currencies.index(band.currency),
                CONDITIONS.index(band.condition),
                band.pack_size,
            )
            value = (band.low, band.typical, band.high)
            if rows.setdefault(key, value) != value:
                raise SnapshotError(
                    f"{band.origin}: two price bands for {band.style_code} {band.currency} {band.condition} on one day",
                    hint="end the older band before the newer one begins",
                )
    keys = np.array(sorted(rows), np.int64)
    return keys, np.array([rows[k] for k in sorted(rows)], np.int64).reshape(len(rows), 3)


def compile_sellers(packs: Sequence[Pack], marks: Mapping[str, int], as_of: date) -> Sellers:
    """Authorised sellers whose permission holds on `as_of`."""
    rows: dict[str, list[tuple[int, str, str]]] = {}
    for pack in packs:
        own = [marks[mark.id] for mark in pack.marks]
        for seller in pack.sellers:
            if seller.valid(as_of):
                scopes = _scope(seller, pack, marks, own)
                rows.setdefault(f"{seller.venue}\t{seller.seller_id}", []).extend(
                    (mark, style, "|".join(seller.territory)) for mark, style in scopes
                )
    keys = sorted(rows)
    sizes = [len(rows[key]) for key in keys]
    flat = [row for key in keys for row in rows[key]]
    return Sellers(
        tuple(keys), np.r_[0, np.cumsum(sizes)].astype(np.int32),
        np.array([mark for mark, _, _ in flat], np.int32), tuple(style for _, style, _ in flat),
        tuple(territory for _, _, territory in flat),
    )  # fmt: skip


def _scope(
    seller: AuthorisedSeller, pack: Pack, marks: Mapping[str, int], own: list[int]
) -> list[tuple[int, str]]:
    """The marks that the permission is for, each with the style that it is limited to, or ""."""
    kind, _, value = seller.scope.partition(":")
    if kind == "*":
        return [(mark, "") for mark in own]
    if kind == "style":
        found = dict.fromkeys(p.mark for p in pack.products if p.style_code == value)
        return [(marks[mark], value) for mark in found]
    return [(marks[value], "")] if value in marks else []
