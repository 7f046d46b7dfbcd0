"""Amounts of all currencies on one rough scale, for the order of a queue and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from countermark.domain.currencies import CURRENCIES, decimals

AS_OF: Final = date(2025, 1, 1)
"""The day of the rates behind `_POWERS`."""

# Units to about one euro, rounded to the nearest power of ten: at most a factor of 3.2 off on the day, which moves a case
# in the queue and decides nothing. Written down by hand from published rates of that day; no rate is ever looked up.
_POWERS: Final = """
-2 CLF
0 AUD AWG AZN BAM BBD BGN BHD BMD BND BSD BZD CAD CHF EUR FJD FKP GBP GEL GIP JOD KWD KYD NZD OMR PAB SGD SHP TOP USD WST
0 XCD XCG
1 AED BOB BRL BWP BYN CNY CUP CZK DKK ERN GHS GTQ HKD HNL ILS LSL LYD MAD MDL MOP MVR MXN MYR NAD NOK PEN PGK PLN QAR RON
1 SAR SBD SCR SEK SLE STN SVC SZL TJS TMT TND TTD ZAR ZMW ZWG
2 AFN ALL BDT BTN CVE DJF DOP DZD EGP ETB GMD GYD HTG INR ISK JMD JPY KES KGS LKR LRD MKD MRU MUR MZN NIO NPR PHP PKR RSD
2 RUB SRD THB TRY TWD UAH UYU VED VES VUV XPF YER
3 AMD AOA ARS BIF CDF CLP CRC HUF IQD KMF KPW KRW KZT MMK MWK NGN RWF SDG SOS TZS XAF XOF
4 COP GNF IDR KHR LAK MGA MNT PYG SSP SYP UGX UZS VND
5 IRR LBP
"""
POWER_OF: Final[Mapping[str, int]] = {
    code: int(power)
    for power, *codes in map(str.split, _POWERS.strip().splitlines())
    for code in codes
}
"""By currency the power of ten of its units that is about one euro."""


def scaled(minor: int, currency: str) -> int:
    """An amount in about euros, rounded down.

    Args:
        minor: >= 0, in minor units of `currency`.

    Raises:
        ValueError: not a currency code in use.
    """
    if currency not in CURRENCIES:
        raise ValueError(f"{currency!r} is not an ISO 4217 currency code in use")
    power = POWER_OF[currency] + decimals(currency)
    return minor // 10**power if power >= 0 else minor * 10**-power
