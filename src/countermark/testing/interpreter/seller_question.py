"""The question whether a seller has the brand's permission, as the format defines it.

It holds where some row of a sellers table is valid for this venue, this territory and this day, and its scope covers
what is asked for: `*` every mark of the pack that has the row, `mark:<id>` one mark, `style:<code>` that style alone.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

from countermark.domain.catalogue import AuthorisedSeller
from countermark.domain.packs import Pack
from countermark.domain.signals import SellerSignal
from countermark.testing.interpreter.asking import UNKNOWN, Answer, Asked, Subject
from countermark.testing.interpreter.knowledge import asked_list

IN_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
UNION = set(IN_UNION.split())


class Goods(NamedTuple):
    """What a permission is asked for: goods of a mark, and of which style where that is known ("" where not)."""

    mark: str
    style: str


def seller(subject: Subject, signal: SellerSignal, asked: Asked) -> Answer:
    """The seller may sell such goods here and today, or stands on a list; unknown without a seller or a venue."""
    venue, account = subject.listing.get("venue"), subject.listing.get("seller_id")
    if venue is None or account is None:
        return UNKNOWN
    if signal.on_list is not None:
        words = subject.knowledge.lists[asked_list(asked.pack, signal.on_list)]
        return Answer(
            hashlib.sha256(f"{venue}\t{account}".encode()).hexdigest() in words, known=True
        )
    goods = _goods(subject, signal.authorised_for)
    market = subject.listing.get("market")
    for pack, row in subject.knowledge.sellers:
        is_this_seller = row.venue == venue and row.seller_id == account
        if is_this_seller and _reaches(row, market) and _covers(pack, row, goods):
            return Answer(true=True, known=True)
    return Answer(true=False, known=True)


def _goods(subject: Subject, asked_for: str) -> Goods:
    """The goods that `authorised_for` speaks of: `*` those of the listing, else those of a mark or of a style."""
    shown = subject.product
    mark = subject.mark if asked_for == "*" else asked_for
    known_marks = [mark.id for pack in subject.knowledge.packs for mark in pack.marks]
    if asked_for == "*" or asked_for in known_marks:
        return Goods(mark, shown.style_code if shown is not None and shown.mark == mark else "")
    for product in subject.knowledge.products:
        if product.style_code == asked_for:
            return Goods(product.mark, product.style_code)
    return Goods(asked_for, "")


def _reaches(row: AuthorisedSeller, market: str | None) -> bool:
    """Whether a row holds where the goods are offered; where that is not known, a permission is not denied."""
    places = set(row.territory)
    if "EU" in places:
        places |= UNION
    return market is None or "*" in places or market in places


def _covers(pack: Pack, row: AuthorisedSeller, goods: Goods) -> bool:
    """Whether the scope of a row of a pack covers these goods."""
    if row.scope == "*":
        return any(mark.id == goods.mark for mark in pack.marks)
    if row.scope.startswith("mark:"):
        return row.scope == f"mark:{goods.mark}"
    own_styles = [f"style:{p.style_code}" for p in pack.products if p.mark == goods.mark]
    return row.scope in own_styles and row.scope == f"style:{goods.style}"
