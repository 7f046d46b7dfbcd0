"""Questions about money: the asking price against what genuine goods cost."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import numpy as np

from countermark.domain.signals import PriceSignal
from countermark.knowledge.snapshot import band_key
from countermark.operators.base import Answer, Look

DOUBTFUL = 1e-9  # of a share; far more than two divisions of doubles are off
OF = ("band.low", "band.typical", "band.high")


def price(look: Look, signal: PriceSignal, _: Mapping[str, Answer]) -> Answer:
    """The asking price of one piece is below or above a share of the genuine price band.

    Unknown where the listing has no price, or no band exists for its model (or the range of its kind), currency
    and condition: nothing is converted, since an exchange rate is not evidence.
    """
    if signal.of not in OF:
        return Answer.unknown(len(look))
    asked, bands, known = asked_and_band(look)
    band = bands[:, OF.index(signal.of)]
    share = np.divide(asked, band, out=np.full(len(look), np.nan), where=known)
    true = known.copy()
    for bound, side in ((signal.below, -1), (signal.above, 1)):
        if bound is not None:
            total = look.columns["price_minor"][look.row]
            true &= _compared(share, bound, (total, asked, band)) == side
    return Answer(true, known, facts={"asked_share": share, "band_minor": band})


def _compared(
    share: np.ndarray, bound: Decimal, money: tuple[np.ndarray, np.ndarray, np.ndarray]
) -> np.ndarray:
    """Whether each share is below (-1), at (0) or above (1) the bound; so close that floats may err, in whole numbers.

    Args:
        share: of the band, NaN where not known.
        money: the whole price, that of one piece, and the band, in minor units.
    """
    distance = share - float(bound)
    side = np.sign(distance)
    for k in np.flatnonzero(np.abs(distance) < DOUBTFUL).tolist():
        total, asked, band = (column[k] for column in money)
        exact = Fraction(int(total), round(total / asked) * int(band))
        side[k] = (exact > bound) - (exact < bound)
    return side


def asked_and_band(look: Look) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Price of one piece (minor units), the band (n, 3) it is held against, and whether both are known."""
    return look.once("asked and band", lambda: _asked_and_band(look))


def _asked_and_band(look: Look) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    goods, row = look.snapshot.goods, look.row
    total, currency = look.columns["price_minor"][row], look.columns["currency"][row]
    condition, size = (
        look.columns["condition"][row],
        look.columns["pack_size"][row].astype(np.int64),
    )
    judged = (total > 0) & (currency >= 0) & (condition >= 0) & (look.product >= 0) & (size < 4096)
    asked, band, known = (
        np.zeros(len(look)),
        np.ones((len(look), 3), np.int64),
        np.zeros(len(look), bool),
    )
    for pieces in (1, size):  # the band of exactly this pack wins over that of one piece
        key = band_key(look.product.astype(np.int64), currency, condition, pieces)
        at = np.minimum(np.searchsorted(goods.band_key, key), max(len(goods.band_key) - 1, 0))
        found = judged & (goods.band_key[at] == key) if len(goods.band_key) else known
        asked = np.where(found, total / (size if isinstance(pieces, int) else 1), asked)
        band = np.where(found[:, None], goods.band[at], band) if len(goods.band_key) else band
        known = known | found
    return asked, band, known
