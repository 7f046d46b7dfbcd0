"""ISO 4217 currencies and the number of decimals between an amount and its minor unit."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_CODES: Final = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
BZD CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP
GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR
KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK
MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_WHOLE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THOUSANDTHS: Final = "BHD IQD JOD KWD LYD OMR TND"

CURRENCIES: Final = frozenset(_CODES.split())
"""Codes in use for payments."""

_DECIMALS: Final[Mapping[str, int]] = {
    **dict.fromkeys(_WHOLE.split(), 0),
    **dict.fromkeys(_THOUSANDTHS.split(), 3),
    "CLF": 4,
}
_AMOUNT: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?")


def decimals(currency: str) -> int:
    """The number of decimals of `currency` (2 for EUR, 0 for JPY).

    Raises:
        ValueError: not a currency code in use.
    """
    if currency not in CURRENCIES:
        raise ValueError(f"{currency!r} is not an ISO 4217 currency code in use")
    return _DECIMALS.get(currency, 2)


def parse_minor(text: str, currency: str) -> int:
    """The amount `text` ("119.00") in minor units of `currency`; exact, no rounding.

    Raises:
        ValueError: not a plain decimal number, or with more decimals than the currency has.
    """
    digits = decimals(currency)
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not an amount such as 119.00")
    fraction = (found[2] or "").rstrip("0")
    if len(fraction) > digits:
        raise ValueError(f"{text!r} has more than the {digits} decimals of {currency}")
    return int(found[1] + fraction.ljust(digits, "0"))
